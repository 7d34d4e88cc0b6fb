/*
 * stock.c: the tests' hand in an organization's numbers: asks for what pages and spokectl ask
 * for, and shows what became of it.  Settings come from the environment.
 *
 *   stock location ORG SITE LOCATION      where its numbers are
 *   stock account ORG ACCOUNT             its account, as if it had always been that
 *   stock once                            the id of a form
 *   stock sync ORG                        these print the job's id, or "refused: why"
 *   stock search ORG KIND VALUE COUNT
 *   stock order ORG ONCE KIND VALUE COUNT [partial] [backorder] [campaign]
 *   stock release ORG ONCE NUMBER... [last] [later]
 *   stock cancel ORG JOB
 *   stock drain ORG on|off NUMBER...
 *   stock preview ORG NUMBER...           as JSON
 *   stock job ID                          the job with its detail, as JSON
 *   stock due ID                          its time is now, and what it posted was 15 s earlier
 *   stock hurry ID PID TIMES              while that worker lives: its time is now, whenever it waits, so
 *                                         often; prints "over", "waiting" or "gone" (the worker)
 *   stock old ID DAYS                     it is so much older than it was, and due
 *   stock phase ID WORD                   what its record says of how far it came
 *   stock check ORG                       one more "Check my setup"
 *   stock other ORG KIND                  a job of any kind
 *   stock last ORG KIND                   the id of its newest job of that kind
 *   stock numbers ORG                     all, with their figures, as JSON
 *   stock number ORG NUMBER               the record of one
 *   stock add ORG NUMBER STATE
 *   stock remove ORG NUMBER
 *   stock hold ORG NUMBER FIRST COUNT     so many contacts from FIRST on know us by NUMBER
 *   stock contact ORG NUMBER              as JSON
 *   stock contacts ORG NUMBER             how many know us by it
 *   stock events ORG WHAT                 how many entries of the audit say so
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/settings.h"
#include "org/organization.h"
#include "org/record.h"
#include "store/audit.h"
#include "store/contacts.h"
#include "store/jobs.h"
#include "store/orgs.h"
#include "store/store.h"
#include "texting/inventory.h"
#include "texting/setup.h"

struct hand {
	struct settings settings;
	struct pipeline pipeline;
	struct app app;
	struct arena *arena;
	int argc;
	char **argv;
	struct buf out;
	uint32_t org;
	struct job job;
};

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "stock: %s: %s\n", what, why);
	return 1;
}

static const char *
arg(const struct hand *h, int i)
{
	return i < h->argc ? h->argv[i] : "";
}

static bool
has(const struct hand *h, const char *word)
{
	int i;

	for (i = 3; i < h->argc; i++)
		if (strcmp(h->argv[i], word) == 0)
			return true;
	return false;
}

/* The numbers among the arguments from i on. */
static struct text_list
numbers(struct hand *h, int i)
{
	struct text_list list = {NULL, 0};

	for (; i < h->argc; i++)
		if (h->argv[i][0] == '+')
			list = text_list_add(h->arena, list, h->argv[i]);
	return list;
}

/* ---- asking ---------------------------------------------------------------------- */

static enum result
say(struct hand *h, enum result r, const struct inventory_answer *a)
{
	if (r == REFUSED)
		buf_addf(&h->out, "refused: %s", a->why);
	else if (r == OK)
		buf_adds(&h->out, a->job);
	return r == REFUSED ? OK : r;
}

static enum result
want(struct hand *h, int i, bool order, struct number_want *w)
{
	const char *value = arg(h, i + 1);
	struct want_fault f;

	if (want_parse(arg(h, i), &w->kind) != 0)
		return REFUSED;
	w->area = w->state = w->city = w->zip = w->pattern = value;
	if (w->kind == WANT_CITY)
		w->state = "NC";
	if (w->kind == WANT_NUMBERS)
		w->numbers = numbers(h, i + 1);
	w->quantity = strtol(arg(h, i + 2), NULL, 10);
	if (inventory_want_check(&h->app, w, order, h->arena, &f) == 0)
		return OK;
	buf_addf(&h->out, "refused: %s: %s", f.field, f.message);
	return EXISTS; /* said already */
}

