/*
 * meta.c: what the store knows of itself: its format, whose secret it was made
 * with, and where it lives.
 *
 * Table: META.  A store that finds itself in another place was moved, copied
 * or restored; perhaps its twin is still sending, so it does not send until
 * the owner says that it may.
 */
#include "store/meta.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/settings.h"
#include "store/audit.h"
#include "store/jobs.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "store/rec.h"
#include "store/store.h"

#define IDENTITY "identity"
#define SENDING_HELD "sending-held"
#define COPIED "copied" /* when it was found to be a copy */
#define ORGS_PIECE 100
#define CHECK_INFO "spoke-bandwidth store check 1"
#define CHECK_BYTES 16

struct identity {
	int64_t format;
	const char *check; /* of the secret */
	const char *host;
	const char *path;
	int64_t inode;
	int64_t born; /* when the directory was made, 0 unknown: inodes are used again */
	bool rehearsal;
	int64_t created;
};

static const struct field identity_fields[] = {
    FIELD(struct identity, FIELD_INT, format),
    FIELD(struct identity, FIELD_TEXT, check),
    FIELD(struct identity, FIELD_TEXT, host),
    FIELD(struct identity, FIELD_TEXT, path),
    FIELD(struct identity, FIELD_INT, inode),
    FIELD(struct identity, FIELD_INT, born),
    FIELD(struct identity, FIELD_BOOL, rehearsal),
    FIELD(struct identity, FIELD_INT, created),
    FIELD_END,
};

/* ---- singletons ---------------------------------------------------------------------- */

static void
meta_key(struct key *k, const char *name)
{
	key_start(k);
	key_text(k, name);
}

enum result
meta_get(struct tx *tx, const char *name, struct arena *a, const char **value)
{
	struct key k;

	meta_key(&k, name);
	return rec_get_text(tx, T_META, &k, false, a, value);
}

enum result
meta_put(struct tx *tx, const char *name, const char *value)
{
	struct key k;
	enum result r;

	meta_key(&k, name);
	if (value != NULL)
		return kv_put(tx, T_META, &k, value, strlen(value));
	r = kv_del(tx, T_META, &k);
	return r == NOT_FOUND ? OK : r;
}

static enum result
identity_get(struct tx *tx, bool for_update, struct arena *a, struct identity *out)
{
	struct key k;

	meta_key(&k, IDENTITY);
	return rec_get(tx, T_META, &k, for_update, identity_fields, a, out);
}

static enum result
identity_put(struct tx *tx, const struct identity *id)
{
	struct key k;

	meta_key(&k, IDENTITY);
	return rec_put(tx, T_META, &k, identity_fields, id);
}

/* ---- who and where we are ---------------------------------------------------------------- */

/* A value that tells whether a secret is the same, and nothing else of it. */
static const char *
check_value(struct arena *a, const char *secret)
{
	unsigned char derived[CHECK_BYTES];
	char *text;

	if (secret == NULL || *secret == '\0' ||
	    crypto_hkdf(secret, strlen(secret), CHECK_INFO, derived, sizeof derived) != 0)
		return NULL;
	text = arena_alloc(a, 2 * sizeof derived + 1);
	hex_text(derived, sizeof derived, text);
	return text;
}

/* When a directory was made, in ms; 0 where the file system does not say. */
static int64_t
born(const char *path)
{
	struct statx x;

	if (statx(AT_FDCWD, path, 0, STATX_BTIME, &x) != 0 || (x.stx_mask & STATX_BTIME) == 0)
		return 0;
	return (int64_t)x.stx_btime.tv_sec * 1000 + x.stx_btime.tv_nsec / 1000000;
}

