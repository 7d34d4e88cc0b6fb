/*
 * numbers.c: GET /admin/{org}/numbers: the organization's numbers, how they are used, when they
 * were last compared with Bandwidth, and how they are picked.
 *
 * It only reads, and scans nothing: a page of the list, the totals and the newest jobs.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/phone.h"
#include "handlers/job_part.h"
#include "handlers/numbers_page.h"
#include "http/parts.h"

/* ---- what was asked for ------------------------------------------------------------- */

static bool
is_area(const char *s)
{
	return strlen(s) == 3 && strspn(s, "0123456789") == 3 && *s >= '2';
}

static void
read_query(struct numbers_page *p)
{
	const struct form *q = &p->req->query;
	const char *state = form_get(q, "state"), *after = form_get(q, "after"), *known;
	const char *look = form_get(q, "look");
	char number[PHONE_MAX];

	p->filter.limit = NUMBERS_ON_PAGE;
	for (unsigned i = 0; state && (known = number_state_at(i)) != NULL; i++)
		if (strcmp(state, known) == 0)
			p->filter.state = known;
	if (after && (phone_is_e164(after) || phone_is_short_code(after)))
		p->filter.after = after;
	if (look && *look) {
		p->entered = look;
		if (is_area(look))
			p->filter.area = look;
		else if (phone_is_short_code(look))
			p->looked_for = look;
		else if (phone_normalize(look, number, &p->entered_fault) == 0)
			p->looked_for = arena_str(p->req->arena, number);
	}
}

static enum result
read_newest_sync(struct tx *tx, struct numbers_page *p)
{
	static const char *const kinds[] = {INVENTORY_SYNC, INVENTORY_SYNC_DAILY};
	enum result result = OK;
	struct job job;

	p->sync = (struct job){.id = NULL};
	for (size_t i = 0; result == OK && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		result = jobs_last(tx, p->req->org, kinds[i], p->req->arena, &job);
		/* The daily one that waits for its time has nothing to tell. */
		if (result == OK && (job.started || i == 0) &&
		    (!p->sync.id || job.created > p->sync.created))
			p->sync = job;
		if (result == NOT_FOUND)
			result = OK;
	}
	return result;
}

static enum result
read_numbers(struct tx *tx, void *arg)
{
	struct numbers_page *p = arg;
	uint32_t org = p->req->org;
	enum result result = OK;
	const char *state;

	p->count = 0;
	p->total = 0;
	if (p->looked_for) {
		p->list = arena_alloc(p->req->arena, sizeof(*p->list));
		result = inventory_number(tx, org, p->looked_for, p->req->arena, p->list);
		p->count = result == OK;
		result = result == NOT_FOUND ? OK : result;
	} else if (!p->entered_fault) {
		result = inventory_list(
		    tx, org, &p->filter, p->req->arena, &p->list, &p->count, &p->next);
	}
	for (unsigned i = 0;
	     result == OK && i < NUMBERS_STATES && (state = number_state_at(i)) != NULL; i++) {
		result = numbers_count(tx, org, state, &p->totals[i]);
		p->total += p->totals[i];
	}
	if (result == OK)
		result = read_newest_sync(tx, p);
	if (result == OK)
		result = inventory_jobs(
		    tx, org, NULL, NUMBERS_RECENT, p->req->arena, &p->jobs, &p->jobs_count);
	return result;
}

/* ---- comparing with Bandwidth --------------------------------------------------------- */

/* The sentence of a comparison that went well; what runs or failed gets a note. */
static void
write_sync(const struct numbers_page *p, struct buf *b)
{
	const struct job *job = &p->sync;

	if (job->id && (!job_over(job) || strcmp(job->state, "failed") == 0))
		part_job(b, "sync", "Comparing with Bandwidth", job, p->frame.now);
	html_raw(b, "<p class=\"soft\">");
	if (!job->id) {
		html_raw(b, "Not yet compared with Bandwidth. ");
	} else if (job_over(job) && strcmp(job->state, "failed") != 0) {
		html_raw(b, "Compared with Bandwidth ");
		page_time(b, job->finished, p->frame.now);
		html_raw(b, ": ");
		html_text(b, job->result);
		html_raw(b, " ");
	}
	if (job->id)
		frame_link(p->app, p->req, b, arena_fmt(p->req->arena, "jobs/%s", job->id), NULL,
		    "Number by number");
	html_raw(b,
	    "<br><span class=\"small\">Comparing finds new numbers and those that are gone. It is "
	    "done every day by itself, changes nothing at Bandwidth and costs nothing.</span></p>\n");
}

/* ---- orders and releases ---------------------------------------------------------------- */