static enum result
do_search(struct hand *h)
{
	struct inventory_answer a = {.why = ""};
	struct number_want w = {0};
	enum result r = want(h, 3, false, &w);

	if (r == OK)
		r = say(h, inventory_search(&h->app, h->org, &w, "ann", "local", &a), &a);
	return r == EXISTS ? OK : r;
}

static enum result
do_order(struct hand *h)
{
	struct order_input in = {.once = arg(h, 3),
	    .partial = has(h, "partial"),
	    .backorder = has(h, "backorder"),
	    .campaign = has(h, "campaign") ? "CA3XKE1" : NULL};
	struct inventory_answer a = {.why = ""};
	enum result r = want(h, 4, true, &in.want);

	if (r == OK)
		r = say(h, inventory_order(&h->app, h->org, &in, "ann", "local", &a), &a);
	return r == EXISTS ? OK : r;
}

static enum result
do_release(struct hand *h)
{
	struct release_input in = {.once = arg(h, 3),
	    .numbers = numbers(h, 4),
	    .last = has(h, "last"),
	    .not_before = has(h, "later") ? clock_now() + CLOCK_HOUR : 0};
	struct inventory_answer a = {.why = ""};

	return say(h, inventory_release(&h->app, h->org, &in, "ann", "local", &a), &a);
}

static enum result
do_drain(struct hand *h)
{
	struct inventory_answer a = {.why = ""};
	struct text_list list = numbers(h, 4);

	return say(h,
	    inventory_drain(
		&h->app, h->org, &list, strcmp(arg(h, 3), "on") == 0, "ann", "local", &a),
	    &a);
}

static enum result
do_sync(struct hand *h)
{
	struct inventory_answer a = {.why = ""};

	return say(h, inventory_sync(&h->app, h->org, "ann", "local", &a), &a);
}

static enum result
do_cancel(struct hand *h)
{
	struct inventory_answer a = {.why = ""};

	return say(h, inventory_release_cancel(&h->app, h->org, arg(h, 3), "ann", "local", &a), &a);
}

/* ---- the store -------------------------------------------------------------------- */

static enum result
set_account(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct organization o;
	enum result r = orgs_get(tx, h->org, true, h->arena, &o);

	o.account_id = arg(h, 3);
	return r == OK ? orgs_put(tx, &o) : r;
}

static enum result
set_location(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct organization o;
	enum result r = orgs_get(tx, h->org, true, h->arena, &o);

	o.site_id = arg(h, 3);
	o.sip_peer_id = arg(h, 4);
	return r == OK ? orgs_put(tx, &o) : r;
}

static enum result
add(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct number n = {.org = h->org, .number = arg(h, 3), .state = arg(h, 4)};
	uint32_t owner;

	return numbers_add(tx, &n, &owner);
}

static enum result
take_away(struct tx *tx, void *p)
{
	struct hand *h = p;

	return numbers_remove(tx, h->org, arg(h, 3));
}

static enum result
hold(struct tx *tx, void *p)
{
	struct hand *h = p;
	int64_t first = strtoll(arg(h, 4), NULL, 10), n = strtoll(arg(h, 5), NULL, 10), i;
	struct contact c;
	enum result r = OK;

	for (i = 0; r == OK && i < n; i++) {
		r = contacts_get(
		    tx, h->org, arena_fmt(h->arena, "+%" PRId64, first + i), true, h->arena, &c);
		c.user_number = arg(h, 3);
		c.sticky_since = tx_now(tx);
		if (r == OK || r == NOT_FOUND)
			r = contacts_put(tx, &c);
	}
	return r;
}

static enum result
move_due(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct inventory_job d;
	struct job j;
	enum result r = jobs_get(tx, arg(h, 2), true, h->arena, &j);

	if (r != OK)
		return r;
	inventory_read(&j, h->arena, &d);
	if (d.posted != 0)
		d.posted -= 15 * CLOCK_SECOND;
	inventory_write(&j, &d, h->arena);
	j.due = tx_now(tx);
	return jobs_put(tx, &j);
}

static enum result
read_job(struct tx *tx, void *p)
{
	struct hand *h = p;

	return jobs_get(tx, arg(h, 2), false, h->arena, &h->job);
}

/* The worker looks at what is due when anything comes by this way; nobody there: no matter. */
static void
nudge(const struct hand *h)
{
	const char *path = arena_fmt(h->arena, "%s/wake", h->settings.data_dir);
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "!", 1) != 1)
		log_debug("the worker was not woken");
	close(fd);
}

