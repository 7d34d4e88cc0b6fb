/*
 * sender.c: the organizations that this worker has met, and what follows from Bandwidth's
 * taking or refusing their credentials (sender.h).  The authorization itself is made in
 * authorize.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker/credentials.h"
#include "worker/jobs.h"
#include "worker/renewal.h"
#include "worker/sender.h"
#include "worker/worker.h"

/* ---- those met ---------------------------------------------------------------- */

#define SLOTS_FIRST 64

static struct sender **
slot_of(struct worker *w, uint32_t org)
{
	/* Numbers are given one after the other: multiplied, they spread. */
	return &w->senders[(org * UINT32_C(2654435761)) >> 7 & (w->slots - 1)];
}

/* Makes room so that few share a slot. */
static void
grow(struct worker *w)
{
	struct sender **slot;
	size_t i;

	w->slots = w->slots == 0 ? SLOTS_FIRST : 2 * w->slots;
	free(w->senders);
	w->senders = calloc(w->slots, sizeof(struct sender *));
	if (w->senders == NULL)
		log_panic("out of memory");
	for (i = 0; i < w->agenda.count; i++) {
		struct sender *s = w->agenda.entries[i].sender;

		slot = slot_of(w, s->org);
		s->next = *slot;
		*slot = s;
	}
}

struct sender *
sender_of(struct worker *w, uint32_t org)
{
	struct sender *s, **slot;

	if (w->agenda.count >= w->slots)
		grow(w);
	slot = slot_of(w, org);
	for (s = *slot; s != NULL; s = s->next)
		if (s->org == org)
			return s;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		log_panic("out of memory");
	s->worker = w;
	s->org = org;
	s->version = -1;
	buf_init(&s->authorization, AUTHORIZATION_MAX);
	s->next = *slot;
	*slot = s;
	agenda_add(w, s);
	return s;
}

void
sender_free_all(struct worker *w)
{
	size_t i;

	for (i = 0; i < w->agenda.count; i++) {
		struct sender *s = w->agenda.entries[i].sender;

		buf_wipe(&s->authorization);
		free(s);
	}
	free(w->senders);
	w->senders = NULL;
	w->slots = 0;
	agenda_free(w);
}

/* ---- what stands in the way -------------------------------------------------------- */

bool
sender_blocked(const struct sender *s, int class_)
{
	return s->block[class_] == BLOCK_EVENT || s->block[class_] == BLOCK_TIME;
}

void
sender_unblock(struct sender *s)
{
	int class_;

	for (class_ = AGENDA_REPLIES; class_ <= AGENDA_TEXTS; class_++) {
		if (sender_blocked(s, class_))
			agenda_set(s, (enum agenda_kind)class_, 0);
		s->block[class_] = BLOCK_NONE;
	}
	s->pace = NULL; /* it may be another account's by now */
}

void
sender_unblock_all(struct worker *w)
{
	size_t i;

	for (i = 0; i < w->agenda.count; i++)
		sender_unblock(w->agenda.entries[i].sender);
}

/* ---- credentials --------------------------------------------------------------------- */

void
sender_reset(struct sender *s)
{
	buf_wipe(&s->authorization);
	s->generation++; /* what is under way with the old one says nothing about the next */
	s->renew = s->expires = 0;
	s->loaded = s->needed = false;
	s->retry = 0;
	s->failures = 0;
}

enum sender_verdict
sender_refused(struct sender *s, int64_t generation)
{
	int64_t now = clock_mono();

	if (generation != s->generation || s->needed || s->fetching)
		return VERDICT_AGAIN; /* others that were under way have seen to it */
	if (s->expires == INT64_MAX)
		return VERDICT_REFUSED; /* nothing to renew: user and password */
	if (s->forced != 0 && now - s->forced < RENEWAL_GAP && !s->good)
		return VERDICT_REFUSED;
	/* A token that was good and no longer is: renewed, but not more than once a minute. */
	s->needed = true;
	s->forced = now; /* and again when it is fetched: authorize.c */
	s->good = false;
	return VERDICT_AGAIN;
}

void
sender_renew(struct sender *s)
{
	s->renew = 0;
}

void
sender_accepted(struct sender *s)
{
	s->good = true;
	s->refusals = 0;
}

/* ---- one text that is refused ---------------------------------------------------- */

#define DOUBTS_MAX 1 /* refusals in a row with which an authorization is still used */

void
sender_took_text(struct sender *s, int64_t generation)
{
	sender_accepted(s);
	s->accepts++;
	s->accepted_with = generation;
	s->doubts = 0;
}

bool
sender_text_is_refused(struct sender *s, const char *id, int status)
{
	struct suspect *x;
	size_t i;

	s->doubts += status == 403 ? 1 : DOUBTS_MAX + 1;
	if (status != 403)
		return false;
	for (i = 0; i < SUSPECTS; i++)
		if (strcmp(s->suspects[i].id, id) == 0)
			return s->accepts > s->suspects[i].accepts;
	x = &s->suspects[s->suspect_next++ % SUSPECTS];
	(void)snprintf(x->id, sizeof(x->id), "%s", id);
	x->accepts = s->accepts;
	return false;
}

bool
sender_still_good(const struct sender *s)
{
	return s->accepts > 0 && s->accepted_with == s->generation && s->doubts <= DOUBTS_MAX;
}

void
sender_check_later(struct sender *s)
{
	static const int64_t delays[] = {
	    CLOCK_MINUTE, 5 * CLOCK_MINUTE, 15 * CLOCK_MINUTE, CLOCK_HOUR};
	int last = (int)(sizeof(delays) / sizeof(delays[0])) - 1;

	sender_reset(s);
	jobs_ask(s->worker, s->org, CREDENTIALS_AGAIN,
	    clock_now() + delays[s->refusals < last ? s->refusals : last]);
	s->refusals++;
	s->asked = clock_mono();
}
