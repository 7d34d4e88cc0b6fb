/*
 * base64.c: Base64 and hexadecimal text, declared in crypto.h.
 */
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char for_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void
encode(struct buf *out, const unsigned char *p, size_t n, const char *alphabet, bool pad)
{
	uint32_t v;
	size_t i, left;

	for (i = 0; i < n; i += 3) {
		left = n - i;
		v = (uint32_t)p[i] << 16;
		if (left > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (left > 2)
			v |= p[i + 2];
		buf_addc(out, alphabet[v >> 18]);
		buf_addc(out, alphabet[v >> 12 & 63]);
		if (left > 1)
			buf_addc(out, alphabet[v >> 6 & 63]);
		else if (pad)
			buf_addc(out, '=');
		if (left > 2)
			buf_addc(out, alphabet[v & 63]);
		else if (pad)
			buf_addc(out, '=');
	}
}

static int
value_of(char c, const char *alphabet)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == alphabet[62])
		return 62;
	return c == alphabet[63] ? 63 : -1;
}

/* Text without padding. */
static int
decode(const char *s, size_t n, const char *alphabet, struct buf *out)
{
	size_t i, before = out->len;
	uint32_t bits = 0;
	int have = 0, v, rc = -1;

	if (n % 4 == 1)
		return -1;
	for (i = 0; i < n; i++) {
		v = value_of(s[i], alphabet);
		if (v < 0)
			goto done;
		bits = (bits << 6 | (uint32_t)v) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_addc(out, (char)(bits >> have & 0xff));
		}
	}
	if ((bits & ((1u << have) - 1)) != 0 || out->failed)
		goto done;
	rc = 0;
done:
	if (rc < 0)
		buf_cut(out, before);
	return rc;
}

void
base64_add(struct buf *out, const void *p, size_t n)
{
	encode(out, p, n, standard, true);
}

void
base64url_add(struct buf *out, const void *p, size_t n)
{
	encode(out, p, n, for_urls, false);
}

int
base64_decode(const char *s, size_t n, struct buf *out)
{
	size_t padding = 0;

	if (n % 4 != 0)
		return -1;
	while (padding < 2 && n > 0 && s[n - 1] == '=') {
		padding++;
		n--;
	}
	return decode(s, n, standard, out);
}

int
base64url_decode(const char *s, size_t n, struct buf *out)
{
	return decode(s, n, for_urls, out);
}

void
hex_text(const void *p, size_t n, char *out)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *bytes = p;
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = hex[bytes[i] >> 4];
		out[2 * i + 1] = hex[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}
