/*
 * setup_here.c: the steps about this installation itself (setup_rules.h).
 */
#include <inttypes.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "texting/setup_rules.h"

#define PATIENCE CLOCK_MINUTE		/* a worker begins sooner than that */
#define CLOCK_TOLERANCE CLOCK_MINUTE	/* more confuses tokens and deadlines */
#define LEAST_FREE ((int64_t)100 << 20) /* bytes */
#define SLOW_DISK (2 * CLOCK_SECOND)

void
setup_sending(const struct setup_case *c, struct setup_result *out)
{
	const struct config_view *v = c->in->config;

	if (v->sending_held != NULL)
		setup_wrong(out, v->sending_held,
		    "When the old installation is stopped for good: spokectl moved --old-is-stopped",
		    NULL);
	else if (v->org.paused)
		setup_wrong(out, "Sending is paused: what is queued waits.",
		    "Press RESUME SENDING above, or: spokectl resume.", NULL);
	else
		setup_fine(out, "Sending is on.");
}

void
setup_managers(const struct setup_case *c, struct setup_result *out)
{
	const struct pipeline *p = c->in->pipeline;
	struct buf names = BUF_INIT(1000);
	size_t i;

	for (i = 0; p->on[i] != NULL; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", then " : "", p->on[i]->display_name);
	if (c->in->config->missing & MISSING_SERVICE)
		setup_wrong(out, "This organization does not text through Bandwidth.",
		    "Set its service, or DEFAULT_SERVICE in the settings file, to bandwidth.",
		    NULL);
	else
		setup_fine(
		    out, arena_fmt(c->arena, "On, in the right order: %s.", buf_str(&names)));
	buf_free(&names);
}

void
setup_worker(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_input *in = c->in;

	if (in->asked != 0 && !in->begun && in->now - in->asked > PATIENCE)
		setup_wrong(out,
		    "It should have begun this check by now, and has not: nothing is sent either.",
		    "Whoever runs this installation sees why with: spokectl check. The file "
		    "worker.log in DATA_DIR says more.",
		    NULL);
	else if (in->worker || in->begun)
		setup_fine(out, "It is at work.");
	else if (in->asked != 0) {
		out->state = SETUP_ASKING;
		out->sentence = "It is being started.";
	} else if (in->checked != 0)
		setup_fine(
		    out, arena_fmt(c->arena,
			     "It starts when there is something to do; last seen at work %s.",
			     setup_ago(c, in->checked)));
	else
		setup_unknown(out, "It has not been needed yet.", "Check now.");
}

void
setup_clock(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;
	int64_t off = f->clock_ahead < 0 ? -f->clock_ahead : f->clock_ahead;

	if (f->clock_asked == 0 && c->in->asked != 0) {
		out->state = SETUP_ASKING;
		out->sentence = "Comparing it with Bandwidth's.";
	} else if (f->clock_asked == 0)
		setup_unknown(out, "It has not been compared with Bandwidth's.", "Check now.");
	else if (off > CLOCK_TOLERANCE)
		setup_wrong(out,
		    arena_fmt(c->arena, "This machine's clock is %" PRId64 " %s %s Bandwidth's.",
			off > 2 * CLOCK_HOUR ? off / CLOCK_HOUR : off / CLOCK_MINUTE,
			off > 2 * CLOCK_HOUR	  ? "hours"
			: off / CLOCK_MINUTE == 1 ? "minute"
						  : "minutes",
			f->clock_ahead > 0 ? "ahead of" : "behind"),
		    "Set it by the network: timedatectl set-ntp true", NULL);
	else
		setup_fine(out, "It agrees with Bandwidth's.");
}

void
setup_disk(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;
	int64_t mib = f->disk_free >> 20;

	if (!f->disk_asked && c->in->asked != 0) {
		out->state = SETUP_ASKING;
		out->sentence = "Writing a small file.";
	} else if (!f->disk_asked)
		setup_unknown(out, "It has not been looked at.", "Check now.");
	else if (f->disk_fault != NULL)
		setup_wrong(out,
		    arena_fmt(
			c->arena, "Nothing can be made durable in DATA_DIR: %s.", f->disk_fault),
		    "Make room, or see to the disk; until then callbacks are answered with 503.",
		    NULL);
	else if (f->disk_free < LEAST_FREE)
		setup_wrong(out,
		    arena_fmt(c->arena, "Only %" PRId64 " MiB are free where DATA_DIR lies.", mib),
		    "Make room: 100 MiB are the least.", NULL);
	else if (f->disk_sync > SLOW_DISK)
		setup_wrong(out,
		    arena_fmt(c->arena,
			"The disk took %" PRId64 " s to make one small file durable.",
			f->disk_sync / CLOCK_SECOND),
		    "See what else uses the disk; Bandwidth waits only 10 s for an answer.", NULL);
	else
		setup_fine(
		    out, arena_fmt(c->arena,
			     "%" PRId64
			     " MiB are free, and what is written is durable within %" PRId64 " ms.",
			     mib, f->disk_sync));
}
