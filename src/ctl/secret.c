/*
 * secret.c: secrets from a prompt or standard input, and signals, which wait while the store is open.
 *
 * Whoever dies inside the store costs every process that uses it a recovery.  So a signal ends
 * spokectl when it has left the store; what waits (a prompt, --wait) ends its waiting for one.
 */
#include "ctl/ctl.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "base/crypto.h"
#include "store/store.h"

/* ---- signals --------------------------------------------------------- */

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define ENDING (sizeof ending / sizeof ending[0])

static volatile sig_atomic_t caught; /* at the prompt */

void
ctl_hold_signals(void)
{
	struct sigaction ignore;
	sigset_t deferred;

	store_deferred_signals(&deferred);
	sigprocmask(SIG_BLOCK, &deferred, NULL);
	memset(&ignore, 0, sizeof ignore);
	ignore.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

void
ctl_let_signals(void)
{
	sigset_t deferred;

	store_deferred_signals(&deferred);
	sigprocmask(SIG_UNBLOCK, &deferred, NULL);
}

bool
ctl_interrupted(void)
{
	sigset_t pending;
	size_t i;

	if (sigpending(&pending) != 0)
		return false;
	for (i = 0; i < ENDING; i++)
		if (sigismember(&pending, ending[i]) == 1)
			return true;
	return false;
}

static void catch (int signal)
{
	caught = signal;
}

static void
handle_signals(void (*handler)(int))
{
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof action);
	action.sa_handler = handler;
	for (i = 0; i < ENDING; i++)
		sigaction(ending[i], &action, NULL);
}

/* ---- the terminal ---------------------------------------------------- */

static struct termios terminal;
static volatile sig_atomic_t silent; /* its echo is off */

/* Switches the terminal's echo off; returns whether it is a terminal. */
static bool
silence_terminal(void)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &terminal) != 0)
		return false;
	t = terminal;
	t.c_lflag &= ~(tcflag_t)ECHO;
	silent = tcsetattr(STDIN_FILENO, TCSAFLUSH, &t) == 0;
	return true;
}

void
ctl_restore_terminal(void)
{
	if (silent)
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
	silent = 0;
}

/* ---- reading --------------------------------------------------------- */

/* Reads to the end of the line or of the input; -1 if a signal came, else the length, which may be
 * above max. */
static ssize_t
read_line(char *line, size_t max)
{
	sigset_t none;
	fd_set input;
	size_t n = 0;
	ssize_t got;
	char c;

	sigemptyset(&none);
	for (;;) {
		FD_ZERO(&input);
		FD_SET(STDIN_FILENO, &input);
		if (pselect(STDIN_FILENO + 1, &input, NULL, NULL, NULL, &none) < 0)
			return -1;
		got = read(STDIN_FILENO, &c, 1);
		if (got <= 0 || c == '\n')
			return (ssize_t)n;
		if (n < max)
			line[n] = c;
		n += n <= max;
	}
}

/* Asks for a line; a secret one without echo, and without a prompt where nobody sees it. */
static const char *
ask(struct ctl *ctl, const char *prompt, bool secret)
{
	char line[4096], *result = NULL;
	ssize_t n;

	caught = 0;
	handle_signals(catch);
	if (!secret || silence_terminal())
		fprintf(stderr, "%s: ", prompt);
	n = read_line(line, sizeof line);
	if (silent)
		fputc('\n', stderr);
	ctl_restore_terminal();
	handle_signals(SIG_DFL);
	if (caught != 0)
		raise(caught); /* it ends the program when the store is left */
	if (n > 0 && n <= (ssize_t)sizeof line && line[n - 1] == '\r')
		n--;
	if (caught != 0)
		ctl_fail(EXIT_FAILED, "interrupted; nothing was changed");
	else if (n <= 0)
		ctl_fail(EXIT_USAGE, "%s: nothing came from standard input", prompt);
	else if (n > (ssize_t)sizeof line || memchr(line, '\0', (size_t)n) != NULL)
		ctl_fail(EXIT_USAGE, "%s: too long, or not text", prompt);
	else
		result = arena_dup(ctl->arena, line, (size_t)n);
	crypto_wipe(line, sizeof line);
	return result;
}

const char *
ctl_secret(struct ctl *ctl, const char *prompt)
{
	return ask(ctl, prompt, true);
}

int
ctl_confirm(struct ctl *ctl, const char *said, const char *words)
{
	const char *answer;

	if (ctl_flag(ctl, "yes"))
		return 0;
	fprintf(stderr, "%s\n", said);
	answer = ask(ctl,
	    arena_fmt(ctl->arena, "Type \"%s\" to go on (or say --yes the next time)", words),
	    false);
	if (answer == NULL)
		return EXIT_USAGE;
	if (strcmp(answer, words) != 0)
		return ctl_fail(EXIT_USAGE, "that was not \"%s\"; nothing was done", words);
	return 0;
}

const char *
ctl_new_secret(struct ctl *ctl, const char *prompt)
{
	const char *secret = ctl_secret(ctl, prompt), *again;

	if (secret == NULL || isatty(STDIN_FILENO) == 0)
		return secret;
	if ((again = ctl_secret(ctl, "The same again")) == NULL)
		return NULL;
	if (strcmp(secret, again) == 0)
		return secret;
	ctl_fail(EXIT_USAGE, "these were two different ones; nothing was changed");
	return NULL;
}
