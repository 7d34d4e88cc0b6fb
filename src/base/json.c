/*
 * json.c: JSON values over json-c; the only file that includes its headers.
 *
 * Reading: json_scan.c has judged the bytes before json-c sees them.  Writing
 * is done here, because json-c's writer keeps its text inside the value, which
 * two threads that read one value would fight over.
 */
#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/log.h"
#include "base/parse.h"

/* json-c asks for values that are not const even where it only reads. */
static json *
readable(const json *value)
{
	return (json *)value;
}

/* ---- reading ---- */

/* Lets json-c parse what was found to be good; false when it disagrees. */
static bool
parse_checked(const char *p, size_t n, json **out)
{
	struct json_tokener *tok = json_tokener_new_ex(JSON_DEPTH_MAX + 2);
	bool good = false;

	*out = NULL;
	if (tok == NULL)
		log_panic("out of memory (json)");
	*out = json_tokener_parse_ex(tok, p, (int)n);
	if (json_tokener_get_error(tok) == json_tokener_continue) {
		/* A number at the end of the text: only what follows shows that it ended. */
		*out = json_tokener_parse_ex(tok, " ", 1);
		good = json_tokener_get_error(tok) == json_tokener_success;
	} else {
		good = json_tokener_get_error(tok) == json_tokener_success &&
		       json_tokener_get_parse_end(tok) == n;
	}
	json_tokener_free(tok);
	if (!good) {
		json_object_put(*out);
		*out = NULL;
	}
	return good;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

json *
json_parse(const char *p, size_t n, int depth, const char **why, size_t *at)
{
	size_t where = 0;
	json *value = NULL;

	*why = NULL;
	if (n == 0)
		p = "";
	if (n > INT_MAX - 1)
		*why = "The text is too long.";
	else
		json_scan(p, n, depth, why, &where);
	if (*why != NULL)
		goto done;
	while (n > 0 && is_blank(p[n - 1]))
		n--;
	if (!parse_checked(p, n, &value))
		*why = "The text could not be read.";
done:
	if (at != NULL)
		*at = where;
	return value;
}

void
json_free(json *value)
{
	json_object_put(value);
}

/* ---- looking ---- */

enum json_kind
json_kind(const json *value)
{
	switch (json_object_get_type(value)) {
	case json_type_boolean:
		return JSON_BOOL;
	case json_type_int:
		return JSON_INT;
	case json_type_double:
		return JSON_DOUBLE;
	case json_type_string:
		return JSON_STRING;
	case json_type_array:
		return JSON_ARRAY;
	case json_type_object:
		return JSON_OBJECT;
	case json_type_null:
	default:
		return JSON_NULL;
	}
}

json *
json_get(const json *object, const char *key)
{
	json *value = NULL;

	if (json_kind(object) == JSON_OBJECT)
		json_object_object_get_ex(object, key, &value);
	return value;
}

bool
json_has(const json *object, const char *key)
{
	return json_kind(object) == JSON_OBJECT && json_object_object_get_ex(object, key, NULL);
}

size_t
json_len(const json *array)
{
	return json_kind(array) == JSON_ARRAY ? json_object_array_length(array) : 0;
}

json *
json_at(const json *array, size_t i)
{
	return i < json_len(array) ? json_object_array_get_idx(array, i) : NULL;
}

const char *
json_text(const json *value, size_t *n)
{
	bool is_text = json_kind(value) == JSON_STRING;

	if (n != NULL)
		*n = is_text ? (size_t)json_object_get_string_len(value) : 0;
	return is_text ? json_object_get_string(readable(value)) : NULL;
}

char *
json_copy_text(const json *value, struct arena *a)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t n = 0, nuls = 0, i;
	const char *text = json_text(value, &n);
	char *copy = NULL, *to = NULL;

	if (text == NULL)
		return NULL;
	for (i = 0; i < n; i++)
		nuls += text[i] == '\0';
	if (nuls == 0)
		return arena_dup(a, text, n);
	to = copy = arena_alloc(a, n + 2 * nuls + 1);
	for (i = 0; i < n; i++) {
		if (text[i] != '\0') {
			*to++ = text[i];
			continue;
		}
		memcpy(to, replacement, 3);
		to += 3;
	}
	*to = '\0';
	return copy;
}

char *
json_get_text(const json *object, const char *key, struct arena *a)
{
	return json_copy_text(json_get(object, key), a);
}

int64_t
json_int(const json *value, int64_t def)
{
	return json_kind(value) == JSON_INT ? json_object_get_int64(value) : def;
}

int64_t
json_get_int(const json *object, const char *key, int64_t def)
{
	return json_int(json_get(object, key), def);
}

bool
json_get_bool(const json *object, const char *key, bool def)
{
	const json *value = json_get(object, key);

	return json_kind(value) == JSON_BOOL ? json_object_get_boolean(value) : def;
}

void
json_each(const json *object, void (*fn)(const char *key, json *value, void *arg), void *arg)
{
	struct lh_entry *e = NULL, *next = NULL;

	if (json_kind(object) != JSON_OBJECT)
		return;
	for (e = json_object_get_object(object)->head; e != NULL; e = next) {
		next = e->next;
		fn(lh_entry_k(e), (json *)lh_entry_v(e), arg);
	}
}

/* ---- making ---- */

