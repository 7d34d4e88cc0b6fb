/*
 * main.c: spokectl, the operator's command line: everything without a browser.
 *
 * The help, the reading of arguments, and the opening of settings and store.
 * It never calls Bandwidth itself: it queues and waits for the worker.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/process.h"
#include "base/parse.h"
#include "config.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/meta.h"
#include "store/owner.h"
#include "store/store.h"
#include "store/wake.h"

/* ---- help ------------------------------------------------------------ */

static int
help_all(FILE *out, int code)
{
	size_t i;

	fprintf(out, "spokectl: runs spoke-bandwidth from the command line.\n\n");
	for (i = 0; i < ctl_command_count; i++)
		fprintf(out, "  %-18s %s\n", ctl_commands[i].words, ctl_commands[i].what);
	fprintf(out,
	    "\nEach takes --help and --json. Settings come from SPOKE_CONF, or from spoke.conf in its "
	    "usual places.\n"
	    "Exit status: 0 done, 1 failed, 2 wrong call, 3 not found, 4 not configured.\n");
	return code;
}

static int
help_one(const struct command *c)
{
	printf("spokectl %s%s%s\n\n%s\n\nExample:\n  %s\n", c->words, *c->takes != '\0' ? " " : "",
	    c->takes, c->what, c->example);
	return EXIT_DONE;
}

static int
usage(const struct command *c)
{
	fprintf(stderr, "Usage: spokectl %s %s\nExample: %s\n", c->words, c->takes, c->example);
	return EXIT_USAGE;
}

/* The word is no command; perhaps the first word of some. */
static int
no_command(struct ctl *ctl, const char *word)
{
	const char *list = "";
	size_t i, n = strlen(word);

	for (i = 0; i < ctl_command_count && n > 0; i++)
		if (strncmp(ctl_commands[i].words, word, n) == 0 && ctl_commands[i].words[n] == ' ')
			list = arena_fmt(ctl->arena, "%s%s%s", list, *list != '\0' ? ", " : "",
			    ctl_commands[i].words);
	if (*list != '\0')
		return ctl_fail(EXIT_USAGE, "say which one: %s", list);
	return ctl_fail(EXIT_USAGE, "there is no command \"%s\". For a list: spokectl help", word);
}

/* ---- arguments ------------------------------------------------------- */

/* How many of the arguments are this command's words; 0 if they are not. */
static int
words_match(const char *words, int argc, char **argv)
{
	int i;
	size_t n;

	for (i = 0; *words != '\0'; i++) {
		n = strcspn(words, " ");
		if (i >= argc || strlen(argv[i]) != n || strncmp(argv[i], words, n) != 0)
			return 0;
		words += n;
		words += *words == ' ';
	}
	return i;
}

static const struct command *
find_command(int argc, char **argv, int *used)
{
	const struct command *best = NULL;
	size_t i;
	int n;

	*used = 0;
	for (i = 0; i < ctl_command_count; i++) {
		n = words_match(ctl_commands[i].words, argc, argv);
		if (n > *used) {
			best = &ctl_commands[i];
			*used = n;
		}
	}
	return best;
}

