/*
 * fulfil.c: what becomes of an order over time.
 *
 * With PartialAllowed false and BackOrderRequested false it is all or
 * nothing; partial alone takes what there is and ends; backorder alone waits
 * for everything; both take what there is and wait for the rest.  Contracts
 * in fulfil.h.
 */
#include "numbers/fulfil.h"

#include <stdlib.h>

#include "json.h"
#include "numbers/errors.h"
#include "numbers/options_order.h"
#include "numbers/stock.h"
#include "util.h"

static int64_t
us(double ms)
{
	return (int64_t)(ms * 1000);
}

void
fulfil_begin(struct sim *sim, struct tn_order *o, const struct action *a)
{
	double ms = a->order_ms >= 0 ? a->order_ms : sim->set.order_ms;

	o->processing_at = o->created + us(ms / 2);
	o->done_at = o->created + us(ms);
	o->forced = x_dup(a->order);
	o->taken = a->taken;
	o->backorder_ms = a->backorder_ms >= 0 ? a->backorder_ms :
	    sim->set.backorder_ms;
}

void
fulfil_error(struct tn_order *o, int code, const char *text, const char *tn)
{
	json_object *e = json_object_new_object();

	put_int(e, "code", code);
	put_text(e, "description", text);
	if (tn != NULL)
		put_text(e, "tn", tn);
	json_object_array_add(o->errors, e);
}

static void
error(struct tn_order *o, int code, const char *tn)
{
	char *text = error_description(code, NULL);

	fulfil_error(o, code, text, tn);
	free(text);
}

static void
end(struct tn_order *o, const char *status)
{
	o->status = status;
	o->final = true;
	o->modified = o->completed = o->done_at;
}

/* Hands the number over to the order. */
static void
claim(struct sim *sim, struct tn_order *o, struct number *n)
{
	x_set(&n->account, o->account);
	x_set(&n->location, o->location);
	n->status = TN_INACCOUNT;
	n->live_at = o->done_at + us(sim->set.inservice_ms);
	n->changed = o->done_at;
	tns_add(&o->done, n->tn);
}

/* Somebody else was faster. */
static void
lose(struct tn_order *o, struct number *n)
{
	x_set(&n->account, "sold-elsewhere");
	n->status = TN_INSERVICE;
	n->live_at = 0;
	o->taken--;
}

static bool
has(const struct tns *t, const char *tn)
{
	long i;

	for (i = 0; i < t->n; i++)
		if (same(t->at[i], tn))
			return true;
	return false;
}

/* The numbers the order can have now; free the array alone. */
static struct number **
candidates(struct sim *sim, struct tn_order *o, long *count)
{
	struct stock_query q = { .for_sale = &o->by };
	struct number **list, *n;
	long i;

	if (o->wanted.n == 0)
		return stock_find(sim, &q, count);
	list = x_alloc((size_t)o->wanted.n * sizeof(struct number *));
	*count = 0;
	for (i = 0; i < o->wanted.n; i++) {
		n = world_number(sim, o->wanted.at[i]);
		if (n != NULL && n->status == TN_AVAILABLE)
			list[(*count)++] = n;
	}
	return list;
}

/* Notes as failed what was named and not had. */
static void
fail_wanted(struct tn_order *o)
{
	long i;

	for (i = 0; i < o->wanted.n; i++) {
		if (has(&o->done, o->wanted.at[i]))
			continue;
		tns_add(&o->failed, o->wanted.at[i]);
		error(o, 5005, o->wanted.at[i]);
	}
}

static void
no_errors(struct tn_order *o)
{
	json_object_put(o->errors);
	o->errors = json_object_new_array();
}

static void
wait_more(struct tn_order *o)
{
	no_errors(o);
	error(o, o->done.n > 0 ? 5520 : 5521, NULL);
	o->status = "BACKORDERED";
	o->modified = o->done_at;
	o->done_at += us(o->backorder_ms > 0 ? o->backorder_ms : 1);
}

static void
give_up(struct tn_order *o)
{
	fail_wanted(o);
	if (o->wanted.n == 0)
		error(o, 5018, NULL);
	end(o, "FAILED");
}

