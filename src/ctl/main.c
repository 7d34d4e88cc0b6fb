/*
 * main.c: spokectl, the operator's command line: everything without a browser.
 *
 * The table of commands, the reading of arguments, and the opening of settings and store.
 * It never calls Bandwidth itself: it queues and waits for the worker.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/meta.h"
#include "store/owner.h"
#include "store/store.h"

static const struct command commands[] = {
	{ "init", "--base-url URL [--data-dir DIR] [--conf FILE] [--owner USER]",
	    "Writes a settings file with a new SESSION_SECRET if there is none, and makes the store.",
	    "spokectl init --base-url https://texting.example.org --owner www-data",
	    "base-url= data-dir= conf= owner=", 0, 0, NEED_NOTHING, cmd_init },
	{ "check", "",
	    "Says whether settings, store and worker are in order, and what to mend.",
	    "spokectl check", "", 0, 1, NEED_NOTHING, cmd_check },
	{ "org add", "NAME", "Adds an organization and prints its number.",
	    "spokectl org add 'Tenants United'", "", 1, 1, NEED_STORE, cmd_org_add },
	{ "org list", "", "Lists the organizations.", "spokectl org list --json", "", 0, 0, NEED_STORE,
	    cmd_org_list },
	{ "user add", "EMAIL --org N --role OWNER|ADMIN [--password-stdin]",
	    "Adds a user, or gives one a role or a new password (read from a prompt or standard input).",
	    "spokectl user add ana@example.org --org 1 --role OWNER", "org= role= password-stdin", 1, 1,
	    NEED_STORE, cmd_user_add },
	{ "user list", "[--org N]", "Lists the users and their roles.", "spokectl user list --org 1",
	    "org=", 0, 0, NEED_STORE, cmd_user_list },
	{ "user remove", "EMAIL [--org N]",
	    "Takes a user's role in an organization away, or every role; ends the user's sessions.",
	    "spokectl user remove ana@example.org --org 1", "org=", 1, 1, NEED_STORE, cmd_user_remove },
	{ "token add", "--org N [--name TEXT] [--read-only|--send-only] [--expires DATE] [--daily-segments N]",
	    "Makes an API token and prints it, this once.",
	    "spokectl token add --org 1 --name 'member database'",
	    "org= name= read-only send-only expires= daily-segments=", 0, 0, NEED_STORE, cmd_token_add },
	{ "token list", "--org N", "Lists an organization's API tokens.", "spokectl token list --org 1",
	    "org=", 0, 0, NEED_STORE, cmd_token_list },
	{ "token revoke", "ID --org N", "Makes an API token useless from now on.",
	    "spokectl token revoke 1f2e3d4c --org 1", "org=", 1, 1, NEED_STORE, cmd_token_revoke },
	{ "callback-password", "N",
	    "Prints the callback URL, user ID and password to enter at Bandwidth for organization N.",
	    "spokectl callback-password 1", "", 1, 1, NEED_SETTINGS, cmd_callback_password },
	{ "settings show", "N", "Shows an organization's settings and what is missing before texting works.",
	    "spokectl settings show 1", "", 1, 1, NEED_STORE, cmd_settings_show },
	{ "settings set", "N [FIELD=VALUE ...] [--password-stdin] [--wait SECONDS]",
	    "Saves fields of the Bandwidth Config as SAVE CREDENTIALS does, and has Bandwidth asked.",
	    "spokectl settings set 1 accountId=9900000 userName=KEY-12 --password-stdin --wait 30",
	    "password-stdin wait=", 1, 14, NEED_STORE, cmd_settings_set },
	{ "pause", "N", "Pauses sending for organization N, before the next text goes out.",
	    "spokectl pause 1", "", 1, 1, NEED_STORE, cmd_pause },
	{ "resume", "N", "Lets organization N send again.", "spokectl resume 1", "", 1, 1, NEED_STORE,
	    cmd_resume },
	{ "send", "--org N --to NUMBER [--to ...] --text TEXT [--media URL ...] [--from NUMBER] [--group] [--before DATE] [--wait SECONDS]",
	    "Queues a text; with --wait says what became of it.",
	    "spokectl send --org 1 --to '(919) 555-0123' --text 'Meeting tonight at 7' --wait 30",
	    "org= to* text= media* from= group before= reference= wait=", 0, 0, NEED_STORE, cmd_send },
	{ "messages", "N [--direction in|out] [--contact NUMBER] [--state STATE] [--since DATE] [--limit N] [--cursor C]",
	    "Lists messages, newest first.", "spokectl messages 1 --state unknown",
	    "direction= contact= state= since= limit= cursor=", 1, 1, NEED_STORE, cmd_messages },
	{ "message", "N ID", "Shows one message.", "spokectl message 1 0192f0c1a2b3c4d5", "", 2, 2, NEED_STORE,
	    cmd_message },
	{ "cancel", "N ID | N --all", "Takes back a queued or held message, or all of them.",
	    "spokectl cancel 1 --all", "all", 1, 2, NEED_STORE, cmd_cancel },
	{ "decide", "N ID send|was-sent|give-up",
	    "Decides about a message that is held, or of which nobody knows whether it was sent.",
	    "spokectl decide 1 0192f0c1a2b3c4d5 was-sent", "", 3, 3, NEED_STORE, cmd_decide },
	{ "events", "N [--limit N] [--cursor C]", "Lists the events received from Bandwidth, newest first.",
	    "spokectl events 1", "limit= cursor= raw", 1, 1, NEED_STORE, cmd_events },
	{ "tray", "N [--limit N]", "Lists what needs a look: events that could not be applied.",
	    "spokectl tray 1", "limit= cursor= raw", 1, 1, NEED_STORE, cmd_tray },
	{ "tray done", "N ID", "Says that somebody has dealt with it.", "spokectl tray done 1 0192f0c1a2b3c4d5",
	    "", 2, 2, NEED_STORE, cmd_tray_done },
	{ "optout list", "N", "Lists the numbers that are not texted.", "spokectl optout list 1",
	    "limit= cursor=", 1, 1, NEED_STORE, cmd_optout_list },
	{ "optout add", "N NUMBER", "Never texts a number again, and cancels what is queued for it.",
	    "spokectl optout add 1 '(919) 555-0123'", "", 2, 2, NEED_STORE, cmd_optout_add },
	{ "optout remove", "N NUMBER", "Takes an opt-out back. Only when the person asked for it.",
	    "spokectl optout remove 1 +19195550123", "", 2, 2, NEED_STORE, cmd_optout_remove },
	{ "contact release", "N NUMBER", "Lets texts to a contact go on that wait because of what they wrote.",
	    "spokectl contact release 1 +19195550123", "", 2, 2, NEED_STORE, cmd_contact_release },
	{ "numbers list", "N", "Lists the organization's own numbers.", "spokectl numbers list 1",
	    "limit= cursor=", 1, 1, NEED_STORE, cmd_numbers_list },
	{ "numbers add", "N NUMBER [...]", "Adds numbers that the organization has at Bandwidth.",
	    "spokectl numbers add 1 '(919) 555-0100'", "", 2, 14, NEED_STORE, cmd_numbers_add },
	{ "numbers remove", "N NUMBER [...]", "Stops using numbers. They are not given back to Bandwidth.",
	    "spokectl numbers remove 1 +19195550100", "", 2, 14, NEED_STORE, cmd_numbers_remove },
	{ "audit", "N [--limit N]", "Lists who did what (N = 0: the installation).", "spokectl audit 1",
	    "limit=", 1, 1, NEED_STORE, cmd_audit },
	{ "moved", "--old-is-stopped", "Lets a restored, copied or moved store send again.",
	    "spokectl moved --old-is-stopped", "old-is-stopped", 0, 0, NEED_STORE, cmd_moved },
	{ "dump", "", "Prints every record of the store, secrets sealed.", "spokectl dump > dump.txt", "", 0, 0,
	    NEED_STORE, cmd_dump },
	{ "recover", "", "Runs recovery of the store with nobody attached to it.", "spokectl recover", "", 0, 0,
	    NEED_SETTINGS, cmd_recover },
};
#define COMMANDS (sizeof commands / sizeof commands[0])

/* ---- help ------------------------------------------------------------ */

