/*
 * numbers_buy.c: GET and POST /admin/{org}/buy: which numbers are wanted: by area code, state,
 * city, ZIP or toll-free; looking for them is a job, whose page shows what there is.
 *
 * Looking costs nothing and reserves nothing.  Ordering stands in numbers_order.c.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "handlers/numbers_page.h"
#include "http/parts.h"

struct buy_page {
	const struct app *app;
	struct request *req;
	struct frame frame;
	struct number_want want;
	const char *quantity; /* as entered */
	struct want_fault fault;
	const char *refused;
};

/* ---- the fields ------------------------------------------------------------------------ */

static const struct {
	enum want_kind kind;
	const char *label;
} kinds[] = {
    {WANT_AREA, "Area code"},
    {WANT_CITY, "City"},
    {WANT_STATE, "State"},
    {WANT_ZIP, "ZIP code"},
    {WANT_TOLL_FREE, "Toll-free"},
};

static const char *
entry(const struct request *req, const char *name)
{
	const char *s = form_get(&req->form, name);

	return s && *s ? s : NULL;
}

void
numbers_read_want(const struct request *req, struct number_want *want)
{
	const char *kind = entry(req, "kind"), *quantity = entry(req, "quantity");

	*want = (struct number_want){
	    .area = entry(req, "area"),
	    .state = entry(req, "state"),
	    .city = entry(req, "city"),
	    .zip = entry(req, "zip"),
	    .pattern = entry(req, "pattern"),
	    .quantity = -1,
	};
	if (!kind || want_parse(kind, &want->kind) != 0)
		want->kind = WANT_AREA;
	if (want->kind == WANT_CITY)
		want->state = entry(req, "cityState");
	if (want->kind == WANT_NUMBERS)
		want->numbers = numbers_ticked(req);
	if (quantity)
		(void)parse_i64(quantity, strlen(quantity), 0, INT32_MAX, &want->quantity);
}

/* The fault of a field, if it is this one's. */
static const char *
fault_of(const struct buy_page *p, enum want_kind kind, const char *field)
{
	const struct want_fault *f = &p->fault;

	return f->message && p->want.kind == kind && strcmp(f->field, field) == 0 ? f->message
										  : NULL;
}

static void
text(const struct buy_page *p, struct buf *b, enum want_kind kind, const char *name,
    const char *label, const char *help, const char *inputmode, const char *fault)
{
	const struct part_field f = {
	    .name = name,
	    .label = label,
	    .help = help,
	    .value = form_get(&p->req->form, name),
	    .fault = fault,
	    .inputmode = inputmode,
	    .autocomplete = "off",
	    .narrow = kind != WANT_CITY,
	};

	part_field(b, &f);
}

static void
toll_free(const struct buy_page *p, struct buf *b)
{
	static const char *const patterns[][2] = {{"8**", "Any toll-free number"}, {"80*", "800"},
	    {"83*", "833"}, {"84*", "844"}, {"85*", "855"}, {"86*", "866"}, {"87*", "877"},
	    {"88*", "888"}};
	const char *chosen = form_get(&p->req->form, "pattern");

	html_raw(b,
	    "<div class=\"field\"><label for=\"pattern\">Begins with</label>\n"
	    "<p class=\"help\">Toll-free numbers have to be verified before texts from them "
	    "arrive.</p>\n<select id=\"pattern\" name=\"pattern\">\n");
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		html_raw(b, "<option");
		html_attr(b, "value", patterns[i][0]);
		html_raw(b, chosen && strcmp(chosen, patterns[i][0]) == 0 ? " selected>" : ">");
		html_text(b, patterns[i][1]);
		html_raw(b, "</option>\n");
	}
	html_raw(b, "</select></div>\n");
}

static void
more(const struct buy_page *p, struct buf *b, enum want_kind kind)
{
	switch (kind) {
	case WANT_AREA:
		text(p, b, kind, "area", "Area code", "Three digits, like 919.", "numeric",
		    fault_of(p, kind, "area"));
		return;
	case WANT_STATE:
		text(p, b, kind, "state", "State", "Two letters, like NC.", NULL,
		    fault_of(p, kind, "state"));
		return;
	case WANT_CITY:
		text(p, b, kind, "city", "City", NULL, NULL, fault_of(p, kind, "city"));
		text(p, b, WANT_STATE, "cityState", "State of the city", "Two letters, like NC.",
		    NULL, fault_of(p, kind, "state"));
		return;
	case WANT_ZIP:
		text(p, b, kind, "zip", "ZIP code", "Five digits.", "numeric",
		    fault_of(p, kind, "zip"));
		return;
	case WANT_TOLL_FREE:
		toll_free(p, b);
		return;
	case WANT_NUMBERS:
		return;
	}
}

