/*
 * check.c: spokectl check: is the installation in order, and if not, what is to be mended?
 * check_org.c goes on with an organization.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/check_org.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "base/clock.h"
#include "store/backup.h"
#include "store/forgotten.h"
#include "store/meta.h"
#include "store/owner.h"
#include "store/space.h"
#include "store/store.h"

#define LEAST_FREE ((int64_t)100 << 20)

struct checks {
	struct ctl *ctl;
	json *rows;
	bool bad;
	bool unusable;	  /* settings or store: nothing works, and nothing more can be asked */
	const char *held; /* why sending is, or NULL */
};

static void
row(struct checks *c, bool fine, const char *what, const char *sentence)
{
	json *row = json_object_new();

	json_put_text(row, "what", what);
	json_put_text(row, "state", fine ? "fine" : "wrong");
	json_put_text(row, "sentence", sentence);
	json_add(c->rows, row);
	c->bad |= !fine;
}

static void
unusable(struct checks *c, const char *what, const char *sentence)
{
	row(c, false, what, sentence);
	c->unusable = true;
}

/* A list of problems without the newline at its end. */
static const char *
problems_text(struct ctl *ctl, const struct buf *b)
{
	char *s = arena_str(ctl->arena, buf_str(b));
	size_t n = strlen(s);

	while (n > 0 && s[n - 1] == '\n')
		s[--n] = '\0';
	return s;
}

/* ---- settings -------------------------------------------------------- */

/* Whoever can read the file can open everything that is stored; who can write it can send it elsewhere. */
static void
check_mode(struct checks *c, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return;
	if ((st.st_mode & (S_IRWXO | S_IWGRP)) != 0)
		row(c, false, "secret",
		    arena_fmt(c->ctl->arena,
			"others can read or change %s, where SESSION_SECRET is: chmod 600 %s", path,
			path));
	else
		row(c, true, "secret", "others cannot read the settings file");
}

static void
check_worker(struct checks *c, const char *path)
{
	bool there = access(path, X_OK) == 0;

	row(c, there, "worker",
	    there ? path
		  : arena_fmt(
			c->ctl->arena, "%s cannot be run: install it there, or set WORKER", path));
}

static void
check_settings(struct checks *c)
{
	struct ctl *ctl = c->ctl;
	const struct settings *s = &ctl->settings;
	struct buf problems = BUF_INIT(16384);

	if (settings_load(ctl->arena, SYSCONFDIR, &ctl->settings, &problems) != 0 ||
	    pipeline_read(s->service_managers, s->default_service, &ctl->pipeline, &problems) != 0)
		unusable(c, "settings", problems_text(ctl, &problems));
	else
		row(c, true, "settings",
		    s->conf_path != NULL ? s->conf_path : "from the environment");
	buf_free(&problems);
	if (!c->bad)
		row(c, s->base_url.https || s->rehearsal, "address",
		    s->base_url.https || s->rehearsal
			? s->base_url.text
			: "BASE_URL is not https: Bandwidth cannot be given this address");
	if (s->conf_path != NULL)
		check_mode(c, s->conf_path);
	if (s->worker_path != NULL)
		check_worker(c, s->worker_path);
}

/* ---- the store ------------------------------------------------------- */

static enum result
read_held(struct tx *tx, void *arg)
{
	struct checks *c = arg;

	return meta_sending_held(tx, c->ctl->arena, &c->held);
}

static void
check_disk(struct checks *c)
{
	struct ctl *ctl = c->ctl;
	struct space s;

	space_look(ctl->settings.data_dir, ctl->arena, &s);
	if (s.fault != NULL)
		row(c, false, "disk",
		    arena_fmt(ctl->arena, "nothing can be made durable in DATA_DIR: %s", s.fault));
	else
		row(c, s.free >= LEAST_FREE, "disk",
		    arena_fmt(ctl->arena,
			"%lld MiB are free where DATA_DIR lies; 100 are the least",
			(long long)(s.free >> 20)));
}

