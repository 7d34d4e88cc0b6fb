/*
 * verify.c: walks every table, and has the engine look over every page (verify.h).
 */
#include "store/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "store/engine.h"
#include "store/verify_private.h"

#define BATCH 100
#define SENTENCE_MAX 2000

/* ---- saying ------------------------------------------------------------------------ */

void
verify_fault(struct verify *v, const char *fmt, ...)
{
	struct buf text = BUF_INIT(SENTENCE_MAX);
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	v->faults++;
	if (v->say != NULL)
		v->say(v->say_arg, buf_str(&text));
	buf_free(&text);
}

/* ---- looking ----------------------------------------------------------------------- */

bool
verify_has(const struct entry *e, enum table t, const struct key *k, struct bytes *value)
{
	struct bytes none;

	return kv_get(e->tx, t, k, false, value != NULL ? value : &none) == OK;
}

bool
verify_org(const struct entry *e, uint32_t org)
{
	struct key k;

	key_org(&k, org);
	return verify_has(e, T_ORGS, &k, NULL);
}

const char *
verify_table(const struct entry *e)
{
	return table_name(e->table);
}

const char *
verify_text(const struct entry *e, const struct bytes *b)
{
	return arena_dup(e->arena, b->p, b->n);
}

bool
verify_same_key(const struct bytes *b, const struct key *k)
{
	return !k->failed && b->n == k->n && memcmp(b->p, k->b, k->n) == 0;
}

bool
verify_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The id in 8 bytes. */
static bool
read_id(struct key_reader *read, struct arena *a, const char **id)
{
	char *text = arena_alloc(a, MESSAGE_ID);
	uint64_t number;

	if (key_read_u64(read, &number) != 0)
		return false;
	message_id_text(number, text);
	*id = text;
	return true;
}

bool
verify_key(struct entry *e, const char *form, ...)
{
	struct key_reader read = {e->key.p, e->key.n};
	bool good = true;
	va_list ap;

	va_start(ap, form);
	for (; good && *form != '\0'; form++) {
		switch (*form) {
		case 'o':
		case 'd':
			good = key_read_u32(&read, va_arg(ap, uint32_t *)) == 0;
			break;
		case 'i':
			good = read_id(&read, e->arena, va_arg(ap, const char **));
			break;
		case 't':
			good = key_read_text(&read, va_arg(ap, const char **)) == 0;
			break;
		case 'u':
			good = key_read_u64(&read, va_arg(ap, uint64_t *)) == 0;
			break;
		default:
			good = key_read_u8(&read, va_arg(ap, uint8_t *)) == 0;
			break;
		}
	}
	va_end(ap);
	if (good && read.left == 0)
		return true;
	verify_fault(e->v, "%s: an entry has a key that means nothing.", table_name(e->table));
	return false;
}

bool
verify_record(struct entry *e, const struct field *fields, void *record, const char *what)
{
	if (record_read(fields, e->value.p, e->value.n, e->arena, record) == 0)
		return true;
	verify_fault(e->v, "%s: the record of %s can't be read.", table_name(e->table), what);
	return false;
}

/* ---- walking ----------------------------------------------------------------------- */

struct walk {
	struct verify *v;
	enum table table;
	verify_fn fn;
	void *state;
	struct key last; /* of the batch before */
	struct key next;
	bool begun, ended;
};

static enum result
walk_batch(struct tx *tx, void *arg)
{
	struct walk *w = arg;
	struct entry e = {
	    .v = w->v, .tx = tx, .arena = tx_arena(tx), .table = w->table, .state = w->state};
	struct cursor *c = cursor_open(tx, w->table, NULL, w->begun ? &w->last : NULL, false);
	enum result r = OK, done = OK;
	int i;

	w->next = w->last;
	for (i = 0; done == OK && i < BATCH && (r = cursor_next(c, &e.key, &e.value)) == OK; i++) {
		bool seen = w->begun && verify_same_key(&e.key, &w->last);

		key_start(&w->next);
		key_bytes(&w->next, e.key.p, e.key.n);
		if (seen)
			continue;
		w->v->entries++;
		done = w->fn(&e);
	}
	cursor_close(c);
	w->ended = r == NOT_FOUND;
	if (done != OK)
		return done;
	return r == NOT_FOUND ? OK : r;
}

