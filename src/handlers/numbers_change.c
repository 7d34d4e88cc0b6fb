/*
 * numbers_change.c: POST /admin/{org}/numbers: compare with Bandwidth, drain, add by hand, take
 * off the list, how numbers are picked; and the helpers that all forms about numbers share.
 *
 * Releasing is asked on a page of its own (numbers_release.c).
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/parse.h"
#include "base/phone.h"
#include "handlers/numbers_page.h"
#include "http/parts.h"
#include "store/audit.h"

/* ---- what forms about numbers share ---------------------------------------------------- */

static bool
is_number(const char *s)
{
	return phone_is_e164(s) || phone_is_short_code(s);
}

struct text_list
numbers_ticked(const struct request *req)
{
	struct text_list list = {NULL, 0};
	const char *s = form_get(&req->form, "numbers"), *number;
	const struct form_field *f;
	size_t n;

	for (; s && *s; s += n + strspn(s + n, " ")) {
		n = strcspn(s, " ");
		number = arena_dup(req->arena, s, n);
		if (is_number(number) && !text_list_has(&list, number))
			list = text_list_add(req->arena, list, number);
	}
	for (size_t i = 0; i < req->form.count; i++) {
		f = &req->form.fields[i];
		if (is_number(f->name) && !text_list_has(&list, f->name))
			list = text_list_add(req->arena, list, f->name);
	}
	return list;
}

void
numbers_to_job(
    const struct app *app, const struct request *req, struct response *res, const char *job)
{
	res->wake = true;
	response_redirect(res, app->settings->base_url.text,
	    frame_route(req, arena_fmt(req->arena, "jobs/%s", job)));
}

void
numbers_list_part(struct buf *b, const struct text_list *list, size_t most)
{
	for (size_t i = 0; i < list->count && i < most; i++) {
		if (i)
			html_raw(b, ", ");
		part_phone(b, list->items[i]);
	}
	if (list->count > most)
		html_rawf(b, " and %zu more", list->count - most);
}

/* ---- changes ------------------------------------------------------------------------------ */

/* The list again, with why it can't be done; or where it went well, back with a banner. */
static void
answer(struct numbers_page *p, struct response *res, enum result result, const char *why,
    const char *done)
{
	if (result == OK) {
		frame_back(p->app, p->req, res, "numbers", done);
	} else if (result == REFUSED) {
		p->filter.limit = NUMBERS_ON_PAGE;
		p->fault = why ? why : "This can't be done.";
		numbers_show(p, res);
	} else {
		frame_error(p->req, res, result);
	}
}

static void
start_sync(struct numbers_page *p, struct response *res)
{
	const struct request *req = p->req;
	struct inventory_answer a = {.why = ""};
	enum result result = inventory_sync(p->app, req->org, req->session->email, req->client, &a);

	if (result == OK)
		numbers_to_job(p->app, req, res, a.job);
	else
		answer(p, res, result, a.why, NULL);
}

static void
drain(struct numbers_page *p, struct response *res, bool on)
{
	const struct request *req = p->req;
	struct text_list numbers = numbers_ticked(req);
	struct inventory_answer a = {.why = "Choose one or more numbers first."};
	enum result result = REFUSED;

	if (numbers.count)
		result = inventory_drain(
		    p->app, req->org, &numbers, on, req->session->email, req->client, &a);
	answer(p, res, result, a.why, on ? "drained" : "in-service");
}

static void
start_drain(struct numbers_page *p, struct response *res)
{
	drain(p, res, true);
}

static void
end_drain(struct numbers_page *p, struct response *res)
{
	drain(p, res, false);
}

/* ---- by hand ------------------------------------------------------------------------------- */

struct by_hand {
	const struct request *req;
	struct text_list numbers;
	uint32_t owner; /* whose it is already */
};

static enum result
note(struct tx *tx, const struct by_hand *h, const char *what)
{
	struct buf detail = BUF_INIT(INVENTORY_RELEASE_MAX * PHONE_MAX);
	struct audit entry = {
	    .org = h->req->org,
	    .time = tx_now(tx),
	    .who = h->req->session->email,
	    .from = h->req->client,
	    .what = what,
	};

	for (size_t i = 0; i < h->numbers.count; i++)
		buf_addf(&detail, i ? " %s" : "%s", h->numbers.items[i]);
	entry.detail = arena_str(tx_arena(tx), buf_str(&detail));
	buf_free(&detail);
	return audit_add(tx, &entry);
}