static enum result
do_hurry(struct hand *h)
{
	pid_t worker = (pid_t)strtol(arg(h, 3), NULL, 10);
	long times = strtol(arg(h, 4), NULL, 10);
	const char *end = "gone";
	enum result r = OK;

	for (; r == OK && kill(worker, 0) == 0; clock_sleep(20)) {
		r = store_read(h->app.store, read_job, h);
		if (r != OK)
			break;
		if (job_over(&h->job)) {
			end = "over";
			break;
		}
		if (strcmp(h->job.state, "waiting") != 0 || h->job.due <= clock_now())
			continue;
		if (times-- <= 0) {
			end = "waiting";
			break;
		}
		r = store_run(h->app.store, move_due, h);
		nudge(h);
	}
	buf_adds(&h->out, end);
	return r;
}

static enum result
make_older(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct job j;
	enum result r = jobs_get(tx, arg(h, 2), true, h->arena, &j);

	if (r != OK)
		return r;
	j.created -= strtol(arg(h, 3), NULL, 10) * CLOCK_DAY;
	j.due = tx_now(tx);
	return jobs_put(tx, &j);
}

static enum result
set_phase(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct inventory_job d;
	struct job j;
	enum result r = jobs_get(tx, arg(h, 2), true, h->arena, &j);

	if (r != OK)
		return r;
	inventory_read(&j, h->arena, &d);
	d.phase = arg(h, 3);
	inventory_write(&j, &d, h->arena);
	j.due = tx_now(tx);
	return jobs_put(tx, &j);
}

static enum result
ask_check(struct tx *tx, void *p)
{
	struct hand *h = p;
	const char *id = NULL;
	enum result r = setup_ask(tx, h->org, "ann", &id);

	buf_reset(&h->out);
	buf_adds(&h->out, id != NULL ? id : "");
	return r;
}

static enum result
add_other(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct job j = {.org = h->org, .kind = arg(h, 3), .by = "ann", .due = tx_now(tx)};
	enum result r = jobs_add(tx, &j, false);

	buf_reset(&h->out);
	buf_adds(&h->out, r == OK ? j.id : "");
	return r;
}

static enum result
show_last(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct job j;
	enum result r = jobs_last(tx, h->org, arg(h, 3), h->arena, &j);

	buf_reset(&h->out);
	buf_adds(&h->out, r == OK ? j.id : "");
	return r;
}

static enum result
preview(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct text_list list = numbers(h, 3);
	struct release_preview v;
	enum result r = inventory_release_preview(tx, h->org, &list, h->arena, &v);

	buf_reset(&h->out);
	buf_addf(&h->out,
	    "{\"contacts\":%" PRId64 ",\"wrote\":%" PRId64 ",\"left\":%" PRId64
	    ",\"same_area\":%d,\"refuse\":\"%s\"}",
	    v.contacts, v.wrote, v.left, v.same_area, v.refuse != NULL ? v.refuse : "");
	return r;
}

static enum result
show_job(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct job j;
	enum result r = jobs_get(tx, arg(h, 2), false, h->arena, &j);
	const char *detail = j.detail;

	buf_reset(&h->out);
	if (r != OK)
		return r;
	j.detail = NULL;
	buf_adds(&h->out, "{\"job\":");
	record_write(job_fields, &j, &h->out);
	buf_addf(&h->out, ",\"detail\":%s}", detail != NULL ? detail : "{}");
	return OK;
}

static enum result
show_numbers(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct inventory_filter f = {.limit = 150};
	struct own_number *list;
	const char *comma = "";
	size_t n, i;
	enum result r;

	buf_reset(&h->out);
	buf_addc(&h->out, '[');
	do {
		r = inventory_list(tx, h->org, &f, h->arena, &list, &n, &f.after);
		for (i = 0; r == OK && i < n; i++, comma = ",") {
			buf_addf(&h->out,
			    "%s{\"figures\":{\"contacts\":%" PRId64 ",\"in_today\":%" PRId64
			    ",\"out_today\":%" PRId64 "},\"record\":",
			    comma, list[i].figures.contacts, list[i].figures.in_today,
			    list[i].figures.out_today);
			record_write(number_fields, &list[i].number, &h->out);
			buf_addc(&h->out, '}');
		}
	} while (r == OK && f.after != NULL);
	buf_addc(&h->out, ']');
	return r;
}

