/*
 * base_phone.c: the promises of phone.h.
 */
#include "base/phone.h"
#include "base/buf.h"
#include "tap.h"

static const struct {
	const char *in, *out; /* NULL: refused */
} table[] = {
    {"(919) 555-0123", "+19195550123"},
    {"919.555.0123", "+19195550123"},
    {"919-555-0123", "+19195550123"},
    {"919/555-0123", "+19195550123"},
    {"1 919 555 0123", "+19195550123"},
    {"+1-919-555-0123", "+19195550123"},
    {"+19195550123", "+19195550123"},
    {"9195550123", "+19195550123"},
    {"  9195550123\t", "+19195550123"},
    {"(+1) 919 555 0123", "+19195550123"},
    {"919\xc2\xa0"
     "555\xe2\x80\x91"
     "0123",
	"+19195550123"},
    {"\xe2\x80\xaa+1 919 555 0123\xe2\x80\xac", "+19195550123"},
    {"+44 20 7946 0958", "+442079460958"},
    {"+4915112345678", "+4915112345678"},
    {"+1234567", NULL},
    {"+2234567", "+2234567"},
    {"+223456", NULL},
    {"+123456789012345", NULL},
    {"+223456789012345", "+223456789012345"},
    {"+2234567890123456", NULL},
    {"442079460958", NULL},
    {"02079460958", NULL},
    {"+02079460958", NULL},
    {"00442079460958", NULL},
    {"555-0123", NULL},
    {"919555012", NULL},
    {"91955501234", NULL},
    {"1919555012", NULL},
    {"119 555 0123", NULL},
    {"019 555 0123", NULL},
    {"911 555 0123", NULL},
    {"411 555 0123", NULL},
    {"919 155 0123", NULL},
    {"919 055 0123", NULL},
    {"+1 119 555 0123", NULL},
    {"+1 919 055 0123", NULL},
    {"+1919555012", NULL},
    {"+191955501234", NULL},
    {"919 555 0123 x5", NULL},
    {"919 555 0123,5", NULL},
    {"919 555 0123+", NULL},
    {"++19195550123", NULL},
    {"+1+9195550123", NULL},
    {"919-555-CALL", NULL},
    {"\xd9\xa1\xd9\xa9\xd9\xa1", NULL},
    {"919\xff"
     "5550123",
	NULL},
    {"+", NULL},
    {"()", NULL},
    {"", NULL},
};

static void
normalizing(void)
{
	char out[PHONE_MAX];
	const char *why = NULL;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		why = NULL;
		rc = phone_normalize(table[i].in, out, &why);
		if (table[i].out != NULL)
			ok(rc == 0 && strcmp(out, table[i].out) == 0, "\"%s\" is %s", table[i].in,
			    table[i].out);
		else
			ok(rc == -1 && why != NULL && why[strlen(why) - 1] == '.',
			    "\"%s\" is refused with a sentence", table[i].in);
	}
}

static void
kinds(void)
{
	static const char *const free_codes[] = {"800", "833", "844", "855", "866", "877", "888"};
	char number[PHONE_MAX];
	size_t i;

	ok(phone_is_e164("+19195550123") && phone_is_e164("+2234567") &&
		phone_is_e164("+223456789012345"),
	    "a plus sign and 7 to 15 digits is E.164");
	ok(!phone_is_e164("19195550123") && !phone_is_e164("+0919555012") && !phone_is_e164("+") &&
		!phone_is_e164("") && !phone_is_e164("+123456") &&
		!phone_is_e164("+1234567890123456") && !phone_is_e164("+1919555012a") &&
		!phone_is_e164("+1 9195550123"),
	    "else it is not");
	ok(phone_is_short_code("123") && phone_is_short_code("12345678"), "3 to 8 digits");
	ok(!phone_is_short_code("12") && !phone_is_short_code("123456789") &&
		!phone_is_short_code("+12345") && !phone_is_short_code("12a45") &&
		!phone_is_short_code(""),
	    "and nothing else are a short code");
	for (i = 0; i < sizeof(free_codes) / sizeof(free_codes[0]); i++) {
		snprintf(number, sizeof(number), "+1%s5550123", free_codes[i]);
		ok(phone_is_toll_free(number), "%s is toll-free", number);
	}
	ok(!phone_is_toll_free("+19195550123") && !phone_is_toll_free("+18225550123") &&
		!phone_is_toll_free("+188855501234") && !phone_is_toll_free("+4480055501") &&
		!phone_is_toll_free("8005550123"),
	    "others are not");
}

