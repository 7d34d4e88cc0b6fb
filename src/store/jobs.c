/*
 * jobs.c: work for the worker that is not a queued message.
 *
 * Tables: JOBS, JOBS_DUE, JOBS_LAST.  JOBS_DUE holds what waits, at its due time,
 * and what runs, at the time from which it counts as abandoned: a worker that was
 * killed leaves no job behind for good.  JOBS_LAST names the newest of each
 * organization's kinds, for those who look at it.
 */
#include "store/jobs.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/rec.h"
#include "org/message.h"

#define DETAIL_MAX ((size_t)256 * 1024)
#define DETAIL_DEPTH 8

const struct field job_fields[] = {
    FIELD(struct job, FIELD_TEXT, id),
    FIELD(struct job, FIELD_INT, org),
    FIELD(struct job, FIELD_TEXT, kind),
    FIELD(struct job, FIELD_TEXT, state),
    FIELD(struct job, FIELD_TEXT, step),
    FIELD(struct job, FIELD_TEXT, result),
    FIELD(struct job, FIELD_TEXT, detail),
    FIELD(struct job, FIELD_INT, created),
    FIELD(struct job, FIELD_INT, due),
    FIELD(struct job, FIELD_INT, started),
    FIELD(struct job, FIELD_INT, finished),
    FIELD(struct job, FIELD_INT, tries),
    FIELD(struct job, FIELD_TEXT, by),
    FIELD_END,
};

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static void
job_key(struct key *k, const char *id)
{
	key_start(k);
	key_id(k, id);
}

static void
last_key(struct key *k, uint32_t org, const char *kind)
{
	key_org(k, org);
	key_text(k, kind);
}

/* The job's key in JOBS_DUE; false when it has none. */
static bool
due_key(const struct job *j, struct key *k)
{
	int64_t due = j->due;

	if (is(j->state, "running"))
		due = (j->due > j->started ? j->due : j->started) + JOB_LEASE;
	else if (!is(j->state, "waiting"))
		return false;
	key_start(k);
	key_u64(k, due > 0 ? (uint64_t)due : 0);
	key_id(k, j->id);
	return true;
}

/* ---- detail ------------------------------------------------------------------------ */

json *
job_detail(const struct job *j)
{
	json *detail = NULL;
	const char *why;

	if (j->detail != NULL)
		detail = json_parse(j->detail, strlen(j->detail), DETAIL_DEPTH, &why, NULL);
	if (json_kind(detail) == JSON_OBJECT)
		return detail;
	json_free(detail);
	return json_object_new();
}

void
job_set_detail(struct job *j, const json *detail, struct arena *a)
{
	struct buf text = BUF_INIT(DETAIL_MAX);

	json_write(detail, &text);
	if (text.failed)
		log_panic("job %s: its detail is too long", j->id != NULL ? j->id : "(new)");
	j->detail = arena_str(a, buf_str(&text));
	buf_free(&text);
}

bool
job_over(const struct job *j)
{
	return is(j->state, "done") || is(j->state, "failed");
}

/* ---- reading ----------------------------------------------------------------------- */

enum result
jobs_get(struct tx *tx, const char *id, bool for_update, struct arena *a, struct job *out)
{
	struct key k;

	if (!message_id_valid(id))
		return NOT_FOUND;
	job_key(&k, id);
	return rec_get(tx, T_JOBS, &k, for_update, job_fields, a, out);
}

/* The first entry of JOBS_DUE. */
static enum result
first_due(struct tx *tx, int64_t *due, const char **id)
{
	struct cursor *c = cursor_open(tx, T_JOBS_DUE, NULL, NULL, false);
	struct key_reader read;
	struct bytes key;
	uint64_t at = 0;
	enum result r;

	r = cursor_next(c, &key, NULL);
	cursor_close(c);
	if (r != OK)
		return r;
	read = (struct key_reader){key.p, key.n};
	*id = key_last_id(&key, tx_arena(tx));
	if (key_read_u64(&read, &at) != 0 || *id == NULL)
		at = 0; /* whoever takes it finds no job, and removes it */
	*due = (int64_t)at;
	return OK;
}