/* This process's own view. */
static int
identity_now(struct store *store, const struct settings *s, struct arena *a, struct identity *out)
{
	char host[256] = "", *path;
	struct stat st;

	path = realpath(store_dir(store), NULL);
	if (path == NULL || stat(path, &st) != 0 || gethostname(host, sizeof host - 1) != 0) {
		log_error("%s: %s", store_dir(store), log_errno(errno));
		free(path);
		return -1;
	}
	*out = (struct identity){
	    .format = STORE_FORMAT,
	    .check = check_value(a, s->session_secret),
	    .host = arena_str(a, host),
	    .path = arena_str(a, path),
	    .inode = (int64_t)st.st_ino,
	    .born = born(path),
	    .rehearsal = s->rehearsal,
	    .created = clock_now(),
	};
	free(path);
	return out->check == NULL ? -1 : 0;
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* What differs between the place remembered and today's, as a sentence; NULL if nothing does. */
static const char *
moved(struct arena *a, const struct identity *old, const struct identity *now)
{
	if (!same(old->host, now->host))
		return arena_fmt(a, "The data directory was used on the machine %s before.",
		    old->host == NULL ? "?" : old->host);
	if (!same(old->path, now->path))
		return arena_fmt(
		    a, "The data directory was %s before.", old->path == NULL ? "?" : old->path);
	if (old->inode != now->inode ||
	    (old->born != 0 && now->born != 0 && old->born != now->born))
		return "The data directory is another one in the same place, as after restoring a "
		       "backup.";
	return NULL;
}

/* ---- the verbs ---------------------------------------------------------------------------- */

/* What the functions below carry into their transactions. */
struct call {
	struct arena *arena;
	const struct settings *settings;
	struct identity now;
	const char *who, *from;
	bool send_waiting;
	struct buf *why;
	bool unreleased; /* sending is held already */
	const char *moved;
};

static enum result
init_fn(struct tx *tx, void *arg)
{
	struct call *c = arg;
	struct key k;

	meta_key(&k, IDENTITY);
	return rec_put_new(tx, T_META, &k, identity_fields, &c->now);
}

enum result
meta_init(struct store *store, const struct settings *s)
{
	struct call c = {.arena = arena_new(), .settings = s};
	enum result r = FAILED;

	if (identity_now(store, s, c.arena, &c.now) == 0)
		r = store_run(store, init_fn, &c);
	arena_free(c.arena);
	return r;
}

/* Does a secret that we know have the check value? */
static bool
secret_known(struct call *c, const char *check)
{
	return same(check, check_value(c->arena, c->settings->session_secret)) ||
	       same(check, check_value(c->arena, c->settings->session_secret_previous));
}

/* A sentence when the store is not for these settings, else NULL. */
static const char *
unfit(struct call *c, const struct identity *old)
{
	if (old->format > STORE_FORMAT)
		return "The data directory was written by a newer version of this program. Install "
		       "that version again.";
	if (!secret_known(c, old->check))
		return "SESSION_SECRET is not the one that the data directory was made with. Set "
		       "the former one as SESSION_SECRET_PREVIOUS, or as SESSION_SECRET again.";
	if (old->rehearsal && !c->now.rehearsal)
		return "The data directory was used for rehearsal. Set REHEARSAL=yes, or use another "
		       "DATA_DIR for real texting.";
	if (!old->rehearsal && c->now.rehearsal)
		return "The data directory is for real texting. Take REHEARSAL out of the settings, "
		       "or use another DATA_DIR for rehearsal.";
	return NULL;
}

static enum result
check_fn(struct tx *tx, void *arg)
{
	struct call *c = arg;
	struct identity old;
	const char *held, *fault;
	enum result r;

	buf_reset(c->why);
	r = identity_get(tx, false, tx_arena(tx), &old);
	if (r == NOT_FOUND)
		buf_adds(c->why, "The data directory was never set up. Run spokectl init.");
	if (r == DAMAGED)
		buf_adds(c->why, "The data directory's own description can't be read. Restore a "
				 "backup.");
	if (r != OK)
		return r;
	fault = unfit(c, &old);
	if (fault != NULL) {
		buf_adds(c->why, fault);
		return REFUSED;
	}
	c->moved = moved(c->arena, &old, &c->now);
	r = meta_get(tx, SENDING_HELD, tx_arena(tx), &held);
	c->unreleased = held != NULL;
	return r == NOT_FOUND ? OK : r;
}

static void
upto_key(struct key *k, uint32_t org)
{
	meta_key(k, COPIED);
	key_org(k, org);
}

/* Notes for each organization how far its changes go. */
static enum result
note_changes(struct tx *tx)
{
	struct arena *a = arena_new();
	struct organization *list;
	uint32_t after = 0;
	size_t count, i;
	enum result r;

	do {
		arena_reset(a);
		r = orgs_list(tx, after, ORGS_PIECE, a, &list, &count);
		for (i = 0; r == OK && i < count; i++) {
			struct key k;
			int64_t seq = 0;

			after = (uint32_t)list[i].id;
			upto_key(&k, after);
			r = messages_last_change(tx, after, &seq);
			if (r == OK)
				r = rec_put_number(tx, T_META, &k, seq);
			/*
			 * Who follows the changes has come further in the other store; what comes
			 * here must lie ahead.  Nobody makes a thousand changes a second for years.
			 */
			if (r == OK)
				r = messages_leap(tx, after, tx_now(tx));
		}
	} while (r == OK && count == ORGS_PIECE);
	arena_free(a);
	return r;
}

/* Holds sending, and notes since when: behind all that waits, even if the clock went back. */
static enum result
hold_fn(struct tx *tx, void *arg)
{
	const char *why = arg;
	int64_t newest = 0, now = tx_now(tx);
	struct key k;
	enum result r = meta_put(tx, SENDING_HELD, why);

	if (r == OK)
		r = note_changes(tx);
	if (r == OK)
		r = jobs_newest(tx, &newest);
	meta_key(&k, COPIED);
	return r == OK ? rec_put_number(tx, T_META, &k, newest < now ? now : newest + 1) : r;
}

enum result
meta_mark_copy(struct store *store, const char *why)
{
	enum result r = store_run(store, hold_fn, (void *)(uintptr_t)why);

	return r == OK ? store_flush(store) : r;
}

enum result
meta_copied(struct tx *tx, int64_t *when)
{
	struct key k;
	enum result r;

	meta_key(&k, COPIED);
	r = rec_get_number(tx, T_META, &k, false, when);
	return r == NOT_FOUND ? OK : r;
}

enum result
meta_copied_upto(struct tx *tx, uint32_t org, int64_t *seq)
{
	struct key k;
	enum result r;

	upto_key(&k, org);
	r = rec_get_number(tx, T_META, &k, false, seq);
	if (r == NOT_FOUND)
		*seq = -1;
	return r == NOT_FOUND ? OK : r;
}

enum result
meta_created(struct tx *tx, int64_t *when)
{
	struct identity id;
	enum result r = identity_get(tx, false, tx_arena(tx), &id);

	*when = r == OK ? id.created : 0;
	return r == NOT_FOUND ? OK : r;
}

enum result
meta_check(struct store *store, const struct settings *s, struct buf *why)
{
	struct call c = {.arena = arena_new(), .settings = s, .why = why};
	enum result r = FAILED;

	if (identity_now(store, s, c.arena, &c.now) == 0)
		r = store_read(store, check_fn, &c);
	else
		buf_adds(why, "The data directory can't be looked at. See the log.");
	if (r == OK && c.moved != NULL && !c.unreleased) {
		log_warn("sending is held: %s Say spokectl moved --old-is-stopped once "
			 "the old installation is stopped",
		    c.moved);
		r = meta_mark_copy(store, c.moved);
	}
	arena_free(c.arena);
	return r;
}

enum result
meta_sending_held(struct tx *tx, struct arena *a, const char **why)
{
	enum result r = meta_get(tx, SENDING_HELD, a, why);

	return r == NOT_FOUND ? OK : r;
}

static enum result
release_fn(struct tx *tx, void *arg)
{
	struct call *c = arg;
	struct identity id;
	struct audit note = {.who = c->who, .from = c->from, .what = "sending.release"};
	struct key k;
	enum result r;

	r = identity_get(tx, true, tx_arena(tx), &id);
	if (r != OK)
		return r;
	id.host = c->now.host;
	id.path = c->now.path;
	id.inode = c->now.inode;
	id.born = c->now.born;
	r = identity_put(tx, &id);
	if (r == OK)
		r = meta_put(tx, SENDING_HELD, NULL);
	meta_key(&k, COPIED);
	if (r == OK && c->send_waiting) {
		r = kv_del(tx, T_META, &k);
		r = r == NOT_FOUND ? OK : r;
	}
	note.time = tx_now(tx);
	note.detail = c->now.path;
	return r == OK ? audit_add(tx, &note) : r;
}

enum result
meta_release_sending(struct store *store, const struct settings *s, const char *who,
    const char *from, bool send_waiting)
{
	struct call c = {.arena = arena_new(),
	    .settings = s,
	    .who = who,
	    .from = from,
	    .send_waiting = send_waiting};
	enum result r = FAILED;

	if (identity_now(store, s, c.arena, &c.now) == 0)
		r = store_run(store, release_fn, &c);
	if (r == OK)
		r = store_flush(store);
	arena_free(c.arena);
	return r;
}

enum result
meta_secret_is(struct tx *tx, const struct settings *s, bool *current)
{
	struct identity id;
	enum result r = identity_get(tx, false, tx_arena(tx), &id);

	*current = r != OK || same(id.check, check_value(tx_arena(tx), s->session_secret));
	return r == NOT_FOUND ? OK : r;
}

enum result
meta_secret_is_current(struct tx *tx, const struct settings *s)
{
	const char *check = check_value(tx_arena(tx), s->session_secret);
	struct identity id;
	enum result r;

	r = identity_get(tx, true, tx_arena(tx), &id);
	if (r != OK || check == NULL)
		return r == NOT_FOUND ? OK : r;
	if (same(id.check, check))
		return OK;
	id.check = check;
	return identity_put(tx, &id);
}