static void
showing(void)
{
	char out[PHONE_MAX], area[4];

	is_str(phone_display("+19195550123", out), "(919) 555-0123", "for people");
	is_str(phone_display("+442079460958", out), "+442079460958", "others as they are");
	is_str(phone_display("12345", out), "12345", "short codes too");
	is_str(phone_display("ACME", out), "ACME", "names too");
	is_str(phone_display("", out), "", "nothing as nothing");
	is_str(phone_display(NULL, out), "", "NULL as nothing");
	is_str(phone_display("0123456789012345678901\xc3\xa9", out), "0123456789012345678901",
	    "too long a text is cut between characters");
	is_str(phone_display("+1919555012\n", out), "+1919555012\n", "only digits are a number");
	is_str(phone_masked("+19195550123", out), "+1919*****23", "for logs");
	is_str(phone_masked("+223456789012345", out), "+2234*********45", "of any country");
	is_str(phone_masked("+2234567", out), "+*****67", "short ones show two digits");
	is_str(phone_masked("12345", out), "***45", "short codes too");
	is_str(phone_masked("John Doe", out), "(no number)", "what is no number is not shown");
	is_str(phone_masked(NULL, out), "(no number)", "NULL neither");
	is_str(phone_area("+19195550123", area), "919", "the area code");
	is_str(phone_area("+442079460958", area), "", "of North American numbers only");
	is_str(phone_area(NULL, area), "", "and not of NULL");
}

#define OUR "+19195550123"

/* What a text is once the number is hidden in it. */
static void
hides(const char *number, const char *in, const char *out)
{
	struct buf b = BUF_INIT(1000);

	(void)phone_hide(in, strlen(in), number, "somebody", &b);
	is_str(buf_str(&b), out, "%s in %s", number, in);
	buf_free(&b);
}

static void
finding(void)
{
	static const char *const same[] = {"+19195550123", "19195550123", "9195550123",
	    "(919) 555-0123", "919-555-0123", "919.555.0123", "1 (919) 555 0123", "+1-919-555-0123",
	    "001 919 555 0123", "011 1 919 555 0123", "%2B19195550123", "\\u002b19195550123",
	    "919\\u00a0555\\u00a00123", "919\\\\u00a0555-0123", "919\\t555\\t0123",
	    "919\xc2\xa0"
	    "555\xe2\x80\x91"
	    "0123"};
	static const char *const others[] = {"919555012", "91955501234", "29195550123",
	    "+4419195550123", "9195550124", "919 555, 0123", "919    555 0123", "919x5550123", ""};
	char in[100];
	size_t i, at, len;

	for (i = 0; i < sizeof same / sizeof same[0]; i++) {
		(void)snprintf(in, sizeof in, "{\"a\":\"to %s.\"}", same[i]);
		hides(OUR, in, "{\"a\":\"to somebody.\"}");
	}
	for (i = 0; i < sizeof others / sizeof others[0]; i++)
		ok(!phone_find(others[i], strlen(others[i]), OUR, &at, &len), "%s is another",
		    others[i]);
	hides(OUR, "{\"to\":[\"+19195550123\",\"+19195550124\"],\"n\":19195550123}",
	    "{\"to\":[\"somebody\",\"+19195550124\"],\"n\":\"somebody\"}");
	hides(OUR, "{\"a\":\"\\\"919-555-0123\\\"\",\"b\":\"x\\\\\",\"c\":9195550123}",
	    "{\"a\":\"\\\"somebody\\\"\",\"b\":\"x\\\\\",\"c\":\"somebody\"}");
	hides(OUR, "\"\\u00a09195550123\"", "\"\\u00a0somebody\"");
	hides(OUR, "\"\\u00119195550123\"", "\"\\u0011somebody\"");
	hides(OUR, "\"\\u0019195550123\"", "\"\\u0019195550123\"");
	hides(OUR, "\"x \\\\u002b19195550123, \\\\\\\\u002B19195550123\"",
	    "\"x somebody, somebody\"");
	hides(OUR, "\"\\u00a0\\u0019195550123\"", "\"\\u00a0\\u0019195550123\"");
	hides(OUR, "[-9195550123, 0.9195550123, 9195550123.5e+1]",
	    "[\"somebody\", \"somebody\", \"somebody\"]");
	hides("+442079460958", "\"+44 20 7946 0958, 0044 20 7946 0958, 7946 0958\"",
	    "\"somebody, somebody, 7946 0958\"");
	hides("24273", "\"24273, 124273, 2427-3\"", "\"somebody, 124273, 2427-3\"");
}

int
main(void)
{
	normalizing();
	kinds();
	showing();
	finding();
	return done_testing();
}
