/*
 * url.c: our own addresses (settings) and the paths that are asked for.
 *
 * Strict on purpose: what two programs could read in two ways is refused, so
 * that the web server in front and the router behind never disagree.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/parse.h"
#include "base/url.h"

static int
refuse(const char **why, const char *sentence)
{
	*why = sentence;
	return -1;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* ---- base addresses ---- */

/* Faults that are looked for in the whole text, with a sentence each. */
static int
check_characters(const char *s, const char **why)
{
	static const struct {
		char c;
		const char *why;
	} never[] = {
	    {'@', "must not hold a user name or password"},
	    {'?', "must not have a query (\"?\")"},
	    {'#', "must not have a fragment (\"#\")"},
	    {'%', "must not hold \"%\""},
	    {'\\', "must not hold a backslash"},
	};
	const char *p = NULL;
	size_t i;

	for (p = s; *p != '\0'; p++) {
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f)
			return refuse(why, "must hold no blanks, control characters or "
					   "characters beyond ASCII");
		for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
			if (*p == never[i].c)
				return refuse(why, never[i].why);
		}
	}
	return 0;
}

static int
check_path(const char *path, const char **why)
{
	const char *p = path, *end = NULL;
	size_t n;

	if (*path == '\0')
		return 0;
	if (path[strlen(path) - 1] == '/')
		return refuse(why, "must not end in a slash");
	while (*p == '/') {
		p++;
		end = p + strcspn(p, "/");
		n = (size_t)(end - p);
		if (n == 0)
			return refuse(why, "must not hold \"//\" in its path");
		if ((n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return refuse(why, "must not hold \".\" or \"..\" in its path");
		for (; p < end; p++) {
			if (!is_alnum(*p) && strchr("-._~!$&'()*+,=:", *p) == NULL)
				return refuse(why, "holds a character in its path that does "
						   "not belong there");
		}
	}
	return 0;
}

/* A dotted quad, or a name whose last label is not a number (what inet_aton
 * takes for an address in another spelling must not pass for a name). */
static int
check_name(const char *host, const char **why)
{
	static const char bad[] = "needs a host name or address after \"//\"";
	const char *label = host, *last = host, *p = NULL;
	struct in_addr v4;
	size_t n;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return 0;
	if (strlen(host) > 253)
		return refuse(why, "has a host name longer than 253 characters");
	for (;; label += n + 1) {
		n = strcspn(label, ".");
		if (n == 0 || n > 63 || label[0] == '-' || label[n - 1] == '-')
			return refuse(why, bad);
		for (p = label; p < label + n; p++) {
			if (!is_alnum(*p) && *p != '-' && *p != '_')
				return refuse(why, bad);
		}
		last = label;
		if (label[n] == '\0')
			break;
	}
	if (last[0] >= '0' && last[0] <= '9')
		return refuse(why, "has a host that is neither a name nor a whole address");
	return 0;
}

/* "[...]": written anew, so that there is one spelling. */
static int
take_ipv6(const char *s, size_t n, struct arena *a, struct url *u, const char **why)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr v6;

	if (n < 4 || n - 2 >= sizeof(text) || s[n - 1] != ']')
		return refuse(why, "has a damaged address in brackets");
	memcpy(text, s + 1, n - 2);
	text[n - 2] = '\0';
	if (inet_pton(AF_INET6, text, &v6) != 1 ||
	    inet_ntop(AF_INET6, &v6, text, sizeof(text)) == NULL)
		return refuse(why, "has a damaged address in brackets");
	u->host = arena_fmt(a, "[%s]", text);
	u->loopback = strcmp(text, "::1") == 0;
	return 0;
}

static int
take_host(const char *s, size_t n, struct arena *a, struct url *u, const char **why)
{
	struct in_addr v4;
	size_t i;

	if (n > 0 && s[0] == '[')
		return take_ipv6(s, n, a, u, why);
	u->host = arena_dup(a, s, n);
	for (i = 0; i < n; i++)
		u->host[i] = lower(u->host[i]);
	if (check_name(u->host, why) < 0)
		return -1;
	u->loopback = strcmp(u->host, "localhost") == 0 ||
		      (inet_pton(AF_INET, u->host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
	return 0;
}

/* "host" or "host:port", n bytes. */
static int
take_authority(const char *s, size_t n, struct arena *a, struct url *u, const char **why)
{
	const char *bracket = memchr(s, ']', n);
	const char *from = bracket != NULL ? bracket : s;
	const char *colon = memchr(from, ':', (size_t)(s + n - from));
	uint64_t port = u->https ? 443 : 80;
	size_t hostlen = colon != NULL ? (size_t)(colon - s) : n;

	if (take_host(s, hostlen, a, u, why) < 0)
		return -1;
	if (colon != NULL && parse_u64(colon + 1, n - hostlen - 1, 1, 65535, &port) < 0)
		return refuse(why, "needs a port from 1 to 65535 after the colon");
	u->port = (int)port;
	if (u->port == (u->https ? 443 : 80))
		u->origin = arena_fmt(a, "%s://%s", u->https ? "https" : "http", u->host);
	else
		u->origin =
		    arena_fmt(a, "%s://%s:%d", u->https ? "https" : "http", u->host, u->port);
	return 0;
}

int
url_parse(const char *s, struct arena *a, struct url *u, const char **why)
{
	struct url out = {0};
	const char *rest = NULL;
	size_t n;

	*why = NULL;
	memset(u, 0, sizeof(*u));
	if (check_characters(s, why) < 0)
		return -1;
	out.https = strncasecmp(s, "https://", 8) == 0;
	if (!out.https && strncasecmp(s, "http://", 7) != 0)
		return refuse(why, "must begin with \"https://\"");
	rest = s + (out.https ? 8 : 7);
	n = strcspn(rest, "/");
	if (take_authority(rest, n, a, &out, why) < 0 || check_path(rest + n, why) < 0)
		return -1;
	if (!out.https && !out.loopback)
		return refuse(why, "must begin with \"https://\": without encryption only this "
				   "machine itself (localhost) can be reached");
	out.path = arena_str(a, rest + n);
	out.text = arena_str(a, s);
	*u = out;
	return 0;
}

/* ---- escapes ---- */

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *
url_decode(const char *s, size_t n, bool plus, struct arena *a, size_t *outlen)
{
	char *out = arena_alloc(a, n + 1);
	size_t i, len = 0;

	*outlen = 0;
	for (i = 0; i < n; i++) {
		if (s[i] != '%') {
			out[len++] = plus && s[i] == '+' ? ' ' : s[i];
			continue;
		}
		if (n - i < 3 || hex_value(s[i + 1]) < 0 || hex_value(s[i + 2]) < 0)
			return NULL;
		out[len++] = (char)(hex_value(s[i + 1]) << 4 | hex_value(s[i + 2]));
		i += 2;
	}
	out[len] = '\0';
	*outlen = len;
	return out;
}

void
url_escape(struct buf *b, const char *s, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";
	unsigned char c;
	size_t i;

	for (i = 0; i < n; i++) {
		c = (unsigned char)s[i];
		if (is_alnum(s[i]) || c == '-' || c == '.' || c == '_' || c == '~') {
			buf_addc(b, s[i]);
			continue;
		}
		buf_addc(b, '%');
		buf_addc(b, hex[c >> 4]);
		buf_addc(b, hex[c & 15]);
	}
}

/* ---- request targets ---- */

/* Before decoding: nothing that would become a slash or a backslash. */
static bool
raw_path_passes(const char *p, size_t n)
{
	size_t i;

	if (n == 0 || p[0] != '/')
		return false;
	for (i = 0; i < n; i++) {
		if (p[i] == '\\' || p[i] == '#' || (p[i] == '/' && i + 1 < n && p[i + 1] == '/'))
			return false;
		if (p[i] == '%' && n - i >= 3 &&
		    (strncasecmp(p + i, "%2f", 3) == 0 || strncasecmp(p + i, "%5c", 3) == 0 ||
			strncmp(p + i, "%00", 3) == 0))
			return false;
	}
	return true;
}

/* Is a segment of a decoded path "." or ".."? */
static bool
has_dot_segment(const char *path)
{
	const char *p = path;
	size_t n;

	while (*p == '/') {
		p++;
		n = strcspn(p, "/");
		if ((n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return true;
		p += n;
	}
	return false;
}

int
url_target(const char *target, struct arena *a, char **path, char **query)
{
	size_t n = strcspn(target, "?"), len = 0;
	char *decoded = NULL;

	*path = NULL;
	*query = NULL;
	if (!raw_path_passes(target, n))
		return -1;
	decoded = url_decode(target, n, false, a, &len);
	if (decoded == NULL || !text_valid(decoded, len, false) || has_dot_segment(decoded))
		return -1;
	*path = decoded;
	*query = arena_str(a, target[n] == '?' ? target + n + 1 : "");
	return 0;
}
