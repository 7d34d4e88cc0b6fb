/*
 * record.h: a struct and its JSON object, by one table of fields.
 *
 * Records are JSON objects so that an operator can read a dump and fields can
 * be added; each struct describes itself once and is read and written by the
 * two functions here.
 */
#ifndef SPOKE_RECORD_H
#define SPOKE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;

enum field_kind {
	FIELD_TEXT,	/* const char *; NULL is left out */
	FIELD_INT,	/* int64_t; 0 is left out */
	FIELD_BOOL,	/* bool; false is left out */
	FIELD_LIST	/* struct text_list; empty is left out */
};

struct text_list {
	const char **items;
	size_t count;
};

struct field {
	const char *name;
	enum field_kind kind;
	size_t offset;
};

#define FIELD(type, kind, member) { #member, kind, offsetof(type, member) }
#define FIELD_END { NULL, FIELD_TEXT, 0 }

/* Appends the record as a JSON object.  Fields are written in the table's order. */
void record_write(const struct field *, const void *record, struct buf *out);

/*
 * Fills the record from n bytes of JSON; members that are absent become NULL, 0,
 * false or empty, unknown ones are ignored.  Strings live in the arena.  -1 when it is not an
 * object or a member has another kind: the record is damaged.
 */
int record_read(const struct field *, const void *text, size_t n,
    struct arena *, void *record);

/* A copy of a list in the arena; adding returns a longer list. */
struct text_list text_list_add(struct arena *, struct text_list, const char *item);
bool text_list_has(const struct text_list *, const char *item);

#endif
