/*
 * org_stopwords.c: the promises of stopwords.h.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/segments.h"
#include "org/stopwords.h"
#include "tap.h"

struct sample {
	const char *text;
	enum request_word kind;
	const char *word;
};

static const struct sample samples[] = {
    /* The words as they are. */
    {"STOP", WORD_STOP, "STOP"},
    {"stop", WORD_STOP, "STOP"},
    {"StOp", WORD_STOP, "STOP"},
    {"STOPALL", WORD_STOP, "STOPALL"},
    {"stop all", WORD_STOP, "STOPALL"},
    {"QUIT", WORD_STOP, "QUIT"},
    {"End", WORD_STOP, "END"},
    {"REVOKE", WORD_STOP, "REVOKE"},
    {"OPTOUT", WORD_STOP, "OPTOUT"},
    {"OPT OUT", WORD_STOP, "OPTOUT"},
    {"OPT-OUT", WORD_STOP, "OPTOUT"},
    {"opt\tout", WORD_STOP, "OPTOUT"},
    {"Cancel", WORD_STOP, "CANCEL"},
    {"unsubscribe", WORD_STOP, "UNSUBSCRIBE"},
    {"START", WORD_START, "START"},
    {"unstop", WORD_START, "UNSTOP"},
    {"HELP", WORD_HELP, "HELP"},
    {"Info?", WORD_HELP, "INFO"},
    /* Decoration. */
    {"STOP.", WORD_STOP, "STOP"},
    {"stop!!!", WORD_STOP, "STOP"},
    {"  stop \r\n", WORD_STOP, "STOP"},
    {"\"STOP\"", WORD_STOP, "STOP"},
    {"\xE2\x80\x9CSTOP\xE2\x80\x9D", WORD_STOP, "STOP"},
    {"\xE2\x80\x98STOP\xE2\x80\x99", WORD_STOP, "STOP"},
    {"\xC2\xABSTOP\xC2\xBB", WORD_STOP, "STOP"},
    {"(stop)", WORD_STOP, "STOP"},
    {"*STOP*", WORD_STOP, "STOP"},
    {"S.T.O.P.", WORD_STOP, "STOP"},
    {"s t o p", WORD_STOP, "STOP"},
    {"S-T-O-P", WORD_STOP, "STOP"},
    {"STOP STOP STOP", WORD_STOP, "STOP"},
    {"stop. quit. end", WORD_STOP, "STOP"},
    {"STOP \xF0\x9F\x9B\x91", WORD_STOP, "STOP"},
    {"\xF0\x9F\x98\xA1STOP\xF0\x9F\x91\x8F\xF0\x9F\x8F\xBD", WORD_STOP, "STOP"},
    {"STOP \xE2\x9D\xA4\xEF\xB8\x8F", WORD_STOP, "STOP"},
    {"ST\xE2\x80\x8BOP", WORD_STOP, "STOP"},
    {"\xEF\xBB\xBFSTOP", WORD_STOP, "STOP"},
    {"STOP\xE2\x80\x8F", WORD_STOP, "STOP"},
    {"ST\xC2\xADOP", WORD_STOP, "STOP"},
    {"\xC2\xA0STOP\xC2\xA0", WORD_STOP, "STOP"},
    {"\xEF\xBC\xB3\xEF\xBC\xB4\xEF\xBC\xAF\xEF\xBC\xB0", WORD_STOP, "STOP"},
    {"\xEF\xBD\x93\xEF\xBD\x94\xEF\xBD\x8F\xEF\xBD\x90\xEF\xBC\x81", WORD_STOP, "STOP"},
    {"\xF0\x9D\x90\x92\xF0\x9D\x90\x93\xF0\x9D\x90\x8E\xF0\x9D\x90\x8F", WORD_STOP, "STOP"},
    {"st\xC3\xB3p", WORD_STOP, "STOP"},
    {"sto\xCC\x81p", WORD_STOP, "STOP"},
    {"STOP \xF0\x9F\x87\xBA\xF0\x9F\x87\xB8", WORD_STOP, "STOP"},
    {"STOP\xEF\xBF\xBD", WORD_STOP, "STOP"},
    {"\xE3\x80\x8CSTOP\xE3\x80\x82\xE3\x80\x8D", WORD_STOP, "STOP"},
    /* Taken apart. */
    {"st op", WORD_STOP, "STOP"},
    {"UN-SUBSCRIBE", WORD_STOP, "UNSUBSCRIBE"},
    {"un subscribe", WORD_STOP, "UNSUBSCRIBE"},
    {"CAN CEL", WORD_STOP, "CANCEL"},
    {"o p t out", WORD_STOP, "OPTOUT"},
    {"S T O P", WORD_STOP, "STOP"},
    {"S. T. O. P!", WORD_STOP, "STOP"},
    {"en d", WORD_STOP, "END"},
    {"UN STOP", WORD_START, "UNSTOP"},
    {"un-stop", WORD_START, "UNSTOP"},
    /* Letters of other scripts that are drawn like ours. */
    {"S\xD0\xA2OP", WORD_STOP, "STOP"},
    {"\xD0\x85\xCE\xA4\xD0\x9E\xD0\xA0", WORD_STOP, "STOP"},
    {"st\xCE\xBFp", WORD_STOP, "STOP"},
    {"qu\xD1\x96t", WORD_STOP, "QUIT"},
    /* Not a request. */
    {"stop by", WORD_NONE, NULL},
    {"end it", WORD_NONE, NULL},
    {"at the bus stop 12345", WORD_NONE, NULL},
    {"start 12345", WORD_NONE, NULL},
    {"help 12345", WORD_NONE, NULL},
    {"start help", WORD_NONE, NULL},
    {"to p", WORD_NONE, NULL},
    {"12345", WORD_NONE, NULL},
    {"\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82", WORD_NONE, NULL},
    {NULL, WORD_NONE, NULL},
    {"", WORD_NONE, NULL},
    {"   ", WORD_NONE, NULL},
    {"\xF0\x9F\x91\x8D", WORD_NONE, NULL},
    {"YES", WORD_NONE, NULL},
    {"stop by tomorrow", WORD_NONE, NULL},
    {"please stop by", WORD_NONE, NULL},
    {"Please stop by the office at 5.", WORD_NONE, NULL},
    {"can't stop, won't stop", WORD_NONE, NULL},
    {"I'm at the bus stop", WORD_NONE, NULL},
    {"nonstop", WORD_NONE, NULL},
    {"unstoppable", WORD_NONE, NULL},
    {"stops", WORD_NONE, NULL},
    {"The end", WORD_NONE, NULL},
    {"I'll help", WORD_NONE, NULL},
    {"help me", WORD_NONE, NULL},
    {"Can you start at 9?", WORD_NONE, NULL},
    {"I will cancel my trip", WORD_NONE, NULL},
    {"STOP\xE4\xBD\xA0\xE5\xA5\xBD", WORD_NONE, NULL},
    {"stop 5", WORD_NONE, NULL},
    {"muy alto", WORD_NONE, NULL},
    {"para ti", WORD_NONE, NULL},
    {"Who is this?", WORD_NONE, NULL},
    {"a b c", WORD_NONE, NULL},
    {"The number is wrong on that form", WORD_NONE, NULL},
    {"next bus stop", WORD_NONE, NULL},
    {"will stop at noon", WORD_NONE, NULL},
    {"I saw you stop at the light", WORD_NONE, NULL},
    {"the stoop", WORD_NONE, NULL},
    {"the rain did not stop", WORD_NONE, NULL},
    {"step", WORD_NONE, NULL},
    {"sto", WORD_NONE, NULL},
    /* It sounds like one. */
    {"UNSUB", WORD_MAYBE_STOP, "UNSUB"},
    {"STOP2END", WORD_MAYBE_STOP, NULL},
    {"STOP to end", WORD_MAYBE_STOP, NULL},
    {"Text STOP", WORD_MAYBE_STOP, NULL},
    {"reply stop!", WORD_MAYBE_STOP, NULL},
    {"stop pls", WORD_MAYBE_STOP, NULL},
    {"STOP NOW PLEASE", WORD_MAYBE_STOP, NULL},
    {"I want to stop", WORD_MAYBE_STOP, NULL},
    {"stoppp", WORD_MAYBE_STOP, NULL},
    {"STOOOP", WORD_MAYBE_STOP, NULL},
    {"ssstop", WORD_MAYBE_STOP, NULL},
    {"st0p", WORD_MAYBE_STOP, NULL},
    {"cancel me", WORD_MAYBE_STOP, NULL},
    {"END texts", WORD_MAYBE_STOP, NULL},
    {"Stop1", WORD_MAYBE_STOP, "STOP"},
    {"STOP 12345", WORD_MAYBE_STOP, "STOP"},
    {"STOP HELP", WORD_MAYBE_STOP, "STOP"},
    {"stop start", WORD_MAYBE_STOP, "STOP"},
    {"start stop", WORD_MAYBE_STOP, "STOP"},
    {"stop help start", WORD_MAYBE_STOP, "STOP"},
    {"Stop texting me", WORD_MAYBE_STOP, NULL},
    {"wrong number", WORD_MAYBE_STOP, NULL},
    {"Sorry, wrong number!", WORD_MAYBE_STOP, NULL},
    {"remove me from your list", WORD_MAYBE_STOP, NULL},
    {"do not text", WORD_MAYBE_STOP, NULL},
    {"Do NOT text this number again", WORD_MAYBE_STOP, NULL},
    {"don't contact me", WORD_MAYBE_STOP, NULL},
    {"don\xE2\x80\x99t contact me", WORD_MAYBE_STOP, NULL},
    {"dont contact me", WORD_MAYBE_STOP, NULL},
    {"take me off", WORD_MAYBE_STOP, NULL},
    {"Take me off your list please", WORD_MAYBE_STOP, NULL},
    {"leave me alone", WORD_MAYBE_STOP, NULL},
    {"unsubscribe me please", WORD_MAYBE_STOP, NULL},
    {"quit texting", WORD_MAYBE_STOP, NULL},
    {"STOP please", WORD_MAYBE_STOP, NULL},
    {"please stop", WORD_MAYBE_STOP, NULL},
    {"Please, stop.", WORD_MAYBE_STOP, NULL},
    {"STOP, I already voted", WORD_MAYBE_STOP, NULL},
    {"Stop!! Who are you", WORD_MAYBE_STOP, NULL},
    {"STOP\nSent from my phone", WORD_MAYBE_STOP, NULL},
    {"I said STOP", WORD_MAYBE_STOP, NULL},
    {"how do I opt out of this", WORD_MAYBE_STOP, NULL},
    {"no more texts", WORD_MAYBE_STOP, NULL},
    {"Lose my number", WORD_MAYBE_STOP, NULL},
    {"PARAR", WORD_MAYBE_STOP, "PARAR"},
    {"ALTO", WORD_MAYBE_STOP, "ALTO"},
    {"\xC2\xA1"
     "Alto!",
	WORD_MAYBE_STOP, "ALTO"},
    {"STOP ALTO", WORD_MAYBE_STOP, "ALTO"},
    {"no me escriban", WORD_MAYBE_STOP, NULL},
    {"Por favor no me escriban m\xC3\xA1s", WORD_MAYBE_STOP, NULL},
    {"N\xC3\xBAmero equivocado", WORD_MAYBE_STOP, NULL},
    {"ARR\xC3\x8AT", WORD_MAYBE_STOP, "ARRET"},
};

