/*
 * install.c: spokectl init, dump, recover and moved: the installation itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/log.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/audit.h"
#include "store/meta.h"
#include "store/owner.h"
#include "store/store.h"
#include "store/wake.h"

/* ---- init ------------------------------------------------------------ */

struct install {
	struct ctl *ctl;
	const char *conf;
	const char *data_dir;
	uid_t uid; /* who is to own both */
	gid_t gid;
	bool wrote_conf;
};

static int
find_owner(struct install *in)
{
	const char *name = ctl_option(in->ctl, "owner");
	struct passwd *pw;

	in->uid = geteuid();
	in->gid = getegid();
	if (name == NULL && in->uid == 0)
		return ctl_fail(EXIT_USAGE,
		    "as root, say which user the web server runs as: --owner www-data (Debian)");
	if (name == NULL)
		return 0;
	if ((pw = getpwnam(name)) == NULL)
		return ctl_fail(EXIT_USAGE, "there is no user \"%s\"", name);
	if (geteuid() != 0 && pw->pw_uid != geteuid())
		return ctl_fail(EXIT_USAGE, "only root can make a store for another user");
	in->uid = pw->pw_uid;
	in->gid = pw->pw_gid;
	return 0;
}

/* Makes a directory and gives it to the owner. */
static int
make_one(const struct install *in, const char *path, mode_t mode)
{
	if (mkdir(path, mode) != 0)
		return errno == EEXIST
			   ? 0
			   : ctl_fail(EXIT_FAILED, "%s cannot be made: %s", path, log_errno(errno));
	/* Not what a link that somebody put in its place meanwhile leads to. */
	if (geteuid() == 0 && lchown(path, in->uid, in->gid) != 0)
		return ctl_fail(
		    EXIT_FAILED, "%s cannot be given to its owner: %s", path, log_errno(errno));
	return 0;
}

/*
 * The same with the parents that are missing; those belong to whoever runs this, and others may
 * pass through them.
 */
static int
make_directory(const struct install *in, const char *path, mode_t mode)
{
	char *copy = arena_str(in->ctl->arena, path), *slash = copy;
	mode_t before = umask(022);
	int code = 0;

	while (code == 0 && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (mkdir(copy, 0755) != 0 && errno != EEXIST)
			code =
			    ctl_fail(EXIT_FAILED, "%s cannot be made: %s", copy, log_errno(errno));
		*slash = '/';
	}
	umask(before);
	return code == 0 ? make_one(in, path, mode) : code;
}

/* Root must not make a store in a directory that is not its user's: the web server could not open it. */
static int
right_owner(const struct install *in, const char *path)
{
	struct stat st;

	if (geteuid() != 0 || stat(path, &st) != 0 || st.st_uid == in->uid)
		return 0;
	return ctl_fail(EXIT_FAILED,
	    "%s is there and belongs to user %lu, not to %s. Give it to that user with chown, or set another DATA_DIR",
	    path, (unsigned long)st.st_uid, ctl_option(in->ctl, "owner"));
}

static void
conf_text(struct install *in, struct buf *out)
{
	unsigned char secret[32];

	crypto_random(secret, sizeof secret);
	buf_addf(out,
	    "# Settings of spoke-bandwidth; each is explained in spoke.conf.example.\n"
	    "BASE_URL=%s\nDATA_DIR=%s\n"
	    "DEFAULT_SERVICE=bandwidth\nSERVICE_MANAGERS=sticky-sender,numpicker-basic\n"
	    "# Whoever has this can open everything that is stored. Keep a copy apart from the backups.\n"
	    "SESSION_SECRET=",
	    ctl_option(in->ctl, "base-url"), in->data_dir);
	base64_add(out, secret, sizeof secret);
	buf_addc(out, '\n');
	crypto_wipe(secret, sizeof secret);
}

/* Prints what is wrong with settings, a line each. */
static int
settings_wrong(const struct buf *problems, const char *what)
{
	fprintf(stderr, "%s", buf_str(problems));
	return ctl_fail(EXIT_NOT_CONFIGURED, "%s", what);
}