static int
help_all(void)
{
	size_t i;

	printf("spokectl: runs spoke-bandwidth from the command line.\n\n");
	for (i = 0; i < COMMANDS; i++)
		printf("  %-18s %s\n", commands[i].words, commands[i].what);
	printf("\nEach takes --help and --json. Settings come from SPOKE_CONF, or from spoke.conf in its usual places.\n"
	       "Exit status: 0 done, 1 failed, 2 wrong call, 3 not found, 4 not configured.\n");
	return EXIT_DONE;
}

static int
help_one(const struct command *c)
{
	printf("spokectl %s %s\n\n%s\n\nExample:\n  %s\n", c->words, c->takes, c->what, c->example);
	return EXIT_DONE;
}

static int
usage(const struct command *c)
{
	fprintf(stderr, "Usage: spokectl %s %s\nExample: %s\n", c->words, c->takes, c->example);
	return EXIT_USAGE;
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
	for (i = 0; i < COMMANDS; i++) {
		n = words_match(commands[i].words, argc, argv);
		if (n > *used) {
			best = &commands[i];
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
		return ctl_fail(EXIT_USAGE, "%s does not take --%.*s", ctl->command->words, (int)n, name);
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
	    pipeline_read(ctl->settings.service_managers, ctl->settings.default_service, &ctl->pipeline,
	    &problems) != 0) {
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
	struct store_options options = { .dir = ctl->settings.data_dir,
		.cache_bytes = ctl->settings.cache_bytes,
		.stall_seconds = ctl->settings.store_stall_s };
	struct buf why = BUF_INIT(4096);
	enum result r;
	int code = 0;

	if (owner_become(ctl->settings.data_dir, &why) != 0 ||
	    (r = store_open(&options, &ctl->app.store, &why)) != OK) {
		code = ctl_fail(ctl->app.store == NULL && access(ctl->settings.data_dir, F_OK) != 0 ?
		    EXIT_NOT_CONFIGURED : EXIT_FAILED, "%s", buf_str(&why));
	} else if (meta_check(ctl->app.store, &ctl->settings, &why) != OK) {
		code = ctl_fail(EXIT_NOT_CONFIGURED, "%s", buf_str(&why));
	}
	buf_free(&why);
	return code;
}

static int
run(struct ctl *ctl)
{
	int code = 0;

	if (ctl->command->need >= NEED_SETTINGS)
		code = need_settings(ctl);
	if (code == 0 && ctl->command->need >= NEED_STORE)
		code = need_store(ctl);
	if (code == 0)
		code = ctl->command->run(ctl);
	if (ctl->app.store != NULL)
		store_close(ctl->app.store);
	return code;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = { 0 };
	int used, code, i;

	log_set_program("spokectl");
	log_set_level(LOG_WARN);
	if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
		return help_all();
	if (strcmp(argv[1], "--version") == 0) {
		printf("spokectl %s\n", PACKAGE_VERSION);
		return EXIT_DONE;
	}
	ctl.command = find_command(argc - 1, argv + 1, &used);
	if (ctl.command == NULL)
		return ctl_fail(EXIT_USAGE, "there is no command \"%s\". For a list: spokectl help", argv[1]);
	for (i = 1 + used; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0)
			return help_one(ctl.command);
	ctl.arena = arena_new();
	code = take_arguments(&ctl, argc - 1 - used, argv + 1 + used);
	if (code == 0)
		code = run(&ctl);
	arena_free(ctl.arena);
	if (fflush(stdout) != 0 && code == 0)
		code = ctl_fail(EXIT_FAILED, "standard output could not be written");
	return code;
}
