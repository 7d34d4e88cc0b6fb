/*
 * base_json.c: the promises of json.h.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "tap.h"

static struct arena *arena;
static struct buf out;

static json *
parse(const char *s)
{
	const char *why = NULL;

	return json_parse(s, strlen(s), 20, &why, NULL);
}

static const char *
write_out(const json *value)
{
	buf_reset(&out);
	json_write(value, &out);
	return buf_str(&out);
}

/* Text that is taken, and as it is written again (NULL: the same). */
static const struct {
	const char *in, *out;
} good[] = {
    {"{}", NULL},
    {"[]", NULL},
    {" \t\r\n[ 1 , 2 ]\n", "[1,2]"},
    {"\"\"", NULL},
    {"\"a\"", NULL},
    {"true", NULL},
    {"false", NULL},
    {"0", NULL},
    {"-0", "0"},
    {"12 ", "12"},
    {"-12", NULL},
    {"9223372036854775807", NULL},
    {"-9223372036854775808", NULL},
    {"1.5", NULL},
    {"-0.5e3", "-500.0"},
    {"0.1", NULL},
    {"1.0", NULL},
    {"1e2", "100.0"},
    {"1e-400", "0.0"},
    {"0.30000000000000004", NULL},
    {"{\"b\":1,\"a\":[true,null,{\"c\":\"d\"}],\"\":{}}", NULL},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
    {"\"\\u00e9\\u20AC\\ud83d\\uDE00\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
    {"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"", NULL},
    {"\"\xef\xbf\xbd\\ufffd\"", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"\"\\u0000\\u001f\"", NULL},
    {"{\"a\":1,\"A\":2,\"\\u00e1\":3}", "{\"a\":1,\"A\":2,\"\xc3\xa1\":3}"},
    {"{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}", NULL},
    {"[{\"a\":1},{\"a\":1}]", NULL},
    {"[[],{},[[]]]", NULL},
};

static const struct {
	const char *in;
	int at; /* offset of the fault; -1: not compared */
} bad[] = {
    {"", 0},
    {" ", 1},
    {"{", 1},
    {"[", 1},
    {"]", 0},
    {"}", 0},
    {"[1", 2},
    {"[1,", 3},
    {"[1,]", 3},
    {"[,1]", 1},
    {"[1 2]", 3},
    {"[1}", 2},
    {"{]", 1},
    {"{\"a\"}", 4},
    {"{\"a\":}", 5},
    {"{\"a\":1,}", 7},
    {"{\"a\" 1}", 5},
    {"{a:1}", 1},
    {"{'a':1}", 1},
    {"{1:1}", 1},
    {"{\"a\":1 \"b\":2}", 7},
    {"{,}", 1},
    {"1 2", 2},
    {"{} x", 3},
    {"[]]", 2},
    {"{}{}", 2},
    {"nul", 0},
    {"nulll", 4},
    {"True", 0},
    {"NaN", 0},
    {"[NaN]", 1},
    {"Infinity", 0},
    {"-Infinity", 1},
    {"-", 1},
    {"+1", 0},
    {"01", 1},
    {"-01", 2},
    {"1.", 2},
    {".5", 0},
    {"1.e5", 2},
    {"1e", 2},
    {"1e+", 3},
    {"0x10", 1},
    {"1e999", 5},
    {"-1e999", 6},
    {"9223372036854775808", 19},
    {"-9223372036854775809", 20},
    {"18446744073709551616", 20},
    {"\"", 1},
    {"\"abc", 4},
    {"\"\\\"", 3},
    {"\"\\x\"", 2},
    {"\"\\u12\"", 5},
    {"\"\\u12g4\"", 5},
    {"\"\\ud83d\"", 7},
    {"\"\\ud83dx\"", 7},
    {"\"\\ud83d\\n\"", 7},
    {"\"\\ud83d\\u0041\"", -1},
    {"\"\\ud83d\\ud83d\"", -1},
    {"\"\\ude00\"", 7},
    {"\"a\nb\"", 2},
    {"\"a\tb\"", 2},
    {"\"\x1f\"", 1},
    {"\"\xff\"", 1},
    {"\"\xc3\"", 1},
    {"\"\xed\xa0\x80\"", 1},
    {"\"\xc0\x80\"", 1},
    {"\xef\xbb\xbf{}", 0},
    {"{\"a\":1,\"a\":2}", 7},
    {"{\"a\":1,\"\\u0061\":2}", 7},
    {"{\"\\u0061\":1,\"a\":2}", 12},
    {"{\"\xc3\xa9\":1,\"\\u00E9\":2}", 8},
    {"{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}", -1},
    {"{\"\":1,\"\":2}", 6},
    {"{\"a\":1,\"b\":2,\"c\":{\"x\":1,\"y\":2,\"x\":3}}", 30},
    {"{\"a\\u0000\":1}", 1},
    {"{\"\\u0000\":1}", 1},
    {"/* x */ {}", 0},
    {"{} // x", 3},
    {"[1] # x", 4},
    {"\f{}", 0},
    {"\xc2\xa0{}", 0},
    {"'a'", 0},
};

static void
texts(void)
{
	const char *why = NULL;
	json *value = NULL;
	size_t i, at = 0;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		why = "unset";
		value = json_parse(good[i].in, strlen(good[i].in), 20, &why, NULL);
		is_str(why, NULL, "good text %zu is taken", i + 1);
		is_str(write_out(value), good[i].out != NULL ? good[i].out : good[i].in,
		    "and written as it was meant");
		json_free(value);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = NULL;
		value = json_parse(bad[i].in, strlen(bad[i].in), 20, &why, &at);
		ok(value == NULL && why != NULL && why[strlen(why) - 1] == '.' &&
			(bad[i].at < 0 || at == (size_t)bad[i].at),
		    "bad text %zu is refused with a sentence and the place (%zu)", i + 1, at);
		json_free(value);
	}
	ok(json_parse("null", 4, 20, &why, NULL) == NULL && why == NULL,
	    "the text null is a NULL value without a fault");
	value = json_parse("[1]x", 3, 20, &why, NULL);
	is_int(json_len(value), 1, "only the n bytes count");
	json_free(value);
	ok(json_parse("\"a\0b\"", 5, 20, &why, NULL) == NULL, "a NUL byte is refused");
	ok(json_parse("[]\0", 3, 20, &why, NULL) == NULL, "behind the end too");
}

static void
depth(void)
{
	const char *why = NULL;
	json *value = NULL;
	struct buf b = BUF_INIT(4000);
	int i;

	value = json_parse("[[{\"a\":1}]]", 11, 3, &why, NULL);
	ok(value != NULL, "three levels are taken where three are allowed");
	json_free(value);
	ok(json_parse("[[{\"a\":[]}]]", 12, 3, &why, NULL) == NULL && why != NULL, "four are not");
	value = json_parse("1", 1, 0, &why, NULL);
	ok(value != NULL, "a value alone has no level");
	json_free(value);
	for (i = 0; i < JSON_DEPTH_MAX; i++)
		buf_addc(&b, '[');
	for (i = 0; i < JSON_DEPTH_MAX; i++)
		buf_addc(&b, ']');
	value = json_parse(b.data, b.len, 100000, &why, NULL);
	ok(value != NULL, "JSON_DEPTH_MAX levels can be had");
	json_free(value);
	buf_reset(&b);
	for (i = 0; i < JSON_DEPTH_MAX + 1; i++)
		buf_addc(&b, '[');
	for (i = 0; i < JSON_DEPTH_MAX + 1; i++)
		buf_addc(&b, ']');
	ok(json_parse(b.data, b.len, 100000, &why, NULL) == NULL && why != NULL,
	    "and no more, whatever is asked for");
	buf_free(&b);
}

/* Time for a hostile text of about n bytes; -1 if it was taken or refused wrongly. */
static int64_t
hostile(const char *what, size_t n, bool taken)
{
	struct buf b = BUF_INIT(SIZE_MAX);
	const char *why = NULL;
	json *value = NULL;
	int64_t start;
	size_t i;

	if (what[0] == '{')
		buf_addc(&b, '{');
	for (i = 0; b.len < n; i++) {
		if (what[0] != '{')
			buf_adds(&b, what);
		else
			buf_addf(&b, "%s\"%s%08zx\":0", i > 0 ? "," : "", what + 1, i);
	}
	if (what[0] == '{')
		buf_adds(&b, taken ? "}" : ",\"zz\":1,\"zz\":2}");
	start = clock_mono();
	value = json_parse(b.data, b.len, 100, &why, NULL);
	start = clock_mono() - start;
	if ((why == NULL) != taken)
		start = -1;
	json_free(value);
	buf_free(&b);
	return start;
}

static void
speed(void)
{
	static const char prefix[] =
	    "{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	int64_t ms;

	ms = hostile("[", 1 << 20, false);
	ok(ms >= 0 && ms < 100, "a megabyte of [ is refused at once (%lld ms)", (long long)ms);
	ms = hostile("{\"a\":", 1 << 20, false);
	ok(ms >= 0, "a megabyte of keys is refused for the one that comes twice");
	ms = hostile("{", 1 << 20, true);
	ok(ms >= 0 && ms < 10000, "a megabyte of short keys is taken (%lld ms)", (long long)ms);
	ms = hostile("{\\u0061", 1 << 20, false);
	ok(ms >= 0 && ms < 10000, "of keys with escapes checked (%lld ms)", (long long)ms);
	ms = hostile(prefix, 1 << 20, true);
	ok(ms >= 0 && ms < 10000, "of keys that begin alike taken (%lld ms)", (long long)ms);
	/* Comparing each key with each would take minutes here. */
	ms = hostile("{", 4 << 20, true);
	ok(ms >= 0 && ms < 60000, "and four megabytes (%lld ms)", (long long)ms);
}

static void
looking(void)
{
	json *v =
	    parse("{\"t\":\"a\\u0000b\",\"n\":null,\"i\":-7,\"d\":1.5,\"y\":true,\"l\":[1,\"x\"],"
		  "\"o\":{}}");
	const char *text = NULL;
	size_t n = 99;

	is_int(json_kind(NULL), JSON_NULL, "NULL is null");
	ok(json_kind(v) == JSON_OBJECT && json_kind(json_get(v, "t")) == JSON_STRING &&
		json_kind(json_get(v, "i")) == JSON_INT &&
		json_kind(json_get(v, "d")) == JSON_DOUBLE &&
		json_kind(json_get(v, "y")) == JSON_BOOL &&
		json_kind(json_get(v, "l")) == JSON_ARRAY &&
		json_kind(json_get(v, "o")) == JSON_OBJECT,
	    "every kind is told");
	ok(json_get(v, "n") == NULL && json_get(v, "zz") == NULL, "null and absent both give NULL");
	ok(json_has(v, "n") && !json_has(v, "zz") && !json_has(NULL, "n") &&
		!json_has(json_get(v, "l"), "n"),
	    "json_has tells them apart");
	is_int(json_len(json_get(v, "l")), 2, "an array has a length");
	ok(json_len(v) == 0 && json_len(NULL) == 0, "nothing else has");
	is_int(json_int(json_at(json_get(v, "l"), 0), -1), 1, "and members");
	ok(json_at(json_get(v, "l"), 2) == NULL && json_at(v, 0) == NULL &&
		json_at(NULL, 0) == NULL,
	    "no more than it has");
	text = json_text(json_get(v, "t"), &n);
	ok(text != NULL && n == 3 && memcmp(text, "a\0b", 3) == 0, "a text may hold NULs");
	ok(json_text(json_get(v, "i"), &n) == NULL && n == 0 && json_text(NULL, NULL) == NULL,
	    "only strings have a text");
	is_str(json_get_text(v, "t", arena),
	    "a\xef\xbf\xbd"
	    "b",
	    "copied, a NUL becomes U+FFFD");
	is_str(
	    json_copy_text(json_at(json_get(v, "l"), 1), arena), "x", "a value itself is copied");
	ok(json_get_text(v, "i", arena) == NULL && json_get_text(v, "zz", arena) == NULL &&
		json_get_text(NULL, "t", arena) == NULL,
	    "what is no string is not");
	ok(json_get_int(v, "i", 5) == -7 && json_get_int(v, "d", 5) == 5 &&
		json_get_int(v, "t", 5) == 5 && json_get_int(v, "zz", 5) == 5,
	    "integers, or the default");
	ok(json_get_bool(v, "y", false) && !json_get_bool(v, "i", false) &&
		json_get_bool(v, "zz", true),
	    "booleans, or the default");
	json_free(v);
	json_free(NULL);
}

static void
note_key(const char *key, json *value, void *arg)
{
	buf_addf(arg, "%s:%d ", key, (int)json_kind(value));
}

static void
making(void)
{
	json *v = json_object_new(), *list = json_array_new();

	json_put_text(v, "z", "a\"\\/\n\x01\xc3\xa9");
	json_put_text(v, "null", NULL);
	json_put_textn(v, "n", "x\0y", 3);
	json_put_int(v, "min", INT64_MIN);
	json_put_bool(v, "b", true);
	json_put_null(v, "none");
	json_add_text(list, "one");
	json_add_text(list, NULL);
	json_add(list, NULL);
	json_add(list, json_object_new());
	json_put(v, "list", list);
	is_str(write_out(v),
	    "{\"z\":\"a\\\"\\\\/\\n\\u0001\xc3\xa9\",\"null\":null,\"n\":\"x\\u0000y\","
	    "\"min\":-9223372036854775808,\"b\":true,\"none\":null,\"list\":[\"one\",null,null,{}]}",
	    "what is made is written: compact, slashes as they are, in order");
	json_put_int(v, "z", 1);
	is_int(json_get_int(v, "z", 0), 1, "a key put again replaces");
	buf_reset(&out);
	json_each(v, note_key, &out);
	is_str(buf_str(&out), "z:2 null:0 n:4 min:2 b:1 none:0 list:5 ",
	    "json_each goes through the members in order");
	json_each(NULL, note_key, &out);
	json_free(v);
	v = json_object_new();
	json_put_text(v, "k\xff", "a\xff\xed\xa0\x80z");
	is_str(write_out(v),
	    "{\"k\xef\xbf\xbd\":\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"}",
	    "what is not UTF-8 becomes U+FFFD");
	json_free(v);
	is_str(write_out(NULL), "null", "NULL is written as null");
	buf_reset(&out);
	json_write_text(&out, "a\"\0/\xff\xc3\xa9", 7);
	is_str(buf_str(&out), "\"a\\\"\\u0000/\xef\xbf\xbd\xc3\xa9\"",
	    "json_write_text writes one string");
}