/* One of the ways to look: a button to choose it, and its own fields. */
static void
choice(const struct buy_page *p, struct buf *b, enum want_kind kind, const char *label)
{
	bool chosen = p->want.kind == kind;

	html_raw(
	    b, "<div class=\"choice\"><div class=\"check\"><input type=\"radio\" name=\"kind\"");
	html_attr(b, "id", arena_fmt(p->req->arena, "kind-%s", want_name(kind)));
	html_attr(b, "value", want_name(kind));
	html_raw(b, chosen ? " checked><label" : "><label");
	html_attr(b, "for", arena_fmt(p->req->arena, "kind-%s", want_name(kind)));
	html_raw(b, ">");
	html_text(b, label);
	html_raw(b, "</label></div>\n");
	more(p, b, kind);
	html_raw(b, "</div>\n");
}

static void
write_form(const struct buy_page *p, struct buf *b)
{
	const struct part_field quantity = {
	    .name = "quantity",
	    .label = "How many",
	    .value = p->quantity ? p->quantity : "5",
	    .fault = p->fault.message && strcmp(p->fault.field, "quantity") == 0 ? p->fault.message
										 : NULL,
	    .inputmode = "numeric",
	    .autocomplete = "off",
	    .narrow = true,
	};

	html_raw(b, "<div class=\"card\">");
	frame_form(p->app, p->req, b, "buy");
	html_raw(b, "<fieldset class=\"field\"><legend>Where should they be from?</legend>\n");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		choice(p, b, kinds[i].kind, kinds[i].label);
	html_raw(b, "</fieldset>\n");
	part_field(b, &quantity);
	html_raw(b,
	    "<div class=\"acts\"><button type=\"submit\" class=\"primary\" name=\"do\" "
	    "value=\"search\">See what there is</button>\n<p class=\"small\">This costs nothing "
	    "yet. You choose from what Bandwidth has, and are asked again before anything is "
	    "bought.</p></div></form></div>\n");
}

static void
show(struct buy_page *p, struct response *res)
{
	struct page page = {.title = "Get numbers", .active = "numbers", .typing = true};
	struct buf *b = &res->body;

	if (!frame_read(p->app, p->req, res, &p->frame, NULL, NULL))
		return;
	if (p->fault.message || p->refused)
		res->status = 422;
	if (p->refused) {
		page.banner = BANNER_LOOK;
		page.banner_text = p->refused;
	}
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b,
	    "<h1>Get numbers</h1>\n<p class=\"lead\">People answer numbers from their own area "
	    "code more often. Local numbers must be on your 10DLC campaign before texts from "
	    "them arrive.</p>\n");
	write_form(p, b);
	page_end(res);
}

void
handle_buy(const struct app *app, struct request *req, struct response *res)
{
	struct buy_page p = {.app = app, .req = req, .want = {.kind = WANT_AREA}};

	show(&p, res);
}

/* ---- looking --------------------------------------------------------------------------- */

static void
search(const struct app *app, struct request *req, struct response *res)
{
	struct buy_page p = {.app = app, .req = req, .quantity = form_get(&req->form, "quantity")};
	struct inventory_answer answer = {.why = ""};
	enum result result = REFUSED;

	numbers_read_want(req, &p.want);
	if (inventory_want_check(app, &p.want, false, req->arena, &p.fault) == 0)
		result = inventory_search(
		    app, req->org, &p.want, req->session->email, req->client, &answer);
	if (result == OK)
		numbers_to_job(app, req, res, answer.job);
	else if (result == REFUSED) {
		p.refused = *answer.why ? answer.why : NULL;
		show(&p, res);
	} else
		frame_error(req, res, result);
}

void
handle_buy_change(const struct app *app, struct request *req, struct response *res)
{
	const char *what = form_get(&req->form, "do");

	if (what && strcmp(what, "search") == 0)
		search(app, req, res);
	else if (what && strcmp(what, "ask") == 0)
		numbers_ask_order(app, req, res);
	else if (what && strcmp(what, "order") == 0)
		numbers_order(app, req, res);
	else
		response_error(req, res, 400, "unknown_action",
		    "This form asked for something that does not exist here.", "do");
}
