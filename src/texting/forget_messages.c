/*
 * forget_messages.c: the texts of somebody who asked to be forgotten (forget.h): those between
 * them and us go, in a group's the number is written over.
 *
 * Each of these may run again over what it has done already.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/phone.h"
#include "org/contact.h"
#include "store/media.h"
#include "store/messages.h"
#include "store/rec.h"
#include "texting/forget_phases.h"
#include "texting/settle.h"

#define TEXTS 30 /* removed in one transaction: each touches some ten tables */

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* ---- what is to become of one -------------------------------------------------------- */

/* Is it a group's, so that others' names are in it, and not the person's own words? */
static bool
belongs_to_others(const struct message *m, const char *number)
{
	size_t i;

	if (!m->out && is(m->contact_number, number))
		return false;
	for (i = 0; i < m->group.count; i++)
		if (!is(m->group.items[i], number) && !is(m->group.items[i], CONTACT_FORGOTTEN))
			return true;
	return false;
}

/* Came in after it was asked for: what a new contact wrote. */
static bool
wrote_since(struct tx *tx, const struct forget_piece *p, const struct message *m)
{
	return !m->out && is(m->contact_number, p->d.number) &&
	       forget_came_since(p, tx, m->created, m->sent);
}

/*
 * Takes back what waits; false: it is being sent or in doubt.  *m is as it is stored then.
 */
static bool
can_go(struct tx *tx, struct forget_piece *p, struct message *m, enum result *r)
{
	const struct message old = *m;

	*r = OK;
	switch (message_state(m)) {
	case STATE_QUEUED:
	case STATE_HELD:
		*r = settle_opted_out(tx, &old, m);
		return *r == OK;
	case STATE_SENDING:
		p->sending = true;
		return false;
	case STATE_UNKNOWN:
		p->doubt = true;
		p->decide = p->decide || m->held_why != NULL;
		return false;
	default:
		return true;
	}
}

/* ---- writing over --------------------------------------------------------------------- */

static struct text_list
hide_in_list(struct arena *a, const struct text_list *list, const char *number)
{
	struct text_list out = {NULL, 0};
	size_t i, n = strlen(number);

	for (i = 0; i < list->count; i++) {
		const char *item = list->items[i];

		/* "+19195550123", or with what became of it: "+19195550123 delivered". */
		if (strncmp(item, number, n) == 0 && (item[n] == '\0' || item[n] == ' '))
			item = arena_fmt(a, "%s%s", CONTACT_FORGOTTEN, item + n);
		out = text_list_add(a, out, item);
	}
	return out;
}

/* Of a sentence of ours, such as who did not get it. */
static const char *
hide_in_sentence(struct arena *a, const char *text, const char *number)
{
	size_t at, len;

	while (text != NULL && phone_find(text, strlen(text), number, &at, &len))
		text = arena_fmt(a, "%.*s%s%s", (int)at, text, CONTACT_FORGOTTEN, text + at + len);
	return text;
}

/* Under whose number it is found from now on: the first whose is known. */
static const char *
first_known(const struct message *m)
{
	size_t i = 0;

	while (i < m->group.count && is(m->group.items[i], CONTACT_FORGOTTEN))
		i++;
	return i < m->group.count ? m->group.items[i] : NULL;
}

static enum result
write_over(struct tx *tx, struct forget_piece *p, const struct message *old)
{
	struct arena *a = tx_arena(tx);
	struct message m = *old;

	m.group = hide_in_list(a, &old->group, p->d.number);
	m.group_final = hide_in_list(a, &old->group_final, p->d.number);
	m.error_meaning = hide_in_sentence(a, old->error_meaning, p->d.number);
	m.reference = hide_in_sentence(a, old->reference, p->d.number);
	if (is(m.contact_number, p->d.number))
		m.contact_number = first_known(&m);
	p->d.groups++;
	return messages_put(tx, old, &m);
}

