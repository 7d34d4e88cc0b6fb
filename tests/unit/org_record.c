/*
 * org_record.c: the promises of record.h.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "org/contact.h"
#include "org/message.h"
#include "org/organization.h"
#include "org/people.h"
#include "org/record.h"
#include "tap.h"

struct thing {
	const char *name;
	int64_t number;
	bool flag;
	struct text_list list;
};

static const struct field thing_fields[] = {
    FIELD(struct thing, FIELD_TEXT, name),
    FIELD(struct thing, FIELD_INT, number),
    FIELD(struct thing, FIELD_BOOL, flag),
    FIELD(struct thing, FIELD_LIST, list),
    FIELD_END,
};

static int
read_text(struct arena *a, const char *text, struct thing *t)
{
	return record_read(thing_fields, text, strlen(text), a, t);
}

static void
writing(struct arena *a)
{
	struct thing t = {NULL, 0, false, {NULL, 0}};
	struct buf out = BUF_INIT(10000);

	record_write(thing_fields, &t, &out);
	is_str(buf_str(&out), "{}", "what is not set is left out");
	buf_reset(&out);
	t.name = "a \"quote\"\n";
	t.number = INT64_MIN;
	t.flag = true;
	t.list = text_list_add(a, text_list_add(a, t.list, "x"), "");
	record_write(thing_fields, &t, &out);
	is_str(buf_str(&out),
	    "{\"name\":\"a \\\"quote\\\"\\n\",\"number\":-9223372036854775808,\"flag\":true,"
	    "\"list\":[\"x\",\"\"]}",
	    "fields are written in the table's order");
	buf_adds(&out, "|");
	t = (struct thing){"", 7, false, {NULL, 0}};
	record_write(thing_fields, &t, &out);
	ok(strstr(buf_str(&out), "|{\"name\":\"\",\"number\":7}") != NULL,
	    "a record is appended, and an empty text is not absent");
	buf_free(&out);
}

static void
reading(struct arena *a)
{
	struct thing t = {"old", 5, true, {NULL, 3}};

	is_int(read_text(a, "{}", &t), 0, "an empty object is a record");
	ok(t.name == NULL && t.number == 0 && !t.flag && t.list.count == 0,
	    "absent members become NULL, 0, false, empty");
	is_int(read_text(a, "{\"new\":[{}],\"name\":null,\"number\":-3}", &t), 0,
	    "unknown members and null are ignored");
	is_int(t.number, -3, "the known one is read");
	is_int(read_text(a, "{\"list\":[\"a\",\"b\"],\"flag\":true,\"name\":\"n\"}", &t), 0,
	    "every kind is read");
	ok(t.list.count == 2 && text_list_has(&t.list, "b") && !text_list_has(&t.list, "c"),
	    "a list is read in order");
	ok(t.flag && strcmp(t.name, "n") == 0, "text and bool are read");
}

static void
damage(struct arena *a)
{
	static const char *const bad[] = {"", "null", "[]", "{\"name\":1}", "{\"number\":\"1\"}",
	    "{\"number\":1.5}", "{\"flag\":1}", "{\"flag\":\"true\"}", "{\"list\":\"a\"}",
	    "{\"list\":[1]}", "{\"list\":[null]}", "{\"name\":\"a\"", "{\"name\":\"a\"}x",
	    "{\"name\":\"a\",\"name\":\"b\"}"};
	struct thing t;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		is_int(read_text(a, bad[i], &t), -1, "damaged: %s", bad[i]);
}

/* Every table: what is written is read back the same, with every field set. */
static void
round_trip(struct arena *a, const char *what, const struct field *fields, size_t size)
{
	char *before = arena_alloc(a, size), *after = arena_alloc(a, size);
	struct buf one = BUF_INIT(100000), two = BUF_INIT(100000);
	const struct field *f;
	int64_t n = 1;

	for (f = fields; f->name != NULL; f++, n++) {
		if (f->kind == FIELD_TEXT)
			*(const char **)(void *)(before + f->offset) = f->name;
		else if (f->kind == FIELD_INT)
			*(int64_t *)(void *)(before + f->offset) = n;
		else if (f->kind == FIELD_BOOL)
			*(bool *)(before + f->offset) = true;
		else
			*(struct text_list *)(void *)(before + f->offset) =
			    text_list_add(a, (struct text_list){NULL, 0}, f->name);
	}
	record_write(fields, before, &one);
	is_int(record_read(fields, one.data, one.len, a, after), 0, "%s is read back", what);
	record_write(fields, after, &two);
	is_str(buf_str(&two), buf_str(&one), "%s is the same again", what);
	buf_free(&one);
	buf_free(&two);
}

int
main(void)
{
	struct arena *a = arena_new();

	writing(a);
	reading(a);
	damage(a);
	round_trip(a, "message", message_fields, sizeof(struct message));
	round_trip(a, "contact", contact_fields, sizeof(struct contact));
	round_trip(a, "number", number_fields, sizeof(struct number));
	round_trip(a, "organization", organization_fields, sizeof(struct organization));
	round_trip(a, "user", user_fields, sizeof(struct user));
	round_trip(a, "session", session_fields, sizeof(struct session));
	round_trip(a, "token", token_fields, sizeof(struct token));
	arena_free(a);
	return done_testing();
}
