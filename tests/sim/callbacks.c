/*
 * callbacks.c: which event is due, who posts it, when it is tried again.
 *
 * post.c does the HTTP of one attempt; here are the heap, the threads and
 * the retries.  Contracts in callbacks.h.
 */
#include "callbacks.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "heap.h"
#include "ledger.h"
#include "post.h"
#include "util.h"

#define THREADS_MAX 64

struct callbacks {
	struct heap due;
	struct event *held;
	pthread_cond_t work;
	pthread_t threads[THREADS_MAX];
	int nthreads;
	long in_flight;
	long last_id;
};

/* Appends the second event to the array of the first. */
static void
merge(struct event *into, struct event *e)
{
	char *both = x_fmt("%s,%s", into->body, e->body);

	free(into->body);
	into->body = both;
	into->parts += e->parts;
	event_free(e);
}

static bool
same_place(const struct event *a, const struct event *b)
{
	return !a->raw && !b->raw && a->inbound == b->inbound &&
	    same(a->application, b->application);
}

/* Takes the next due event, with company if the settings want arrays. */
static struct event *
next_due(struct sim *sim)
{
	struct callbacks *k = sim->callbacks;
	struct event *e;

	if (k->due.n == 0 || k->due.at[0]->due > now_us())
		return NULL;
	e = heap_pop(&k->due);
	while (e->parts < (int)sim->set.batch_size && k->due.n > 0 &&
	    k->due.at[0]->due <= now_us() && same_place(e, k->due.at[0]))
		merge(e, heap_pop(&k->due));
	return e;
}

/* After a failed attempt: again later, or never. */
static void
again_or_drop(struct sim *sim, struct event *e)
{
	const struct settings *s = &sim->set;
	int64_t now = now_us();
	double ms = s->retry_base_ms;
	int i;

	for (i = 1; i < e->attempt && ms < s->retry_cap_ms; i++)
		ms *= 2;
	if (ms > s->retry_cap_ms)
		ms = s->retry_cap_ms;
	ms *= s->retry_factor;
	ledger_count(sim, N_CALLBACKS_FAILED, 1);
	if ((double)(now - e->first) / 1000 + ms >
	    s->retry_window_ms * s->retry_factor) {
		ledger_count(sim, N_CALLBACKS_DROPPED, e->parts);
		event_free(e);
		return;
	}
	e->due = now + (int64_t)(ms * 1000);
	heap_push(&sim->callbacks->due, e);
}

/* Posts one event and decides what becomes of it; lock held around. */
static void
attempt(struct sim *sim, struct poster *p, struct event *e)
{
	struct callbacks *k = sim->callbacks;
	enum posted how;

	k->in_flight++;
	if (e->attempt++ == 0)
		e->first = now_us();
	how = post_event(sim, p, e);
	k->in_flight--;
	if (how == POSTED_OK) {
		ledger_count(sim, N_CALLBACKS_OK, 1);
		event_free(e);
	} else if (how == POSTED_DROPPED) {
		ledger_count(sim, N_CALLBACKS_DROPPED, e->parts);
		event_free(e);
	} else if (how == POSTED_LATER) {
		e->attempt--;
		heap_push(&k->due, e);
	} else {
		again_or_drop(sim, e);
	}
	pthread_cond_broadcast(&sim->changed);
}

static void
wait_for_work(struct sim *sim)
{
	struct callbacks *k = sim->callbacks;
	struct timespec ts;

	if (k->due.n == 0) {
		pthread_cond_wait(&k->work, &sim->lock);
		return;
	}
	ts.tv_sec = k->due.at[0]->due / 1000000;
	ts.tv_nsec = k->due.at[0]->due % 1000000 * 1000;
	pthread_cond_timedwait(&k->work, &sim->lock, &ts);
}

static void *
thread_main(void *arg)
{
	struct sim *sim = arg;
	struct callbacks *k = sim->callbacks;
	struct poster *p = poster_new(sim);
	struct event *e;

	pthread_mutex_lock(&sim->lock);
	while (!sim->stopping) {
		if (k->in_flight < (long)sim->set.callback_connections &&
		    (e = next_due(sim)) != NULL) {
			pthread_cond_signal(&k->work);
			attempt(sim, p, e);
		} else if (k->in_flight >=
		    (long)sim->set.callback_connections) {
			pthread_cond_wait(&k->work, &sim->lock);
		} else {
			wait_for_work(sim);
		}
	}
	pthread_mutex_unlock(&sim->lock);
	poster_free(p);
	return NULL;
}

