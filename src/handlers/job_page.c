/*
 * job_page.c: GET /admin/{org}/jobs/{item}: how a search, an order, a release, a comparison with
 * Bandwidth or the forgetting of a person goes, and what came of it.
 *
 * It refreshes itself until that is over, and can be left: the worker goes on without it.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "handlers/forget_page.h"
#include "handlers/job_part.h"
#include "handlers/numbers_page.h"
#include "http/parts.h"
#include "texting/forget.h"

#define FOUND_SHOWN 150 /* a form has room for 200 fields */
#define LISTED 100

struct job_page {
	const struct app *app;
	struct request *req;
	struct frame frame;
	struct job job;
	struct inventory_job detail;
	const struct kind *kind;
};

struct kind {
	const char *name;
	const char *title, *running, *over;
	void (*write)(const struct job_page *, struct buf *);
	bool typing; /* its results have something to choose */
};

static enum result
read_job(struct tx *tx, void *arg)
{
	struct job_page *p = arg;
	enum result result = jobs_get(tx, p->req->item, false, p->req->arena, &p->job);

	if (result == OK && (p->job.org != p->req->org || !p->job.kind || !p->job.state))
		return NOT_FOUND;
	if (result == OK)
		inventory_read(&p->job, p->req->arena, &p->detail);
	return result;
}

/* ---- parts ------------------------------------------------------------------------------ */

static void
fact(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	html_raw(b, "<dt>");
	html_text(b, name);
	html_raw(b, "</dt><dd dir=\"auto\">");
	html_text(b, value);
	html_raw(b, "</dd>\n");
}

static void
fact_count(struct buf *b, const char *name, int64_t n)
{
	html_raw(b, "<dt>");
	html_text(b, name);
	html_rawf(b, "</dt><dd>%" PRId64 "</dd>\n", n);
}

static void
fact_time(const struct job_page *p, struct buf *b, const char *name, int64_t when)
{
	if (!when)
		return;
	html_raw(b, "<dt>");
	html_text(b, name);
	html_raw(b, "</dt><dd>");
	page_time(b, when, p->frame.now);
	html_raw(b, "</dd>\n");
}

static void
fact_numbers(struct buf *b, const char *name, const struct text_list *list)
{
	if (!list->count)
		return;
	html_raw(b, "<dt>");
	html_text(b, name);
	html_rawf(b, " (%zu)</dt><dd>", list->count);
	numbers_list_part(b, list, LISTED);
	html_raw(b, "</dd>\n");
}

/* What was wanted, in words. */
static const char *
wanted(const struct job_page *p)
{
	const struct inventory_job *d = &p->detail;
	struct number_want want = {
	    .area = d->area,
	    .state = d->state,
	    .city = d->city,
	    .zip = d->zip,
	    .pattern = d->pattern,
	    .numbers = d->numbers,
	    .quantity = d->quantity,
	};

	if (!d->kind || want_parse(d->kind, &want.kind) != 0)
		return NULL;
	return inventory_want_words(&want, p->req->arena);
}

/* Bandwidth's word for how an order stands, and what it means. */
static void
fact_status(struct buf *b, const char *status)
{
	static const struct {
		const char *status, *meaning;
		enum tone tone;
		enum icon icon;
	} table[] = {
	    {"RECEIVED", "Bandwidth has it and will begin.", TONE_BUSY, ICON_TURN},
	    {"PROCESSING", "Bandwidth works on it.", TONE_BUSY, ICON_TURN},
	    {"BACKORDERED", "Bandwidth waits for numbers. This can take days.", TONE_LOOK,
		ICON_WAIT},
	    {"COMPLETE", "All of it is done.", TONE_FINE, ICON_FINE},
	    {"PARTIAL", "Only a part could be done; nothing more will come.", TONE_LOOK, ICON_LOOK},
	    {"FAILED", "Nothing of it could be done.", TONE_BROKEN, ICON_BROKEN},
	};
	size_t n = sizeof(table) / sizeof(table[0]), i = 0;

	if (!status)
		return;
	while (i < n && strcmp(status, table[i].status) != 0)
		i++;
	html_raw(b, "<dt>Bandwidth says</dt><dd>");
	part_state(
	    b, i < n ? table[i].tone : TONE_PLAIN, i < n ? table[i].icon : ICON_LOOK, status);
	if (i < n) {
		html_raw(b, " ");
		html_text(b, table[i].meaning);
	}
	html_raw(b, "</dd>\n");
}

/* ---- a search -------------------------------------------------------------------------------- */

