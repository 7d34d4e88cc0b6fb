/*
 * keep.c: spokectl backup, restore and verify: that no data is lost, and that it is known.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/backup.h"
#include "store/meta.h"
#include "store/owner.h"
#include "store/store.h"

#define LINES_MOST 1000 /* disagreements that are told one by one */

/* ---- while it lasts ------------------------------------------------------------------- */

static bool
interrupted(void *arg)
{
	(void)arg;
	return ctl_interrupted();
}

static void
say_step(void *arg, const char *sentence)
{
	const struct ctl *ctl = arg;

	if (!ctl->json && isatty(STDOUT_FILENO) != 0)
		ctl_print("%s\n", sentence);
}

struct found {
	struct ctl *ctl;
	json *list;
	size_t count;
};

static void
say_fault(void *arg, const char *sentence)
{
	struct found *f = arg;

	if (f->count++ >= LINES_MOST)
		return;
	if (f->ctl->json)
		json_add_text(f->list, sentence);
	else
		ctl_print("%s\n", sentence);
}

/* A directory as an absolute path; it may be missing. */
static const char *
absolute(struct ctl *ctl, const char *path)
{
	char *whole, cwd[4096];
	const char *out = path;

	whole = realpath(path, NULL);
	if (whole != NULL)
		out = arena_str(ctl->arena, whole);
	else if (path[0] != '/' && getcwd(cwd, sizeof cwd) != NULL)
		out = arena_fmt(ctl->arena, "%s/%s", cwd, path);
	free(whole);
	return out;
}

/* The user whose the data is; 0 or a status with a sentence. */
static int
become_owner(struct ctl *ctl)
{
	struct buf why = BUF_INIT(4096);
	int code = 0;

	if (owner_become(ctl->settings.data_dir, &why) != OK)
		code = ctl_fail(EXIT_NOT_CONFIGURED, "%s", buf_str(&why));
	buf_free(&why);
	return code;
}

/* ---- backup ----------------------------------------------------------------------------- */

/* Notes in the store how it went; that it can't is no reason to call the backup bad. */
static void
note(struct ctl *ctl, const struct backup *b)
{
	struct store_options options = ctl_store_options(ctl, false);
	struct buf why = BUF_INIT(4096);

	if (store_open(&options, &ctl->app.store, &why) != OK ||
	    backup_note(ctl->app.store, &b->note) != OK)
		ctl_fail(
		    EXIT_FAILED, "how it went could not be noted in the store. %s", buf_str(&why));
	buf_free(&why);
}

static json *
backup_json(const struct backup *b)
{
	json *out = json_object_new();

	json_put_text(out, "path", b->path);
	json_put_int(out, "bytes", b->bytes);
	json_put_int(out, "entries", (int64_t)b->verify.entries);
	json_put_int(out, "attachments_lost", (int64_t)b->verify.lost);
	json_put_bool(out, "with_secret", false);
	return out;
}

/* What is said of attachments whose files were gone before. */
static const char *
lost(struct ctl *ctl, const struct backup *b)
{
	if (b->verify.lost == 0)
		return "";
	return arena_fmt(ctl->arena,
	    "\nThe files of %zu attachments are not in the data directory any more, nor in it.",
	    b->verify.lost);
}

int
cmd_backup(struct ctl *ctl)
{
	struct found f = {ctl, json_array_new(), 0};
	struct buf why = BUF_INIT(4096);
	struct backup b = {.step = say_step, .step_arg = ctl};
	const char *dir = ctl->nargs == 1 ? ctl->args[0] : ctl->settings.backup_dir;
	enum result r = FAILED;
	int code;

	b.verify = (struct verify){.say = say_fault, .say_arg = &f, .stop = interrupted};
	if (!ctl_number(
		ctl, "keep", 1, 1000, ctl->nargs == 1 ? 0 : ctl->settings.backup_keep, &b.keep))
		code = EXIT_USAGE;
	else if (dir == NULL)
		code = ctl_fail(EXIT_USAGE, "say where to: spokectl backup DIR, or set BACKUP_DIR");
	else if ((code = become_owner(ctl)) == 0) {
		b.dir = absolute(ctl, dir);
		r = backup_make(absolute(ctl, ctl->settings.data_dir), &b, ctl->arena, &why);
		if (!b.other)
			note(ctl, &b);
		if (r != OK)
			code = ctl_fail(EXIT_FAILED, "there is no new backup. %s", buf_str(&why));
	}
	json_free(f.list);
	buf_free(&why);
	if (code != 0)
		return code;
	return ctl_say(ctl, backup_json(&b),
	    "%s is a good backup: recovered and verified, %zu entries, %lld KiB.\n"
	    "SESSION_SECRET is not in it: keep a copy of the settings file apart from it. "
	    "Without it the stored passwords do not open.%s",
	    b.path, b.verify.entries, (long long)(b.bytes >> 10), lost(ctl, &b));
}

/* ---- verify --------------------------------------------------------------------------------- */

