/*
 * base_form.c: the promises of form.h.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/form.h"
#include "tap.h"

static struct arena *arena;
static struct form form;
static const char *why;

static int
parse(const char *s)
{
	return form_parse(s, strlen(s), arena, &form, &why);
}

static void
fields(void)
{
	is_int(parse("a=1&b=two+words&c=%41%c3%A9%2B%26%3d&d=&e"), 0, "a form is taken apart");
	is_int(form.count, 5, "into its fields");
	is_str(form_get(&form, "a"), "1", "values are found by name");
	is_str(form_get(&form, "b"), "two words", "a plus sign is a blank");
	is_str(form_get(&form, "c"), "A\xc3\xa9+&=", "escapes are decoded");
	is_str(form_get(&form, "d"), "", "an empty value is empty");
	is_str(form_get(&form, "e"), "", "a name alone has an empty value");
	ok(form_get(&form, "f") == NULL, "what was not sent is NULL");
	ok(form_get(&form, "A") == NULL, "names are not folded");
	is_int(form.fields[2].len, 6, "len is that of the decoded value");
	ok(parse("") == 0 && form.count == 0, "nothing has no fields");
	ok(form_get(&form, "a") == NULL, "and nothing is found in it");
	ok(form_parse(NULL, 0, arena, &form, &why) == 0, "nor does NULL with length 0");
	ok(parse("&&a=1&&&b=2&") == 0 && form.count == 2, "empty pieces are left out");
	ok(parse("a=b=c") == 0, "the first equals sign parts");
	is_str(form_get(&form, "a"), "b=c", "the rest is the value's");
	ok(parse("=x") == 0, "a name may be empty");
	is_str(form_get(&form, ""), "x", "and is found");
	ok(parse("%61b=1") == 0 && form_get(&form, "ab") != NULL, "names are decoded too");
	ok(form_parse("a=1&b=2", 3, arena, &form, &why) == 0 && form.count == 1,
	    "only the n bytes count");
}

static void
newlines(void)
{
	parse("t=a%0D%0Ab%0Dc%0Ad%09e");
	is_str(form_get(&form, "t"), "a\nb\nc\nd\te", "CR LF and CR become a newline");
	is_int(form.fields[0].len, 9, "and the length follows");
	parse("t=%0D%0D%0A%0D");
	is_str(form_get(&form, "t"), "\n\n\n", "each");
}

static void
refusals(void)
{
	static const char *const bad[] = {"a=%", "a=%4", "a=%4g", "a=%g4", "%=1", "a=%00", "a%00=1",
	    "a=%ff", "a=%c3", "a=%ed%a0%80", "a=\xff", "a=%01", "a=%1b", "a=%7f", "a=%c2%85",
	    "a%08=1", "a=1&a=2", "a=1&%61=2", "a&a", "a=1&b=2&a=1"};
	struct buf many = BUF_INIT(10000);
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = NULL;
		ok(parse(bad[i]) == -1 && why != NULL && why[strlen(why) - 1] == '.',
		    "\"%s\" is refused with a sentence", bad[i]);
	}
	ok(form_parse("a=\0", 3, arena, &form, &why) == -1, "a NUL byte is refused");
	for (i = 0; i < FORM_MAX_FIELDS; i++)
		buf_addf(&many, "&n%zu=%zu", i, i);
	ok(form_parse(many.data, many.len, arena, &form, &why) == 0 &&
		form.count == FORM_MAX_FIELDS,
	    "200 fields are taken");
	buf_adds(&many, "&x");
	ok(form_parse(many.data, many.len, arena, &form, &why) == -1, "201 are refused");
	buf_free(&many);
}

int
main(void)
{
	arena = arena_new();
	fields();
	newlines();
	refusals();
	arena_free(arena);
	return done_testing();
}
