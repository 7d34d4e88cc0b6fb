/*
 * inventory_release.c: giving numbers back, as people ask for it: what it would mean, draining,
 * and the job that does it.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/phone.h"
#include "store/jobs.h"
#include "texting/inventory_private.h"

enum result
inventory_release_preview(struct tx *tx, uint32_t org, const struct text_list *numbers,
    struct arena *a, struct release_preview *p)
{
	static const struct release_preview none;
	struct own_number own;
	bool same_area;
	size_t i;
	enum result r;

	*p = none;
	p->same_area = true;
	r = numbers_count(tx, org, NUMBER_IN_SERVICE, &p->left);
	if (numbers->count == 0 || numbers->count > INVENTORY_RELEASE_MAX)
		p->refuse = "Choose 1 to 100 numbers.";
	for (i = 0; r == OK && p->refuse == NULL && i < numbers->count; i++) {
		r = inventory_number(tx, org, numbers->items[i], a, &own);
		if (r == NOT_FOUND || (r == OK && number_is_lost(&own.number))) {
			r = OK;
			p->refuse = arena_fmt(
			    a, "%s is not one of the organization's numbers.", numbers->items[i]);
			continue;
		}
		if (r != OK)
			break;
		if (number_is(&own.number, NUMBER_RELEASING))
			p->refuse =
			    arena_fmt(a, "%s is being released already.", numbers->items[i]);
		else if (!phone_is_e164(own.number.number))
			p->refuse = "A short code can't be released here.";
		p->contacts += own.figures.contacts;
		p->wrote += own.figures.wrote_week;
		p->out_today += own.figures.out_today;
		p->left -= number_is(&own.number, NUMBER_IN_SERVICE) ? 1 : 0;
		r = numbers_in_area(tx, org, own.area, numbers, &same_area);
		p->same_area = p->same_area && same_area;
	}
	return r;
}

/* Puts each into another state; REFUSED when one is not in one of two. */
static enum result
change_states(struct tx *tx, struct asking *k, const char *to, const char *why, const char *job)
{
	struct number n;
	size_t i;
	enum result r = OK;

	for (i = 0; r == OK && i < k->numbers->count; i++) {
		r = numbers_get(tx, k->org, k->numbers->items[i], true, tx_arena(tx), &n);
		if (r == NOT_FOUND || (r == OK && !number_serves(&n) &&
					  !(job != NULL && number_is(&n, NUMBER_NOT_READY))))
			return asking_refuse(
			    k, arena_fmt(k->arena, "%s is not in service.", k->numbers->items[i]));
		if (r == OK && job == NULL && n.job != NULL && number_is(&n, NUMBER_DRAINING))
			return asking_refuse(
			    k, arena_fmt(k->arena, "%s is being released.", k->numbers->items[i]));
		if (r != OK)
			return r;
		n.state = to;
		n.state_why = why;
		n.job = job;
		r = numbers_put(tx, &n);
	}
	return r;
}

static const char *
all_of(const struct text_list *list, struct arena *a)
{
	const char *text = "";
	size_t i;

	for (i = 0; i < list->count; i++)
		text = arena_fmt(a, "%s%s%s", text, i > 0 ? " " : "", list->items[i]);
	return text;
}

static enum result
drain(struct tx *tx, void *arg)
{
	struct asking *k = arg;
	enum result r = change_states(tx, k, k->on ? NUMBER_DRAINING : NUMBER_IN_SERVICE,
	    k->on ? arena_fmt(tx_arena(tx), "Drained by %s.", k->who) : NULL, NULL);

	return r == OK ? asking_audit(tx, k, k->on ? "numbers.drain" : "numbers.undrain",
			     all_of(k->numbers, tx_arena(tx)))
		       : r;
}

