/*
 * inventory_ask.c: what people ask for about numbers: checked, stored as a job, durable before
 * they hear of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/parse.h"
#include "store/audit.h"
#include "store/idempotency.h"
#include "store/orgs.h"
#include "store/rec.h"
#include "store/store.h"
#include "texting/config.h"
#include "texting/inventory_private.h"

#define ONCE_KEPT CLOCK_DAY
#define ONCE_TOKEN "inventory" /* where an API token's id stands otherwise */

enum result
asking_refuse(struct asking *k, const char *why)
{
	k->why = why;
	return REFUSED;
}

static bool
blank(const char *s)
{
	return s == NULL || *s == '\0';
}

enum result
asking_audit(struct tx *tx, const struct asking *k, const char *what, const char *detail)
{
	const struct audit a = {.org = k->org,
	    .time = tx_now(tx),
	    .who = k->who,
	    .from = k->from,
	    .what = what,
	    .detail = detail};

	return audit_add(tx, &a);
}

enum result
asking_run(struct asking *k, tx_fn fn)
{
	enum result r = store_run(k->app->store, fn, k);

	return r == OK ? store_flush(k->app->store) : r;
}

/* ---- once only ----------------------------------------------------------------- */

void
inventory_once(char out[INVENTORY_ID])
{
	message_id_new(clock_now(), out);
}

/* What was asked for, as a hash; the same form gives the same. */
static void
hash_detail(const struct inventory_job *d, unsigned char hash[SHA256_BYTES])
{
	struct buf text = BUF_INIT((size_t)200 * 1024);

	record_write(inventory_fields, d, &text);
	crypto_sha256(buf_str(&text), text.len, hash);
	buf_free(&text);
}

/* Is it the id of a form that was opened not long ago? */
static enum result
check_form(struct tx *tx, struct asking *k)
{
	int64_t made;

	if (k->once == NULL || !message_id_valid(k->once))
		return asking_refuse(k, "The form has no id. Open it again.");
	made = message_id_time(k->once);
	if (made < tx_now(tx) - ONCE_KEPT || made > tx_now(tx) + CLOCK_HOUR)
		return asking_refuse(k,
		    "This form was opened too long ago to be sure that it was not sent before. "
		    "Look at what is under way, then open it again.");
	return OK;
}

static enum result
check_key(struct asking *k)
{
	size_t n = strlen(k->key);

	if (n == 0 || n > INVENTORY_KEY_MAX || !text_valid(k->key, n, false))
		return asking_refuse(k, "The key has 1 to 200 bytes and no control characters.");
	return OK;
}

/* The name under which the answer is kept: no key is taken for a form's id. */
static const char *
once_name(struct tx *tx, const struct asking *k)
{
	return k->key == NULL ? k->once : arena_fmt(tx_arena(tx), "key:%s", k->key);
}

/* EXISTS: it was asked for before, the job is known; REFUSED: the form is too old, or another. */
static enum result
check_once(struct tx *tx, struct asking *k, const unsigned char hash[SHA256_BYTES])
{
	const char *answer;
	int status;
	enum result r = k->key != NULL ? check_key(k) : check_form(tx, k);

	k->again = false;
	if (r != OK)
		return r;
	r = idempotency_get(
	    tx, k->org, ONCE_TOKEN, once_name(tx, k), hash, tx_arena(tx), &status, &answer);
	if (r == REFUSED)
		return asking_refuse(
		    k, k->key != NULL
			   ? "This key was used before, for another order."
			   : "This form was sent before, for something else. Open it again.");
	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	(void)snprintf(k->job, sizeof k->job, "%s", answer);
	k->again = true;
	return EXISTS;
}

/* ---- jobs ------------------------------------------------------------------------ */