static const char *
kind_name(enum request_word k)
{
	static const char *const names[] = {[WORD_NONE] = "none",
	    [WORD_STOP] = "stop",
	    [WORD_START] = "start",
	    [WORD_HELP] = "help",
	    [WORD_MAYBE_STOP] = "maybe stop"};

	return names[k];
}

static void
words(void)
{
	const char *word;
	size_t i;

	for (i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		word = "untouched";
		is_str(kind_name(stopwords_read(samples[i].text, &word)),
		    kind_name(samples[i].kind), "sample %zu is %s", i, kind_name(samples[i].kind));
		is_str(word, samples[i].word, "sample %zu: the word found", i);
	}
	is_int(stopwords_read("stop", NULL), WORD_STOP, "word may be NULL");
}

/* Long and hostile texts end soon and are no request. */
static void
long_texts(void)
{
	size_t n = (size_t)1000 * 1000, i;
	char *text = malloc(n + 1);

	for (i = 0; i < n; i++)
		text[i] = "stop by "[i % 8];
	text[n] = '\0';
	is_int(stopwords_read(text, NULL), WORD_NONE, "a million characters are read");
	memset(text, ' ', n);
	memcpy(text + n - 4, "STOP", 4);
	is_int(stopwords_read(text, NULL), WORD_STOP, "STOP behind a million blanks is STOP");
	memset(text, 0xFF, n);
	is_int(stopwords_read(text, NULL), WORD_NONE, "bytes that are no text are read");
	free(text);
}

static void
ready(const char *name)
{
	struct arena *a = arena_new();
	const char *stop = stop_confirmation(a, name), *help = help_answer(a, name);

	is_int(segments_count(stop, strlen(stop)).count, 1, "the confirmation fits one segment");
	is_int(segments_count(help, strlen(help)).count, 1, "the answer to HELP fits one segment");
	ok(strstr(stop, "START") != NULL && strstr(help, "STOP") != NULL,
	    "they say how to come back, and how to stop");
	arena_free(a);
}

int
main(void)
{
	struct arena *a = arena_new();
	const char *s;

	words();
	long_texts();
	s = stop_confirmation(a, "River Friends");
	ok(strncmp(s, "River Friends: ", 15) == 0, "the confirmation says who it is from");
	ready("River Friends");
	ready("");
	ready(NULL);
	ready("\xE6\xB2\xB3\xE5\xB7\x9D");
	ready("S\xC3\xA3o Paulo Verde");
	ready(
	    "An organization with a name that is so long that nobody would ever want to read all of "
	    "it in a text, and which goes on and on for more than a segment could possibly hold, "
	    "whatever one does");
	arena_free(a);
	return done_testing();
}