static json *
made(json *value)
{
	if (value == NULL)
		log_panic("out of memory (json)");
	return value;
}

/* Appends text with U+FFFD for what is not UTF-8. */
static void
add_repaired(struct buf *b, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end)
		utf8_add(b, utf8_next(&p, end));
}

static json *
text_new(const char *p, size_t n)
{
	struct buf repaired = BUF_INIT(SIZE_MAX);
	json *value = NULL;

	if (n > INT_MAX / 4)
		log_panic("json: a text of %zu bytes", n);
	if (utf8_valid(p, n)) {
		value = json_object_new_string_len(p, (int)n);
	} else {
		add_repaired(&repaired, p, n);
		value = json_object_new_string_len(buf_str(&repaired), (int)repaired.len);
		buf_wipe(&repaired);
	}
	return made(value);
}

json *
json_object_new(void)
{
	return made(json_object_new_object());
}

json *
json_array_new(void)
{
	return made(json_object_new_array());
}

void
json_put(json *object, const char *key, json *child)
{
	struct buf repaired = BUF_INIT(SIZE_MAX);

	if (json_kind(object) != JSON_OBJECT)
		log_panic("json: \"%s\" is put into what is not an object", key);
	if (!utf8_valid(key, strlen(key))) {
		add_repaired(&repaired, key, strlen(key));
		key = buf_str(&repaired);
	}
	if (json_object_object_add(object, key, child) != 0)
		log_panic("out of memory (json)");
	buf_free(&repaired);
}

void
json_put_text(json *object, const char *key, const char *s)
{
	json_put(object, key, s != NULL ? text_new(s, strlen(s)) : NULL);
}

void
json_put_textn(json *object, const char *key, const char *p, size_t n)
{
	json_put(object, key, p != NULL ? text_new(p, n) : NULL);
}

void
json_put_int(json *object, const char *key, int64_t v)
{
	json_put(object, key, made(json_object_new_int64(v)));
}

void
json_put_bool(json *object, const char *key, bool v)
{
	json_put(object, key, made(json_object_new_boolean(v)));
}

void
json_put_null(json *object, const char *key)
{
	json_put(object, key, NULL);
}

void
json_add(json *array, json *child)
{
	if (json_kind(array) != JSON_ARRAY)
		log_panic("json: a value is added to what is not an array");
	if (json_object_array_add(array, child) != 0)
		log_panic("out of memory (json)");
}

void
json_add_text(json *array, const char *s)
{
	json_add(array, s != NULL ? text_new(s, strlen(s)) : NULL);
}

/* ---- writing ---- */

/* Escapes one character that may not stand in a string as it is. */
static void
write_escape(struct buf *b, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *found = c != '\0' ? strchr(from, c) : NULL;

	if (found != NULL) {
		buf_addc(b, '\\');
		buf_addc(b, to[found - from]);
	} else {
		buf_addf(b, "\\u%04x", c);
	}
}

/* Stands for itself in a string, and is ASCII. */
static bool
plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

void
json_write_text(struct buf *b, const char *p, size_t n)
{
	const char *end = p + n, *from = NULL;

	buf_addc(b, '"');
	while (p < end) {
		for (from = p; p < end && plain(*p); p++)
			continue;
		buf_add(b, from, (size_t)(p - from));
		if (p == end)
			break;
		if ((unsigned char)*p < 0x80)
			write_escape(b, (unsigned char)*p++);
		else
			utf8_add(b, utf8_next(&p, end));
	}
	buf_addc(b, '"');
}

static void
write_member(const char *key, json *value, void *arg)
{
	struct buf *b = arg;

	if (b->len > 0 && b->data[b->len - 1] != '{')
		buf_addc(b, ',');
	json_write_text(b, key, strlen(key));
	buf_addc(b, ':');
	json_write(value, b);
}

static void
write_array(const json *array, struct buf *b)
{
	size_t i;

	buf_addc(b, '[');
	for (i = 0; i < json_len(array); i++) {
		if (i > 0)
			buf_addc(b, ',');
		json_write(json_at(array, i), b);
	}
	buf_addc(b, ']');
}

/* The shortest text that gives the same number back, and still as a double.
 * (The programs never leave the C locale, so the point is a point.) */
static void
write_double(double v, struct buf *b)
{
	char text[40];
	int digits;

	if (!isfinite(v)) {
		buf_adds(b, "null");
		return;
	}
	for (digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_adds(b, text);
	if (strpbrk(text, ".e") == NULL)
		buf_adds(b, ".0");
}

void
json_write(const json *value, struct buf *b)
{
	size_t n = 0;
	const char *text = json_text(value, &n);

	switch (json_kind(value)) {
	case JSON_NULL:
		buf_adds(b, "null");
		break;
	case JSON_BOOL:
		buf_adds(b, json_object_get_boolean(value) ? "true" : "false");
		break;
	case JSON_INT:
		buf_addf(b, "%lld", (long long)json_object_get_int64(value));
		break;
	case JSON_DOUBLE:
		write_double(json_object_get_double(value), b);
		break;
	case JSON_STRING:
		json_write_text(b, text, n);
		break;
	case JSON_ARRAY:
		write_array(value, b);
		break;
	case JSON_OBJECT:
		buf_addc(b, '{');
		json_each(value, write_member, b);
		buf_addc(b, '}');
		break;
	}
}
