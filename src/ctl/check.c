/*
 * check.c: spokectl check: is everything in order, and if not, what is to be mended?
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/meta.h"
#include "store/owner.h"
#include "store/store.h"
#include "texting/config.h"

#define LEAST_FREE ((uint64_t)100 << 20)

struct checks {
	struct ctl *ctl;
	json *rows;
	bool bad;
	struct config_view view; /* of the organization asked about */
	uint32_t org;
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
		row(c, false, "settings", problems_text(ctl, &problems));
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

	return meta_sending_held(tx, c->ctl->arena, &c->view.sending_held);
}

static void
check_store(struct checks *c)
{
	struct ctl *ctl = c->ctl;
	struct store_options options = ctl_store_options(ctl, false);
	struct buf why = BUF_INIT(4096);
	struct statvfs fs;
	uint64_t space;

	if (statvfs(ctl->settings.data_dir, &fs) == 0) {
		space = (uint64_t)fs.f_bavail * fs.f_frsize;
		row(c, space >= LEAST_FREE, "disk",
		    arena_fmt(ctl->arena,
			"%llu MiB are free where DATA_DIR lies; 100 are the least",
			(unsigned long long)(space >> 20)));
	}
	if (owner_become(ctl->settings.data_dir, &why) != 0 ||
	    store_open(&options, &ctl->app.store, &why) != OK ||
	    meta_check(ctl->app.store, &ctl->settings, &why) != OK)
		row(c, false, "store", problems_text(ctl, &why));
	else
		row(c, true, "store", ctl->settings.data_dir);
	buf_free(&why);
	if (!c->bad && store_read(ctl->app.store, read_held, c) == OK)
		row(c, c->view.sending_held == NULL, "sending",
		    c->view.sending_held != NULL ? c->view.sending_held : "is not held");
}

/* ---- an organization ------------------------------------------------- */

static enum result
read_view(struct tx *tx, void *arg)
{
	struct checks *c = arg;

	return config_view(&c->ctl->app, tx, c->org, c->ctl->arena, &c->view);
}

/* A row for each thing that is missing before its texting works. */
static int
check_organization(struct checks *c)
{
	const char *what = arena_fmt(c->ctl->arena, "organization %u", c->org);
	enum result r;
	unsigned bit;
	int code;

	if ((code = ctl_org_there(c->ctl, c->org)) != 0)
		return code;
	if ((r = store_read(c->ctl->app.store, read_view, c)) != OK)
		return ctl_result(r, what);
	for (bit = 1; bit <= MISSING_CALLBACK; bit <<= 1)
		if (c->view.missing & bit)
			row(c, false, what, missing_text(bit));
	if (c->view.missing == 0)
		row(c, true, what, "nothing is missing: texting can work");
	if (c->view.org.paused)
		row(c, false, what,
		    arena_fmt(
			c->ctl->arena, "sending is paused. To go on: spokectl resume %u", c->org));
	return 0;
}

int
cmd_check(struct ctl *ctl)
{
	static const struct ctl_column columns[] = {
	    {"WHAT", "what", false}, {"STATE", "state", false}, {"", "sentence", false}};
	struct checks c = {.ctl = ctl};
	int code;

	if (ctl->nargs == 1 && !ctl_org(ctl, 0, &c.org))
		return EXIT_USAGE;
	c.rows = json_array_new();
	check_settings(&c);
	ctl->app.settings = &ctl->settings;
	ctl->app.pipeline = &ctl->pipeline;
	if (ctl->settings.data_dir != NULL)
		check_store(&c);
	if (ctl->nargs == 1 && ctl->app.store != NULL && (code = check_organization(&c)) != 0) {
		json_free(c.rows);
		return code;
	}
	code = ctl_table(ctl, "checks", c.rows, NULL, columns, 3, "");
	return c.bad ? EXIT_NOT_CONFIGURED : code;
}
