/*
 * stopwords.c: what a text asks for: to stop, to start again, for help.
 *
 * The text is first brought down to plain words (plain.h).  Then a request counts
 * as such only when it is all there is (CTIA Messaging Principles, 47 CFR
 * 64.1200(a)(10)); what merely sounds like one is left to a person.
 */
#include "org/stopwords.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/parse.h"
#include "base/segments.h"
#include "org/plain.h"

/* ---- the words ----------------------------------------------------------------- */

struct whole {
	const char *plain;
	enum request_word kind;
	const char *word;
};

/* The whole text must consist of these, of one kind. */
static const struct whole wholes[] = {
    {"stop", WORD_STOP, "STOP"},
    {"stopall", WORD_STOP, "STOPALL"},
    {"stop all", WORD_STOP, "STOPALL"},
    {"quit", WORD_STOP, "QUIT"},
    {"end", WORD_STOP, "END"},
    {"revoke", WORD_STOP, "REVOKE"},
    {"optout", WORD_STOP, "OPTOUT"},
    {"opt out", WORD_STOP, "OPTOUT"},
    {"cancel", WORD_STOP, "CANCEL"},
    {"unsubscribe", WORD_STOP, "UNSUBSCRIBE"},
    {"start", WORD_START, "START"},
    {"unstop", WORD_START, "UNSTOP"},
    {"help", WORD_HELP, "HELP"},
    {"info", WORD_HELP, "INFO"},
    {"parar", WORD_MAYBE_STOP, "PARAR"},
    {"pare", WORD_MAYBE_STOP, "PARE"},
    {"paren", WORD_MAYBE_STOP, "PAREN"},
    {"para", WORD_MAYBE_STOP, "PARA"},
    {"alto", WORD_MAYBE_STOP, "ALTO"},
    {"basta", WORD_MAYBE_STOP, "BASTA"},
    {"ya basta", WORD_MAYBE_STOP, "BASTA"},
    {"baja", WORD_MAYBE_STOP, "BAJA"},
    {"detener", WORD_MAYBE_STOP, "DETENER"},
    {"cancelar", WORD_MAYBE_STOP, "CANCELAR"},
    {"arret", WORD_MAYBE_STOP, "ARRET"},
    {"arreter", WORD_MAYBE_STOP, "ARRETER"},
    {"unsub", WORD_MAYBE_STOP, "UNSUB"},
    {"remove", WORD_MAYBE_STOP, "REMOVE"},
    {"delete", WORD_MAYBE_STOP, "DELETE"},
    {"enough", WORD_MAYBE_STOP, "ENOUGH"},
    {"cease", WORD_MAYBE_STOP, "CEASE"},
    {"stahp", WORD_MAYBE_STOP, "STOP"},
    {"stopp", WORD_MAYBE_STOP, "STOP"},
    {"sotp", WORD_MAYBE_STOP, "STOP"},
};

/*
 * A sentence or line of these alone, in a longer text: "STOP. I don't know
 * you.", or with a signature below.  CANCEL, END and QUIT mean too many other things.
 */
static const char *const sentences[] = {"stop", "stopall", "stop all", "stop it", "stop this",
    "stop now", "stop please", "please stop", "pls stop", "plz stop", "just stop", "stop already",
    "ok stop", "yes stop", "no stop", "stop thanks", "stop thank you", "can you stop",
    "can you please stop", "you need to stop", "stop stop", "optout", "opt out", "unsubscribe",
    "remove", "revoke", "parar", "alto", "basta"};

