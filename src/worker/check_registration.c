/*
 * check_registration.c: do the carriers know the organization's numbers (check.h)?  Local ones
 * need a 10DLC campaign, toll-free ones a verification.  Many accounts are told nothing
 * about either.
 */
#include <string.h>

#include "base/arena.h"
#include "bandwidth/campaigns.h"
#include "worker/check_private.h"

#define CAMPAIGN_MAX INT64_C(50000) /* numbers of the account that are looked at */
#define TOLLFREE_MAX ((size_t)10)   /* asked about one by one */

static bool
is(const char *s, const char *word)
{
	return s != NULL && strcmp(s, word) == 0;
}

/* ---- 10DLC --------------------------------------------------------------------------------- */

static void ask_campaigns(struct check *);

static void
note_bad(struct check *c, const char *number, const char *status)
{
	if (c->facts.local_bad++ < SETUP_NAMED)
		c->facts.local_bad_at = text_list_add(c->arena, c->facts.local_bad_at,
		    status != NULL ? check_text(c, arena_fmt(c->arena, "%s %s", number, status))
				   : number);
}

static void
take_number(struct check *c, const struct campaign_number *n)
{
	int64_t at = check_ours_find(&c->local, n->number);

	if (at < 0 || c->local.found[at])
		return;
	c->local.found[at] = true;
	if (is(n->status, "PROCESSING") || is(n->status, "PENDING"))
		c->facts.local_pending++;
	else if (n->campaign_id == NULL || is(n->status, "FAILURE"))
		note_bad(c, n->number, n->campaign_id != NULL ? n->status : NULL);
}

static void
conclude_campaigns(struct check *c)
{
	size_t i;

	check_set(c, &c->facts.campaign, SETUP_YES, NULL);
	for (i = 0; i < c->local.count; i++)
		if (!c->local.found[i])
			note_bad(c, c->local.numbers[i], NULL);
}

static void
campaigns_came(struct check *c, const struct http_answer *answer)
{
	struct campaign_numbers_answer list;
	size_t i;

	campaign_numbers_read(answer, c->arena, &list);
	if (list.head.outcome != NUMBERS_FINE) {
		check_answer(c, &c->facts.campaign, &list.head, true);
		return;
	}
	for (i = 0; i < list.count; i++)
		take_number(c, &list.items[i]);
	c->campaign_offset += CAMPAIGN_PAGE;
	if (list.count < CAMPAIGN_PAGE)
		conclude_campaigns(c);
	else if (c->campaign_offset >= CAMPAIGN_MAX)
		check_set(c, &c->facts.campaign, SETUP_UNREACHABLE, "the list does not end");
	else
		ask_campaigns(c);
}

static void
ask_campaigns(struct check *c)
{
	struct http_request r;

	campaign_numbers_request(&r, c->arena, &c->account, c->campaign_offset);
	r.authorization = NULL;
	check_send(c, &r, campaigns_came);
}

/* ---- toll-free ------------------------------------------------------------------------------ */

static void ask_tollfree(struct check *);

static void
note_unverified(struct check *c, const char *number, const char *status)
{
	if (c->facts.tollfree_bad++ < SETUP_NAMED)
		c->facts.tollfree_bad_at = text_list_add(c->arena, c->facts.tollfree_bad_at,
		    check_text(c, arena_fmt(c->arena, "%s (%s)", number, status)));
}

static void
tollfree_came(struct check *c, const struct http_answer *answer)
{
	const char *number = c->tollfree.numbers[c->tollfree_next];
	struct toll_free_answer t;

	toll_free_read(answer, c->arena, &t);
	if (t.head.outcome == NUMBERS_NOT_FOUND) {
		note_unverified(c, number, "not asked for");
	} else if (t.head.outcome != NUMBERS_FINE) {
		check_answer(c, &c->facts.tollfree, &t.head, true);
		return;
	} else if (t.blocked || !is(t.status, "VERIFIED")) {
		note_unverified(c, number,
		    t.reason != NULL   ? t.reason
		    : t.blocked	       ? "blocked"
		    : t.status != NULL ? t.status
				       : "no status");
	}
	c->facts.tollfree_asked++;
	c->tollfree_next++;
	if (c->tollfree_next < c->tollfree.count && c->tollfree_next < TOLLFREE_MAX)
		ask_tollfree(c);
	else
		check_set(c, &c->facts.tollfree, SETUP_YES, NULL);
}

static void
ask_tollfree(struct check *c)
{
	struct http_request r;

	toll_free_request(&r, c->arena, &c->account, c->tollfree.numbers[c->tollfree_next]);
	r.authorization = NULL;
	check_send(c, &r, tollfree_came);
}

/* One that the location has lost has a step of its own, and nobody to ask about here. */
static void
leave_out_lost(const struct check *c, struct check_ours *list)
{
	size_t i, n = 0;

	if (!is(c->facts.numbers.state, SETUP_YES))
		return;
	for (i = 0; i < list->count; i++)
		if (c->location.found[check_ours_find(&c->location, list->numbers[i])])
			list->numbers[n++] = list->numbers[i];
	list->count = n;
}

void
check_registration(struct check *c)
{
	leave_out_lost(c, &c->local);
	leave_out_lost(c, &c->tollfree);
	c->facts.local_count = (int64_t)c->local.count;
	c->facts.tollfree_count = (int64_t)c->tollfree.count;
	if (c->local.count > 0)
		ask_campaigns(c);
	else
		check_set(c, &c->facts.campaign, SETUP_YES, NULL);
	if (c->tollfree.count > 0)
		ask_tollfree(c);
	else
		check_set(c, &c->facts.tollfree, SETUP_YES, NULL);
}
