/*
 * json.c: RFC 8259 to the letter, and short ways to read and write objects.
 *
 * The checker walks the bytes; only what it has accepted goes to json-c.
 */
#include "json.h"

#include <ctype.h>
#include <string.h>

#include "text.h"
#include "util.h"

struct walk {
	const char *p;
	const char *end;
	int depth;
};

static int value(struct walk *);

static void
blanks(struct walk *w)
{
	while (w->p < w->end && memchr(" \t\r\n", *w->p, 4) != NULL)
		w->p++;
}

static bool
next_is(struct walk *w, char c)
{
	if (w->p >= w->end || *w->p != c)
		return false;
	w->p++;
	return true;
}

static int
string(struct walk *w)
{
	int i;

	if (!next_is(w, '"'))
		return -1;
	while (w->p < w->end && *w->p != '"') {
		if ((unsigned char)*w->p < 0x20)
			return -1;
		if (*w->p++ != '\\')
			continue;
		if (w->p >= w->end)
			return -1;
		if (*w->p != 'u') {
			if (memchr("\"\\/bfnrt", *w->p++, 8) == NULL)
				return -1;
			continue;
		}
		for (i = 1; i <= 4; i++)
			if (w->p + i >= w->end ||
			    !isxdigit((unsigned char)w->p[i]))
				return -1;
		w->p += 5;
	}
	return next_is(w, '"') ? 0 : -1;
}

static int
some_digits(struct walk *w)
{
	const char *start = w->p;

	while (w->p < w->end && isdigit((unsigned char)*w->p))
		w->p++;
	return w->p > start ? 0 : -1;
}

static int
number(struct walk *w)
{
	next_is(w, '-');
	if (!next_is(w, '0') && some_digits(w) != 0)
		return -1;
	if (next_is(w, '.') && some_digits(w) != 0)
		return -1;
	if (next_is(w, 'e') || next_is(w, 'E')) {
		if (!next_is(w, '+'))
			next_is(w, '-');
		return some_digits(w);
	}
	return 0;
}

/* The inside of an array, or of an object when keys is set. */
static int
members(struct walk *w, char close, bool keys)
{
	w->p++;
	blanks(w);
	if (next_is(w, close))
		return 0;
	do {
		blanks(w);
		if (keys) {
			if (string(w) != 0)
				return -1;
			blanks(w);
			if (!next_is(w, ':'))
				return -1;
		}
		if (value(w) != 0)
			return -1;
		blanks(w);
	} while (next_is(w, ','));
	return next_is(w, close) ? 0 : -1;
}

static int
literal(struct walk *w)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t i, n;

	for (i = 0; i < 3; i++) {
		n = strlen(words[i]);
		if ((size_t)(w->end - w->p) >= n &&
		    memcmp(w->p, words[i], n) == 0) {
			w->p += n;
			return 0;
		}
	}
	return number(w);
}

static int
value(struct walk *w)
{
	int rc;

	blanks(w);
	if (w->p >= w->end || ++w->depth > 32)
		return -1;
	if (*w->p == '{')
		rc = members(w, '}', true);
	else if (*w->p == '[')
		rc = members(w, ']', false);
	else if (*w->p == '"')
		rc = string(w);
	else
		rc = literal(w);
	w->depth--;
	return rc;
}

json_object *
json_read(const char *p, size_t n, const char **why)
{
	struct walk w = { p, p + n, 0 };
	struct json_tokener *tok;
	json_object *v;

	*why = "malformed JSON";
	if (n == 0 || p == NULL || value(&w) != 0)
		return NULL;
	blanks(&w);
	if (w.p != w.end)
		return NULL;
	*why = "the body is not UTF-8";
	if (!text_is_utf8(p, n))
		return NULL;
	*why = "malformed JSON";
	tok = json_tokener_new();
	if (tok == NULL)
		return NULL;
	v = json_tokener_parse_ex(tok, p, (int)n);
	/* A bare number is only complete once the end is seen. */
	if (v == NULL && json_tokener_get_error(tok) == json_tokener_continue)
		v = json_tokener_parse_ex(tok, "", 1);
	json_tokener_free(tok);
	return v;
}

json_object *
json_get(json_object *o, const char *key)
{
	json_object *v = NULL;

	if (!json_object_is_type(o, json_type_object))
		return NULL;
	json_object_object_get_ex(o, key, &v);
	return v;
}

const char *
json_text(json_object *o, const char *key, const char *dflt)
{
	json_object *v = json_get(o, key);

	return json_object_is_type(v, json_type_string) ?
	    json_object_get_string(v) : dflt;
}

double
json_num(json_object *o, const char *key, double dflt)
{
	json_object *v = json_get(o, key);

	return json_object_is_type(v, json_type_int) ||
	    json_object_is_type(v, json_type_double) ?
	    json_object_get_double(v) : dflt;
}

bool
json_flag(json_object *o, const char *key, bool dflt)
{
	json_object *v = json_get(o, key);

	return json_object_is_type(v, json_type_boolean) ?
	    json_object_get_boolean(v) != 0 : dflt;
}

void
put_text(json_object *o, const char *key, const char *v)
{
	json_object_object_add(o, key,
	    v == NULL ? NULL : json_object_new_string(v));
}

void
put_int(json_object *o, const char *key, int64_t v)
{
	json_object_object_add(o, key, json_object_new_int64(v));
}

void
put_flag(json_object *o, const char *key, bool v)
{
	json_object_object_add(o, key, json_object_new_boolean(v));
}

void
put_time(json_object *o, const char *key, int64_t us)
{
	char t[40];

	stamp(t, us, 6);
	put_text(o, key, us == 0 ? NULL : t);
}

char *
json_dump(json_object *o)
{
	return x_dup(json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}