/* These words in this order, anywhere in one sentence. */
static const char *const phrases[] = {"stop texting", "stop txting", "stop text", "stop texts",
    "stop the text", "stop the texts", "stop these texts", "stop these messages", "stop your texts",
    "stop your messages", "stop messaging", "stop msging", "stop message", "stop messages",
    "stop the messages", "stop sending", "stop contacting", "stop calling", "stop bothering",
    "stop bugging", "stop spamming", "stop harassing", "stop writing", "stop all text",
    "stop all texts", "stop all messages", "said stop", "asked you to stop", "told you to stop",
    "make it stop", "make this stop", "want this to stop", "quit texting", "quit txting",
    "quit messaging", "quit sending", "quit contacting", "quit calling", "quit bothering",
    "quit spamming", "no more texts", "no more text", "no more messages", "cease and desist",
    "unsubscribe", "unsubscribed", "unsubcribe", "unsuscribe", "opt out", "opt me out", "optout",
    "opting out", "remove me", "remove my", "remove this number", "remove us", "be removed",
    "removed from your", "take me off", "take my number", "take my name", "take this number",
    "take us off", "get me off", "delete me", "delete my number", "delete my info",
    "delete this number", "lose my number", "lose this number", "forget my number", "off your list",
    "off this list", "off the list", "off of your list", "off of this list", "leave me alone",
    "leave us alone", "go away", "wrong number", "wrong person", "wrong phone", "not my number",
    "have the wrong", "got the wrong", "do not text", "dont text", "do not txt", "dont txt",
    "do not contact", "dont contact", "do not message", "dont message", "do not call", "dont call",
    "do not send me", "dont send me", "do not write me", "dont write me", "never text me",
    "never contact me", "never message me", "any more texts", "anymore texts", "any more messages",
    "dont want these", "do not want these", "dont want your", "do not want your", "dont want any",
    "do not want any", "dont want to be texted", "dont want to be contacted",
    "do not want to be texted", "do not want to be contacted", "dont want to receive",
    "do not want to receive", "dont want texts", "do not want texts", "do not disturb", "cancel me",
    "cancel text", "cancel texts", "cancel messages", "end text", "end texts", "end messages",
    "block this number", "blocking you", "blocking this", "reporting you", "reported as spam",
    "report as spam", "this is spam", "fuck off", "piss off",
    /* Spanish */
    "no me escriban", "no me escriba", "no me escribas", "no escriban", "no me manden",
    "no me mande", "no me mandes", "no me envien", "no me envie", "no me envies", "no me contacten",
    "no me contacte", "no me contactes", "no me llamen", "no me llame", "no me molesten",
    "no me moleste", "no me molestes", "no me textees", "no me texteen", "no mas mensajes",
    "no mas textos", "no quiero recibir", "no quiero mas", "dejen de", "deje de", "deja de",
    "dejame en paz", "dejeme en paz", "dejenme en paz", "darme de baja", "denme de baja",
    "numero equivocado", "telefono equivocado", "borrenme", "borreme", "quitenme", "quiteme",
    "saquenme", "saqueme", "eliminenme", "elimineme", "paren de"};

/* In a few words "stop" is a request, except beside one of these: "bus stop", "stop by". */
static const char *const before_stop[] = {"bus", "train", "tram", "subway", "metro", "pit", "rest",
    "truck", "next", "last", "first", "final", "one", "non", "cant", "cannot", "wont", "dont",
    "not", "never", "didnt", "doesnt", "couldnt", "wouldnt"};
static const char *const after_stop[] = {
    "by", "in", "at", "over", "off", "on", "sign", "signs", "light", "lights"};
#define FEW_WORDS 4
#define WORD_MAX 24

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Does the text at p begin with these words, whole? */
static bool
begins(const char *p, const char *words, size_t *n)
{
	if (*p != *words)
		return false;
	*n = strlen(words);
	return strncmp(p, words, *n) == 0 && (p[*n] == ' ' || p[*n] == '\0');
}

/* The longest entry of wholes at p, or NULL. */
static const struct whole *
whole_at(const char *p, size_t *n)
{
	const struct whole *best = NULL;
	size_t i, len;

	*n = 0;
	for (i = 0; i < COUNT(wholes); i++) {
		if (begins(p, wholes[i].plain, &len) && len > *n) {
			best = &wholes[i];
			*n = len;
		}
	}
	return best;
}

