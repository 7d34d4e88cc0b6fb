/*
 * post.c: posts a claimed message and stores what came of it (post.h).
 *
 * Between the claim and the stored result the message is "sending"; if this process ends in
 * between, the next worker makes it "unknown".  Nothing here posts twice: each message that
 * is to be tried again goes back to the queue, and a new claim decides whether it still
 * should go.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/phone.h"
#include "bandwidth/client.h"
#include "bandwidth/messaging.h"
#include "org/contact.h"
#include "store/contacts.h"
#include "store/meta.h"
#include "store/orgs.h"
#include "store/store.h"
#include "worker/credentials.h"
#include "worker/mend.h"
#include "worker/pace.h"
#include "worker/post.h"
#include "worker/sender.h"
#include "worker/worker.h"

#define BODY_MAX ((size_t)256 * 1024)
#define STORE_TRIES 60 /* one each second, then one each minute */

struct post *
post_new(struct worker *w, struct sender *s)
{
	struct post *p = calloc(1, sizeof(*p));

	if (p == NULL)
		log_panic("out of memory");
	p->w = w;
	p->sender = s;
	p->arena = arena_new();
	return p;
}

void
post_drop(struct post *p)
{
	arena_free(p->arena);
	free(p);
}

static void
list_add(struct post *p)
{
	p->next = p->w->posts;
	if (p->next != NULL)
		p->next->prev = p;
	p->w->posts = p;
}

static void
list_take(struct post *p)
{
	if (p->prev != NULL)
		p->prev->next = p->next;
	else
		p->w->posts = p->next;
	if (p->next != NULL)
		p->next->prev = p->prev;
}

/* The store would not take what became of it: a full disk may last for hours. */
static void
put_off(struct post *p)
{
	if (p->tries++ == 0)
		log_warn(
		    "message %s: the store does not take what became of it now (%s, HTTP %d); it "
		    "is tried again until it does",
		    p->claim.message.id, p->answer.service_id != NULL ? "accepted" : "not accepted",
		    p->answer.status);
	p->again = clock_mono() + (p->tries < STORE_TRIES ? CLOCK_SECOND : CLOCK_MINUTE);
}

int
post_store(struct post *p)
{
	uint32_t org = (uint32_t)p->claim.org.id;
	enum result r = outbox_finish(p->w->app, org, p->claim.message.id, &p->answer);

	if (r == BUSY || r == FAILED) {
		put_off(p);
		return -1;
	}
	if (r != OK) {
		log_error("message %s: its result could not be stored (%d): %s, HTTP %d",
		    p->claim.message.id, r,
		    p->answer.service_id != NULL ? "accepted" : "not accepted", p->answer.status);
		mend_message(p->w->app, org, p->claim.message.id);
		/* It may still be "sending" when the store works again. */
		p->sender->unrecovered = true;
	}
	sender_unblock(p->sender); /* what waited behind it may go now */
	/* It may be back in the queue, or is to be looked for. */
	if (r != OK || (p->answer.outcome != POST_ACCEPTED && p->answer.outcome != POST_REJECTED))
		agenda_look(p->w, org);
	p->w->unflushed = true;
	list_take(p);
	post_drop(p);
	return 0;
}

static enum post_outcome
translate(enum send_outcome outcome)
{
	static const enum post_outcome table[] = {[SEND_ACCEPTED] = POST_ACCEPTED,
	    [SEND_NOT_SENT] = POST_NOT_SENT,
	    [SEND_REJECTED] = POST_REJECTED,
	    [SEND_UNAUTHORIZED] = POST_UNAUTHORIZED,
	    [SEND_BUSY] = POST_BUSY,
	    [SEND_SERVER] = POST_SERVER,
	    [SEND_UNKNOWN] = POST_UNKNOWN};

	return table[outcome];
}

/* What the outcome says about the account's health. */
static enum pace_news
news(const struct post *p, const struct send_answer *a)
{
	switch (a->outcome) {
	case SEND_ACCEPTED:
	case SEND_REJECTED:
		return PACE_FINE;
	case SEND_UNAUTHORIZED:
		return PACE_NOTHING;
	case SEND_BUSY:
		return PACE_BUSY;
	case SEND_NOT_SENT:
		return p->withheld ? PACE_NOTHING : PACE_AWAY;
	default:
		return a->status == 429 ? PACE_BUSY : PACE_ILL;
	}
}

/*
 * 401 and 403: once with a renewed token, then the credentials are refused.  The second
 * time is a new claim, so that a wish to stop and PAUSE SENDING in between are heeded.
 * Refusals that are no JSON leave the message unknown, but say as much about the
 * credentials.  A text that alone is refused fails.
 */
static void
heed_refusal(struct post *p, const struct send_answer *a)
{
	enum sender_verdict verdict;

	if (sender_text_is_refused(p->sender, p->claim.message.id, a->status) &&
	    p->answer.outcome == POST_UNAUTHORIZED) {
		p->answer.outcome = POST_REJECTED;
		return;
	}
	verdict = sender_refused(p->sender, p->generation);
	if (p->sender->version != p->claim.org.config_version)
		verdict = VERDICT_AGAIN; /* the settings were changed meanwhile */
	if (verdict == VERDICT_REFUSED)
		credentials_refused(p->w, p->sender->org, p->claim.org.config_version, a->words);
	else if (p->answer.outcome == POST_UNAUTHORIZED)
		p->answer.outcome = POST_NOT_SENT;
}