static void
write_found(const struct job_page *p, struct buf *b)
{
	const struct inventory_job *d = &p->detail;
	size_t n = d->found.count < FOUND_SHOWN ? d->found.count : FOUND_SHOWN;

	frame_form(p->app, p->req, b, "buy");
	part_hidden(b, "kind", want_name(WANT_NUMBERS));
	html_raw(b, "<fieldset class=\"field\"><legend>What Bandwidth has</legend>\n"
		    "<p class=\"help\">None is reserved: somebody else may buy one meanwhile.</p>\n"
		    "<ul class=\"plain found\">\n");
	for (size_t i = 0; i < n; i++) {
		html_raw(b, "<li><label class=\"check\"><input type=\"checkbox\" value=\"yes\"");
		html_attr(b, "name", d->found.items[i]);
		html_raw(b, "> ");
		part_phone(b, d->found.items[i]);
		if (i < d->where.count && *d->where.items[i]) {
			html_raw(b, " <span class=\"soft small\">");
			html_text(b, d->where.items[i]);
			html_raw(b, "</span>");
		}
		html_raw(b, "</label></li>\n");
	}
	html_raw(b,
	    "</ul></fieldset>\n<div class=\"acts\"><button type=\"submit\" class=\"primary\" "
	    "name=\"do\" value=\"ask\">Buy the chosen ones</button>\n"
	    "<p class=\"small\">You are asked once more, with the number of units.</p>"
	    "</div></form>\n");
}

static void
hidden(struct buf *b, const char *name, const char *value)
{
	if (value)
		part_hidden(b, name, value);
}

/* The same without choosing: Bandwidth takes which it has when it gets the order. */
static void
write_any(const struct job_page *p, struct buf *b)
{
	const struct inventory_job *d = &p->detail;
	bool city = d->kind && strcmp(d->kind, want_name(WANT_CITY)) == 0;

	if (!wanted(p))
		return;
	html_raw(b,
	    "<details><summary>Or take whichever there are</summary>\n<p>Bandwidth chooses when "
	    "it gets the order: ");
	html_text(b, wanted(p));
	html_raw(b, ".</p>\n");
	frame_form(p->app, p->req, b, "buy");
	part_hidden(b, "kind", d->kind);
	hidden(b, "area", d->area);
	hidden(b, city ? "cityState" : "state", d->state);
	hidden(b, "city", d->city);
	hidden(b, "zip", d->zip);
	hidden(b, "pattern", d->pattern);
	part_hidden(b, "quantity", arena_fmt(p->req->arena, "%" PRId64, d->quantity));
	html_raw(b, "<div class=\"acts\"><button type=\"submit\" name=\"do\" value=\"ask\">"
		    "Buy any of these</button></div></form>\n</details>\n");
}

static void
write_search(const struct job_page *p, struct buf *b)
{
	if (!job_over(&p->job))
		return;
	if (p->req->role == ROLE_OWNER) {
		html_raw(b, "<div class=\"card\">");
		if (p->detail.found.count)
			write_found(p, b);
		else
			html_raw(b, "<p>Nothing was found. Try a neighbouring area code, or the "
				    "state.</p>\n");
		html_raw(b, "</div>\n");
		if (strcmp(p->job.state, "done") == 0)
			write_any(p, b);
		html_raw(b, "<p>");
		frame_link(p->app, p->req, b, "buy", "button", "Look for others");
		html_raw(b, "</p>\n");
		return;
	}
	html_raw(b, "<dl class=\"facts\">\n");
	fact_numbers(b, "Found", &p->detail.found);
	html_raw(b, "</dl>\n");
}

/* ---- an order, a release, a comparison ------------------------------------------------------- */

static void
write_ids(const struct job_page *p, struct buf *b)
{
	fact_status(b, p->detail.status);
	fact(b, "In Bandwidth's words", p->detail.words);
	fact(b, "Order ID at Bandwidth", p->detail.order_id);
	fact(b, "Our ID (customer order ID)", p->detail.our_id);
	fact_time(p, b, "Sent to Bandwidth", p->detail.posted);
	fact(b, "Asked for by", p->job.by);
	fact_time(p, b, "Asked for", p->job.created);
}

static void
write_order(const struct job_page *p, struct buf *b)
{
	const struct inventory_job *d = &p->detail;

	html_raw(b, "<section class=\"card\"><h2>The order</h2>\n<dl class=\"facts\">\n");
	fact(b, "Wanted", wanted(p));
	fact_numbers(b, "Wanted numbers", &d->numbers);
	fact_numbers(b, "Came", &d->got);
	fact_numbers(b, "Did not come", &d->not_got);
	fact_numbers(b, "Belong to another organization here", &d->foreign);
	write_ids(p, b);
	fact(b, "10DLC campaign", d->campaign);
	fact(b, "Campaign: Bandwidth says", d->options_status);
	fact(b, "Campaign: in its words", d->options_words);
	html_raw(b, "</dl>\n</section>\n");
}