/* "STOP" together with another request: a person has to look. */
static const struct whole torn = {"", WORD_MAYBE_STOP, "STOP"};

/* Of two requests in one text the one that counts, or NULL if they do not go together. */
static const struct whole *
both(const struct whole *a, const struct whole *b)
{
	if (a == NULL || a->kind == b->kind)
		return a == NULL ? b : a;
	if (a == &torn)
		return a;
	if (a->kind == WORD_STOP)
		return b->kind == WORD_MAYBE_STOP ? b : &torn;
	if (b->kind == WORD_STOP)
		return a->kind == WORD_MAYBE_STOP ? a : &torn;
	return NULL;
}

/* The request of which the words consist entirely, or NULL: "stop", "stop stop", "stop end". */
static const struct whole *
read_whole(const char *words)
{
	const struct whole *found = NULL, *next;
	size_t n;

	while (*words != '\0') {
		next = whole_at(words, &n);
		found = next == NULL ? NULL : both(found, next);
		if (found == NULL)
			return NULL;
		words += n;
		if (*words == ' ')
			words++;
	}
	return found;
}

/*
 * The one word that is there when all blanks and punctuation are gone: "st op", "UN-SUBSCRIBE".
 */
static const struct whole *
read_joined(const char *words)
{
	struct buf joined = BUF_INIT(PLAIN_MAX);
	const struct whole *found;
	size_t n;

	plain_join_words(words, &joined);
	found = whole_at(buf_str(&joined), &n);
	buf_free(&joined);
	return found;
}

/* The request of which the text consists, or NULL. */
static const struct whole *
read_request(const char *words)
{
	struct buf rest = BUF_INIT(PLAIN_MAX);
	const struct whole *found = read_whole(words);

	if (found == NULL)
		found = read_joined(words);
	if (found == NULL && plain_without_numbers(words, &rest)) {
		found = read_whole(buf_str(&rest));
		if (found == NULL)
			found = read_joined(buf_str(&rest));
		/* "STOP 12345": whom or what, a person sees. */
		if (found != NULL && found->kind == WORD_STOP)
			found = &torn;
		else if (found != NULL && found->kind != WORD_MAYBE_STOP)
			found = NULL;
	}
	buf_free(&rest);
	return found;
}

/* Is the sentence at p, up to its break, one of the table? */
static bool
is_sentence(const char *p)
{
	size_t i, n;

	for (i = 0; i < COUNT(sentences); i++) {
		if (begins(p, sentences[i], &n) && (p[n] == '\0' || p[n + 1] == '.'))
			return true;
	}
	return false;
}

static bool
is_phrase(const char *p)
{
	size_t i, n;

	for (i = 0; i < COUNT(phrases); i++) {
		if (begins(p, phrases[i], &n))
			return true;
	}
	return false;
}

/* Does it sound like a request to stop, anywhere? */
static bool
sounds_like_stop(const char *plain)
{
	bool start = true;
	const char *p = plain;

	while (p != NULL && *p != '\0') {
		if ((start && is_sentence(p)) || is_phrase(p))
			return true;
		start = *p == '.';
		p = strchr(p, ' ');
		if (p != NULL)
			p++;
	}
	return false;
}

/* The next word of plain words, cut to WORD_MAX - 1; "" at the end. */
static const char *
next_word(const char *p, char word[WORD_MAX])
{
	size_t n = strcspn(p, " ");

	(void)snprintf(word, WORD_MAX, "%.*s", (int)(n < WORD_MAX ? n : WORD_MAX - 1), p);
	p += n;
	return p + strspn(p, " ");
}

static bool
is_among(const char *word, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count && strcmp(word, list[i]) != 0; i++)
		;
	return i < count;
}