static int
say_verified(struct ctl *ctl, const char *what, const struct verify *v, struct found *f)
{
	json *out = json_object_new();
	bool good = v->faults == 0;

	json_put_text(out, "path", what);
	json_put_bool(out, "good", good);
	json_put_int(out, "entries", (int64_t)v->entries);
	json_put_int(out, "faults", (int64_t)v->faults);
	json_put(out, "list", f->list);
	f->list = NULL;
	if (good)
		return ctl_say(
		    ctl, out, "%s: %zu entries, and all of them agree.", what, v->entries);
	(void)ctl_say(
	    ctl, out, "%s: %zu entries, and %zu things do not agree.", what, v->entries, v->faults);
	return EXIT_FAILED;
}

/* What is to be verified, and below which folder the copy of it is made. */
static int
choose(struct ctl *ctl, const char **what, const char **scratch, struct buf *why)
{
	const char *given = ctl_option(ctl, "scratch"), *slash;
	int code = become_owner(ctl);

	if (code != 0)
		return code;
	*what = *scratch = absolute(ctl, ctl->settings.data_dir);
	if (ctl->nargs == 1) {
		const char *path = absolute(ctl, ctl->args[0]);

		*what = path; /* a backup, a folder of them, or a copy of a store */
		if (access(arena_fmt(ctl->arena, "%s/format", path), F_OK) != 0 &&
		    backup_find(path, ctl->arena, what, why) != OK)
			return ctl_fail(EXIT_NOT_FOUND, "%s", buf_str(why));
		slash = strrchr(*what, '/');
		*scratch =
		    slash > *what ? arena_dup(ctl->arena, *what, (size_t)(slash - *what)) : "/";
	}
	if (given != NULL)
		*scratch = absolute(ctl, given);
	return 0;
}

int
cmd_verify(struct ctl *ctl)
{
	struct found f = {ctl, json_array_new(), 0};
	struct verify v = {.say = say_fault, .say_arg = &f, .stop = interrupted};
	struct buf why = BUF_INIT(4096);
	const char *what = NULL, *scratch = NULL;
	int code = choose(ctl, &what, &scratch, &why);

	if (code == 0 && backup_verify(what, scratch, &v, &why) != OK)
		code = ctl_fail(EXIT_FAILED, "%s could not be verified. %s", what, buf_str(&why));
	else if (code == 0)
		code = say_verified(ctl, what, &v, &f);
	json_free(f.list);
	buf_free(&why);
	return code;
}

/* ---- restore --------------------------------------------------------------------------------- */

static enum result
read_copied(struct tx *tx, void *arg)
{
	return meta_copied(tx, arg);
}

/* Opens what was restored, sees when it was made, and whether it is for these settings. */
static int
try_restored(struct ctl *ctl, int64_t *made, const char **secret)
{
	struct store_options options = ctl_store_options(ctl, false);
	struct buf why = BUF_INIT(4096);
	int code = 0;

	*secret = NULL;
	*made = 0;
	if (store_open(&options, &ctl->app.store, &why) != OK)
		code = ctl_fail(EXIT_FAILED, "what was restored does not open. %s", buf_str(&why));
	else if (store_read(ctl->app.store, read_copied, made) != OK)
		code = ctl_fail(EXIT_FAILED, "what was restored cannot be read. See the log.");
	else if (meta_check(ctl->app.store, &ctl->settings, &why) != OK)
		*secret = arena_str(ctl->arena, buf_str(&why));
	buf_free(&why);
	return code;
}

int
cmd_restore(struct ctl *ctl)
{
	struct found f = {ctl, json_array_new(), 0};
	struct backup b = {.step = say_step, .step_arg = ctl};
	struct buf why = BUF_INIT(4096);
	const char *from = NULL, *unfit = NULL, *to = ctl->settings.data_dir;
	json *out;
	int64_t made = 0;
	char at[CLOCK_TEXT];
	int code = ctl_make_data_dir(ctl);

	b.verify = (struct verify){.say = say_fault, .say_arg = &f, .stop = interrupted};
	if (code == 0 && (code = become_owner(ctl)) == 0) {
		if (backup_find(absolute(ctl, ctl->args[0]), ctl->arena, &from, &why) != OK)
			code = ctl_fail(EXIT_NOT_FOUND, "%s", buf_str(&why));
		else if (backup_restore(from, absolute(ctl, to), &b, &why) != OK)
			code = ctl_fail(EXIT_FAILED, "nothing was restored. %s", buf_str(&why));
		else
			code = try_restored(ctl, &made, &unfit);
	}
	json_free(f.list);
	buf_free(&why);
	if (code != 0)
		return code;
	if (unfit != NULL)
		return ctl_fail(
		    EXIT_NOT_CONFIGURED, "%s was restored to %s, but: %s", from, to, unfit);
	out = backup_json(&b);
	json_put_text(out, "path", from);
	json_put_text(out, "data_dir", to);
	json_put_int(out, "made", made);
	return ctl_say(ctl, out,
	    "%s was restored to %s and verified, %zu entries.\n"
	    "It was made at %s. Replies that came later are not in it, STOPs neither: find out who wrote "
	    "STOP, and say spokectl optout add for each before anything is sent.\n"
	    "Callbacks are taken from now on. Sending is held, because two installations with the same "
	    "data would text the same people: once the old one is stopped for good, say\n"
	    "spokectl moved --old-is-stopped",
	    from, to, b.verify.entries, clock_text(made, at));
}
