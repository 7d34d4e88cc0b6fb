/*
 * ledger.c: what was asked, answered and called back, and the messages.
 *
 * Contracts in ledger.h.  Old records go when there are more than the
 * setting ledger_max; the counters never forget.
 */
#include "ledger.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"

struct record {
	struct record *next;
	struct record *prev;
	long seq;
	char *tag;
	char *text;
};

struct shelf {
	struct record *first;
	struct record *last;
	long n;
};

#define ANSWERS 4096		/* first answers of the latest events */

struct ledger {
	struct shelf shelf[KINDS];
	long seq;
	long counters[COUNTERS];
	struct message **messages;
	long n, cap;
	struct { long event; int status; } answers[ANSWERS];
};

static const char *const kind_names[KINDS] = { "tokens", "messages",
    "requests", "callbacks" };

static const char *const counter_names[COUNTERS] = {
	"token_requests", "tokens", "posts", "accepted", "segments", "refused",
	"lists", "media", "numbers", "unknown", "unauthorized", "cut", "callbacks",
	"callbacks_ok", "callbacks_failed", "callbacks_dropped", "events", "inbound"
};

struct ledger *
ledger_new(void)
{
	return x_alloc(sizeof(struct ledger));
}

static void
drop_first(struct shelf *s)
{
	struct record *r = s->first;

	s->first = r->next;
	if (s->first != NULL)
		s->first->prev = NULL;
	else
		s->last = NULL;
	s->n--;
	free(r->tag);
	free(r->text);
	free(r);
}

long
ledger_add(struct sim *sim, enum kind kind, const char *tag, json_object *o)
{
	struct shelf *s = &sim->ledger->shelf[kind];
	struct record *r = x_alloc(sizeof(*r));

	r->seq = ++sim->ledger->seq;
	put_int(o, "seq", r->seq);
	r->tag = x_dup(tag);
	r->text = json_dump(o);
	r->prev = s->last;
	if (s->last != NULL)
		s->last->next = r;
	else
		s->first = r;
	s->last = r;
	s->n++;
	while (s->n > (long)sim->set.ledger_max)
		drop_first(s);
	pthread_cond_broadcast(&sim->changed);
	return sim->ledger->seq;
}

void
ledger_update(struct sim *sim, enum kind kind, long seq, json_object *o)
{
	struct record *r = sim->ledger->shelf[kind].last;

	while (r != NULL && r->seq > seq)
		r = r->prev;
	if (r == NULL || r->seq != seq)
		return;
	free(r->text);
	r->text = json_dump(o);
	pthread_cond_broadcast(&sim->changed);
}

void
ledger_count(struct sim *sim, enum counter c, long n)
{
	sim->ledger->counters[c] += n;
	pthread_cond_broadcast(&sim->changed);
}

long
ledger_counter(struct sim *sim, enum counter c)
{
	return sim->ledger->counters[c];
}

static void
show_shelf(const struct shelf *s, long since, const char *tag, long limit,
    struct buf *out)
{
	const struct record *r = s->first;
	bool first = true;

	buf_str(out, "[");
	for (; r != NULL && limit > 0; r = r->next) {
		if (r->seq <= since || (tag != NULL && !same(r->tag, tag)))
			continue;
		buf_str(out, first ? "\n" : ",\n");
		buf_str(out, r->text);
		first = false;
		limit--;
	}
	buf_str(out, "]");
}

void
ledger_show(struct sim *sim, enum kind kind, long since, const char *tag,
    long limit, struct buf *out)
{
	json_object *c;
	char *text;
	int k;

	buf_str(out, "{");
	for (k = 0; k < KINDS; k++) {
		if (kind != KINDS && kind != (enum kind)k)
			continue;
		buf_fmt(out, "\"%s\":", kind_names[k]);
		show_shelf(&sim->ledger->shelf[k], since, tag, limit, out);
		buf_str(out, ",\n");
	}
	c = ledger_counters(sim);
	text = json_dump(c);
	buf_fmt(out, "\"counters\":%s,\"seq\":%ld}\n", text, sim->ledger->seq);
	free(text);
	json_object_put(c);
}