static void
log_outcome(const struct post *p, const struct send_answer *a, int64_t took)
{
	const struct message *m = &p->claim.message;
	char number[PHONE_MAX];
	bool fine = a->outcome == SEND_ACCEPTED;

	log_line(fine ? LOG_INFO : LOG_WARN, "message %s to %s: %s, HTTP %d, %d ms%s%s%s%s", m->id,
	    phone_masked(m->contact_number, number), send_outcome_name(a->outcome), a->status,
	    (int)took, fine ? ", Bandwidth's id " : ": ", fine ? a->service_id : a->words,
	    a->type != NULL ? ", " : "", a->type != NULL ? a->type : "");
}

static void
posted(void *arg, const struct http_answer *answer)
{
	struct post *p = arg;
	struct send_answer a;
	int64_t now = clock_mono();

	messaging_read(answer, p->arena, &a);
	p->answer = (struct post_answer){.outcome = translate(a.outcome),
	    .status = a.status,
	    .service_id = a.service_id,
	    .segments = a.segments,
	    .type = a.type,
	    .words = a.words,
	    .retry_after = a.retry_after,
	    .attempt = p->claim.message.attempts};
	p->answered = true;
	log_outcome(p, &a, answer->took);
	if (a.status == 401 || a.status == 403)
		heed_refusal(p, &a);
	else if (a.outcome == SEND_ACCEPTED)
		sender_took_text(p->sender, p->generation);
	pace_ended(p->pace, news(p, &a), a.retry_after, now);
	pace_tell(p->w, p->pace, news(p, &a), now);
	if (a.outcome != SEND_ACCEPTED && a.outcome != SEND_UNKNOWN)
		pace_give_back(p->pace, p->cost);
	(void)post_store(p); /* deliver_store_results comes back to it */
}

void
post_withdraw(struct post *p, const char *why)
{
	log_warn("message %s: not posted: %s", p->claim.message.id, why);
	p->answer = (struct post_answer){
	    .outcome = POST_NOT_SENT, .words = why, .attempt = p->claim.message.attempts};
	p->answered = true;
	pace_ended(p->pace, PACE_NOTHING, 0, clock_mono());
	pace_give_back(p->pace, p->cost);
	(void)post_store(p);
}

/* ---- the last moment before the first byte ------------------------------------------ */

/* Did this person ask for no more texts, or may have?  (Automatic answers were judged by the claim.) */
static enum result
read_wish(struct tx *tx, const struct post *p, const char *number, bool *goes)
{
	const struct message *m = &p->claim.message;
	bool automatic = m->by != NULL && strncmp(m->by, "auto-", 5) == 0;
	struct contact contact;
	enum result r =
	    contacts_get(tx, (uint32_t)p->claim.org.id, number, false, tx_arena(tx), &contact);

	if (r == OK && !automatic && (contact.opted_out || contact.held || contact.unsure))
		*goes = false;
	/* Only the confirmation of a STOP goes to somebody who has said STOP. */
	if (r == OK && automatic && contact.opted_out && strcmp(m->by, "auto-stop") != 0)
		*goes = false;
	return r == NOT_FOUND ? OK : r;
}

struct last_look {
	const struct post *post;
	bool goes;
};

static enum result
read_last(struct tx *tx, void *arg)
{
	struct last_look *x = arg;
	const struct message *m = &x->post->claim.message;
	struct organization o;
	const char *held = NULL;
	size_t i;
	enum result r = meta_sending_held(tx, tx_arena(tx), &held);

	if (r == OK)
		r = orgs_get(tx, (uint32_t)x->post->claim.org.id, false, tx_arena(tx), &o);
	if (r != OK)
		return r;
	x->goes = held == NULL && !o.paused && m->send_before > tx_now(tx);
	r = read_wish(tx, x->post, m->contact_number, &x->goes);
	for (i = 0; r == OK && i < m->group.count; i++)
		r = read_wish(tx, x->post, m->group.items[i], &x->goes);
	return r;
}

/*
 * A connection can take seconds: PAUSE SENDING, a wish to stop and the deadline are looked at
 * once more when it stands.  What may not go is back in the queue, where the next claim
 * settles it.
 */
static bool
may_go(void *arg)
{
	struct post *p = arg;
	struct last_look x = {p, false};

	if (store_read(p->w->app->store, read_last, &x) != OK)
		x.goes = false;
	p->withheld = !x.goes;
	return x.goes;
}

/* ---- beginning ------------------------------------------------------------------------ */

void
post_claimed(struct post *p)
{
	const struct message *m = &p->claim.message;

	p->cost = (m->segments > 0 ? m->segments : 1) *
		  (int64_t)(m->group.count > 0 ? m->group.count : 1);
	p->generation = p->sender->generation;
	p->pace = p->sender->pace;
	list_add(p);
	pace_began(p->pace, p->cost, clock_mono());
}

void
post_begin(struct post *p)
{
	const struct message *m = &p->claim.message;
	const struct organization *o = &p->claim.org;
	struct buf body = BUF_INIT(BODY_MAX);
	struct http_request r = {.method = HTTP_POST,
	    .content_type = "application/json; charset=utf-8",
	    .may_go = may_go};

	messaging_body(&body, o->application_id, m, p->claim.tag, clock_now());
	if (o->config_version != p->sender->version || p->sender->authorization.len == 0) {
		post_withdraw(p, "the settings were changed");
	} else if (body.failed) {
		post_withdraw(p, "it is too large");
	} else {
		r.url = messages_url(p->arena, p->w->app->settings->messaging_url, o->account_id);
		r.authorization = buf_str(&p->sender->authorization);
		r.body = buf_str(&body);
		r.length = body.len;
		client_start(p->w->client, &r, posted, p);
	}
	buf_free(&body);
}