/* ---- theirs --------------------------------------------------------------------------- */

enum result
forget_find_messages(struct tx *tx, struct forget_piece *p)
{
	const struct message_filter f = {
	    .org = p->org, .contact = p->d.number, .before = p->d.at, .limit = TEXTS};

	return messages_list(tx, &f, p->arena, &p->list, &p->count, &p->next);
}

static enum result
forget_message(struct tx *tx, struct forget_piece *p, const char *id)
{
	struct message m;
	enum result r = messages_get(tx, p->org, id, true, tx_arena(tx), &m);

	/* One that can't be read is met again among the groups. */
	if (r != OK)
		return r == NOT_FOUND || r == DAMAGED ? OK : r;
	if (wrote_since(tx, p, &m)) {
		p->d.since++;
		return OK;
	}
	if (!can_go(tx, p, &m, &r)) {
		p->d.wait = "";
		return r;
	}
	if (belongs_to_others(&m, p->d.number))
		return write_over(tx, p, &m);
	p->d.texts++;
	return messages_delete(tx, &m);
}

enum result
forget_messages(struct tx *tx, struct forget_piece *p)
{
	enum result r = OK;
	size_t i;

	if (p->d.at == NULL)
		p->d.since = 0; /* counted anew */
	/* What came in has attachments, and never changes into something that stays. */
	for (i = 0; r == OK && i < p->count; i++)
		if (!p->list[i].out && !wrote_since(tx, p, &p->list[i]))
			r = media_remove(tx, p->org, p->list[i].id);
	for (i = 0; r == OK && i < p->count; i++)
		r = forget_message(tx, p, p->list[i].id);
	return r;
}

/* ---- groups, and what others wrote ------------------------------------------------------ */

enum result
forget_find_groups(struct tx *tx, struct forget_piece *p)
{
	return forget_find_in(tx, p, T_MESSAGES);
}

static void
note_mention(struct tx *tx, struct forget_piece *p, const struct message *m)
{
	size_t at, len;

	if (m->text == NULL || !phone_find(m->text, strlen(m->text), p->d.number, &at, &len))
		return;
	if (text_list_has(&p->d.mentioned, m->id))
		return;
	p->d.mentions++;
	if (p->d.mentioned.count < FORGET_MENTIONED)
		p->d.mentioned = text_list_add(tx_arena(tx), p->d.mentioned, m->id);
}

/* The place before the message of a key, as the phase's `at`. */
static const char *
place_before(struct tx *tx, uint32_t org, const char *id)
{
	struct bytes b;
	struct key k;

	key_org(&k, org);
	key_u64(&k, message_id_number(id) - 1);
	b = (struct bytes){k.b, k.n};
	return key_hex(&b, tx_arena(tx));
}

static enum result
forget_in_group(struct tx *tx, struct forget_piece *p, const char *id)
{
	struct message m;
	enum result r = messages_get(tx, p->org, id, true, tx_arena(tx), &m);

	if (r == DAMAGED) {
		p->d.unreadable++;
		return OK;
	}
	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	/* Those of their own went in the phase before. */
	if (is(m.contact_number, p->d.number))
		return OK;
	if (!text_list_has(&m.group, p->d.number)) {
		note_mention(tx, p, &m);
		return OK;
	}
	if (can_go(tx, p, &m, &r)) {
		note_mention(tx, p, &m);
		return write_over(tx, p, &m);
	}
	if (p->d.wait == NULL)
		p->d.wait = place_before(tx, p->org, id);
	return r;
}

enum result
forget_groups(struct tx *tx, struct forget_piece *p)
{
	enum result r = OK;
	const char *id;
	size_t i;

	for (i = 0; r == OK && i < p->count; i++) {
		id = key_last_id(&p->keys[i], tx_arena(tx));
		if (id != NULL)
			r = forget_in_group(tx, p, id);
	}
	return r;
}
