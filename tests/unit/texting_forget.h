/*
 * texting_forget.h: forgetting a person in the installation of texting_kit.h: asking, the job without
 * a worker, and looking whether a number is left.
 */
#ifndef SPOKE_TEXTING_FORGET_H
#define SPOKE_TEXTING_FORGET_H

#include "texting_heard.h"

#include "base/phone.h"
#include "store/jobs.h"
#include "store/verify.h"
#include "texting/forget.h"

/* ---- the job, without a worker -------------------------------------------------------- */

struct run {
	struct forget_piece p;
	const struct forget_phase *phase;
};

static enum result
find(struct tx *tx, void *arg)
{
	struct run *r = arg;

	return r->phase->find(tx, &r->p);
}

static enum result
apply(struct tx *tx, void *arg)
{
	struct run *r = arg;
	struct forget_piece p = r->p;
	json *detail = json_object_new();
	enum result result = r->phase->apply(tx, &p);

	forget_write(detail, &p.d);
	r->p.sending |= p.sending;
	r->p.doubt |= p.doubt;
	r->p.decide |= p.decide;
	forget_read(detail, kit_arena, &r->p.d);
	json_free(detail);
	return result;
}

/* All phases but that of the files, which is the worker's; what it came to. */
static UNUSED struct forget_piece
work(const char *number, const char *job, int64_t cut)
{
	struct run r = {.p = {.app = &kit_app,
			    .org = kit_one,
			    .job = job,
			    .cut = cut,
			    .arena = kit_arena,
			    .d = {.number = number}}};
	size_t i;

	for (i = 0; (r.phase = forget_phase_at(i)) != NULL; i++) {
		if (strcmp(r.phase->name, "files") == 0)
			break;
		do {
			is_int(store_read(try_store, find, &r), OK, "%s: found", r.phase->name);
			is_int(store_run(try_store, apply, &r), OK, "%s: applied", r.phase->name);
			r.p.d.at = r.p.next;
		} while (r.p.next != NULL);
		if (r.p.d.wait != NULL)
			break;
	}
	return r.p;
}

static UNUSED const char *
ask(const char *number)
{
	struct forget_answer answer;

	is_int(forget_ask(&kit_app, kit_one, number, "ann@example.org", "local", &answer), OK,
	    "%s asks to be forgotten", number);
	return arena_str(kit_arena, answer.job);
}

static UNUSED struct forget_piece
forget(const char *number)
{
	const char *job = ask(number);

	return work(number, job, message_id_time(job));
}

/* ---- looking ---------------------------------------------------------------------------- */

struct search {
	const char *number;
	size_t count;
	char where[200];
};

/* In keys and values of every table. */
static enum result
search(struct tx *tx, void *arg)
{
	struct search *s = arg;
	struct bytes key, value;
	struct cursor *c;
	size_t at, len;
	int t;

	s->count = 0;
	for (t = 0; t < T_COUNT; t++) {
		if (t == T_JOBS)
			continue; /* the job's own record, which is the worker's */
		c = cursor_open(tx, (enum table)t, NULL, NULL, false);
		while (cursor_next(c, &key, &value) == OK) {
			if (memmem(key.p, key.n, s->number, strlen(s->number)) == NULL &&
			    !phone_find(value.p, value.n, s->number, &at, &len))
				continue;
			(void)snprintf(s->where, sizeof s->where, "table %d: %.*s", t, (int)value.n,
			    (const char *)value.p);
			s->count++;
		}
		cursor_close(c);
	}
	return OK;
}

static UNUSED size_t
found(const char *number)
{
	struct search s = {.number = number};

	(void)store_read(try_store, search, &s);
	if (s.count > 0)
		printf("# found in %s\n", s.where);
	return s.count;
}

static void
say(void *arg, const char *sentence)
{
	(void)arg;
	printf("# %s\n", sentence);
}

static UNUSED void
is_whole(const char *what)
{
	struct verify v = {.say = say};

	ok(verify_meaning(try_store, &v) == OK && v.faults == 0, "%s: all of it agrees", what);
}

#endif
