/*
 * queue.c: spokectl queue: how much waits, when it is out, and what is held.
 */
#include "base/clock.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "texting/forecast.h"
#include "texting/held.h"

struct asked {
	struct ctl *ctl;
	uint32_t org;
	struct forecast f;
	struct held_survey held;
};

static enum result
read_queue(struct tx *tx, void *arg)
{
	struct asked *a = arg;

	enum result r = forecast_read(&a->ctl->app, tx, a->org, a->ctl->arena, &a->f);

	return r == OK ? held_survey(tx, a->org, a->ctl->arena, &a->held) : r;
}

static void
print(const char *sentence)
{
	if (sentence != NULL)
		ctl_print("%s\n", sentence);
}

static void
print_all(const struct forecast *f, struct arena *arena)
{
	char text[CLOCK_TEXT];

	print(forecast_waiting(f, arena));
	print(forecast_stop(f, arena));
	if (f->end != 0)
		ctl_print("%s at %s%s.\n", forecast_ends(f, arena), clock_text(f->end, text),
		    f->number_limit ? " at the earliest" : "");
	if (f->pause != 0)
		ctl_print("%s It goes on at %s.\n", forecast_pause(f), clock_text(f->pause, text));
	if (f->end != 0)
		print(forecast_sharing(f, arena));
	print(forecast_but(f, arena));
	print(forecast_held(f, arena));
}

/* The name of a reason for which texts are held. */
static const char *
name_of(const struct held_group *g)
{
	return g->kind != NULL ? g->kind->why : "other";
}

static void
print_held(const struct asked *a)
{
	const struct held_group *g;
	size_t i;

	for (i = 0; i <= HELD_KINDS; i++) {
		g = &a->held.groups[i];
		if (g->count > 0)
			ctl_print("Held as %s: %s. %s\n", name_of(g),
			    held_count(&a->held, g, a->ctl->arena),
			    g->kind != NULL ? g->kind->sentence : "Decide about each by itself.");
	}
	if (a->held.looked > 0)
		ctl_print(
		    "To decide: spokectl decide %u ID send|give-up, or spokectl decide %u --held WHY "
		    "%s\n",
		    (unsigned)a->org, (unsigned)a->org,
		    a->held.groups[0].count > 0 ? "send|give-up" : "give-up");
}

/* {"copied": 12}; "held_more" says that there are more than were counted. */
static json *
queue_json(const struct asked *a)
{
	json *out = forecast_json(&a->f), *by = json_object_new();
	size_t i;

	for (i = 0; i <= HELD_KINDS; i++)
		if (a->held.groups[i].count > 0)
			json_put_int(
			    by, name_of(&a->held.groups[i]), (int64_t)a->held.groups[i].count);
	json_put(out, "held_by_reason", by);
	json_put_bool(out, "held_more", a->held.more);
	return out;
}

int
cmd_queue(struct ctl *ctl)
{
	struct asked a = {.ctl = ctl};
	enum result r;

	if (!ctl_org(ctl, 0, &a.org))
		return EXIT_USAGE;
	if ((r = store_read(ctl->app.store, read_queue, &a)) != OK)
		return ctl_result(r, "organization");
	if (ctl->json)
		return ctl_say(ctl, queue_json(&a), "%s", "");
	print_all(&a.f, ctl->arena);
	print_held(&a);
	return EXIT_DONE;
}