/* How many of the candidates the script leaves; those it takes go first. */
static long
scripted(struct tn_order *o, struct number **list, long count)
{
	long lost = 0;

	if (same(o->forced, "failed"))
		return 0;
	if (same(o->forced, "partial"))
		return count < o->quantity ? count / 2 : o->quantity / 2;
	while (o->taken > 0 && lost < count)
		lose(o, list[lost++]);
	return count - lost;
}

static void
finish_new(struct sim *sim, struct tn_order *o)
{
	long count, left = o->quantity - o->done.n, i, first, got;
	bool waits = o->backorder, takes = o->partial;
	struct number **list;

	if (same(o->forced, "backordered")) {
		x_set(&o->forced, NULL);
		wait_more(o);
		return;
	}
	list = candidates(sim, o, &count);
	got = scripted(o, list, count);
	/* Those lost to another stand first. */
	for (first = 0; first < count &&
	    list[first]->status != TN_AVAILABLE; first++)
		continue;
	if (got > left)
		got = left;
	if (got < left && !takes)
		got = 0;
	for (i = 0; i < got; i++)
		claim(sim, o, list[first + i]);
	free(list);
	if (got == left) {
		no_errors(o);
		end(o, "COMPLETE");
	} else if (waits && o->forced == NULL) {
		wait_more(o);
	} else if (o->done.n > 0) {
		fail_wanted(o);
		error(o, 5017, NULL);
		end(o, "PARTIAL");
	} else {
		give_up(o);
	}
}

/* COMPLETE, PARTIAL or FAILED by what succeeded. */
static void
end_by_count(struct tn_order *o)
{
	end(o, o->failed.n == 0 ? "COMPLETE" : o->done.n == 0 ? "FAILED" :
	    "PARTIAL");
}

static void
finish_disconnect(struct sim *sim, struct tn_order *o)
{
	bool fails = same(o->forced, "failed");
	struct number *n;
	long i;

	for (i = 0; i < o->wanted.n; i++) {
		n = world_number(sim, o->wanted.at[i]);
		if (fails || n == NULL || !same(n->account, o->account) ||
		    n->status == TN_AGING || (i == 0 &&
		    same(o->forced, "partial"))) {
			tns_add(&o->failed, o->wanted.at[i]);
			error(o, n != NULL && same(n->account, o->account) &&
			    n->status != TN_AGING ? 5006 : 5076,
			    o->wanted.at[i]);
			continue;
		}
		x_set(&n->location, NULL);
		n->status = TN_AGING;
		n->live_at = 0;
		n->changed = o->done_at;
		tns_add(&o->done, n->tn);
	}
	end_by_count(o);
}

static void
advance(struct sim *sim, struct tn_order *o, int64_t now)
{
	while (!o->final) {
		if (same(o->status, "RECEIVED") && now >= o->processing_at) {
			o->status = "PROCESSING";
			o->modified = o->processing_at;
		}
		if (now < o->done_at)
			return;
		if (o->kind == ORDER_NEW) {
			finish_new(sim, o);
		} else if (o->kind == ORDER_DISCONNECT) {
			finish_disconnect(sim, o);
		} else {
			options_apply(sim, o);
			end_by_count(o);
		}
	}
}

void
fulfil_all(struct sim *sim)
{
	struct tn_order *o;
	int64_t now = now_us();

	for (o = sim->estate->orders; o != NULL; o = o->next)
		advance(sim, o, now);
}

void
fulfil_hurry(struct sim *sim)
{
	int64_t now = now_us();
	struct tn_order *o;
	struct number *n;

	for (o = sim->estate->orders; o != NULL; o = o->next)
		if (!o->final && o->done_at > now)
			o->processing_at = o->done_at = now;
	fulfil_all(sim);
	for (n = sim->world->numbers; n != NULL; n = n->next)
		if (n->status == TN_INACCOUNT && n->live_at > now)
			n->live_at = now;
}

void
fulfil_close(struct tn_order *o)
{
	o->done_at = now_us();
	no_errors(o);
	if (o->done.n > 0) {
		error(o, 5017, NULL);
		end(o, "PARTIAL");
	} else {
		give_up(o);
	}
}
