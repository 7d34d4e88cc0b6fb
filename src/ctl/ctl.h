/*
 * ctl.h: what the commands of spokectl share: arguments, the opened store, output.
 *
 * A command is a row of a table (table.c): its words, what it takes, an example, and a function.
 * The function finds its arguments checked for presence, does its work by the verbs of texting/ and store/,
 * and hands its result to one of the printers below, which know about --json.
 */
#ifndef SPOKE_CTL_H
#define SPOKE_CTL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "store/store.h"
#include "texting/app.h"

enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NOT_FOUND = 3,
	EXIT_NOT_CONFIGURED = 4
};

#define CTL_ARGS 16
#define CTL_OPTIONS 24

struct ctl_option {
	const char *name;  /* without the dashes */
	const char *value; /* "" for a flag */
};

struct ctl {
	const struct command *command;
	struct arena *arena;
	const char *args[CTL_ARGS]; /* positional ones behind the command's words */
	int nargs;
	struct ctl_option options[CTL_OPTIONS];
	int noptions;
	bool json;
	struct settings settings;
	struct pipeline pipeline;
	struct app app; /* app.store is open when the command needs it */
};

enum need {
	NEED_NOTHING,  /* not even settings */
	NEED_SETTINGS, /* settings that are right */
	NEED_STORE     /* and the store, opened */
};

struct command {
	const char *words; /* "org add" */
	const char *takes; /* "NAME [--json]" */
	const char *what;  /* one sentence */
	const char *example;
	/* names it takes, separated by blanks; "name=" takes a value, "name*" may be repeated
	 * with one */
	const char *options;
	int min_args, max_args;
	enum need need;
	int (*run)(struct ctl *);
};

extern const struct command ctl_commands[]; /* table.c */
extern const size_t ctl_command_count;

/* Value of an option, or NULL; ctl_flag for those without one; ctl_nth for repeated ones. */
const char *ctl_option(const struct ctl *, const char *name);
bool ctl_flag(const struct ctl *, const char *name);
const char *ctl_nth(const struct ctl *, const char *name, int n);

/* Argument i, or option "org" when i is -1, as an organization's number.  False (and a sentence on
 * standard error) if it isn't one. */
bool ctl_org(struct ctl *, int i, uint32_t *org);
/* An option as a number; def when it was not given.  False with a sentence when it is none. */
bool ctl_number(
    struct ctl *, const char *name, int64_t min, int64_t max, int64_t def, int64_t *out);

/* How the store is opened; when it must be let go of, a sentence says so and the status is
 * EXIT_FAILED. */
struct store_options ctl_store_options(const struct ctl *, bool create);
/* Makes DATA_DIR, as root for the user that --owner names, if it is missing (install.c). */
int ctl_make_data_dir(struct ctl *);
/* 0, or EXIT_NOT_FOUND with a sentence, when there is no such organization. */
int ctl_org_there(struct ctl *, uint32_t org);

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
/* The same for a new one, which a terminal is asked for twice. */
const char *ctl_new_secret(struct ctl *, const char *prompt);

/*
 * Before what costs money or can't be undone: 0 with --yes, or when the words were typed; else
 * EXIT_USAGE with a sentence.  said tells what will be done.
 */
int ctl_confirm(struct ctl *, const char *said, const char *words);

/* Signals that end the program wait from the first to the second; has one come meanwhile? */
void ctl_hold_signals(void);
void ctl_let_signals(void);
bool ctl_interrupted(void);
/* The terminal's echo, before the program ends in a prompt. */
void ctl_restore_terminal(void);

/* Who acts, for the audit: "spokectl", or "spokectl (LOGIN)". */
const char *ctl_who(struct ctl *);

/* ---- output ---------------------------------------------------------- */

/* Text on standard output; like all below, without what a terminal could take as a command. */
void ctl_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* With --json prints the value; else text.  Takes over value. */
int ctl_say(struct ctl *, json *value, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

struct ctl_column {
	const char *title;
	const char *member; /* of each row's object */
	bool is_time; /* milliseconds since 1970, shown in the local form "2026-11-23 18:00:00Z" */
};
/* A list: with --json an object {"name": rows, "next": next} else an aligned table, or the sentence
 * when empty.  Takes over rows. */
int ctl_table(struct ctl *, const char *name, json *rows, const char *next,
    const struct ctl_column *, size_t columns, const char *empty);

#endif
