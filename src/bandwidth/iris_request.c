/*
 * iris_request.c: addresses and requests of the Numbers API (iris.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/url.h"
#include "bandwidth/iris.h"

#define URL_MAX ((size_t)16000)
#define LIST_BUDGET (60 * CLOCK_SECOND)

static const char xml_type[] = "application/xml";
static const char xml_utf8_type[] = "application/xml; charset=utf-8";

static void
add_part(struct buf *out, const char *part)
{
	buf_addc(out, '/');
	if (part == NULL || part[strspn(part, ".")] == '\0')
		buf_addc(out, '-');
	else
		url_escape(out, part, strlen(part));
}

static const char *
finish(struct arena *arena, struct buf *out)
{
	const char *url = arena_str(arena, buf_str(out));

	buf_free(out);
	return url;
}

const char *
iris_url_beside(struct arena *arena, const struct numbers_account *account,
    const char *const *parts, size_t count)
{
	struct buf out = BUF_INIT(URL_MAX);
	size_t i;

	buf_adds(&out, account->url);
	for (i = 0; i < count; i++)
		add_part(&out, parts[i]);
	return finish(arena, &out);
}

const char *
iris_url(struct arena *arena, const struct numbers_account *account, const char *const *parts,
    size_t count)
{
	struct buf out = BUF_INIT(URL_MAX);
	size_t i;

	buf_addf(&out, "%s/accounts", account->url);
	add_part(&out, account->id);
	for (i = 0; i < count; i++)
		add_part(&out, parts[i]);
	return finish(arena, &out);
}

const char *
iris_query(struct arena *arena, const char *url, const char *name, const char *value)
{
	struct buf out = BUF_INIT(URL_MAX);

	if (value == NULL)
		return url;
	buf_addf(&out, "%s%c%s=", url, strchr(url, '?') == NULL ? '?' : '&', name);
	url_escape(&out, value, strlen(value));
	return finish(arena, &out);
}

void
iris_get(struct http_request *r, const char *url)
{
	memset(r, 0, sizeof(*r));
	r->method = HTTP_GET;
	r->url = url;
	r->accept = xml_type;
}

void
iris_get_list(struct http_request *r, const char *url)
{
	iris_get(r, url);
	r->answer_max = XML_BYTES_MAX;
	r->budget = LIST_BUDGET;
}

void
iris_send(struct http_request *r, struct arena *arena, enum http_method method, const char *url,
    struct xml_writer *w)
{
	iris_get(r, url);
	r->method = method;
	r->content_type = xml_utf8_type;
	r->body = xml_finish(w, arena, &r->length);
	r->answer_max = XML_BYTES_MAX; /* orders come back with all their numbers */
}
