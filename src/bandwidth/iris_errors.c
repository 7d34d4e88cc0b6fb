/*
 * iris_errors.c: the errors that an answer of the Numbers API names, in all the shapes that
 * Bandwidth has for them (iris.h).
 *
 *	<ResponseStatus><ErrorCode/><Description/></ResponseStatus>	most
 *	<ErrorList><Error><Code/><Description/><TelephoneNumber/>	orders
 *	<Error><Code/><Description/></Error>				search
 *	<Errors><Code/><Description/></Errors>				older
 *	<ResultCode>1</ResultCode><ResultMessage/>			oldest; 0 is fine
 *	{"error": {"code", "description"}}, {"type", "description"},
 *	{"errors": [{"code", "description"}]}				where it answers in JSON
 *
 * They are looked for in the whole document.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/parse.h"
#include "bandwidth/iris.h"
#include "bandwidth/words.h"

#define ERRORS_MAX 10000
#define SAID_MAX 3 /* so many different ones are told to a person */

struct found {
	struct arena *arena;
	struct numbers_error *items; /* NULL while they are counted */
	size_t count;
};

static int
code_of(const char *text)
{
	uint64_t code;

	if (text == NULL || parse_u64(text, strlen(text), 0, 999999, &code) != 0)
		return 0;
	return (int)code;
}

static void
add(struct found *f, int code, const char *words, const char *number)
{
	if (f->count == ERRORS_MAX)
		return;
	if (f->items != NULL) {
		f->items[f->count].code = code;
		f->items[f->count].words =
		    words != NULL ? words_clean(f->arena, words, IRIS_TEXT_MAX) : NULL;
		f->items[f->count].number = number;
	}
	f->count++;
}

/* An error may be about several numbers: it is then one for each. */
static void
add_element(struct found *f, const struct xml *e, const char *code, const char *words)
{
	struct text_list numbers = iris_below(e, f->arena);
	size_t i;

	for (i = 0; i < numbers.count; i++)
		add(f, code_of(code), words, numbers.items[i]);
	if (numbers.count == 0)
		add(f, code_of(code), words, NULL);
}

/* Does the element itself name an error? */
static bool
take_element(struct found *f, const struct xml *e)
{
	bool named = xml_is(e, "Error") || xml_is(e, "Errors");
	const char *code = xml_text(e, "ErrorCode"), *words = xml_text(e, "Description");

	if (code == NULL && named)
		code = xml_text(e, "Code");
	if (code == NULL && words == NULL) {
		code = xml_text(e, "ResultCode");
		words = xml_text(e, "ResultMessage");
		if (code == NULL || strcmp(code, "0") == 0)
			return false;
	}
	if (code == NULL && !named && !xml_is(e, "ResponseStatus"))
		return false;
	add_element(f, e, code, words);
	return true;
}

static void
look(struct found *f, const struct xml *e)
{
	for (; e != NULL; e = e->next)
		if (!take_element(f, e))
			look(f, e->child);
}

/* A code may be written as a number or as a text. */
static int
json_code(const json *object, struct arena *arena)
{
	int64_t number = json_get_int(object, "code", 0);

	if (number > 0 && number <= 999999)
		return (int)number;
	return code_of(json_get_text(object, "code", arena));
}

static void
take_object(struct found *f, const json *object)
{
	const char *words = json_get_text(object, "description", f->arena);

	if (words == NULL)
		words = json_get_text(object, "message", f->arena);
	if (words == NULL)
		words = json_get_text(object, "type", f->arena);
	if (words != NULL || json_code(object, f->arena) != 0)
		add(f, json_code(object, f->arena), words, NULL);
}

static void
look_json(struct found *f, const json *object)
{
	const json *list = json_get(object, "errors");
	size_t i;

	take_object(f, json_get(object, "error"));
	for (i = 0; i < json_len(list); i++)
		take_object(f, json_at(list, i));
	/* At the top only with its type: a good answer may have a description too. */
	if (json_has(object, "type"))
		take_object(f, object);
}

/* "1600 PENNSYLVANIA AVE NW, WASHINGTON, DC 20006": the address that would be taken. */
static void
add_better_address(struct buf *out, const struct xml *root, struct arena *arena)
{
	static const char *const names[] = {"AddressLine1", "City", "StateCode", "Zip"};
	const struct xml *better = xml_find(root, "RecommendedAddress");
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		text = iris_text(better, names[i], arena, 100);
		if (text != NULL)
			buf_addf(out, "%s%s", i == 0 ? ": " : i == 3 ? " " : ", ", text);
	}
}

static bool
said_before(const struct numbers_error *items, size_t i)
{
	size_t before;

	for (before = 0; before < i; before++)
		if (items[before].words != NULL && strcmp(items[before].words, items[i].words) == 0)
			return true;
	return false;
}

/* What a person is told: the first few that differ. */
static const char *
say(const struct found *f, const struct xml *root)
{
	struct buf out = BUF_INIT(2000);
	const char *words;
	size_t i, said = 0;

	for (i = 0; i < f->count && said < SAID_MAX; i++) {
		if (f->items[i].words == NULL || said_before(f->items, i))
			continue;
		buf_addf(&out, "%s%s", said++ > 0 ? "; " : "", f->items[i].words);
	}
	add_better_address(&out, root, f->arena);
	words = arena_str(f->arena, buf_str(&out));
	buf_free(&out);
	return words;
}

void
iris_errors(const struct iris_document *d, struct arena *arena, struct numbers_head *head)
{
	struct found f = {.arena = arena};
	size_t i, room;

	look(&f, d->xml);
	look_json(&f, d->json);
	if (f.count == 0)
		return;
	room = f.count;
	f.items = arena_alloc(arena, room * sizeof(*f.items));
	f.count = 0;
	look(&f, d->xml);
	look_json(&f, d->json);
	head->errors = f.items;
	head->error_count = f.count;
	for (i = 0; i < f.count && head->code == 0; i++)
		head->code = f.items[i].code;
	head->words = say(&f, d->xml);
	if (*head->words == '\0' && head->code != 0)
		head->words = arena_fmt(arena, "error %d, without a description", head->code);
}
