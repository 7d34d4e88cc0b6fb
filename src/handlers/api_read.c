/*
 * api_read.c: the body of a submission, member by member.
 */
#include "handlers/api.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

/* More than submit_check takes, so that it says what the limit is. */
#define LIST_MOST 100000

struct reading {
	const json *body;
	struct arena *arena;
	struct submission *out;
	struct submit_fault *fault;
};

static int
fault(struct submit_fault *f, const char *field, const char *message)
{
	*f = (struct submit_fault){"invalid_field", message, field};
	return -1;
}

/* A string without NUL bytes, or NULL. */
static const char *
plain_text(const json *value, struct arena *arena)
{
	size_t n = 0;
	const char *text = json_text(value, &n);
	if (text == NULL || memchr(text, '\0', n) != NULL)
		return NULL;
	return arena_dup(arena, text, n);
}

static int
read_text(struct reading *r, const char *name, const char **out)
{
	const json *value = json_get(r->body, name);
	if (value == NULL)
		return 0;
	*out = plain_text(value, r->arena);
	return *out != NULL ? 0
			    : fault(r->fault, name, "It must be a string, without NUL characters.");
}

/* A list of strings, or one string alone. */
static int
read_list(struct reading *r, const char *name, struct text_list *out)
{
	const json *value = json_get(r->body, name);
	bool list = json_kind(value) == JSON_ARRAY;
	size_t n = value == NULL ? 0 : list ? json_len(value) : 1;
	if (n > LIST_MOST)
		return fault(r->fault, name, "The list is far too long.");
	out->items = arena_alloc(r->arena, (n + 1) * sizeof *out->items);
	for (out->count = 0; out->count < n; out->count++) {
		const char *text = plain_text(list ? json_at(value, out->count) : value, r->arena);
		if (text == NULL)
			return fault(r->fault, name, "It must be a string or a list of strings.");
		out->items[out->count] = text;
	}
	return 0;
}

static int
read_group(struct reading *r)
{
	const json *value = json_get(r->body, "group");
	if (value != NULL && json_kind(value) != JSON_BOOL)
		return fault(r->fault, "group", "It must be true or false.");
	r->out->group = json_get_bool(r->body, "group", false);
	return 0;
}

static int
read_deadline(struct reading *r)
{
	const char *text = NULL;
	if (read_text(r, "send_before", &text) != 0)
		return -1;
	if (text != NULL && clock_parse(text, &r->out->send_before) != 0)
		return fault(r->fault, "send_before",
		    "It must be a time as in RFC 3339: 2026-12-01T21:00:00Z.");
	/* 0 would mean "not said". */
	if (text != NULL && r->out->send_before <= 0)
		r->out->send_before = 1;
	return 0;
}

static void
find_unknown(const char *key, json *value, void *arg)
{
	static const char *const known[] = {
	    "to", "text", "media", "from", "send_before", "reference", "group"};
	struct reading *r = arg;
	(void)value;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(key, known[i]) == 0)
			return;
	}
	*r->fault = (struct submit_fault){"unknown_field",
	    "There is no such field. Known are to, text, media, from, send_before, reference and group.",
	    arena_str(r->arena, key)};
}

int
api_read_submission(
    const json *body, struct arena *arena, struct submission *out, struct submit_fault *f)
{
	struct reading r = {body, arena, out, f};
	*f = (struct submit_fault){NULL, NULL, NULL};
	if (json_kind(body) != JSON_OBJECT) {
		*f = (struct submit_fault){"invalid_body", "The body must be a JSON object.", NULL};
		return -1;
	}
	json_each(body, find_unknown, &r);
	if (f->code != NULL)
		return -1;
	if (read_list(&r, "to", &out->to) != 0 || read_text(&r, "text", &out->text) != 0 ||
	    read_list(&r, "media", &out->media) != 0 || read_text(&r, "from", &out->from) != 0 ||
	    read_text(&r, "reference", &out->reference) != 0 || read_group(&r) != 0 ||
	    read_deadline(&r) != 0)
		return -1;
	return 0;
}