static enum result
add_number(struct tx *tx, void *arg)
{
	struct by_hand *h = arg;
	struct number number = {
	    .org = h->req->org, .number = h->numbers.items[0], .added = tx_now(tx)};
	enum result result = numbers_add(tx, &number, &h->owner);

	return result == OK ? note(tx, h, "numbers.add") : result;
}

static void
add_by_hand(struct numbers_page *p, struct response *res)
{
	struct by_hand h = {.req = p->req};
	char number[PHONE_MAX];

	p->by_hand = form_get(&p->req->form, "number");
	if (!p->by_hand || !*p->by_hand)
		p->by_hand_fault = "Enter a number.";
	else if (phone_normalize(p->by_hand, number, &p->by_hand_fault) == 0)
		h.numbers =
		    text_list_add(p->req->arena, h.numbers, arena_str(p->req->arena, number));
	if (h.numbers.count)
		switch (frame_change(p->app, p->req, res, add_number, &h)) {
		case OK:
			frame_back(p->app, p->req, res, "numbers", "added");
			return;
		case EXISTS:
			p->by_hand_fault = h.owner == p->req->org
					       ? "This number is in the list already."
					       : "Another organization here has this number.";
			break;
		default:
			return;
		}
	p->filter.limit = NUMBERS_ON_PAGE;
	numbers_show(p, res);
}

static enum result
remove_numbers(struct tx *tx, void *arg)
{
	struct by_hand *h = arg;
	enum result result = OK;

	for (size_t i = 0; result == OK && i < h->numbers.count; i++)
		result = numbers_remove(tx, h->req->org, h->numbers.items[i]);
	return result == OK ? note(tx, h, "numbers.remove") : result;
}

static void
take_off(struct numbers_page *p, struct response *res)
{
	struct by_hand h = {.req = p->req, .numbers = numbers_ticked(p->req)};

	if (!h.numbers.count || h.numbers.count > INVENTORY_RELEASE_MAX)
		answer(p, res, REFUSED, "Choose one or more numbers first.", NULL);
	else if (frame_change(p->app, p->req, res, remove_numbers, &h) == OK)
		frame_back(p->app, p->req, res, "numbers", "taken-off");
}

/* ---- how they are picked ---------------------------------------------------------------------- */

static void
save_picker(struct numbers_page *p, struct response *res)
{
	struct picker_settings s = {
	    .prefer_area = form_get(&p->req->form, "preferArea") != NULL,
	};
	const char *limit = form_get(&p->req->form, "newContacts");
	uint64_t value = 0;
	enum result result;

	if (limit && *limit && parse_u64(limit, strlen(limit), 1, PICKER_NEW_MAX, &value) != 0) {
		p->limit = limit;
		p->limit_fault = "Enter a whole number from 1 to 100000, or nothing.";
		p->filter.limit = NUMBERS_ON_PAGE;
		numbers_show(p, res);
		return;
	}
	s.new_contacts_max = (int64_t)value;
	result =
	    inventory_picker_save(p->app, p->req->org, &s, p->req->session->email, p->req->client);
	answer(p, res, result, NULL, "picker");
}

static void
ask_release(struct numbers_page *p, struct response *res)
{
	numbers_ask_release(p->app, p->req, res);
}

static void
release(struct numbers_page *p, struct response *res)
{
	numbers_release(p->app, p->req, res);
}

static void
cancel_release(struct numbers_page *p, struct response *res)
{
	const struct request *req = p->req;
	const char *job = form_get(&req->form, "job");
	struct inventory_answer a = {.why = ""};
	enum result result = NOT_FOUND;

	if (job && message_id_valid(job))
		result = inventory_release_cancel(
		    p->app, req->org, job, req->session->email, req->client, &a);
	answer(p, res, result, a.why, "release-cancelled");
}

void
handle_numbers_change(const struct app *app, struct request *req, struct response *res)
{
	static const struct {
		const char *name;
		void (*run)(struct numbers_page *, struct response *);
	} actions[] = {
	    {"sync", start_sync},
	    {"drain", start_drain},
	    {"resume", end_drain},
	    {"add", add_by_hand},
	    {"take-off", take_off},
	    {"picker", save_picker},
	    {"ask-release", ask_release},
	    {"release", release},
	    {"cancel-release", cancel_release},
	};
	struct numbers_page p = {.app = app, .req = req};
	const char *what = form_get(&req->form, "do");

	for (size_t i = 0; what && i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(what, actions[i].name) == 0) {
			actions[i].run(&p, res);
			return;
		}
	response_error(req, res, 400, "unknown_action",
	    "This form asked for something that does not exist here.", "do");
}