/* The words that were given, judged before a file is made of them. */
static int
check_words(struct install *in, const struct buf *text)
{
	struct buf problems = BUF_INIT(16384);
	struct settings judged;
	int code = 0;

	if (settings_read(text->data, text->len, NULL, in->ctl->arena, &judged, &problems) != 0)
		code = settings_wrong(
		    &problems, "nothing was made: mend --base-url or --data-dir as said above");
	buf_free(&problems);
	return code;
}

/* Writes the settings file whole or not at all; never over one that is there. */
static int
write_file(struct install *in, const struct buf *text)
{
	int fd, code = 0;

	fd = open(in->conf, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return ctl_fail(EXIT_FAILED, "%s cannot be made: %s", in->conf, log_errno(errno));
	if (write(fd, text->data, text->len) != (ssize_t)text->len || fsync(fd) != 0 ||
	    (geteuid() == 0 && fchown(fd, in->uid, in->gid) != 0)) {
		code =
		    ctl_fail(EXIT_FAILED, "%s cannot be written: %s", in->conf, log_errno(errno));
		unlink(in->conf);
	}
	close(fd);
	in->wrote_conf = code == 0;
	return code;
}

/* A new settings file, in a folder that is made if need be. */
static int
write_conf(struct install *in)
{
	struct buf text = BUF_INIT(16384);
	int code;

	conf_text(in, &text);
	code = check_words(in, &text);
	if (code == 0)
		code = make_directory(in, dirname(arena_str(in->ctl->arena, in->conf)), 0755);
	if (code == 0)
		code = write_file(in, &text);
	buf_wipe(&text);
	return code;
}

/* Finds the settings file, or writes a new one from --base-url and --data-dir. */
static int
settle_conf(struct install *in)
{
	const char *conf = ctl_option(in->ctl, "conf"), *base = ctl_option(in->ctl, "base-url");
	int code;

	if (conf == NULL)
		conf = getenv("SPOKE_CONF");
	in->conf = conf != NULL ? conf : SYSCONFDIR "/spoke/spoke.conf";
	in->data_dir = ctl_option(in->ctl, "data-dir");
	if (strchr(base != NULL ? base : "", '\n') != NULL ||
	    strchr(in->data_dir != NULL ? in->data_dir : "", '\n') != NULL)
		return ctl_fail(EXIT_USAGE, "--base-url and --data-dir take one line");
	if (in->data_dir == NULL)
		in->data_dir = LOCALSTATEDIR "/lib/spoke";
	if (access(in->conf, F_OK) != 0) {
		if (base == NULL)
			return ctl_fail(EXIT_USAGE,
			    "%s is not there yet. Say the public address: --base-url https://texting.example.org",
			    in->conf);
		if ((code = write_conf(in)) != 0)
			return code;
	}
	setenv("SPOKE_CONF", in->conf, 1);
	return 0;
}

/* Words for settings that are there already may only repeat them. */
static int
same_words(const struct install *in)
{
	const struct settings *s = &in->ctl->settings;
	const char *base = ctl_option(in->ctl, "base-url"), *dir = ctl_option(in->ctl, "data-dir");

	if (in->wrote_conf || ((base == NULL || strcmp(base, s->base_url.text) == 0) &&
				  (dir == NULL || strcmp(dir, s->data_dir) == 0)))
		return 0;
	return ctl_fail(EXIT_USAGE,
	    "%s is there already, with BASE_URL=%s and DATA_DIR=%s; nothing was changed. To go on with it, leave "
	    "--base-url and --data-dir out; to change them, edit it",
	    in->conf, s->base_url.text, s->data_dir);
}

static int
read_settings(struct ctl *ctl)
{
	struct buf problems = BUF_INIT(16384);
	int code = 0;

	if (settings_load(ctl->arena, SYSCONFDIR, &ctl->settings, &problems) != 0 ||
	    pipeline_read(ctl->settings.service_managers, ctl->settings.default_service,
		&ctl->pipeline, &problems) != 0) {
		code = settings_wrong(
		    &problems, "the settings are not right yet: mend the lines above");
	}
	buf_free(&problems);
	return code;
}

int
ctl_make_data_dir(struct ctl *ctl)
{
	struct install in = {.ctl = ctl};
	int code = find_owner(&in);

	if (code == 0)
		code = make_directory(&in, ctl->settings.data_dir, 0700);
	return code == 0 ? right_owner(&in, ctl->settings.data_dir) : code;
}

static int
make_store(struct ctl *ctl)
{
	struct store_options options = ctl_store_options(ctl, true);
	struct buf why = BUF_INIT(4096);
	enum result r;
	int code = 0;

	if (owner_become(ctl->settings.data_dir, &why) != 0 ||
	    store_open(&options, &ctl->app.store, &why) != OK) {
		code = ctl_fail(EXIT_FAILED, "%s", buf_str(&why));
	} else if ((r = meta_init(ctl->app.store, &ctl->settings)) == EXISTS) {
		if (meta_check(ctl->app.store, &ctl->settings, &why) != OK)
			code = ctl_fail(EXIT_NOT_CONFIGURED, "%s", buf_str(&why));
	} else if (r != OK || (r = store_flush(ctl->app.store)) != OK) {
		code = ctl_result(r, "store");
	}
	buf_free(&why);
	return code;
}

int
cmd_init(struct ctl *ctl)
{
	struct install in = {.ctl = ctl};
	json *out;
	int code;

	if ((code = find_owner(&in)) != 0 || (code = settle_conf(&in)) != 0)
		return code;
	if ((code = read_settings(ctl)) != 0 && in.wrote_conf)
		unlink(in.conf); /* so that the same call with the right words works */
	if (code != 0 || (code = same_words(&in)) != 0 ||
	    (code = make_directory(&in, ctl->settings.data_dir, 0700)) != 0 ||
	    (code = right_owner(&in, ctl->settings.data_dir)) != 0 || (code = make_store(ctl)) != 0)
		return code;
	out = json_object_new();
	json_put_text(out, "conf", in.conf);
	json_put_text(out, "data_dir", ctl->settings.data_dir);
	json_put_bool(out, "new_conf", in.wrote_conf);
	return ctl_say(ctl, out, "Settings: %s%s\nData:     %s\nNext:     spokectl org add NAME",
	    in.conf, in.wrote_conf ? " (new, with a new SESSION_SECRET)" : "",
	    ctl->settings.data_dir);
}

/* ---- the store as a whole -------------------------------------------- */

int
cmd_dump(struct ctl *ctl)
{
	return ctl_result(store_dump(ctl->app.store, STDOUT_FILENO), "dump");
}

int
cmd_recover(struct ctl *ctl)
{
	struct buf why = BUF_INIT(4096);
	int code = EXIT_DONE;
	json *out;

	if (owner_become(ctl->settings.data_dir, &why) != 0 ||
	    store_recover(ctl->settings.data_dir, &why) != OK)
		code = ctl_fail(EXIT_FAILED, "%s", buf_str(&why));
	buf_free(&why);
	if (code != EXIT_DONE)
		return code;
	out = json_object_new();
	json_put_bool(out, "recovered", true);
	return ctl_say(ctl, out, "The store was recovered.");
}

int
cmd_moved(struct ctl *ctl)
{
	enum result r;
	json *out;

	if (!ctl_flag(ctl, "old-is-stopped"))
		return ctl_fail(EXIT_USAGE,
		    "two installations with the same data would text the same people. "
		    "Stop the old one for good, then say --old-is-stopped");
	r = meta_release_sending(
	    ctl->app.store, &ctl->settings, ctl_who(ctl), "local", ctl_flag(ctl, "send-waiting"));
	if (r != OK)
		return ctl_result(r, "store");
	wake_worker(&ctl->settings, ctl->app.store, 0);
	out = json_object_new();
	json_put_bool(out, "sending", true);
	return ctl_say(ctl, out, "This installation sends from now on.%s",
	    ctl_flag(ctl, "send-waiting")
		? ""
		: "\nWhat was waiting when the data was copied is held, because the old installation "
		  "may have sent it:\nspokectl messages N --state held\nspokectl decide N --held copied "
		  "send|give-up");
}
