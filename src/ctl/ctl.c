/*
 * ctl.c: what the commands share: arguments, secrets from a prompt, output as text or JSON.
 */
#include "ctl/ctl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/parse.h"

/* ---- arguments ------------------------------------------------------- */

const char *
ctl_nth(const struct ctl *ctl, const char *name, int n)
{
	int i;

	for (i = 0; i < ctl->noptions; i++)
		if (strcmp(ctl->options[i].name, name) == 0 && n-- == 0)
			return ctl->options[i].value;
	return NULL;
}

const char *
ctl_option(const struct ctl *ctl, const char *name)
{
	return ctl_nth(ctl, name, 0);
}

bool
ctl_flag(const struct ctl *ctl, const char *name)
{
	return ctl_option(ctl, name) != NULL;
}

bool
ctl_org(struct ctl *ctl, int i, uint32_t *org)
{
	const char *s = i < 0 ? ctl_option(ctl, "org") : ctl->args[i];
	uint64_t n;

	if (s == NULL) {
		ctl_fail(EXIT_USAGE, "say which organization: --org N (spokectl org list shows them)");
		return false;
	}
	if (parse_u64(s, strlen(s), 0, UINT32_MAX, &n) != 0) {
		ctl_fail(EXIT_USAGE, "\"%s\" is not an organization's number (spokectl org list shows them)", s);
		return false;
	}
	*org = (uint32_t)n;
	return true;
}

bool
ctl_number(struct ctl *ctl, const char *name, int64_t min, int64_t max, int64_t def, int64_t *out)
{
	const char *s = ctl_option(ctl, name);

	*out = def;
	if (s == NULL || parse_i64(s, strlen(s), min, max, out) == 0)
		return true;
	ctl_fail(EXIT_USAGE, "--%s needs a number from %lld to %lld", name, (long long)min, (long long)max);
	return false;
}

/* ---- the store ------------------------------------------------------- */

enum result
ctl_commit(struct ctl *ctl, tx_fn fn, void *arg)
{
	enum result r = store_run(ctl->app.store, fn, arg);

	return r == OK ? store_flush(ctl->app.store) : r;
}

/* ---- failing --------------------------------------------------------- */

int
ctl_fail(int code, const char *fmt, ...)
{
	va_list ap;

	fputs("spokectl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return code;
}

int
ctl_result(enum result r, const char *what)
{
	switch (r) {
	case OK:
		return EXIT_DONE;
	case NOT_FOUND:
		return ctl_fail(EXIT_NOT_FOUND, "%s: not found", what);
	case EXISTS:
		return ctl_fail(EXIT_FAILED, "%s: is there already", what);
	case BUSY:
		return ctl_fail(EXIT_FAILED, "%s: the store is busy or recovering. Try again in a moment.", what);
	case DAMAGED:
		return ctl_fail(EXIT_FAILED, "%s: the record is damaged; the lines above say which", what);
	default:
		return ctl_fail(EXIT_FAILED, "%s: failed; the lines above say why", what);
	}
}

const char *
ctl_who(struct ctl *ctl)
{
	const char *login = getenv("SUDO_USER");

	if (login == NULL || *login == '\0' || !text_valid(login, strlen(login), false))
		return "spokectl";
	return arena_fmt(ctl->arena, "spokectl (%.64s)", login);
}

/* ---- secrets --------------------------------------------------------- */

/* Switches the terminal's echo; returns whether it is a terminal. */
static bool
terminal_echo(bool on)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &t) != 0)
		return false;
	if (on)
		t.c_lflag |= ECHO;
	else
		t.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &t);
	return true;
}

const char *
ctl_secret(struct ctl *ctl, const char *prompt)
{
	char line[4096], *result = NULL;
	bool terminal = terminal_echo(false);
	size_t n = 0;

	if (terminal)
		fprintf(stderr, "%s: ", prompt);
	if (fgets(line, sizeof line, stdin) != NULL) {
		n = strcspn(line, "\r\n");
		if (n > 0)
			result = arena_dup(ctl->arena, line, n);
	}
	crypto_wipe(line, sizeof line);
	if (terminal) {
		terminal_echo(true);
		fputc('\n', stderr);
	}
	if (result == NULL)
		ctl_fail(EXIT_USAGE, "%s: nothing came from standard input", prompt);
	return result;
}

/* ---- output ---------------------------------------------------------- */

static void
print_json(const json *value)
{
	struct buf out = BUF_INIT(256u << 20);

	json_write(value, &out);
	printf("%s\n", buf_str(&out));
	buf_free(&out);
}

int
ctl_say(struct ctl *ctl, json *value, const char *fmt, ...)
{
	va_list ap;

	if (ctl->json) {
		print_json(value);
	} else {
		va_start(ap, fmt);
		vprintf(fmt, ap);
		va_end(ap);
		putchar('\n');
	}
	json_free(value);
	return EXIT_DONE;
}

/* One cell as text on one line; strangers' control characters never reach the terminal. */
static const char *
cell(struct ctl *ctl, const json *row, const struct ctl_column *c)
{
	char time[CLOCK_TEXT], *s, *p;
	json *v = json_get(row, c->member);

	switch (json_kind(v)) {
	case JSON_STRING:
		s = json_copy_text(v, ctl->arena);
		for (p = s; *p != '\0'; p++)
			if ((unsigned char)*p < 0x20 || *p == 0x7f)
				*p = ' ';
		return s;
	case JSON_INT:
		if (c->is_time)
			return (arena_fmt(ctl->arena, "%.19s", json_int(v, 0) == 0 ? "never" :
			    clock_text(json_int(v, 0), time)));
		return arena_fmt(ctl->arena, "%lld", (long long)json_int(v, 0));
	case JSON_BOOL:
		return json_get_bool(row, c->member, false) ? "yes" : "no";
	default:
		return "-";
	}
}

static void
print_table(struct ctl *ctl, const json *rows, const struct ctl_column *columns, size_t n)
{
	size_t width[16] = { 0 }, i, j, len;
	const char *s;

	for (i = 0; i <= json_len(rows); i++)
		for (j = 0; j < n; j++) {
			s = i == 0 ? columns[j].title : cell(ctl, json_at(rows, i - 1), &columns[j]);
			len = utf8_length(s, strlen(s));
			if (len > width[j])
				width[j] = len;
		}
	for (i = 0; i <= json_len(rows); i++) {
		for (j = 0; j < n; j++) {
			s = i == 0 ? columns[j].title : cell(ctl, json_at(rows, i - 1), &columns[j]);
			len = utf8_length(s, strlen(s));
			printf("%s%s%*s", j > 0 ? "  " : "", s,
			    j + 1 < n ? (int)(width[j] - len) : 0, "");
		}
		putchar('\n');
	}
}

int
ctl_table(struct ctl *ctl, const char *name, json *rows, const char *next,
    const struct ctl_column *columns, size_t n, const char *empty)
{
	json *all;

	if (ctl->json) {
		all = json_object_new();
		json_put(all, name, rows);
		json_put_text(all, "next", next);
		print_json(all);
		json_free(all);
		return EXIT_DONE;
	}
	if (json_len(rows) == 0)
		printf("%s\n", empty);
	else
		print_table(ctl, rows, columns, n);
	if (next != NULL)
		printf("More: add --cursor %s\n", next);
	json_free(rows);
	return EXIT_DONE;
}