enum result
verify_walk(struct store *st, struct verify *v, enum table t, verify_fn fn, void *state)
{
	struct walk w = {.v = v, .table = t, .fn = fn, .state = state};
	enum result r = OK;

	key_start(&w.last);
	while (r == OK && !w.ended) {
		if (v->stop != NULL && v->stop(v->stop_arg))
			return REFUSED;
		r = store_read(st, walk_batch, &w);
		w.last = w.next;
		w.begun = true;
	}
	return r;
}

/* Those that are not named here hold records that stand alone, or are walked as a whole. */
static const verify_fn functions[T_COUNT] = {
    [T_ORGS] = verify_organization,
    [T_USERS] = verify_user,
    [T_TOKENS] = verify_token,
    [T_ORG_TOKENS] = verify_org_token,
    [T_SEEN] = verify_seen,
    [T_EVENTS] = verify_event,
    [T_TRAY] = verify_tray,
    [T_CONTACTS] = verify_contact,
    [T_FORGOTTEN] = verify_forgotten,
    [T_MEDIA] = verify_attachment,
    [T_MEDIA_DUE] = verify_media_due,
    [T_MESSAGES] = verify_message,
    [T_BY_CONTACT] = verify_by_contact,
    [T_BY_SERVICE] = verify_by_service,
    [T_BY_STATE] = verify_by_state,
    [T_PAIRS] = verify_pair,
    [T_QUEUE] = verify_queue,
    [T_NUMBERS] = verify_number,
    [T_NUMBER_OWNER] = verify_number_owner,
    [T_NUMBER_TURN] = verify_number_turn,
    [T_JOBS] = verify_job,
    [T_JOBS_DUE] = verify_job_due,
    [T_JOBS_LAST] = verify_job_last,
    [T_NUMBER_JOBS] = verify_number_job,
    [T_CHANGES] = verify_change,
    [T_CHANGE_SEQ] = verify_change_seq,
};

enum result
verify_meaning(struct store *st, struct verify *v)
{
	enum result r = OK;

	v->dir = store_dir(st);
	for (enum table t = 0; r == OK && t < T_COUNT; t++) {
		if (t == T_HOLDERS)
			r = verify_holders(st, v);
		else if (t == T_NUMBER_STATES)
			r = verify_number_states(st, v);
		else if (t == T_QUEUE_SIZE)
			r = verify_queue_size(st, v);
		else
			r = verify_walk(
			    st, v, t, functions[t] != NULL ? functions[t] : verify_any, NULL);
	}
	return r;
}

/* ---- structure ----------------------------------------------------------------------- */

static void
on_message(const DB_ENV *env, const char *prefix, const char *text)
{
	(void)env;
	(void)prefix;
	(void)text; /* of pages; which table it is about is said below */
}

enum result
verify_structure(const char *dir, struct verify *v)
{
	struct arena *a = arena_new();
	enum result r = OK;

	for (enum table t = 0; r == OK && t < T_COUNT; t++) {
		DB *db = NULL;
		int err = db_create(&db, NULL, 0);

		if (v->stop != NULL && v->stop(v->stop_arg))
			r = REFUSED;
		if (err == 0 && r != OK) {
			(void)db->close(db, 0);
		} else if (err == 0) {
			db->set_errcall(db, on_message);
			/* Whatever comes of it, the handle is gone then. */
			err = db->verify(
			    db, arena_fmt(a, "%s/%s", dir, table_file(t)), NULL, NULL, 0);
		}
		if (r == OK && err != 0)
			verify_fault(v, "%s: the engine finds its pages damaged (%s).",
			    table_name(t), db_strerror(err));
	}
	arena_free(a);
	return r;
}
