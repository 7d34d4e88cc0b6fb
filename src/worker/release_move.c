/*
 * release_move.c: the contacts of numbers that are given back move to others (release.h).
 *
 * A contact leaves the list of the number's holders in the transaction that moves it: so a
 * worker that begins anew goes on with those that are left.
 */
#include <string.h>

#include "base/arena.h"
#include "store/contacts.h"
#include "store/figures.h"
#include "store/messages.h"
#include "worker/release.h"

#define PIECE 100

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

struct moving {
	struct task *t;
	void (*then)(struct task *);
	size_t at; /* of d.numbers */
	const char **holders;
	size_t count;
	int64_t moved, forgotten;
};

static enum result
list_holders(struct tx *tx, void *arg)
{
	struct moving *x = arg;

	return figures_holders(tx, x->t->org, x->t->d.numbers.items[x->at], NULL, PIECE,
	    x->t->arena, &x->holders, &x->count);
}

static enum result
move_one(struct tx *tx, struct moving *x, const char *contact, const char *number)
{
	const char *to = NULL;
	struct contact c;
	enum result r = contacts_get(tx, x->t->org, contact, true, tx_arena(tx), &c);

	if (r != OK || !is(c.user_number, number))
		return r == NOT_FOUND ? OK : r;
	r = contact_move(tx, &c, &to);
	if (r != OK)
		return r;
	if (to != NULL)
		x->moved++;
	else
		x->forgotten++;
	return contacts_put(tx, &c);
}

static enum result
move_some(struct tx *tx, void *arg)
{
	struct moving *x = arg;
	struct task *t = x->t;
	enum result r = OK;
	size_t i;

	x->moved = x->forgotten = 0;
	for (i = 0; r == OK && i < x->count; i++)
		r = move_one(tx, x, x->holders[i], t->d.numbers.items[x->at]);
	return r;
}

/* Moves and the count of them go into the store together. */
static enum result
move_and_count(struct tx *tx, void *arg)
{
	struct moving *x = arg;
	struct task *t = x->t;
	struct inventory_job d;
	struct job job;
	enum result r = move_some(tx, x);

	if (r == OK)
		r = jobs_get(tx, t->job, true, tx_arena(tx), &job);
	if (r != OK)
		return r;
	d = t->d;
	d.contacts_moved += x->moved;
	d.contacts_forgotten += x->forgotten;
	inventory_write(&job, &d, tx_arena(tx));
	job.due = tx_now(tx); /* renews the lease */
	return jobs_put(tx, &job);
}

static bool
moving(struct task *t)
{
	struct moving *x = t->own;

	if (!task_run(t, list_holders, x))
		return false;
	if (x->count == 0) {
		if (++x->at < t->d.numbers.count)
			return true;
		x->then(t);
		return false;
	}
	if (!task_run(t, move_and_count, x))
		return false;
	t->d.contacts_moved += x->moved;
	t->d.contacts_forgotten += x->forgotten;
	return true;
}

void
release_move(struct task *t, void (*then)(struct task *))
{
	struct moving *x = arena_alloc(t->arena, sizeof(*x));

	x->t = t;
	x->then = then;
	t->own = x;
	task_step(t, "Moving its contacts to other numbers");
	task_pieces(t, moving);
}

/* ---- what is under way ------------------------------------------------------ */

struct hearing {
	struct task *t;
	bool any;
};

static enum result
hear(struct tx *tx, void *arg)
{
	struct hearing *x = arg;
	enum result r = OK;
	size_t i;

	x->any = false;
	for (i = 0; r == OK && !x->any && i < x->t->d.numbers.count; i++)
		r = pairs_any(tx, x->t->org, x->t->d.numbers.items[i], &x->any);
	return r;
}

bool
release_hear(struct task *t, bool *any)
{
	struct hearing x = {.t = t};

	if (!task_run(t, hear, &x))
		return false;
	*any = x.any;
	return true;
}
