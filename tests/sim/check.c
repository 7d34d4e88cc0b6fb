/*
 * check.c: what is wrong with the body of a create-message request.
 *
 * After the schema messageRequest of Bandwidth's OpenAPI file (2026-08) and
 * the prose about limits; where the two differ the stricter holds.  Contract
 * in check.h.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "text.h"
#include "util.h"
#include "world.h"

static void
complain(json_object *errors, const char *field, char *text)
{
	json_object *e = json_object_new_object();

	put_text(e, "fieldName", field);
	put_text(e, "description", text);
	json_object_array_add(errors, e);
	free(text);
}

/* The text, or NULL after a complaint; a NUL inside is refused. */
static const char *
need_text(json_object *errors, const char *field, json_object *v)
{
	const char *s;

	if (!json_object_is_type(v, json_type_string)) {
		complain(errors, field, x_fmt("'%s' must be a string", field));
		return NULL;
	}
	s = json_object_get_string(v);
	if (strlen(s) != (size_t)json_object_get_string_len(v)) {
		complain(errors, field, x_fmt("'%s' must not contain NUL",
		    field));
		return NULL;
	}
	return s;
}

/* The member as text; absent gives NULL, with a complaint if required. */
static const char *
member(json_object *errors, json_object *o, const char *field, bool required)
{
	json_object *v;

	if (json_object_object_get_ex(o, field, &v))
		return need_text(errors, field, v);
	if (required)
		complain(errors, field, x_fmt("'%s' must not be null", field));
	return NULL;
}

static void
bad_number(json_object *errors, const char *field, const char *s)
{
	complain(errors, field, x_fmt("'%s' must be replaced with a valid "
	    "E164 formatted telephone number", s));
}

static void
check_application(struct sim *sim, const char *account, json_object *errors,
    json_object *o)
{
	const char *s = member(errors, o, "applicationId", true);
	struct application *a;

	if (s == NULL)
		return;
	a = world_application(sim, s);
	if (a == NULL || !same(a->account, account))
		complain(errors, "applicationId", x_fmt("'%s' is not an "
		    "application of this account", s));
}

static void
check_from(json_object *errors, json_object *o)
{
	const char *s = member(errors, o, "from", true);

	if (s != NULL && !text_is_e164(s) && !text_is_short_code(s) &&
	    !text_is_sender(s))
		bad_number(errors, "from", s);
}

/* True if the text at that place was in the array before. */
static bool
repeated(json_object *list, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++)
		if (json_object_equal(json_object_array_get_idx(list, i),
		    json_object_array_get_idx(list, at)))
			return true;
	return false;
}

static void
check_to(json_object *errors, json_object *o)
{
	json_object *v = json_get(o, "to");
	const char *s;
	size_t i, n;

	if (!json_object_is_type(v, json_type_array) ||
	    json_object_array_length(v) == 0) {
		complain(errors, "to", x_dup("'to' must be a non-empty array"));
		return;
	}
	n = json_object_array_length(v);
	if (n > 10)
		complain(errors, "to", x_dup("'to' must contain at most 10 "
		    "telephone numbers"));
	for (i = 0; i < n; i++) {
		s = need_text(errors, "to", json_object_array_get_idx(v, i));
		if (s != NULL && !text_is_e164(s))
			bad_number(errors, "to", s);
		else if (s != NULL && repeated(v, i))
			complain(errors, "to", x_fmt("'%s' is repeated", s));
	}
}

static void
check_media(json_object *errors, json_object *v)
{
	const char *s;
	size_t i, n;

	if (!json_object_is_type(v, json_type_array)) {
		complain(errors, "media", x_dup("'media' must be an array"));
		return;
	}
	n = json_object_array_length(v);
	if (n > 10)
		complain(errors, "media", x_dup("'media' must contain at most "
		    "10 URLs"));
	for (i = 0; i < n; i++) {
		s = need_text(errors, "media",
		    json_object_array_get_idx(v, i));
		if (s == NULL)
			continue;
		if (strlen(s) > 4096)
			complain(errors, "media", x_dup("a URL in 'media' must "
			    "be at most 4096 characters"));
		else if (!text_is_url(s))
			complain(errors, "media", x_fmt("'%s' must be replaced "
			    "with a valid URL", s));
	}
}

static void
check_content(json_object *errors, json_object *o)
{
	const char *text = member(errors, o, "text", false);
	json_object *media;
	bool pictures = json_object_object_get_ex(o, "media", &media);

	if (pictures)
		check_media(errors, media);
	if (text != NULL && text_utf16(text) > 2048)
		complain(errors, "text", x_dup("'text' must be 2048 characters "
		    "or less"));
	if ((text == NULL || *text == '\0') && (!pictures ||
	    (json_object_is_type(media, json_type_array) &&
	    json_object_array_length(media) == 0)))
		complain(errors, "text", x_dup("one of 'text' and 'media' is "
		    "required"));
}

static void
check_rest(json_object *errors, json_object *o)
{
	const char *tag = member(errors, o, "tag", false);
	const char *priority = member(errors, o, "priority", false);
	const char *expiration = member(errors, o, "expiration", false);
	int64_t us;

	if (tag != NULL && text_utf16(tag) > 1024)
		complain(errors, "tag", x_dup("'tag' must be 1024 characters "
		    "or less"));
	if (priority != NULL && !same(priority, "default") &&
	    !same(priority, "high"))
		complain(errors, "priority", x_fmt("'%s' must be one of "
		    "default, high", priority));
	if (expiration == NULL)
		return;
	if (text_time(expiration, &us, NULL) != 0)
		complain(errors, "expiration", x_fmt("'%s' must be an RFC-3339 "
		    "date-time", expiration));
	else if (us <= now_us())
		complain(errors, "expiration", x_fmt("'%s' must be in the "
		    "future", expiration));
}

json_object *
check_unknown(json_object *o)
{
	static const char *const known[] = { "applicationId", "to", "from",
	    "text", "media", "tag", "priority", "expiration" };
	json_object *list = json_object_new_array();
	size_t i;

	json_object_object_foreach(o, key, v) {
		(void)v;
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (same(key, known[i]))
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			json_object_array_add(list,
			    json_object_new_string(key));
	}
	return list;
}

json_object *
check_message(struct sim *sim, const char *account, json_object *o)
{
	json_object *errors = json_object_new_array();

	check_application(sim, account, errors, o);
	check_from(errors, o);
	check_to(errors, o);
	check_content(errors, o);
	check_rest(errors, o);
	return errors;
}
