/*
 * numbers_release.c: the page that asks before numbers are released, with what would follow, and
 * the form it shows.
 *
 * A released number is gone for good: somebody else gets it, and the replies to it.  So the
 * page asks for the password, and the numbers take no new contacts from then on until they go.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/parse.h"
#include "base/phone.h"
#include "handlers/numbers_page.h"
#include "handlers/confirm.h"
#include "http/parts.h"

#define DAYS_MOST 60

struct release_page {
	const struct app *app;
	struct request *req;
	struct frame frame;
	struct text_list numbers;
	struct release_preview preview;
	const char *days, *days_fault, *own_fault;
	const char *fault;
};

static enum result
read_preview(struct tx *tx, void *arg)
{
	struct release_page *p = arg;

	return inventory_release_preview(tx, p->req->org, &p->numbers, p->req->arena, &p->preview);
}

/* ---- what would follow ------------------------------------------------------------ */

static void
write_preview(const struct release_page *p, struct buf *b)
{
	const struct release_preview *v = &p->preview;
	bool one = p->numbers.count == 1;

	html_raw(b, "<ul>\n<li>");
	part_count(b, v->contacts, "contact knows", "contacts know");
	html_raw(b, one ? " you by this number; " : " you by these numbers; ");
	part_count(b, v->wrote, "of them wrote", "of them wrote");
	html_raw(b, " within the last 7 days.</li>\n");
	if (v->contacts)
		html_raw(b,
		    v->same_area
			? "<li>They move to another number of yours with the same area code.</li>\n"
			: "<li>You have no other number with the same area code: they get "
			  "another one when you text them next.</li>\n");
	if (v->out_today) {
		html_raw(b, "<li>");
		part_count(b, v->out_today, "text went", "texts went");
		html_raw(b, " out today.</li>\n");
	}
	html_raw(b, "<li>");
	part_count(b, v->left, "number stays", "numbers stay");
	html_raw(b,
	    " in service.</li>\n<li>A late reply is still kept and shown here, and a STOP in it "
	    "counts, as long as Bandwidth sends it.</li>\n</ul>\n");
	if (!v->left) {
		part_note_begin(b, TONE_BROKEN, NULL);
		html_raw(b,
		    "<p><b>No number is left in service after this.</b> No text can be sent "
		    "then.</p>");
		part_note_end(b);
	}
}

static const char *
numbers_text(const struct release_page *p)
{
	struct buf text = BUF_INIT(INVENTORY_RELEASE_MAX * PHONE_MAX);
	const char *copy;

	for (size_t i = 0; i < p->numbers.count; i++)
		buf_addf(&text, i ? " %s" : "%s", p->numbers.items[i]);
	copy = arena_str(p->req->arena, buf_str(&text));
	buf_free(&text);
	return copy;
}

static void
write_form(const struct release_page *p, struct buf *b)
{
	const struct part_field days = {
	    .name = "days",
	    .label = "Days to wait before",
	    .help =
		"Meanwhile they get no new contacts, and conversations go on. 0: as soon as what is "
		"under way has ended. You can take it back until then.",
	    .value = p->days ? p->days : "7",
	    .fault = p->days_fault,
	    .inputmode = "numeric",
	    .autocomplete = "off",
	};
	const char *once = form_get(&p->req->form, "once");
	char made[INVENTORY_ID];

	if (!once || !message_id_valid(once)) {
		inventory_once(made);
		once = made;
	}
	html_raw(b, "<div class=\"card\">");
	frame_form(p->app, p->req, b, "numbers");
	part_hidden(b, "numbers", numbers_text(p));
	part_hidden(b, "once", once);
	part_field(b, &days);
	if (!p->preview.left)
		part_check(b, "last", "Release them although none is left",
		    "Without this box the last number in service stays.", false);
	confirm_field(p->req, b, p->frame.now, p->own_fault);
	html_raw(b,
	    "<p><b>This can't be undone</b> once Bandwidth has taken them back: somebody else "
	    "gets the number.</p>\n<div class=\"acts\"><button type=\"submit\" "
	    "class=\"primary danger\" name=\"do\" value=\"release\">Release ");
	part_count(b, (long long)p->numbers.count, "number", "numbers");
	html_raw(b, "</button>\n");
	frame_link(p->app, p->req, b, "numbers", "button",
	    p->numbers.count == 1 ? "Keep it" : "Keep them");
	html_raw(b, "</div></form></div>\n");
}