/* Numbers with a fraction keep their value and their kind. */
static void
doubles(void)
{
	static const char *const texts[] = {"1.0", "-0.0", "1e300", "1.7976931348623157e308",
	    "5e-324", "0.1", "3.141592653589793", "1e22", "123456789012345680.0"};
	json *v = NULL, *again = NULL;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		v = parse(texts[i]);
		again = parse(write_out(v));
		ok(json_kind(again) == JSON_DOUBLE &&
			strtod(buf_str(&out), NULL) == strtod(texts[i], NULL),
		    "%s comes back as %s", texts[i], buf_str(&out));
		json_free(v);
		json_free(again);
	}
}

static void
surrogates(void)
{
	/* Before, after: the same where nothing is to mend. */
	static const char *const halves[][2] = {
	    {"\"STOP \\ud83d\"", "\"STOP \\ufffd\""},
	    {"\"\\uDE00 x\"", "\"\\ufffd x\""},
	    {"\"\\ud83d\\ud83d\\ude00\"", "\"\\ufffd\\ud83d\\ude00\""},
	    {"\"\\ud83d\\n\"", "\"\\ufffd\\n\""},
	    {"\"\\\\ud83d\"", "\"\\\\ud83d\""},
	    {"\"\\u00e9\"", "\"\\u00e9\""},
	    {"\\u", "\\u"},
	    {"\\ud83", "\\ud83"},
	    {"\\", "\\"},
	    {"", ""},
	};
	char text[100];

	for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
		(void)snprintf(text, sizeof text, "%s", halves[i][0]);
		size_t n = json_mend_surrogates(text, strlen(text));
		is_str(text, halves[i][1], "%s is mended", halves[i][0]);
		is_int(
		    n, strcmp(halves[i][0], halves[i][1]) != 0, "and what was to mend is counted");
	}
}

int
main(void)
{
	arena = arena_new();
	buf_init(&out, 100000);
	surrogates();
	texts();
	depth();
	speed();
	looking();
	making();
	doubles();
	buf_free(&out);
	arena_free(arena);
	return done_testing();
}