/* Takes out the first entry of JOBS_DUE: the job it names cannot be read. */
static enum result
drop_first_due(struct tx *tx, const char *id)
{
	struct cursor *c = cursor_open(tx, T_JOBS_DUE, NULL, NULL, false);
	struct bytes key;
	enum result r;

	log_error("job %s cannot be read: it is not done", id != NULL ? id : "without an id");
	cursor_for_update(c);
	r = cursor_next(c, &key, NULL);
	if (r == OK)
		r = cursor_del(c);
	cursor_close(c);
	return r;
}

enum result
jobs_first(struct tx *tx, int64_t now, struct arena *a, struct job *out)
{
	const char *id;
	int64_t due;
	enum result r;

	for (;;) {
		r = first_due(tx, &due, &id);
		if (r != OK)
			return r;
		if (due > now)
			return NOT_FOUND;
		r = id != NULL ? jobs_get(tx, id, false, a, out) : NOT_FOUND;
		if (r != DAMAGED && r != NOT_FOUND)
			return r;
		r = drop_first_due(tx, id);
		if (r != OK)
			return r;
	}
}

enum result
jobs_earliest(struct tx *tx, int64_t *due)
{
	const char *id;
	enum result r = first_due(tx, due, &id);

	if (r != OK)
		*due = INT64_MAX;
	return r == NOT_FOUND ? OK : r;
}

enum result
jobs_newest(struct tx *tx, int64_t *created)
{
	struct cursor *c = cursor_open(tx, T_JOBS_DUE, NULL, NULL, false);
	struct arena *a = arena_new();
	struct bytes key;
	struct job j;
	enum result r;

	*created = 0;
	while ((r = cursor_next(c, &key, NULL)) == OK) {
		const char *id = key_last_id(&key, a);

		/* One that cannot be read is not done. */
		r = id != NULL ? jobs_get(tx, id, false, a, &j) : NOT_FOUND;
		if (r == OK && j.created > *created)
			*created = j.created;
		if (r != OK && r != NOT_FOUND && r != DAMAGED)
			break;
		arena_reset(a);
	}
	cursor_close(c);
	arena_free(a);
	return r == NOT_FOUND ? OK : r;
}

enum result
jobs_last(struct tx *tx, uint32_t org, const char *kind, struct arena *a, struct job *out)
{
	const char *id = NULL;
	struct key k;
	enum result r;

	last_key(&k, org, kind);
	r = rec_get_text(tx, T_JOBS_LAST, &k, false, tx_arena(tx), &id);
	return r == OK ? jobs_get(tx, id, false, a, out) : r;
}

/* ---- writing ----------------------------------------------------------------------- */

/* Writes a job and makes JOBS_DUE agree; old is NULL for a new one. */
static enum result
write(struct tx *tx, const struct job *old, const struct job *now)
{
	struct key k, before, after;
	bool had = old != NULL && due_key(old, &before);
	bool has = due_key(now, &after);
	enum result r;

	job_key(&k, now->id);
	r = rec_put(tx, T_JOBS, &k, job_fields, now);
	if (r == OK && had) {
		r = kv_del(tx, T_JOBS_DUE, &before);
		if (r == NOT_FOUND)
			r = OK;
	}
	return r == OK && has ? kv_put(tx, T_JOBS_DUE, &after, "", 0) : r;
}

enum result
jobs_put(struct tx *tx, const struct job *j)
{
	struct job old;
	enum result r = jobs_get(tx, j->id, true, tx_arena(tx), &old);

	return r == OK ? write(tx, &old, j) : r;
}

/* The newest job of this kind and organization, if it waits; NOT_FOUND. */
static enum result
waiting(struct tx *tx, const struct job *like, struct job *out)
{
	const char *id = NULL;
	struct key k;
	enum result r;

	if (like->kind == NULL)
		return NOT_FOUND;
	last_key(&k, (uint32_t)like->org, like->kind);
	/* Its lock, so that two who ask at once see each other. */
	r = rec_get_text(tx, T_JOBS_LAST, &k, true, tx_arena(tx), &id);
	if (r == OK)
		r = jobs_get(tx, id, false, tx_arena(tx), out);
	if (r == DAMAGED || (r == OK && !is(out->state, "waiting")))
		return NOT_FOUND;
	return r;
}