json_object *
ledger_counters(struct sim *sim)
{
	json_object *o = json_object_new_object();
	int i;

	for (i = 0; i < COUNTERS; i++)
		put_int(o, counter_names[i], sim->ledger->counters[i]);
	return o;
}

static int
by_tag(const void *a, const void *b)
{
	const struct message *const *x = a, *const *y = b;
	int c = strcmp((*x)->tag, (*y)->tag);

	return c != 0 ? c : ((*x)->time > (*y)->time) - ((*x)->time <
	    (*y)->time);
}

static json_object *
one_duplicate(struct message **m, long n)
{
	json_object *o = json_object_new_object();
	json_object *ids = json_object_new_array();
	long i;

	put_text(o, "tag", m[0]->tag);
	put_int(o, "times", n);
	for (i = 0; i < n; i++)
		json_object_array_add(ids, json_object_new_string(m[i]->id));
	json_object_object_add(o, "ids", ids);
	return o;
}

json_object *
ledger_duplicates(struct sim *sim)
{
	struct ledger *l = sim->ledger;
	struct message **m = x_alloc(((size_t)l->n + 1) * sizeof(struct message *));
	json_object *list = json_object_new_array();
	long n = 0, i, j;

	for (i = 0; i < l->n; i++)
		if (!l->messages[i]->inbound && l->messages[i]->tag != NULL)
			m[n++] = l->messages[i];
	qsort(m, (size_t)n, sizeof(*m), by_tag);
	for (i = 0; i < n; i = j) {
		for (j = i + 1; j < n && same(m[i]->tag, m[j]->tag); j++)
			continue;
		if (j - i > 1)
			json_object_array_add(list, one_duplicate(m + i, j - i));
	}
	free(m);
	return list;
}

void
ledger_keep(struct sim *sim, struct message *m)
{
	struct ledger *l = sim->ledger;

	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 256 : l->cap * 2;
		l->messages = x_realloc(l->messages,
		    (size_t)l->cap * sizeof(struct message *));
	}
	l->messages[l->n++] = m;
}

struct message *
ledger_message(struct sim *sim, long at)
{
	return at < sim->ledger->n ? sim->ledger->messages[at] : NULL;
}

void
message_free(struct message *m)
{
	int i;

	if (m == NULL)
		return;
	for (i = 0; i < m->nto; i++)
		free(m->to[i]);
	free(m->to);
	free(m->id);
	free(m->account);
	free(m->application);
	free(m->from);
	free(m->text);
	free(m->media);
	free(m->tag);
	free(m->priority);
	free(m);
}

void
ledger_answered(struct sim *sim, long event, int status)
{
	struct ledger *l = sim->ledger;
	size_t at = (size_t)event % ANSWERS;

	if (l->answers[at].event == event)
		return;
	l->answers[at].event = event;
	l->answers[at].status = status;
	pthread_cond_broadcast(&sim->changed);
}

int
ledger_answer(struct sim *sim, long event)
{
	size_t at = (size_t)event % ANSWERS;

	return sim->ledger->answers[at].event == event ?
	    sim->ledger->answers[at].status : -1;
}

void
ledger_clear(struct sim *sim)
{
	struct ledger *l = sim->ledger;
	long i;
	int k;

	for (k = 0; k < KINDS; k++)
		while (l->shelf[k].first != NULL)
			drop_first(&l->shelf[k]);
	for (i = 0; i < l->n; i++)
		message_free(l->messages[i]);
	l->n = 0;
	memset(l->counters, 0, sizeof(l->counters));
	memset(l->answers, 0, sizeof(l->answers));
}

void
ledger_free(struct sim *sim)
{
	ledger_clear(sim);
	free(sim->ledger->messages);
	free(sim->ledger);
	sim->ledger = NULL;
}