static void
write_job(const struct numbers_page *p, struct buf *b, const struct job *job)
{
	struct inventory_job detail;
	bool order = strcmp(job->kind, INVENTORY_ORDER) == 0, failed;

	inventory_read(job, p->req->arena, &detail);
	failed = strcmp(job->state, "failed") == 0;
	html_raw(b, "<li><div class=\"row\">\n<p class=\"from\">");
	frame_link(p->app, p->req, b, arena_fmt(p->req->arena, "jobs/%s", job->id), NULL,
	    order ? "Order" : "Release");
	html_raw(b, "</p>\n<p class=\"when\">");
	page_time(b, job->created, p->frame.now);
	html_raw(b, "</p>\n<p class=\"words\" dir=\"auto\">");
	html_text(b, job_over(job) ? job->result : job->step);
	html_raw(b, "</p>\n<p class=\"meta\">");
	part_state(b,
	    failed	    ? TONE_BROKEN
	    : job_over(job) ? TONE_FINE
			    : TONE_BUSY,
	    failed	    ? ICON_BROKEN
	    : job_over(job) ? ICON_FINE
			    : ICON_TURN,
	    failed	    ? "Failed"
	    : job_over(job) ? "Done"
			    : "Under way");
	if (detail.status) {
		html_raw(b, "<span>Bandwidth: ");
		html_text(b, detail.status);
		html_raw(b, "</span>");
	}
	html_raw(b, "</p></div></li>\n");
}

/* What is under way stands above the list, what is over below it. */
static void
write_jobs(const struct numbers_page *p, struct buf *b, bool over, const char *title)
{
	size_t n = 0;

	for (size_t i = 0; i < p->jobs_count; i++) {
		if (job_over(&p->jobs[i]) != over)
			continue;
		if (!n++) {
			html_raw(b, "<h2>");
			html_text(b, title);
			html_raw(b, "</h2>\n<ul class=\"card list\">\n");
		}
		write_job(p, b, &p->jobs[i]);
	}
	if (n)
		html_raw(b, "</ul>\n");
}

/* ---- how they are picked, and by hand ------------------------------------------------------ */

static void
write_picker(const struct numbers_page *p, struct buf *b)
{
	const struct organization *org = &p->frame.view.org;
	const struct part_field limit = {
	    .name = "newContacts",
	    .label = "New contacts a day for each number",
	    .help = "A number that has reached it is given no further people until the next day "
		    "(UTC). Empty: no limit.",
	    .value = p->limit ? p->limit
		     : org->new_contacts_max
			 ? arena_fmt(p->req->arena, "%" PRId64, org->new_contacts_max)
			 : NULL,
	    .fault = p->limit_fault,
	    .inputmode = "numeric",
	    .autocomplete = "off",
	    .narrow = true,
	};

	html_raw(b,
	    "<section class=\"card\" id=\"picker\" aria-labelledby=\"picker-head\">\n"
	    "<h2 id=\"picker-head\">Which number a new contact gets</h2>\n<p>The one that was "
	    "used the least recently. Who has texted with you before keeps their number.</p>\n");
	frame_form(p->app, p->req, b, "numbers");
	part_check(b, "preferArea", "Prefer a number with the contact's area code",
	    "If you have none with it, the next one of the others is taken.", org->prefer_area);
	part_field(b, &limit);
	html_raw(b, "<div class=\"acts\"><button type=\"submit\" name=\"do\" value=\"picker\">"
		    "Save</button></div></form>\n</section>\n");
}

static void
write_by_hand(const struct numbers_page *p, struct buf *b)
{
	const struct part_field f = {
	    .name = "number",
	    .label = "Number",
	    .help = "One that your location at Bandwidth has already. Nothing is bought.",
	    .value = p->by_hand,
	    .fault = p->by_hand_fault,
	    .type = "tel",
	    .inputmode = "tel",
	    .autocomplete = "off",
	};

	html_raw(b, p->by_hand_fault ? "<details open>" : "<details>");
	html_raw(b, "<summary>Add a number by hand</summary>\n");
	frame_form(p->app, p->req, b, "numbers");
	part_field(b, &f);
	html_raw(b, "<div class=\"acts\"><button type=\"submit\" name=\"do\" value=\"add\">"
		    "Add it</button></div></form>\n</details>\n");
}

/* ---- the page ------------------------------------------------------------------------------ */

void
numbers_show(struct numbers_page *p, struct response *res)
{
	struct page page = {.title = "Numbers", .active = "numbers", .wide = true, .typing = true};
	bool owner = p->req->role == ROLE_OWNER;
	struct buf *b = &res->body;

	if (!frame_read(p->app, p->req, res, &p->frame, read_numbers, p))
		return;
	if (p->fault || p->by_hand_fault || p->limit_fault)
		res->status = 422;
	if (p->fault) {
		page.banner = BANNER_LOOK;
		page.banner_text = p->fault;
	}
	if (job_under_way(&p->sync, p->frame.now))
		page.refresh = frame_refresh(p->req, JOB_REFRESH);
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<div class=\"head\"><h1>Numbers</h1>\n");
	if (owner) {
		html_raw(b, "<div class=\"acts\">");
		frame_button(
		    p->app, p->req, b, "numbers", "do", "sync", NULL, "Compare now (sync)");
		frame_link(p->app, p->req, b, "buy", "button primary", "Get numbers");
		html_raw(b, "</div>");
	}
	html_raw(b, "</div>\n");
	write_sync(p, b);
	write_jobs(p, b, false, "Under way");
	if (p->total > 0) /* else there is nothing to choose among */
		numbers_filters(p, b);
	numbers_table(p, b);
	write_jobs(p, b, true, "Earlier orders and releases");
	if (owner) {
		write_picker(p, b);
		write_by_hand(p, b);
	}
	page_end(res);
}

void
handle_numbers(const struct app *app, struct request *req, struct response *res)
{
	struct numbers_page p = {.app = app, .req = req};

	read_query(&p);
	numbers_show(&p, res);
}