/* A job that waits for later is wanted by then. */
static enum result
sooner(struct tx *tx, const struct job *waits, int64_t due)
{
	struct job now;
	enum result r;

	if (waits->due <= due)
		return OK;
	r = jobs_get(tx, waits->id, true, tx_arena(tx), &now);
	if (r != OK || !is(now.state, "waiting") || now.due <= due)
		return r;
	now.due = due;
	return jobs_put(tx, &now);
}

enum result
jobs_add(struct tx *tx, struct job *j, bool unique)
{
	char id[MESSAGE_ID];
	struct bytes value;
	struct job other;
	struct key k;
	enum result r;

	message_id_new(tx_now(tx), id);
	job_key(&k, id);
	r = kv_get(tx, T_JOBS, &k, true, &value);
	if (r != NOT_FOUND)
		return r == OK ? EXISTS : r;
	r = unique ? waiting(tx, j, &other) : NOT_FOUND;
	if (r == OK) {
		j->id = other.id;
		return sooner(tx, &other, j->due != 0 ? j->due : tx_now(tx));
	}
	if (r != NOT_FOUND)
		return r;
	j->id = arena_str(tx_arena(tx), id);
	j->state = "waiting";
	j->created = tx_now(tx);
	if (j->due == 0)
		j->due = j->created;
	r = write(tx, NULL, j);
	if (r != OK || j->kind == NULL)
		return r;
	last_key(&k, (uint32_t)j->org, j->kind);
	return kv_put(tx, T_JOBS_LAST, &k, j->id, strlen(j->id));
}

enum result
jobs_abandoned(struct tx *tx, size_t *count)
{
	struct cursor *c = cursor_open(tx, T_JOBS_DUE, NULL, NULL, false);
	struct rec_list ids = REC_LIST(tx_arena(tx), const char *);
	struct bytes key;
	struct job j;
	enum result r;
	size_t i;

	*count = 0;
	while ((r = cursor_next(c, &key, NULL)) == OK)
		*(const char **)rec_list_add(&ids) = key_last_id(&key, tx_arena(tx));
	cursor_close(c);
	for (i = 0; r == NOT_FOUND && i < ids.count; i++) {
		const char *id = ((const char **)ids.items)[i];

		/* One that cannot be read is dropped when it comes due. */
		if (id == NULL || jobs_get(tx, id, true, tx_arena(tx), &j) != OK ||
		    !is(j.state, "running"))
			continue;
		j.state = "waiting";
		j.due = tx_now(tx);
		if (jobs_put(tx, &j) != OK)
			return FAILED;
		++*count;
	}
	return r == NOT_FOUND ? OK : r;
}

/* The newest of its kind is gone: so is what names it. */
static enum result
forget_last(struct tx *tx, const struct job *j)
{
	const char *id = NULL;
	struct key k;
	enum result r;

	if (j->kind == NULL)
		return OK;
	last_key(&k, (uint32_t)j->org, j->kind);
	r = rec_get_text(tx, T_JOBS_LAST, &k, true, tx_arena(tx), &id);
	if (r == OK && is(id, j->id))
		r = kv_del(tx, T_JOBS_LAST, &k);
	return r == NOT_FOUND ? OK : r;
}

enum result
jobs_expire(struct tx *tx, int64_t before, size_t max)
{
	struct bytes key, value;
	struct cursor *c;
	struct job j;
	const char *id;
	enum result r = OK;

	c = cursor_open(tx, T_JOBS, NULL, NULL, false);
	cursor_for_update(c);
	while (max-- > 0 && (r = cursor_next(c, &key, &value)) == OK) {
		id = key_last_id(&key, tx_arena(tx));
		if (id == NULL || message_id_time(id) >= before)
			break;
		if (rec_read(T_JOBS, &value, job_fields, tx_arena(tx), &j) == OK &&
		    j.finished != 0 && j.finished < before) {
			(void)cursor_del(c); /* a failure shows at the next step */
			if ((r = forget_last(tx, &j)) != OK)
				break;
		}
	}
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}