enum result
inventory_drain(const struct app *app, uint32_t org, const struct text_list *numbers, bool on,
    const char *who, const char *from, struct inventory_answer *answer)
{
	struct asking k = {.app = app,
	    .org = org,
	    .who = who,
	    .from = from,
	    .numbers = numbers,
	    .on = on,
	    .arena = arena_new()};

	if (numbers->count == 0 || numbers->count > INVENTORY_RELEASE_MAX) {
		k.why = "Choose 1 to 100 numbers.";
		return asking_finish(&k, REFUSED, answer);
	}
	return asking_finish(&k, asking_run(&k, drain), answer);
}

static enum result
check_release(struct tx *tx, struct asking *k)
{
	struct release_preview p;
	enum result r = inventory_release_preview(tx, k->org, &k->detail.numbers, k->arena, &p);

	if (r != OK)
		return r;
	if (p.refuse != NULL)
		return asking_refuse(k, p.refuse);
	if (p.left <= 0 && !k->release->last)
		return asking_refuse(k,
		    "No number in service would be left: nothing could be sent any more. Say so "
		    "explicitly if that is what you want.");
	return OK;
}

static enum result
ask_release(struct tx *tx, void *arg)
{
	struct asking *k = arg;
	enum result r = asking_once(tx, k, check_release);

	if (r != OK || k->detail.our_id == NULL)
		return r;
	return change_states(tx, k, NUMBER_DRAINING,
	    arena_fmt(tx_arena(tx), "Drains, to be released (%s).", k->who), k->job);
}

enum result
inventory_release(const struct app *app, uint32_t org, const struct release_input *in,
    const char *who, const char *from, struct inventory_answer *answer)
{
	struct asking k = {.app = app,
	    .org = org,
	    .who = who,
	    .from = from,
	    .kind = INVENTORY_RELEASE,
	    .once = in->once,
	    .step = "Draining: no new contacts",
	    .audit = "numbers.release",
	    .due = in->not_before,
	    .release = in,
	    .numbers = &in->numbers,
	    .arena = arena_new()};

	k.detail.numbers = in->numbers;
	k.detail.quantity = (int64_t)in->numbers.count;
	k.detail.not_before = in->not_before;
	k.detail.last = in->last;
	k.audit_detail = all_of(&in->numbers, k.arena);
	return asking_finish(&k, asking_run(&k, ask_release), answer);
}

static enum result
cancel(struct tx *tx, void *arg)
{
	struct asking *k = arg;
	struct inventory_job d;
	struct job job;
	struct number n;
	size_t i;
	enum result r = jobs_get(tx, k->job, true, tx_arena(tx), &job);

	if (r != OK)
		return r;
	if (job.org != k->org || strcmp(job.kind, INVENTORY_RELEASE) != 0)
		return NOT_FOUND;
	inventory_read(&job, tx_arena(tx), &d);
	if (strcmp(job.state, "waiting") != 0 || d.phase != NULL)
		return asking_refuse(k, "It is under way and can't be taken back.");
	job.state = "failed";
	job.step = NULL;
	job.finished = tx_now(tx);
	job.result =
	    arena_fmt(tx_arena(tx), "Taken back by %s; the numbers stay draining.", k->who);
	r = jobs_put(tx, &job);
	for (i = 0; r == OK && i < d.numbers.count; i++) {
		r = numbers_get(tx, k->org, d.numbers.items[i], true, tx_arena(tx), &n);
		if (r == OK && n.job != NULL && strcmp(n.job, k->job) == 0) {
			n.job = NULL;
			n.state_why =
			    arena_fmt(tx_arena(tx), "Its release was taken back by %s.", k->who);
			r = numbers_put(tx, &n);
		}
		r = r == NOT_FOUND ? OK : r;
	}
	return r == OK ? asking_audit(tx, k, "numbers.release-cancel", k->job) : r;
}

enum result
inventory_release_cancel(const struct app *app, uint32_t org, const char *job, const char *who,
    const char *from, struct inventory_answer *answer)
{
	struct asking k = {.app = app, .org = org, .who = who, .from = from, .arena = arena_new()};

	(void)snprintf(k.job, sizeof k.job, "%s", job);
	return asking_finish(&k, asking_run(&k, cancel), answer);
}