/* "stop", "stop2end". */
static bool
is_stop(const char *word)
{
	return strcmp(word, "stop") == 0 || strncmp(word, "stop2", 5) == 0;
}

/* "stoppp", "st0p": a word that is STOP but for repeated letters and a zero. */
static bool
is_stretched_stop(const char *word)
{
	static const char stop[] = "stop";
	size_t i = 0;

	for (; *word != '\0'; word++) {
		char c = *word == '0' ? 'o' : *word;

		if (stop[i] == c)
			i++;
		else if (i == 0 || stop[i - 1] != c)
			return false;
	}
	return i == sizeof(stop) - 1;
}

/* A few words with "stop" among them, used as a request may be. */
static bool
is_short_stop(const char *words)
{
	char before[WORD_MAX] = "", word[WORD_MAX], after[WORD_MAX];
	bool found = false;
	int count = 0;

	for (words = next_word(words, word); *word != '\0'; count++) {
		words = next_word(words, after);
		if (is_stop(word) && !is_among(before, before_stop, COUNT(before_stop)) &&
		    !is_among(after, after_stop, COUNT(after_stop)) &&
		    strspn(after, "0123456789") == 0)
			found = true;
		(void)memcpy(before, word, sizeof(before));
		(void)memcpy(word, after, sizeof(word));
	}
	return (found && count <= FEW_WORDS) || (count == 1 && is_stretched_stop(before));
}

enum request_word
stopwords_read(const char *text, const char **word)
{
	struct buf plain = BUF_INIT(PLAIN_MAX), words = BUF_INIT(PLAIN_MAX);
	enum request_word kind = WORD_NONE;
	const struct whole *whole;
	const char *found = NULL;

	if (text == NULL)
		goto done;
	plain_words(text, &plain);
	plain_without_breaks(buf_str(&plain), &words);
	whole = read_request(buf_str(&words));
	if (whole != NULL) {
		kind = whole->kind;
		found = whole->word;
	} else if (sounds_like_stop(buf_str(&plain)) || is_short_stop(buf_str(&words))) {
		kind = WORD_MAYBE_STOP;
	}
done:
	if (word != NULL)
		*word = found;
	buf_free(&words);
	buf_free(&plain);
	return kind;
}

/* ---- ready texts ---------------------------------------------------------------- */

/* The name with only what the GSM alphabet has, so that it does not make the text dearer. */
static char *
gsm_name(struct arena *a, const char *name)
{
	const char *p = name == NULL ? "" : name, *end = p + strlen(p), *start;
	struct buf out = BUF_INIT(1024);
	char *s;

	while (p < end && out.len < 512) {
		start = p;
		(void)utf8_next(&p, end);
		if (!segments_count(start, (size_t)(p - start)).ucs2)
			buf_add(&out, start, (size_t)(p - start));
	}
	s = arena_str(a, buf_str(&out));
	buf_free(&out);
	return s;
}

/* Shortens by one character. */
static void
drop_last(char *s)
{
	size_t n = strlen(s);

	do
		n--;
	while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80);
	s[n] = '\0';
}

/* "NAME: text" with as much of the name as one segment holds; without a name only the text. */
static const char *
ready_text(struct arena *a, const char *org_name, const char *text)
{
	char *name = gsm_name(a, org_name);
	const char *whole;

	while (*name != '\0') {
		whole = arena_fmt(a, "%s: %s", name, text);
		if (segments_count(whole, strlen(whole)).count <= 1)
			return whole;
		drop_last(name);
	}
	return text;
}

const char *
stop_confirmation(struct arena *a, const char *org_name)
{
	return ready_text(
	    a, org_name, "You will get no more texts from us. Reply START if you want them again.");
}

const char *
help_answer(struct arena *a, const char *org_name)
{
	return ready_text(a, org_name,
	    "Reply to this number to reach us. Reply STOP to get no more texts. Message and data "
	    "rates may apply.");
}
