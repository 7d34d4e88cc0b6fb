/*
 * setup_numbers.c: the steps about the organization's numbers: are they where they should
 * be, and do the carriers know them (setup_rules.h)?
 */
#include <inttypes.h>

#include "base/arena.h"
#include "texting/setup_rules.h"

/* ---- numbers ------------------------------------------------------------------------------ */

void
setup_numbers(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;
	const char *more =
	    f->numbers_new > 0
		? arena_fmt(c->arena, " %" PRId64 " more at the location are not used here yet.",
		      f->numbers_new)
		: "";

	if (!c->in->config->has_number) {
		setup_wrong(out,
		    f->numbers_new > 0
			? arena_fmt(c->arena,
			      "No number is in service here, though the location has %" PRId64 ".",
			      f->numbers_new)
			: "No number is in service here, so nothing can be sent.",
		    "Take over the numbers of the location, or buy one.", "numbers");
		return;
	}
	if (!setup_rests_on(c, out, SETUP_LOCATION) ||
	    !setup_answered(c, out, &f->numbers, "the location's numbers"))
		return;
	if (f->numbers_lost > 0)
		setup_wrong(out,
		    arena_fmt(c->arena,
			"%" PRId64
			" of the numbers used here %s not at this location of Bandwidth's: "
			"%s%s. Texts from %s fail.",
			f->numbers_lost, f->numbers_lost == 1 ? "is" : "are",
			setup_list(c->arena, &f->numbers_lost_at),
			f->numbers_lost > (int64_t)f->numbers_lost_at.count ? " and more" : "",
			f->numbers_lost == 1 ? "it" : "them"),
		    "Sync the numbers with Bandwidth, or move them back into the location there.",
		    "numbers");
	else
		setup_fine(out,
		    arena_fmt(c->arena,
			"All numbers in service here are at the location, which has %" PRId64 ".%s",
			f->numbers_there, more));
}

/* ---- registration --------------------------------------------------------------------- */

/* Some accounts and credentials are never told; that is nothing to be alarmed about. */
static void
untold(const struct setup_case *c, struct setup_result *out, const struct setup_answer *answer,
    const char *what, const char *action)
{
	if (setup_answered(c, out, answer, what))
		setup_unknown(out,
		    arena_fmt(c->arena, "Bandwidth does not tell this account about %s.", what),
		    NULL);
	out->untold = setup_is(answer->state, SETUP_FORBIDDEN) || setup_is(answer->state, SETUP_NO);
	if (out->untold)
		out->action = action;
}

static void
judge_local(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;

	if (f->local_count == 0)
		setup_fine(out, "No number needs a 10DLC campaign.");
	else if (!setup_yes(&f->campaign))
		untold(c, out, &f->campaign, "10DLC campaigns",
		    "Look at Bandwidth (Registration Center) whether your local numbers are on a "
		    "campaign.");
	else if (f->local_bad > 0)
		setup_wrong(out,
		    arena_fmt(c->arena,
			"On no registered 10DLC campaign: %" PRId64 " of %" PRId64
			" local numbers (%s%s). Carriers drop their texts.",
			f->local_bad, f->local_count, setup_list(c->arena, &f->local_bad_at),
			f->local_bad > (int64_t)f->local_bad_at.count ? " and more" : ""),
		    "Put them on your 10DLC campaign at Bandwidth (Registration Center).", NULL);
	else if (f->local_pending > 0)
		setup_wrong(out,
		    arena_fmt(c->arena,
			"Still being registered with the carriers: %" PRId64 " of %" PRId64
			" local numbers.",
			f->local_pending, f->local_count),
		    "Wait; it can take some days. Until then carriers drop their texts.", NULL);
	else
		setup_fine(out, "Every local number is on a registered 10DLC campaign.");
}

static void
judge_tollfree(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;

	if (f->tollfree_count == 0)
		setup_fine(out, "No number needs a toll-free verification.");
	else if (!setup_yes(&f->tollfree))
		untold(c, out, &f->tollfree, "toll-free verification",
		    "Look at Bandwidth whether your toll-free numbers are verified.");
	else if (f->tollfree_bad > 0)
		setup_wrong(out,
		    arena_fmt(c->arena,
			"Not verified: %s%s. Carriers drop texts from toll-free numbers until they "
			"are.",
			setup_list(c->arena, &f->tollfree_bad_at),
			f->tollfree_bad > (int64_t)f->tollfree_bad_at.count ? " and more" : ""),
		    "Ask for their verification at Bandwidth; it takes days to weeks.", NULL);
	else
		setup_fine(out,
		    f->tollfree_asked < f->tollfree_count
			? arena_fmt(c->arena,
			      "The %" PRId64 " toll-free numbers that were looked at are verified.",
			      f->tollfree_asked)
			: "Every toll-free number is verified.");
}

/* How much a result needs somebody. */
static int
weight(const struct setup_result *r)
{
	if (r->state == SETUP_WRONG)
		return 4;
	if (r->state == SETUP_UNKNOWN)
		return r->untold ? 1 : 3;
	return r->state == SETUP_ASKING ? 2 : 0;
}

void
setup_registration(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;
	struct setup_result local = *out, tollfree = *out;

	if (!c->in->config->has_number) {
		(void)setup_rests_on(c, out, SETUP_NUMBERS);
		return;
	}
	if (!setup_let_in(c, out))
		return;
	if (f->campaign.state == NULL && f->tollfree.state == NULL) {
		(void)setup_answered(c, out, &f->campaign, "registrations");
		return;
	}
	judge_local(c, &local);
	judge_tollfree(c, &tollfree);
	if (weight(&local) > 0 || weight(&tollfree) > 0 || f->tollfree_count == 0)
		*out = weight(&tollfree) > weight(&local) ? tollfree : local;
	else
		*out = tollfree;
	if (out->state == SETUP_FINE && f->local_count > 0 && f->tollfree_count > 0)
		setup_fine(out,
		    arena_fmt(c->arena, "Every local number is on a registered 10DLC campaign. %s",
			tollfree.sentence));
}
