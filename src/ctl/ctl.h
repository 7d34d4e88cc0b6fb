/*
 * ctl.h: what the commands of spokectl share: arguments, the opened store, output.
 *
 * A command is a row of a table (main.c): its words, what it takes, an example, and a function.
 * The function
 * finds its arguments checked for presence, does its work by the verbs of texting/ and store/,
 * and hands its result to one of the printers below, which know about --json.
 */
#ifndef SPOKE_CTL_H
#define SPOKE_CTL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "texting/app.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOT_FOUND = 3, EXIT_NOT_CONFIGURED = 4 };

#define CTL_ARGS 16
#define CTL_OPTIONS 24

struct ctl_option {
	const char *name;	/* without the dashes */
	const char *value;	/* "" for a flag */
};

struct ctl {
	const struct command *command;
	struct arena *arena;
	const char *args[CTL_ARGS];	/* positional ones behind the command's words */
	int nargs;
	struct ctl_option options[CTL_OPTIONS];
	int noptions;
	bool json;
	struct settings settings;
	struct pipeline pipeline;
	struct app app;		/* app.store is open when the command needs it */
};

enum need {
	NEED_NOTHING,	/* not even settings */
	NEED_SETTINGS,	/* settings that are right */
	NEED_STORE	/* and the store, opened */
};

struct command {
	const char *words;	/* "org add" */
	const char *takes;	/* "NAME [--json]" */
	const char *what;	/* one sentence */
	const char *example;
	/* names it takes, separated by blanks; "name=" takes a value, "name*" may be repeated with
	 * a value */
	const char *options;
	int min_args, max_args;
	enum need need;
	int (*run)(struct ctl *);
};

/* Value of an option, or NULL; ctl_flag for those without one; ctl_nth for repeated ones. */
const char *ctl_option(const struct ctl *, const char *name);
bool ctl_flag(const struct ctl *, const char *name);
const char *ctl_nth(const struct ctl *, const char *name, int n);

/* Argument i, or option "org" when i is -1, as an organization's number.  False (and a sentence on
 * standard error) if it isn't one. */
bool ctl_org(struct ctl *, int i, uint32_t *org);
/* An option as a number; def when it was not given.  False with a sentence when it is none. */
bool ctl_number(struct ctl *, const char *name, int64_t min, int64_t max, int64_t def, int64_t *out);

/* Runs fn in a transaction, commits, and makes it durable: only then may anything be told. */
enum result ctl_commit(struct ctl *, tx_fn fn, void *arg);

/* Sentence on standard error ("spokectl: ..."); returns the code, so that a command can end with
 * it. */
int ctl_fail(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same for a result of the store; what names the thing that was looked for. */
int ctl_result(enum result, const char *what);

/* Reads one line (without its newline) of standard input, from a prompt without echo when that is a terminal.
 * NULL with a sentence when there is none. */
const char *ctl_secret(struct ctl *, const char *prompt);

/* Who acts, for the audit: "spokectl", or "spokectl (LOGIN)". */
const char *ctl_who(struct ctl *);

/* ---- output ---------------------------------------------------------- */

/* With --json prints the value; else text.  Takes over value. */
int ctl_say(struct ctl *, json *value, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

struct ctl_column {
	const char *title;
	const char *member;	/* of each row's object */
	/* milliseconds since 1970, shown in the local form "2026-11-23 18:00:00Z" */
	bool is_time;
};
/* A list: with --json an object {"name": rows, "next": next} else an aligned table, or the sentence
 * when empty.  Takes over rows. */
int ctl_table(struct ctl *, const char *name, json *rows, const char *next, const struct ctl_column *, size_t columns, const char *empty);

#endif