static void
write_release(const struct job_page *p, struct buf *b)
{
	const struct inventory_job *d = &p->detail;

	html_raw(b, "<section class=\"card\"><h2>The release</h2>\n<dl class=\"facts\">\n");
	fact_numbers(b, "Numbers", &d->numbers);
	fact_time(p, b, "Not before", d->not_before);
	fact_count(b, "Contacts moved to the same area code", d->contacts_moved);
	fact_count(b, "Contacts that get another number", d->contacts_forgotten);
	fact_numbers(b, "Given back", &d->got);
	fact_numbers(b, "Not given back", &d->not_got);
	write_ids(p, b);
	html_raw(b, "</dl>\n</section>\n");
	if (job_over(&p->job) || d->posted || p->req->role != ROLE_OWNER)
		return;
	frame_form(p->app, p->req, b, "numbers");
	part_hidden(b, "job", p->job.id);
	html_raw(b,
	    "<div class=\"acts\"><button type=\"submit\" name=\"do\" value=\"cancel-release\">"
	    "Take the release back</button>\n<p class=\"small\">The numbers stay, and take no new "
	    "contacts until you put them back in service.</p></div></form>\n");
}

static void
write_sync(const struct job_page *p, struct buf *b)
{
	const struct inventory_job *d = &p->detail;

	html_raw(b, "<section class=\"card\"><h2>What was found</h2>\n<dl class=\"facts\">\n");
	fact_count(b, "At your location at Bandwidth", d->listed);
	fact_count(b, "As before", d->same);
	fact_count(b, "New here", d->added);
	fact_count(b, "Put in service since", d->ready);
	fact_count(b, "Gone from Bandwidth", d->gone);
	fact_count(b, "Moved to another location", d->moved);
	if (d->others)
		fact_count(b, "Belong to another organization here", d->others);
	html_raw(b, "</dl>\n");
	if (d->changes.count) {
		html_raw(b, "<h3>Number by number</h3>\n<ul>\n");
		for (size_t i = 0; i < d->changes.count; i++) {
			html_raw(b, "<li dir=\"auto\">");
			html_text(b, d->changes.items[i]);
			html_raw(b, "</li>\n");
		}
		html_raw(b, "</ul>\n");
	}
	html_raw(b, "</section>\n");
}

static void
write_forget(const struct job_page *p, struct buf *b)
{
	forget_job_part(p->app, p->req, b, &p->job);
}

/* ---- the page -------------------------------------------------------------------------------- */

static const struct kind kinds[] = {
    {INVENTORY_SEARCH, "Numbers to choose from", "Asking Bandwidth what it has",
	"Bandwidth's answer", write_search, true},
    {INVENTORY_ORDER, "Order of numbers", "The order is under way", "The order has ended",
	write_order, false},
    {INVENTORY_RELEASE, "Release of numbers", "The release is under way", "The release has ended",
	write_release, false},
    {INVENTORY_SYNC, "Comparison with Bandwidth", "Comparing with Bandwidth", "Compared",
	write_sync, false},
    {INVENTORY_SYNC_DAILY, "Comparison with Bandwidth", "Comparing with Bandwidth", "Compared",
	write_sync, false},
    {FORGET_JOB, "Forgetting a person", "What is known of this person is being removed",
	"This person is forgotten", write_forget, false},
};

static const struct kind *
find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(name, kinds[i].name) == 0)
			return &kinds[i];
	return NULL;
}

static void
show(const struct job_page *p, struct response *res)
{
	bool person = p->kind->write == write_forget; /* not about numbers */
	struct page page = {
	    .title = p->kind->title, .active = person ? "messages" : "numbers"};
	const char *subject = wanted(p);
	struct buf *b = &res->body;

	if (job_under_way(&p->job, p->frame.now))
		page.refresh = frame_refresh(p->req, JOB_REFRESH);
	page.typing = p->kind->typing && job_over(&p->job);
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<p class=\"small\">");
	frame_link(p->app, p->req, b, page.active, NULL, person ? "All messages" : "All numbers");
	html_raw(b, "</p>\n<h1>");
	html_text(b, p->kind->title);
	html_raw(b, "</h1>\n");
	if (subject) {
		html_raw(b, "<p class=\"lead\">");
		html_text(b, subject);
		html_raw(b, "</p>\n");
	}
	part_job(b, "state", job_over(&p->job) ? p->kind->over : p->kind->running, &p->job,
	    p->frame.now);
	p->kind->write(p, b);
	frame_refresh_note(
	    p->app, p->req, b, page.refresh, arena_fmt(p->req->arena, "jobs/%s", p->job.id));
	page_end(res);
}

void
handle_job(const struct app *app, struct request *req, struct response *res)
{
	struct job_page p = {.app = app, .req = req};

	if (!frame_read(app, req, res, &p.frame, read_job, &p))
		return;
	p.kind = find_kind(p.job.kind);
	if (p.kind)
		show(&p, res);
	else
		frame_error(req, res, NOT_FOUND);
}
