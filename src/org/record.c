/*
 * record.c: a struct and its JSON object, by one table of fields.
 *
 * Writing builds the text directly, because every transaction does it;
 * reading goes through the strict parser, because what comes back from a disk
 * is not believed either.
 */
#include "org/record.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

/* Ours are objects with lists in them; members of a later version may be deeper. */
#define RECORD_DEPTH 16

/* Where a field lies in a record. */
static const void *
member(const struct field *f, const void *record)
{
	return (const char *)record + f->offset;
}

/* Appends `"name":`, with a comma before it unless it is the first. */
static void
write_name(struct buf *out, size_t start, const char *name)
{
	if (out->len > start)
		buf_addc(out, ',');
	buf_addc(out, '"');
	buf_adds(out, name);
	buf_add(out, "\":", 2);
}

static void
write_int(struct buf *out, int64_t v)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do {
		digits[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (v < 0)
		digits[--at] = '-';
	buf_add(out, digits + at, sizeof digits - at);
}

static void
write_list(struct buf *out, const struct text_list *list)
{
	size_t i;

	buf_addc(out, '[');
	for (i = 0; i < list->count; i++) {
		if (i > 0)
			buf_addc(out, ',');
		json_write_text(out, list->items[i], strlen(list->items[i]));
	}
	buf_addc(out, ']');
}

/* Appends a field unless it has the value that an absent one would get. */
static void
write_field(const struct field *f, const void *record, size_t start, struct buf *out)
{
	const void *p = member(f, record);
	const char *text;

	switch (f->kind) {
	case FIELD_TEXT:
		text = *(const char *const *)p;
		if (text != NULL) {
			write_name(out, start, f->name);
			json_write_text(out, text, strlen(text));
		}
		break;
	case FIELD_INT:
		if (*(const int64_t *)p != 0) {
			write_name(out, start, f->name);
			write_int(out, *(const int64_t *)p);
		}
		break;
	case FIELD_BOOL:
		if (*(const bool *)p) {
			write_name(out, start, f->name);
			buf_add(out, "true", 4);
		}
		break;
	case FIELD_LIST:
		if (((const struct text_list *)p)->count > 0) {
			write_name(out, start, f->name);
			write_list(out, p);
		}
		break;
	}
}

void
record_write(const struct field *fields, const void *record, struct buf *out)
{
	const struct field *f;
	size_t start;

	buf_addc(out, '{');
	start = out->len;
	for (f = fields; f->name != NULL; f++)
		write_field(f, record, start, out);
	buf_addc(out, '}');
}

/* Fills a list from a JSON array of strings; -1 if it is none. */
static int
read_list(const json *value, struct arena *a, struct text_list *list)
{
	size_t n = json_len(value), i;

	list->count = 0;
	list->items = n == 0 ? NULL : arena_alloc(a, n * sizeof *list->items);
	for (i = 0; i < n; i++) {
		list->items[i] = json_copy_text(json_at(value, i), a);
		if (list->items[i] == NULL)
			return -1;
	}
	list->count = n;
	return 0;
}

/* Sets a field to what an absent member means. */
static void
clear_field(const struct field *f, void *p)
{
	static const struct text_list none = {NULL, 0};

	switch (f->kind) {
	case FIELD_TEXT:
		*(const char **)p = NULL;
		break;
	case FIELD_INT:
		*(int64_t *)p = 0;
		break;
	case FIELD_BOOL:
		*(bool *)p = false;
		break;
	case FIELD_LIST:
		*(struct text_list *)p = none;
		break;
	}
}

/* Sets a field from the object's member, if it is there; -1 if that is of another kind. */
static int
read_field(const struct field *f, const json *object, struct arena *a, void *p)
{
	static const enum json_kind kinds[] = {
	    [FIELD_TEXT] = JSON_STRING,
	    [FIELD_INT] = JSON_INT,
	    [FIELD_BOOL] = JSON_BOOL,
	    [FIELD_LIST] = JSON_ARRAY,
	};
	const json *value = json_get(object, f->name);

	clear_field(f, p);
	if (value == NULL)
		return 0;
	if (json_kind(value) != kinds[f->kind])
		return -1;
	switch (f->kind) {
	case FIELD_TEXT:
		*(const char **)p = json_copy_text(value, a);
		break;
	case FIELD_INT:
		*(int64_t *)p = json_int(value, 0);
		break;
	case FIELD_BOOL:
		*(bool *)p = json_get_bool(object, f->name, false);
		break;
	case FIELD_LIST:
		return read_list(value, a, p);
	}
	return 0;
}

int
record_read(const struct field *fields, const void *text, size_t n, struct arena *a, void *record)
{
	const struct field *f;
	const char *why;
	json *object;
	int r = 0;

	object = json_parse(text, n, RECORD_DEPTH, &why, NULL);
	if (json_kind(object) != JSON_OBJECT)
		r = -1;
	for (f = fields; f->name != NULL; f++) {
		if (read_field(f, object, a, (char *)record + f->offset) != 0)
			r = -1;
	}
	json_free(object);
	return r;
}

struct text_list
text_list_add(struct arena *a, struct text_list list, const char *item)
{
	struct text_list longer;

	longer.items = arena_alloc(a, (list.count + 1) * sizeof *longer.items);
	if (list.count > 0)
		memcpy(longer.items, list.items, list.count * sizeof *list.items);
	longer.items[list.count] = arena_str(a, item);
	longer.count = list.count + 1;
	return longer;
}

bool
text_list_has(const struct text_list *list, const char *item)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], item) == 0)
			return true;
	}
	return false;
}