/* Is there what Bandwidth must be asked with? */
static enum result
check_org(struct tx *tx, struct asking *k)
{
	const char *service;
	enum result r = orgs_get(tx, k->org, false, k->arena, &k->o);

	if (r != OK)
		return r;
	service = blank(k->o.service) ? k->app->settings->default_service : k->o.service;
	if (strcmp(service, "bandwidth") != 0)
		return asking_refuse(k, "This organization does not text through Bandwidth.");
	if (blank(k->o.account_id) || blank(k->o.user_name))
		return asking_refuse(k,
		    "The Bandwidth account and its credentials are missing. Enter them under "
		    "Bandwidth Config first.");
	if (strcmp(k->kind, INVENTORY_SEARCH) != 0 && strcmp(k->kind, INVENTORY_RELEASE) != 0 &&
	    (blank(k->o.site_id) || blank(k->o.sip_peer_id)))
		return asking_refuse(k,
		    "The sub-account or the location is missing. Save the Bandwidth settings, so "
		    "that they are made, or enter their IDs under Advanced.");
	k->detail.account = k->o.account_id;
	k->detail.site = k->o.site_id;
	k->detail.peer = k->o.sip_peer_id;
	return OK;
}

static enum result
add_job(struct tx *tx, struct asking *k, bool unique, bool listed)
{
	struct job job = {.org = k->org,
	    .kind = k->kind,
	    .step = k->step,
	    .due = k->due != 0 ? k->due : tx_now(tx),
	    .by = k->who};
	struct key key;
	enum result r;

	inventory_write(&job, &k->detail, tx_arena(tx));
	r = jobs_add(tx, &job, unique);
	if (r != OK)
		return r;
	(void)snprintf(k->job, sizeof k->job, "%s", job.id);
	if (!listed)
		return OK;
	/* Its own id is what Bandwidth is told, and what a lost answer is looked for by. */
	k->detail.our_id = arena_fmt(tx_arena(tx), "spoke-%u-%s", k->org, job.id);
	inventory_write(&job, &k->detail, tx_arena(tx));
	r = jobs_put(tx, &job);
	if (r != OK)
		return r;
	key_org(&key, k->org);
	key_id(&key, job.id);
	return kv_put(tx, T_NUMBER_JOBS, &key, "", 0);
}

static enum result
ask_simple(struct tx *tx, void *arg)
{
	struct asking *k = arg;
	enum result r = check_org(tx, k);

	if (r == OK)
		r = add_job(tx, k, strcmp(k->kind, INVENTORY_SYNC) == 0, false);
	return r == OK ? asking_audit(tx, k, k->audit, k->audit_detail) : r;
}

enum result
asking_finish(struct asking *k, enum result r, struct inventory_answer *answer)
{
	(void)snprintf(
	    answer->why, sizeof answer->why, "%s", r == REFUSED && k->why != NULL ? k->why : "");
	(void)snprintf(answer->job, sizeof answer->job, "%s", r == OK ? k->job : "");
	answer->again = r == OK && k->again;
	arena_free(k->arena);
	return r;
}

enum result
inventory_sync(const struct app *app, uint32_t org, const char *who, const char *from,
    struct inventory_answer *answer)
{
	struct asking k = {.app = app,
	    .org = org,
	    .who = who,
	    .from = from,
	    .kind = INVENTORY_SYNC,
	    .step = "Waiting for the worker",
	    .audit = "numbers.sync",
	    .arena = arena_new()};

	return asking_finish(&k, asking_run(&k, ask_simple), answer);
}

static void
take_want(struct inventory_job *d, const struct number_want *w)
{
	d->kind = want_name(w->kind);
	d->area = w->kind == WANT_AREA ? w->area : NULL;
	d->state = w->kind == WANT_STATE || w->kind == WANT_CITY ? w->state : NULL;
	d->city = w->kind == WANT_CITY ? w->city : NULL;
	d->zip = w->kind == WANT_ZIP ? w->zip : NULL;
	d->pattern = w->kind == WANT_TOLL_FREE ? w->pattern : NULL;
	if (w->kind == WANT_NUMBERS)
		d->numbers = w->numbers;
	d->quantity = w->quantity;
}