/* Wakes a thread for new work, or makes one. */
static void
wake(struct sim *sim)
{
	struct callbacks *k = sim->callbacks;

	if (!sim->stopping && k->nthreads < THREADS_MAX &&
	    k->nthreads < (int)sim->set.callback_connections &&
	    k->due.n + k->in_flight > k->nthreads &&
	    pthread_create(&k->threads[k->nthreads], NULL, thread_main,
	    sim) == 0)
		k->nthreads++;
	pthread_cond_signal(&k->work);
}

long
callbacks_add(struct sim *sim, struct event *e, int64_t due)
{
	struct callbacks *k = sim->callbacks;
	unsigned r = 0;
	long id;

	id = e->id = ++k->last_id;
	ledger_count(sim, N_EVENTS, 1);
	if (e->hold != NULL) {
		e->next = k->held;
		k->held = e;
		return id;
	}
	RAND_bytes((unsigned char *)&r, sizeof(r));
	if (sim->set.shuffle_ms >= 1)
		due += r % (int64_t)(sim->set.shuffle_ms * 1000);
	e->due = due;
	heap_push(&k->due, e);
	wake(sim);
	return id;
}

/* Takes out what is held under the name, oldest first, into list. */
static long
take_held(struct callbacks *k, const char *hold, struct event **list)
{
	struct event **at = &k->held, *e;
	long n = 0, i;

	while ((e = *at) != NULL) {
		if (hold != NULL && !same(hold, e->hold)) {
			at = &e->next;
			continue;
		}
		*at = e->next;
		list[n++] = e;
	}
	for (i = 0; i < n / 2; i++) {
		e = list[i];
		list[i] = list[n - 1 - i];
		list[n - 1 - i] = e;
	}
	return n;
}

static void
arrange(struct event **list, long n, enum order order)
{
	struct event *e;
	unsigned r;
	long i, j;

	for (i = n - 1; i > 0 && order != ORDER_SAME; i--) {
		RAND_bytes((unsigned char *)&r, sizeof(r));
		j = order == ORDER_RANDOM ? (long)(r % (unsigned)(i + 1)) :
		    n - 1 - i;
		if (order == ORDER_REVERSE && j >= i)
			break;
		e = list[i];
		list[i] = list[j];
		list[j] = e;
	}
}

long
callbacks_release(struct sim *sim, const char *hold, enum order order,
    bool batch)
{
	struct callbacks *k = sim->callbacks;
	struct event **list, *e;
	int64_t now = now_us();
	long n, i, j;

	for (n = 1, e = k->held; e != NULL; e = e->next)
		n++;
	list = x_alloc((size_t)n * sizeof(struct event *));
	n = take_held(k, hold, list);
	arrange(list, n, order);
	for (i = 0; i < n; i++) {
		if (list[i] == NULL)
			continue;
		for (j = i + 1; batch && j < n; j++)
			if (list[j] != NULL && same_place(list[i], list[j])) {
				merge(list[i], list[j]);
				list[j] = NULL;
			}
		/* A microsecond apart keeps the wanted order in the heap. */
		list[i]->due = now + i;
		heap_push(&k->due, list[i]);
		wake(sim);
	}
	free(list);
	return n;
}

void
callbacks_hurry(struct sim *sim)
{
	struct callbacks *k = sim->callbacks;
	int i;

	heap_hurry(&k->due, now_us());
	for (i = 0; i < k->nthreads; i++)
		pthread_cond_signal(&k->work);
}

void
callbacks_counts(struct sim *sim, long *pending, long *held)
{
	struct event *e = sim->callbacks->held;

	*pending = sim->callbacks->due.n + sim->callbacks->in_flight;
	for (*held = 0; e != NULL; e = e->next)
		++*held;
}

void
callbacks_clear(struct sim *sim)
{
	struct callbacks *k = sim->callbacks;
	struct event *e;

	while (k->due.n > 0)
		event_free(heap_pop(&k->due));
	while ((e = k->held) != NULL) {
		k->held = e->next;
		event_free(e);
	}
}

struct callbacks *
callbacks_new(void)
{
	struct callbacks *k = x_alloc(sizeof(*k));

	pthread_cond_init(&k->work, NULL);
	return k;
}

void
callbacks_stop(struct sim *sim)
{
	struct callbacks *k = sim->callbacks;
	int i;

	pthread_mutex_lock(&sim->lock);
	pthread_cond_broadcast(&k->work);
	pthread_mutex_unlock(&sim->lock);
	for (i = 0; i < k->nthreads; i++)
		pthread_join(k->threads[i], NULL);
	callbacks_clear(sim);
	pthread_cond_destroy(&k->work);
	heap_free(&k->due);
	free(k);
	sim->callbacks = NULL;
}
