/*
 * media.c: files under .../media: inbound pictures and uploads.
 *
 * A media id is all that follows "media/" and may hold slashes, which must
 * come as slashes: an id with %2F is another, and not there.  Contracts in
 * media.h.
 */
#include "media.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "text.h"
#include "world.h"

#define FILE_MAX 3670016	/* 3.5 MB */
#define PAGE 1000

struct media {
	struct media *next;
	char *account;
	char *id;
	char *type;
	char *bytes;
	size_t n;
};

static void
file_free(struct media *f)
{
	free(f->account);
	free(f->id);
	free(f->type);
	free(f->bytes);
	free(f);
}

/* The place that points to the file, or to the NULL at the end. */
static struct media **
find(struct sim *sim, const char *account, const char *id)
{
	struct media **at = &sim->media;

	while (*at != NULL &&
	    (!same((*at)->account, account) || !same((*at)->id, id)))
		at = &(*at)->next;
	return at;
}

void
media_store(struct sim *sim, const char *account, const char *id,
    const char *type, const void *p, size_t n)
{
	struct media **at = find(sim, account, id);

	if (*at == NULL) {
		*at = x_alloc(sizeof(**at));
		(*at)->account = x_dup(account);
		(*at)->id = x_dup(id);
	}
	x_set(&(*at)->type, type);
	free((*at)->bytes);
	(*at)->bytes = x_ndup(p, n);
	(*at)->n = n;
}

void
media_clear(struct sim *sim)
{
	struct media *f;

	while ((f = sim->media) != NULL) {
		sim->media = f->next;
		file_free(f);
	}
}

/* The id in the path, or NULL after an answer. */
static char *
id_of(struct call *c)
{
	char *id = x_dup(c->rest);

	if (text_unescape(id, false, true) == 0)
		return id;
	answer_published(c, "media", 400);
	free(id);
	return NULL;
}

void
media_get(struct call *c)
{
	char *id = id_of(c);
	struct media *f;

	if (id == NULL)
		return;
	pthread_mutex_lock(&c->sim->lock);
	f = *find(c->sim, c->account, id);
	if (f != NULL) {
		c->res->status = 200;
		c->res->type_owned = x_dup(f->type);
		c->res->type = c->res->type_owned;
		buf_add(&c->res->body, f->bytes, f->n);
	}
	pthread_mutex_unlock(&c->sim->lock);
	if (f == NULL)
		answer_published(c, "media", 404);
	free(id);
}

void
media_put(struct call *c)
{
	const char *type = http_header(c->req, "Content-Type");
	char *id = id_of(c);

	if (id == NULL)
		return;
	if (type == NULL || strchr(type, '/') == NULL) {
		answer_published(c, "media", 415);
	} else if (c->req->body_n == 0 || c->req->body_n > FILE_MAX) {
		answer_published(c, "media", 400);
	} else {
		pthread_mutex_lock(&c->sim->lock);
		media_store(c->sim, c->account, id, type, c->req->body,
		    c->req->body_n);
		pthread_mutex_unlock(&c->sim->lock);
		c->res->status = 204;
	}
	free(id);
}

void
media_delete(struct call *c)
{
	char *id = id_of(c);
	struct media **at, *f;

	if (id == NULL)
		return;
	pthread_mutex_lock(&c->sim->lock);
	at = find(c->sim, c->account, id);
	f = *at;
	if (f != NULL) {
		*at = f->next;
		file_free(f);
		c->res->status = 204;
	}
	pthread_mutex_unlock(&c->sim->lock);
	if (f == NULL)
		answer_published(c, "media", 404);
	free(id);
}

static json_object *
show_file(struct call *c, const struct media *f)
{
	json_object *o = json_object_new_object();
	char *url = x_fmt("%s/api/v2/users/%s/media/%s", c->sim->base_url,
	    f->account, f->id);

	put_text(o, "content", url);
	put_int(o, "contentLength", (int64_t)f->n);
	put_text(o, "mediaName", f->id);
	free(url);
	return o;
}

void
media_list(struct call *c)
{
	const char *token = http_header(c->req, "Continuation-Token");
	json_object *list = json_object_new_array();
	long long skip = 0, at = 0;
	struct media *f;

	if (token != NULL && parse_ll(token, 0, 1000000, &skip) != 0) {
		json_object_put(list);
		answer_published(c, "media", 400);
		return;
	}
	pthread_mutex_lock(&c->sim->lock);
	for (f = c->sim->media; f != NULL; f = f->next) {
		if (!same(f->account, c->account) || at++ < skip)
			continue;
		if (at > skip + PAGE)
			break;
		json_object_array_add(list, show_file(c, f));
	}
	pthread_mutex_unlock(&c->sim->lock);
	if (f != NULL)
		buf_fmt(&c->res->headers, "Continuation-Token: %lld\r\n",
		    skip + PAGE);
	answer_json(c->res, 200, list);
}
