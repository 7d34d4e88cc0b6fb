/*
 * stopwords.h: what a text asks for: to stop, to start again, for help.
 */
#ifndef SPOKE_STOPWORDS_H
#define SPOKE_STOPWORDS_H

#include <stddef.h>

enum request_word {
	WORD_NONE,
	/* the whole text, whatever blanks and punctuation are in it, is STOP, STOPALL, QUIT, END,
	 * REVOKE, OPTOUT, CANCEL or UNSUBSCRIBE, or several of them */
	WORD_STOP,
	WORD_START, /* START or UNSTOP; YES is not START */
	WORD_HELP,  /* HELP or INFO */
	/* sounds like it: "stop texting me", "wrong number", "remove me", "leave me alone", "take
	 * me off your
	 * list", "STOP 12345", "STOP HELP", four words or fewer with "stop" among them, "stoppp" … */
	WORD_MAYBE_STOP
};

/* Case, blanks, punctuation, quotes, emoji and look-alikes (full-width letters) are ignored. NULL
 * is WORD_NONE.
 * *word (may be NULL) is the canonical word found, static. */
enum request_word stopwords_read(const char *text, const char **word);

/* Ready texts; name is the organization's (may be cut to keep it in one segment). */
struct arena;
const char *stop_confirmation(struct arena *, const char *org_name);
const char *help_answer(struct arena *, const char *org_name);

#endif
