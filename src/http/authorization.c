/*
 * authorization.c: credentials as they come in a header; nothing is judged here.
 */
#include "http/authorization.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"

#define CREDENTIALS_MAX 4096

/* What follows the scheme and its blanks, without blanks at the end; NULL for another scheme. */
static const char *
behind_scheme(const char *header, const char *scheme, size_t *n)
{
	size_t len = strlen(scheme);
	if (header == NULL || strncasecmp(header, scheme, len) != 0 || header[len] != ' ')
		return NULL;
	const char *p = header + len + strspn(header + len, " ");
	*n = strlen(p);
	while (*n > 0 && p[*n - 1] == ' ')
		(*n)--;
	return *n > 0 && *n <= CREDENTIALS_MAX ? p : NULL;
}

int
authorization_basic(const char *header, struct arena *arena, struct basic *out)
{
	size_t n = 0;
	const char *text = behind_scheme(header, "Basic", &n);
	if (text == NULL)
		return -1;
	int rc = -1;
	struct buf plain = BUF_INIT(CREDENTIALS_MAX);
	if (base64_decode(text, n, &plain) != 0 || plain.len == 0)
		goto done;
	const char *colon = memchr(plain.data, ':', plain.len);
	if (colon == NULL)
		goto done;
	out->user_len = (size_t)(colon - plain.data);
	out->user = arena_dup(arena, plain.data, out->user_len);
	out->password_len = plain.len - out->user_len - 1;
	out->password = arena_dup(arena, colon + 1, out->password_len);
	rc = 0;
done:
	buf_wipe(&plain);
	return rc;
}

const char *
authorization_bearer(const char *header, struct arena *arena)
{
	size_t n = 0;
	const char *text = behind_scheme(header, "Bearer", &n);
	return text != NULL ? arena_dup(arena, text, n) : NULL;
}
