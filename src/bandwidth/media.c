/*
 * bandwidth/media.c: judges the address of an attachment (bandwidth/media.h).
 */
#include "bandwidth/media.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/url.h"

#define URL_MOST 8192

/* Its parts as libcurl sees them, in the arena; absent ones are "". */
struct parts {
	const char *scheme, *host, *port, *path, *query;
	bool more; /* user info or a fragment, be they empty */
};

static const char *
part_of(CURLU *u, CURLUPart what, unsigned flags, struct arena *a)
{
	char *text = NULL;
	const char *copy;

	if (curl_url_get(u, what, &text, flags) != CURLUE_OK || text == NULL)
		return "";
	copy = arena_str(a, text);
	curl_free(text);
	return copy;
}

static bool
has_part(CURLU *u, CURLUPart what)
{
	char *text = NULL;
	bool has = curl_url_get(u, what, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

static bool
take_apart(const char *url, struct arena *a, struct parts *out)
{
	CURLU *u = curl_url();
	bool good = u != NULL && curl_url_set(u, CURLUPART_URL, url, CURLU_PATH_AS_IS) == CURLUE_OK;

	if (good) {
		out->scheme = part_of(u, CURLUPART_SCHEME, 0, a);
		out->host = part_of(u, CURLUPART_HOST, 0, a);
		out->port = part_of(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, a);
		out->path = part_of(u, CURLUPART_PATH, 0, a);
		out->query = part_of(u, CURLUPART_QUERY, 0, a);
		out->more = has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_PASSWORD) ||
			    has_part(u, CURLUPART_OPTIONS) || has_part(u, CURLUPART_FRAGMENT);
	}
	curl_url_cleanup(u);
	return good;
}

/*
 * As it can stand in a request: blanks and bytes beyond ASCII escaped (in a host they make it
 * another).  NULL: too long, or with what parsers disagree about.
 */
static const char *
as_ascii(const char *url, struct arena *a)
{
	struct buf out = BUF_INIT(URL_MOST);
	const char *text = NULL;
	size_t i;

	for (i = 0; url[i] != '\0'; i++) {
		unsigned char c = (unsigned char)url[i];

		if (c < ' ' || c == 0x7f || c == '\\')
			goto done;
		if (c == ' ' || c > '~')
			buf_addf(&out, "%%%02X", c);
		else
			buf_addc(&out, (char)c);
	}
	if (!out.failed)
		text = arena_str(a, buf_str(&out));
done:
	buf_free(&out);
	return text;
}

/* Is there an empty segment, "." or ".." in it, once every escape is undone? */
static bool
climbs(const char *path, struct arena *a)
{
	size_t n = 0, i;
	char *plain = url_decode(path, strlen(path), false, a, &n);

	if (plain == NULL || memchr(plain, '\0', n) != NULL)
		return true;
	for (i = 0; i < n; i++)
		if (plain[i] == '\\')
			return true;
	for (i = 0; i <= n; i++) {
		size_t length = strcspn(plain + i, "/");

		if (length == 0 || (length <= 2 && strspn(plain + i, ".") >= length))
			return true;
		i += length;
	}
	return false;
}

/* What follows the prefix in the text; NULL when it does not begin so. */
static const char *
behind(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

enum media_whose
media_judge(const char *url, const char *messaging_url, const char *account, struct arena *a,
    const char **fetch)
{
	struct parts theirs, ours;
	struct buf prefix = BUF_INIT(4000);
	const char *rest, *id;

	*fetch = NULL;
	url = url != NULL ? as_ascii(url, a) : NULL;
	if (url == NULL || !take_apart(url, a, &theirs) || !take_apart(messaging_url, a, &ours))
		return MEDIA_FOREIGN;
	if (strcasecmp(theirs.scheme, ours.scheme) != 0 ||
	    strcasecmp(theirs.host, ours.host) != 0 || strcmp(theirs.port, ours.port) != 0 ||
	    theirs.more || strchr(url, '#') != NULL)
		return MEDIA_FOREIGN;
	buf_addf(&prefix, "%s/users/", ours.path);
	rest = behind(theirs.path, buf_str(&prefix));
	buf_free(&prefix);
	id = rest != NULL ? strchr(rest, '/') : NULL;
	if (id == NULL || (id = behind(id, "/media/")) == NULL || climbs(id, a))
		return MEDIA_FOREIGN;
	if (account == NULL || account[0] == '\0' || strncmp(rest, account, strlen(account)) != 0 ||
	    rest[strlen(account)] != '/')
		return MEDIA_OTHER_ACCOUNT;
	*fetch = arena_fmt(a, "%s/users/%s/media/%s%s%s", messaging_url, account, id,
	    theirs.query[0] != '\0' ? "?" : "", theirs.query);
	return MEDIA_OURS;
}
