/*
 * halted.c: ends processes that were stopped and left so, before anybody stalls on them.
 *
 * One that is stopped outside of the engine holds nobody up there, so no watchdog finds it; but it
 * keeps what it has taken: the worker's lock, or requests.  It is killed rather than gone
 * round: what it has in its hand must never go on beside its successor.
 */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/gate_private.h"

#define NEIGHBOURS 2

struct process
gate_process(const struct gate_slot *s)
{
	return (struct process){(pid_t)atomic_load(&s->pid), s->start, s->pid_ns};
}

/* The first of the next attached processes that is stopped. */
static bool
find_halted(const struct gate *g, struct process *p, uint64_t *runs)
{
	uint32_t from = (uint32_t)(g->slot < 0 ? 0 : g->slot);
	int met = 0;
	for (uint32_t n = 1; n < GATE_SLOTS && met < NEIGHBOURS; n++) {
		const struct gate_slot *s = &g->page->slots[(from + n) % GATE_SLOTS];
		*p = gate_process(s);
		met += p->pid != 0;
		if (p->pid != 0 && p->pid_ns == g->self.pid_ns && process_halted(p, runs))
			return true;
	}
	return false;
}

/* It has not gone on for patience ms, as far as looks can tell. */
static bool
patience_over(struct gate_halted *h, const struct process *p, uint64_t runs, int64_t patience)
{
	if (p->pid == h->pid && p->start == h->start && runs == h->runs)
		return clock_mono() - h->since >= patience;
	*h = (struct gate_halted){p->pid, p->start, runs, clock_mono(), false};
	return false;
}

static void
end_halted(struct gate *g, struct gate_halted *h, const struct process *p, int64_t patience)
{
	if (process_kill(p)) {
		log_warn(
		    "store: process %ld was stopped for more than %d seconds while it used the "
		    "store: killed",
		    (long)p->pid, (int)(patience / CLOCK_SECOND));
		(void)gate_poison(g);
	} else if (!h->said) {
		log_error(
		    "store: process %ld is stopped while it uses the store. Continue or end it.",
		    (long)p->pid);
		h->said = true;
	}
}

bool
gate_end_halted(struct gate *g, struct gate_halted *h, int64_t patience)
{
	struct process p;
	uint64_t runs = 0;
	if (!find_halted(g, &p, &runs)) {
		memset(h, 0, sizeof *h);
		return false;
	}
	if (patience_over(h, &p, runs, patience))
		end_halted(g, h, &p, patience);
	return !h->said;
}

void
gate_end_keeper(struct gate *g, struct gate_halted *h, int64_t patience)
{
	struct process p = gate_process(&g->page->keeper);
	uint64_t runs = 0;
	if (p.pid == 0 || p.pid_ns != g->self.pid_ns || !process_halted(&p, &runs)) {
		memset(h, 0, sizeof *h);
		return;
	}
	if (patience_over(h, &p, runs, patience) && process_kill(&p))
		log_warn("store: killed process %ld, which was stopped while it opened the store",
		    (long)p.pid);
}