enum result
inventory_search(const struct app *app, uint32_t org, const struct number_want *want,
    const char *who, const char *from, struct inventory_answer *answer)
{
	struct asking k = {.app = app,
	    .org = org,
	    .who = who,
	    .from = from,
	    .kind = INVENTORY_SEARCH,
	    .step = "Waiting for the worker",
	    .audit = "numbers.search",
	    .arena = arena_new()};

	k.audit_detail = inventory_want_words(want, k.arena);
	take_want(&k.detail, want);
	return asking_finish(&k, asking_run(&k, ask_simple), answer);
}

enum result
asking_once(struct tx *tx, struct asking *k, enum result (*check)(struct tx *, struct asking *))
{
	unsigned char hash[SHA256_BYTES];
	enum result r;

	k->detail.account = k->detail.site = k->detail.peer = NULL;
	k->detail.our_id = NULL;
	hash_detail(&k->detail, hash);
	r = check_once(tx, k, hash);
	if (r == EXISTS)
		return OK;
	if (r == OK)
		r = check_org(tx, k);
	if (r == OK && check != NULL)
		r = check(tx, k);
	if (r == OK)
		r = add_job(tx, k, false, true);
	if (r == OK)
		r = idempotency_put(tx, k->org, ONCE_TOKEN, once_name(tx, k), hash, 202, k->job);
	return r == OK ? asking_audit(tx, k, k->audit, k->audit_detail) : r;
}

static enum result
ask_order(struct tx *tx, void *arg)
{
	return asking_once(tx, arg, NULL);
}

enum result
inventory_order(const struct app *app, uint32_t org, const struct order_input *in, const char *who,
    const char *from, struct inventory_answer *answer)
{
	struct asking k = {.app = app,
	    .org = org,
	    .who = who,
	    .from = from,
	    .kind = INVENTORY_ORDER,
	    .once = in->once,
	    .key = in->key,
	    .step = "Waiting for the worker",
	    .audit = "numbers.order",
	    .arena = arena_new()};

	take_want(&k.detail, &in->want);
	k.detail.partial = in->partial;
	k.detail.backorder = in->backorder;
	k.detail.campaign = blank(in->campaign) ? NULL : in->campaign;
	k.audit_detail = inventory_want_words(&in->want, k.arena);
	if (in->want.quantity < 1 || in->want.quantity > app->settings->order_numbers_max) {
		k.why = "An order of so many numbers is more than ORDER_NUMBERS_MAX allows.";
		return asking_finish(&k, REFUSED, answer);
	}
	return asking_finish(&k, asking_run(&k, ask_order), answer);
}

/* ---- how numbers are picked ---------------------------------------------------------- */

static enum result
picker_save(struct tx *tx, void *arg)
{
	struct asking *k = arg;
	struct organization o;
	enum result r = orgs_get(tx, k->org, true, tx_arena(tx), &o);

	if (r != OK)
		return r;
	o.prefer_area = k->picker.prefer_area;
	o.new_contacts_max = k->picker.new_contacts_max;
	r = orgs_put(tx, &o);
	return r == OK
		   ? asking_audit(tx, k, "settings.picker",
			 arena_fmt(tx_arena(tx),
			     "area code %s, at most %" PRId64 " new contacts a day (0: no limit)",
			     o.prefer_area ? "preferred" : "not looked at", o.new_contacts_max))
		   : r;
}

enum result
inventory_picker_save(const struct app *app, uint32_t org, const struct picker_settings *p,
    const char *who, const char *from)
{
	struct asking k = {
	    .app = app, .org = org, .who = who, .from = from, .picker = *p, .arena = arena_new()};
	struct inventory_answer answer;

	if (p->new_contacts_max < 0 || p->new_contacts_max > PICKER_NEW_MAX)
		return asking_finish(&k, REFUSED, &answer);
	return asking_finish(&k, asking_run(&k, picker_save), &answer);
}