/* How a command declares an option: '=' or '*' takes a value, ' ' a flag, '\0' not at all. */
static char
option_kind(const struct command *c, const char *name, size_t n)
{
	const char *p = c->options;
	size_t len;

	while (*p != '\0') {
		len = strcspn(p, " =*");
		if (len == n && strncmp(p, name, n) == 0)
			return p[len] == '\0' ? ' ' : p[len];
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
	return '\0';
}

/* Takes one "--name", "--name value" or "--name=value"; advances *i past a value. */
static int
take_option(struct ctl *ctl, int argc, char **argv, int *i)
{
	const char *name = argv[*i] + 2, *value = "", *eq = strchr(name, '=');
	size_t n = eq != NULL ? (size_t)(eq - name) : strlen(name);
	char kind = option_kind(ctl->command, name, n);

	if (n == 4 && strncmp(name, "json", n) == 0) {
		ctl->json = true;
		return 0;
	}
	if (kind == '\0')
		return ctl_fail(
		    EXIT_USAGE, "%s does not take --%.*s", ctl->command->words, (int)n, name);
	if (kind == ' ' && eq != NULL)
		return ctl_fail(EXIT_USAGE, "--%.*s takes no value", (int)n, name);
	if (kind != ' ') {
		value = eq != NULL ? eq + 1 : *i + 1 < argc ? argv[++*i] : NULL;
		if (value == NULL)
			return ctl_fail(EXIT_USAGE, "--%.*s needs a value", (int)n, name);
	}
	if (kind != '*' && ctl_option(ctl, arena_dup(ctl->arena, name, n)) != NULL)
		return ctl_fail(EXIT_USAGE, "--%.*s was given twice", (int)n, name);
	if (ctl->noptions == CTL_OPTIONS)
		return ctl_fail(EXIT_USAGE, "too many options");
	ctl->options[ctl->noptions].name = arena_dup(ctl->arena, name, n);
	ctl->options[ctl->noptions++].value = value;
	return 0;
}

static int
take_arguments(struct ctl *ctl, int argc, char **argv)
{
	bool only_args = false;
	int i, code;

	for (i = 0; i < argc; i++)
		if (!text_valid(argv[i], strlen(argv[i]), true))
			return ctl_fail(EXIT_USAGE,
			    "argument %d is not UTF-8, or has control characters", i + 1);
	for (i = 0; i < argc; i++) {
		if (!only_args && strcmp(argv[i], "--") == 0) {
			only_args = true;
		} else if (!only_args && strncmp(argv[i], "--", 2) == 0) {
			if ((code = take_option(ctl, argc, argv, &i)) != 0)
				return code;
		} else if (ctl->nargs == CTL_ARGS) {
			return ctl_fail(EXIT_USAGE, "too many arguments");
		} else {
			ctl->args[ctl->nargs++] = argv[i];
		}
	}
	if (ctl->nargs < ctl->command->min_args || ctl->nargs > ctl->command->max_args)
		return usage(ctl->command);
	return 0;
}

/* ---- settings and store ---------------------------------------------- */

static int
need_settings(struct ctl *ctl)
{
	struct buf problems = BUF_INIT(16384);
	int code = 0;

	if (settings_load(ctl->arena, SYSCONFDIR, &ctl->settings, &problems) != 0 ||
	    pipeline_read(ctl->settings.service_managers, ctl->settings.default_service,
		&ctl->pipeline, &problems) != 0) {
		fprintf(stderr, "%s", buf_str(&problems));
		code = ctl_fail(EXIT_NOT_CONFIGURED,
		    "the settings are not right yet. Mend the lines above, or start with: spokectl init --help");
	}
	ctl->app.settings = &ctl->settings;
	ctl->app.pipeline = &ctl->pipeline;
	buf_free(&problems);
	return code;
}

static int
need_store(struct ctl *ctl)
{
	struct store_options options = ctl_store_options(ctl, false);
	struct buf why = BUF_INIT(4096);
	enum result r;
	int code = 0;

	r = owner_become(ctl->settings.data_dir, &why);
	if (r == OK)
		r = store_open(&options, &ctl->app.store, &why);
	if (r != OK)
		code = ctl_fail(
		    r == NOT_FOUND ? EXIT_NOT_CONFIGURED : EXIT_FAILED, "%s", buf_str(&why));
	else if (meta_check(ctl->app.store, &ctl->settings, &why) != OK)
		code = ctl_fail(EXIT_NOT_CONFIGURED, "%s", buf_str(&why));
	buf_free(&why);
	return code;
}

/* A command about an organization is about one that is there. */
static int
need_organization(struct ctl *ctl)
{
	bool first = ctl->command->takes[0] == 'N' && strchr(" ", ctl->command->takes[1]) != NULL;
	uint32_t org;

	if (!first && ctl_option(ctl, "org") == NULL)
		return 0;
	if (!ctl_org(ctl, first ? 0 : -1, &org))
		return EXIT_USAGE;
	return org == 0 && ctl->command->run == cmd_audit ? 0 : ctl_org_there(ctl, org);
}

static int
run(struct ctl *ctl)
{
	int code = 0;

	if (ctl->command->need >= NEED_SETTINGS)
		code = need_settings(ctl);
	if (code == 0 && ctl->command->need >= NEED_STORE)
		code = need_store(ctl);
	if (code == 0 && ctl->command->need >= NEED_STORE)
		code = need_organization(ctl);
	if (code == 0)
		code = ctl->command->run(ctl);
	if (ctl->app.store != NULL) {
		wake_settle(&ctl->settings, ctl->app.store);
		store_close(ctl->app.store);
	}
	return code;
}

/* help, help COMMAND, --help, --version: what needs no command. */
static bool
only_help(struct ctl *ctl, int argc, char **argv, int *code)
{
	int used;

	if (argc < 2) {
		*code = help_all(stderr, EXIT_USAGE);
	} else if (strcmp(argv[1], "--version") == 0) {
		printf("spokectl %s\n", PACKAGE_VERSION);
		*code = EXIT_DONE;
	} else if (strcmp(argv[1], "--help") == 0 || (strcmp(argv[1], "help") == 0 && argc == 2)) {
		*code = help_all(stdout, EXIT_DONE);
	} else if (strcmp(argv[1], "help") == 0) {
		ctl->command = find_command(argc - 2, argv + 2, &used);
		*code = ctl->command != NULL ? help_one(ctl->command) : no_command(ctl, argv[2]);
	} else {
		return false;
	}
	return true;
}

/* Does the command that the arguments name; argc is at least 2. */
static int
do_command(struct ctl *ctl, int argc, char **argv)
{
	int used, i, code;

	ctl->command = find_command(argc - 1, argv + 1, &used);
	if (ctl->command == NULL)
		return no_command(ctl, argv[1]);
	for (i = 1 + used; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0)
			return help_one(ctl->command);
	code = take_arguments(ctl, argc - 1 - used, argv + 1 + used);
	return code == 0 ? run(ctl) : code;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = {0};
	int code;

	process_harden();
	log_set_program("spokectl");
	log_set_level(LOG_WARN);
	ctl_hold_signals();
	ctl.arena = arena_new();
	if (!only_help(&ctl, argc, argv, &code))
		code = do_command(&ctl, argc, argv);
	arena_free(ctl.arena);
	if (fflush(stdout) != 0 && code == 0)
		code = ctl_fail(EXIT_FAILED, "standard output could not be written");
	ctl_let_signals();
	return code;
}