static enum result
show_number(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct number n;
	enum result r = numbers_get(tx, h->org, arg(h, 3), false, h->arena, &n);

	buf_reset(&h->out);
	if (r == OK)
		record_write(number_fields, &n, &h->out);
	return r;
}

static enum result
show_contact(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct contact c;
	enum result r = contacts_get(tx, h->org, arg(h, 3), false, h->arena, &c);

	buf_reset(&h->out);
	record_write(contact_fields, &c, &h->out);
	return r;
}

static enum result
show_contacts(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct number_figures f;
	enum result r = figures_get(tx, h->org, arg(h, 3), &f);

	buf_reset(&h->out);
	buf_addf(&h->out, "%" PRId64, f.contacts);
	return r;
}

static enum result
count_events(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct audit *list;
	size_t n, i, found = 0;
	enum result r = audit_list(tx, h->org, 0, 200, h->arena, &list, &n);

	for (i = 0; r == OK && i < n; i++)
		found += list[i].what != NULL && strcmp(list[i].what, arg(h, 3)) == 0;
	buf_reset(&h->out);
	buf_addf(&h->out, "%zu", found);
	return r;
}

/* ---- main ---------------------------------------------------------------------------- */

static enum result
run(struct hand *h, const char *command)
{
	static const struct {
		const char *name;
		tx_fn fn;
		enum result (*ask)(struct hand *);
	} commands[] = {{"location", set_location, NULL}, {"add", add, NULL},
	    {"remove", take_away, NULL}, {"hold", hold, NULL}, {"due", move_due, NULL},
	    {"old", make_older, NULL}, {"phase", set_phase, NULL}, {"check", ask_check, NULL},
	    {"last", show_last, NULL}, {"other", add_other, NULL}, {"account", set_account, NULL},
	    {"preview", preview, NULL}, {"job", show_job, NULL}, {"numbers", show_numbers, NULL},
	    {"number", show_number, NULL},
	    {"contact", show_contact, NULL}, {"contacts", show_contacts, NULL},
	    {"events", count_events, NULL}, {"sync", NULL, do_sync}, {"search", NULL, do_search},
	    {"order", NULL, do_order}, {"release", NULL, do_release}, {"drain", NULL, do_drain},
	    {"cancel", NULL, do_cancel}, {"hurry", NULL, do_hurry}};
	char once[INVENTORY_ID];
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(command, commands[i].name) == 0)
			return commands[i].fn != NULL ? store_run(h->app.store, commands[i].fn, h)
						      : commands[i].ask(h);
	if (strcmp(command, "once") != 0)
		return REFUSED;
	inventory_once(once);
	buf_adds(&h->out, once);
	return OK;
}

int
main(int argc, char **argv)
{
	struct hand h = {
	    .argc = argc, .argv = argv, .arena = arena_new(), .out = BUF_INIT(64 * 1024 * 1024)};
	struct store_options options = {.stall_seconds = 30};
	struct buf why = BUF_INIT(8192);
	const char *command = argc > 1 ? argv[1] : "";
	sigset_t set;
	enum result r;

	log_set_level(LOG_ERROR);
	if (settings_load(h.arena, "/nonexistent", &h.settings, &why) != 0 ||
	    pipeline_read(
		h.settings.service_managers, h.settings.default_service, &h.pipeline, &why) != 0)
		return fail("settings", buf_str(&why));
	store_deferred_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	options.dir = h.settings.data_dir;
	options.settings = &h.settings;
	options.cache_bytes = h.settings.cache_bytes;
	h.app = (struct app){.settings = &h.settings, .pipeline = &h.pipeline};
	if (store_open(&options, (struct store **)&h.app.store, &why) != OK)
		return fail("store", buf_str(&why));
	h.org = (uint32_t)strtoul(arg(&h, 2), NULL, 10);
	r = run(&h, command);
	if (r == OK)
		r = store_flush(h.app.store);
	store_close(h.app.store);
	if (r != OK)
		return fail(command, arena_fmt(h.arena, "result %d", (int)r));
	puts(buf_str(&h.out));
	buf_free(&h.out);
	buf_free(&why);
	arena_free(h.arena);
	return 0;
}
