/*
 * queue.c: spokectl queue: how much waits, and when it is out.
 */
#include "base/clock.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "texting/forecast.h"

struct asked {
	struct ctl *ctl;
	uint32_t org;
	struct forecast f;
};

static enum result
read_queue(struct tx *tx, void *arg)
{
	struct asked *a = arg;

	return forecast_read(&a->ctl->app, tx, a->org, a->ctl->arena, &a->f);
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
		ctl_print("At %d segment%s a second the last one goes out at %s%s.\n", f->pace,
		    f->pace == 1 ? "" : "s", clock_text(f->end, text),
		    f->number_limit ? " at the earliest" : "");
	if (f->pause != 0)
		ctl_print("%s It goes on at %s.\n", forecast_pause(f), clock_text(f->pause, text));
	if (f->end != 0)
		print(forecast_sharing(f, arena));
	print(forecast_but(f, arena));
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
		return ctl_say(ctl, forecast_json(&a.f), "%s", "");
	print_all(&a.f, ctl->arena);
	return EXIT_DONE;
}
