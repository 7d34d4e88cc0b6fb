/*
 * forget_phases.c: the phases of forgetting a person in their order, and the small ones: what
 * else names the number, and the files (forget.h).
 */
#include "texting/forget_phases.h"

#include "store/contacts.h"
#include "store/media.h"

enum result
forget_find_in(struct tx *tx, struct forget_piece *p, enum table table)
{
	const struct mentions m = {table, p->org, p->d.number, FORGET_LOOKS};

	return mentions_find(tx, &m, p->d.at, p->arena, &p->keys, &p->count, &p->next);
}

/* ---- records in which the number is written over ------------------------------------- */

static enum result
hide_in(struct tx *tx, struct forget_piece *p, enum table table)
{
	const struct mentions m = {table, p->org, p->d.number, FORGET_LOOKS};
	bool hidden;
	enum result r = OK;
	size_t i;

	for (i = 0; r == OK && i < p->count; i++) {
		r = mentions_hide(tx, &m, &p->keys[i], p->job, &hidden);
		p->d.hidden += hidden;
	}
	return r;
}

static enum result
find_answers(struct tx *tx, struct forget_piece *p)
{
	return forget_find_in(tx, p, T_IDEMPOTENCY);
}

static enum result
hide_answers(struct tx *tx, struct forget_piece *p)
{
	return hide_in(tx, p, T_IDEMPOTENCY);
}

static enum result
find_jobs(struct tx *tx, struct forget_piece *p)
{
	return forget_find_in(tx, p, T_JOBS);
}

static enum result
hide_jobs(struct tx *tx, struct forget_piece *p)
{
	return hide_in(tx, p, T_JOBS);
}

static enum result
find_audit(struct tx *tx, struct forget_piece *p)
{
	return forget_find_in(tx, p, T_AUDIT);
}

static enum result
hide_audit(struct tx *tx, struct forget_piece *p)
{
	return hide_in(tx, p, T_AUDIT);
}

/* ---- files ------------------------------------------------------------------------------ */

/* The worker removes them (worker/media.h); is one left, whoever's? */
static enum result
find_files(struct tx *tx, struct forget_piece *p)
{
	struct media_ref ref;
	enum result r = media_gone_first(tx, &ref);

	p->count = r == OK;
	p->next = NULL;
	return r == NOT_FOUND ? OK : r;
}

bool
forget_came_since(const struct forget_piece *p, struct tx *tx, int64_t ours, int64_t theirs)
{
	return ours > p->cut && ours <= tx_now(tx) &&
	       (theirs == 0 || theirs > p->cut - CLOCK_MINUTE);
}

/*
 * A text that came in the same moment as it was asked for made a new contact, and is from before:
 * all of it once more, without that one.
 */
static enum result
look_again(struct tx *tx, struct forget_piece *p)
{
	struct contact c;
	enum result r = contacts_get(tx, p->org, p->d.number, true, tx_arena(tx), &c);

	if (r != OK || c.forgotten || c.last_in == 0 || c.last_in > p->cut)
		return r == NOT_FOUND || r == DAMAGED ? OK : r;
	p->again = true;
	return contacts_forget(tx, p->org, p->d.number);
}

static enum result
wait_for_files(struct tx *tx, struct forget_piece *p)
{
	if (p->count == 0)
		return look_again(tx, p);
	p->d.wait = "";
	return OK;
}

/* ---- all of them ------------------------------------------------------------------------- */

static const struct forget_phase phases[] = {
    {"messages", "Texts to and from this person", forget_find_messages, forget_messages},
    {"groups", "Group texts", forget_find_groups, forget_groups},
    {"events", "Events as Bandwidth sent them", forget_find_events, forget_events},
    {"answers", "Answers of the API, jobs, and who did what", find_answers, hide_answers},
    {"jobs", "Answers of the API, jobs, and who did what", find_jobs, hide_jobs},
    {"audit", "Answers of the API, jobs, and who did what", find_audit, hide_audit},
    {"files", "Files of attachments", find_files, wait_for_files},
};

const struct forget_phase *
forget_phase_at(size_t i)
{
	return i < sizeof phases / sizeof phases[0] ? &phases[i] : NULL;
}
