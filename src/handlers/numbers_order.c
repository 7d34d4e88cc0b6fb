/*
 * numbers_order.c: the page that asks before numbers are bought, and the form it shows.
 *
 * Buying costs money and Bandwidth has no way to repeat a request safely.  The page says how
 * many, asks for the password, and carries an id made when it was shown: the form sent twice
 * is one order.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/phone.h"
#include "handlers/confirm.h"
#include "handlers/numbers_page.h"
#include "http/parts.h"

struct order_page {
	const struct app *app;
	struct request *req;
	struct frame frame;
	struct order_input in;
	bool asked; /* the form came from this page already */
	struct want_fault wrong;
	const char *own_fault, *fault;
};

static const char *
numbers_text(const struct order_page *p)
{
	const struct text_list *numbers = &p->in.want.numbers;
	struct buf text = BUF_INIT(65536);
	const char *copy;

	for (size_t i = 0; i < numbers->count; i++)
		buf_addf(&text, i ? " %s" : "%s", numbers->items[i]);
	copy = arena_str(p->req->arena, buf_str(&text));
	buf_free(&text);
	return copy;
}

static void
hidden(struct buf *b, const char *name, const char *value)
{
	if (value)
		part_hidden(b, name, value);
}

/* What is wanted, for the form that orders it. */
static void
write_want(const struct order_page *p, struct buf *b)
{
	const struct number_want *w = &p->in.want;

	part_hidden(b, "kind", want_name(w->kind));
	part_hidden(b, "quantity", arena_fmt(p->req->arena, "%" PRId64, w->quantity));
	hidden(b, "area", w->area);
	hidden(b, w->kind == WANT_CITY ? "cityState" : "state", w->state);
	hidden(b, "city", w->city);
	hidden(b, "zip", w->zip);
	hidden(b, "pattern", w->pattern);
	if (w->numbers.count)
		part_hidden(b, "numbers", numbers_text(p));
}

static void
write_options(const struct order_page *p, struct buf *b)
{
	const struct part_field campaign = {
	    .name = "campaign",
	    .label = "10DLC campaign ID",
	    .help =
		"The numbers are put on it as soon as they are there. Leave it empty to do that "
		"at Bandwidth yourself.",
	    .value = p->in.campaign,
	    .autocomplete = "off",
	};

	if (p->in.want.quantity > 1)
		part_check(b, "partial", "Fewer are welcome",
		    "If Bandwidth can't deliver all of them, it delivers what it has.",
		    p->asked ? p->in.partial : true);
	if (p->in.want.kind != WANT_NUMBERS)
		part_check(b, "backorder", "Wait for what is not there",
		    "Bandwidth then goes on looking, perhaps for days (a backorder).",
		    p->in.backorder);
	html_raw(b, p->in.campaign ? "<details open>" : "<details>");
	html_raw(b, "<summary>Put them on a campaign</summary>\n");
	part_field(b, &campaign);
	html_raw(b, "</details>\n");
}

static void
write_cost(const struct order_page *p, struct buf *b)
{
	int64_t n = p->in.want.quantity;

	part_note_begin(b, TONE_LOOK, "cost");
	html_raw(b, "<p><b>This costs money: ");
	part_count(b, n, "number", "numbers");
	html_raw(b, ".</b> Bandwidth charges its price ");
	html_rawf(b, n == 1 ? "for it" : "for each of the %" PRId64, n);
	html_raw(b, ", now and every month until you release ");
	html_raw(b, n == 1 ? "it" : "them");
	html_raw(b, ". The price stands in your contract with Bandwidth.</p>");
	part_note_end(b);
}

static void
write_form(const struct order_page *p, struct buf *b)
{
	const char *once = p->in.once;
	char made[INVENTORY_ID];

	if (!once || !message_id_valid(once)) {
		inventory_once(made);
		once = made;
	}
	html_raw(b, "<div class=\"card\">");
	frame_form(p->app, p->req, b, "buy");
	part_hidden(b, "once", once);
	write_want(p, b);
	write_options(p, b);
	confirm_field(p->req, b, p->frame.now, p->own_fault);
	html_raw(b, "<div class=\"acts\"><button type=\"submit\" class=\"primary\" name=\"do\" "
		    "value=\"order\">Buy ");
	part_count(b, p->in.want.quantity, "number", "numbers");
	html_raw(b, "</button>\n");
	frame_link(p->app, p->req, b, "buy", "button", "Don't buy");
	html_raw(b, "</div></form></div>\n");
}

static void
show(struct order_page *p, struct response *res)
{
	struct page page = {.title = "Buy numbers?", .active = "numbers", .typing = true};
	struct buf *b = &res->body;

	if (!frame_read(p->app, p->req, res, &p->frame, NULL, NULL))
		return;
	if (p->fault || p->own_fault)
		res->status = 422;
	if (p->fault) {
		page.banner = BANNER_LOOK;
		page.banner_text = p->fault;
	}
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<h1>Buy ");
	html_text(b, inventory_want_words(&p->in.want, p->req->arena));
	html_raw(b, "?</h1>\n");
	if (p->in.want.numbers.count) {
		html_raw(b, "<p class=\"lead\">");
		numbers_list_part(b, &p->in.want.numbers, 20);
		html_raw(b, "</p>\n");
	}
	write_cost(p, b);
	write_form(p, b);
	page_end(res);
}

/* Reads what is wanted; false: answered already. */
static bool
begin(struct order_page *p, struct response *res)
{
	numbers_read_want(p->req, &p->in.want);
	if (inventory_want_check(p->app, &p->in.want, true, p->req->arena, &p->wrong) == 0)
		return true;
	/* Its fields were hidden ones: there is nothing to mend but to choose anew. */
	response_error(p->req, res, 422, "cannot_order", p->wrong.message, p->wrong.field);
	return false;
}

void
numbers_ask_order(const struct app *app, struct request *req, struct response *res)
{
	struct order_page p = {.app = app, .req = req};

	if (begin(&p, res))
		show(&p, res);
}

void
numbers_order(const struct app *app, struct request *req, struct response *res)
{
	struct order_page p = {.app = app, .req = req, .asked = true};
	const char *campaign = form_get(&req->form, "campaign");
	struct inventory_answer answer = {.why = ""};
	enum result result;

	if (!begin(&p, res))
		return;
	p.in.partial = form_get(&req->form, "partial") != NULL;
	p.in.backorder = form_get(&req->form, "backorder") != NULL;
	p.in.campaign = campaign && *campaign ? campaign : NULL;
	p.in.once = form_get(&req->form, "once");
	result = confirm_person(app, req, &p.own_fault);
	if (result == OK)
		result = inventory_order(
		    app, req->org, &p.in, req->session->email, req->client, &answer);
	if (result == OK)
		numbers_to_job(app, req, res, answer.job);
	else if (result == REFUSED) {
		p.fault = *answer.why ? answer.why : NULL;
		show(&p, res);
	} else
		frame_error(req, res, result);
}