/* Whether those who asked to be forgotten are recognized. */
struct known_again {
	bool any;
	const char *trouble;
};

static enum result
read_known_again(struct tx *tx, void *arg)
{
	struct known_again *k = arg;
	enum result r = forgotten_any(tx, 0, &k->any);

	return r == OK ? forgotten_trouble(tx, 0, &k->trouble) : r;
}

static void
check_forgotten(struct checks *c)
{
	struct known_again k = {false, NULL};

	if (store_read(c->ctl->app.store, read_known_again, &k) != OK || !k.any)
		return;
	row(c, k.trouble == NULL, "forgotten",
	    k.trouble != NULL ? k.trouble : "who asked to be forgotten is recognized");
}

/* The last backup, as the store remembers it. */
struct last_backup {
	struct checks *checks;
	struct backup_note note;
	int64_t created;
};

static enum result
read_backup(struct tx *tx, void *arg)
{
	struct last_backup *l = arg;
	enum result r = backup_noted(tx, l->checks->ctl->arena, &l->note);

	return r == OK ? meta_created(tx, &l->created) : r;
}

static void
check_backup(struct checks *c)
{
	struct last_backup l = {.checks = c};
	const char *warning;

	if (store_read(c->ctl->app.store, read_backup, &l) != OK)
		return;
	warning = backup_warning(c->ctl->arena, &l.note, l.created, clock_now());
	row(c, warning == NULL, "backup",
	    warning != NULL	       ? warning
	    : l.note.good_path != NULL ? l.note.good_path
				       : "there is none yet");
}

static void
check_store(struct checks *c)
{
	struct ctl *ctl = c->ctl;
	struct store_options options = ctl_store_options(ctl, false);
	struct buf why = BUF_INIT(4096);
	bool ours = owner_become(ctl->settings.data_dir, &why) == OK;

	if (ours)
		check_disk(c);
	if (!ours || store_open(&options, &ctl->app.store, &why) != OK ||
	    meta_check(ctl->app.store, &ctl->settings, &why) != OK)
		unusable(c, "store", problems_text(ctl, &why));
	else
		row(c, true, "store", ctl->settings.data_dir);
	buf_free(&why);
	if (!c->unusable && store_read(ctl->app.store, read_held, c) == OK)
		row(c, c->held == NULL, "sending", c->held != NULL ? c->held : "is not held");
	if (ctl->app.store != NULL && !c->unusable) {
		check_forgotten(c);
		check_backup(c);
	}
}

int
cmd_check(struct ctl *ctl)
{
	static const struct ctl_column columns[] = {
	    {"WHAT", "what", false}, {"STATE", "state", false}, {"", "sentence", false}};
	struct checks c = {.ctl = ctl};
	struct check_request ask = {.text = ctl_option(ctl, "text")};
	int code;

	if (ctl->nargs == 1 && !ctl_org(ctl, 0, &ask.org))
		return EXIT_USAGE;
	if (!ctl_number(ctl, "wait", 1, 3600, ask.text != NULL ? 300 : 60, &ask.wait))
		return EXIT_USAGE;
	if (ctl->nargs == 0 && (ask.text != NULL || ctl_option(ctl, "wait") != NULL))
		return ctl_fail(EXIT_USAGE, "--text and --wait belong to an organization: check N");
	c.rows = json_array_new();
	check_settings(&c);
	ctl->app.settings = &ctl->settings;
	ctl->app.pipeline = &ctl->pipeline;
	if (ctl->settings.data_dir != NULL)
		check_store(&c);
	if (c.unusable || ctl->nargs == 0) {
		code = ctl_table(ctl, "checks", c.rows, NULL, columns, 3, "");
		return c.unusable ? EXIT_NOT_CONFIGURED : c.bad ? EXIT_FAILED : code;
	}
	if ((code = ctl_org_there(ctl, ask.org)) != 0) {
		json_free(c.rows);
		return code;
	}
	return check_organization(ctl, &ask, c.rows, c.bad);
}