static void
write_take_off(const struct release_page *p, struct buf *b)
{
	html_raw(b,
	    "<details><summary>Only take off the list</summary>\n<p>If your account at Bandwidth "
	    "does not have these numbers, or you use them elsewhere: they stay yours there, and are "
	    "not used here any more. A reply to them is still taken.</p>\n");
	frame_form(p->app, p->req, b, "numbers");
	part_hidden(b, "numbers", numbers_text(p));
	html_raw(b, "<div class=\"acts\"><button type=\"submit\" class=\"danger\" name=\"do\" "
		    "value=\"take-off\">Take off the list</button></div></form>\n</details>\n");
}

static void
show(struct release_page *p, struct response *res)
{
	struct page page = {.title = "Release numbers?", .active = "numbers", .typing = true};
	struct buf *b = &res->body;

	if (!frame_read(p->app, p->req, res, &p->frame, read_preview, p))
		return;
	if (p->fault || p->days_fault || p->own_fault)
		res->status = 422;
	if (p->fault) {
		page.banner = BANNER_LOOK;
		page.banner_text = p->fault;
	}
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<h1>Release ");
	part_count(b, (long long)p->numbers.count, "number?", "numbers?");
	html_raw(b, "</h1>\n<p class=\"lead\">Given back to Bandwidth: ");
	numbers_list_part(b, &p->numbers, 20);
	html_raw(b, ".</p>\n");
	if (p->preview.refuse) {
		part_note_begin(b, TONE_LOOK, NULL);
		html_raw(b, "<p>");
		html_text(b, p->preview.refuse);
		html_raw(b, "</p>");
		part_note_end(b);
	} else {
		write_preview(p, b);
		write_form(p, b);
	}
	write_take_off(p, b);
	page_end(res);
}

/* ---- the two forms ------------------------------------------------------------------- */

/* False: answered already. */
static bool
begin(struct release_page *p, struct response *res)
{
	struct numbers_page list = {.app = p->app, .req = p->req};

	p->numbers = numbers_ticked(p->req);
	if (p->numbers.count && p->numbers.count <= INVENTORY_RELEASE_MAX)
		return true;
	list.filter.limit = NUMBERS_ON_PAGE;
	list.fault = p->numbers.count ? "Choose at most 100 numbers at once."
				      : "Choose one or more numbers first.";
	numbers_show(&list, res);
	return false;
}

void
numbers_ask_release(const struct app *app, struct request *req, struct response *res)
{
	struct release_page p = {.app = app, .req = req};

	if (begin(&p, res))
		show(&p, res);
}

void
numbers_release(const struct app *app, struct request *req, struct response *res)
{
	struct release_page p = {.app = app, .req = req, .days = form_get(&req->form, "days")};
	struct release_input in = {
	    .last = form_get(&req->form, "last") != NULL,
	    .once = form_get(&req->form, "once"),
	};
	uint64_t days = 0;
	struct inventory_answer answer = {.why = ""};
	enum result result;

	if (!begin(&p, res))
		return;
	in.numbers = p.numbers;
	if (p.days && *p.days && parse_u64(p.days, strlen(p.days), 0, DAYS_MOST, &days) != 0)
		p.days_fault = "Enter a whole number from 0 to 60.";
	/* From when the page was shown: the same form twice must say the same. */
	if (days && in.once && message_id_valid(in.once))
		in.not_before = message_id_time(in.once) + (int64_t)days * CLOCK_DAY;
	result = confirm_person(app, req, &p.own_fault);
	if (result == OK && !p.days_fault)
		result = inventory_release(
		    app, req->org, &in, req->session->email, req->client, &answer);
	if (result == OK && !p.days_fault)
		numbers_to_job(app, req, res, answer.job);
	else if (result == OK || result == REFUSED) {
		p.fault = *answer.why ? answer.why : NULL;
		show(&p, res);
	} else
		frame_error(req, res, result);
}
