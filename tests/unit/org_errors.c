/*
 * org_errors.c: the promises of errors.h, against the published list of codes.
 */
#include <stdlib.h>

#include "org/errors.h"
#include "tap.h"

/* Every published code with what it means for us: P contact, O opted out, S spam, R retry, C sender, U unknown. */
static const struct {
	int code;
	char class_;
} published[] = {{4001, 'C'}, {4301, 'C'}, {4302, 'C'}, {4303, 'P'}, {4350, 'P'}, {4360, 'C'},
    {4401, 'C'}, {4403, 'C'}, {4404, 'P'}, {4405, 'C'}, {4406, 'P'}, {4407, 'C'}, {4408, 'P'},
    {4409, 'P'}, {4410, 'C'}, {4411, 'C'}, {4412, 'C'}, {4420, 'P'}, {4421, 'C'}, {4431, 'C'},
    {4432, 'P'}, {4433, 'C'}, {4434, 'P'}, {4435, 'C'}, {4451, 'C'}, {4452, 'C'}, {4470, 'S'},
    {4475, 'O'}, {4476, 'C'}, {4481, 'C'}, {4482, 'P'}, {4492, 'P'}, {4493, 'C'}, {4700, 'P'},
    {4701, 'R'}, {4702, 'R'}, {4710, 'C'}, {4711, 'C'}, {4712, 'C'}, {4720, 'P'}, {4721, 'P'},
    {4730, 'R'}, {4735, 'C'}, {4740, 'C'}, {4750, 'U'}, {4751, 'C'}, {4752, 'C'}, {4753, 'P'},
    {4754, 'C'}, {4770, 'S'}, {4771, 'S'}, {4772, 'C'}, {4773, 'C'}, {4774, 'C'}, {4775, 'O'},
    {4780, 'R'}, {4781, 'R'}, {4785, 'R'}, {4790, 'C'}, {4791, 'C'}, {4792, 'C'}, {4793, 'C'},
    {4794, 'U'}, {4795, 'C'}, {5100, 'R'}, {5101, 'R'}, {5106, 'R'}, {5111, 'R'}, {5201, 'R'},
    {5211, 'R'}, {5220, 'R'}, {5229, 'C'}, {5231, 'R'}, {5500, 'R'}, {5501, 'R'}, {5600, 'R'},
    {5610, 'R'}, {5620, 'R'}, {5630, 'R'}, {5650, 'R'}, {5999, 'R'}, {9902, 'U'}, {9999, 'U'}};

static char
letter(enum error_class c)
{
	static const char letters[] = {[ERROR_CONTACT] = 'P',
	    [ERROR_OPT_OUT] = 'O',
	    [ERROR_SPAM] = 'S',
	    [ERROR_RETRY] = 'R',
	    [ERROR_SENDER] = 'C',
	    [ERROR_UNKNOWN] = 'U'};

	return letters[c];
}

static bool
acts(const char *who)
{
	return strcmp(who, "admin") == 0 || strcmp(who, "texter") == 0 ||
	       strcmp(who, "bandwidth") == 0 || strcmp(who, "nobody") == 0;
}

static void
known(void)
{
	const struct error_code *e;
	size_t i, n;

	for (i = 0; i < sizeof published / sizeof published[0]; i++) {
		e = error_find(published[i].code);
		is_int(e->code, published[i].code, "%d is known", published[i].code);
		is_int(letter(e->class_), published[i].class_, "%d is of class %c",
		    published[i].code, published[i].class_);
		n = strlen(e->meaning);
		ok(acts(e->who) && n > 20 && e->meaning[n - 1] == '.' &&
			strchr(e->meaning, '!') == NULL,
		    "%d says in a sentence what it means and who acts", published[i].code);
	}
	ok(error_find(5600)->retry_once && error_find(5620)->retry_once &&
		!error_find(5100)->retry_once,
	    "a carrier's fault is tried once more, one of Bandwidth's more often");
}

static void
unknown(void)
{
	int code, wrong = 0;

	is_int(
	    error_find(4999)->class_, ERROR_SENDER, "an unknown 4xxx does not blame the contact");
	is_int(error_find(4799)->class_, ERROR_SENDER, "an unknown 47xx neither");
	is_int(error_find(5300)->class_, ERROR_RETRY, "an unknown 5xxx may be tried again");
	ok(error_find(5699)->class_ == ERROR_RETRY && error_find(5699)->retry_once,
	    "an unknown 56xx once");
	is_int(error_find(9000)->class_, ERROR_UNKNOWN, "a 9xxx leaves it open");
	is_str(error_find(0)->name, "no-code", "no code is none");
	is_int(error_find(-1)->class_, ERROR_UNKNOWN, "nonsense leaves it open");
	is_int(error_find(4998)->code, 0, "an unknown code's entry has code 0");
	for (code = -10; code < 100000; code++)
		wrong += error_find(code) == NULL;
	is_int(wrong, 0, "never NULL");
}

int
main(void)
{
	known();
	unknown();
	return done_testing();
}
