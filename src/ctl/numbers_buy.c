/*
 * numbers_buy.c: spokectl numbers buy, release and keep: what costs money or can't be undone.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/phone.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "ctl/numbers.h"
#include "store/wake.h"

#define DAYS_MOST 60

int
cmd_numbers_buy(struct ctl *ctl)
{
	struct order_input in = {.partial = !ctl_flag(ctl, "all"),
	    .backorder = ctl_flag(ctl, "backorder"),
	    .campaign = ctl_option(ctl, "campaign")};
	struct inventory_answer answer = {.why = ""};
	char once[INVENTORY_ID];
	const char *words;
	int64_t wait;
	uint32_t org;
	enum result r;
	int code;

	if (!ctl_org(ctl, 0, &org) || !ctl_number(ctl, "wait", 0, 3600, 0, &wait))
		return EXIT_USAGE;
	if ((code = ctl_want(ctl, true, &in.want)) != 0)
		return code;
	words = arena_fmt(ctl->arena, "buy %" PRId64, in.want.quantity);
	code = ctl_confirm(ctl,
	    arena_fmt(ctl->arena,
		"This costs money: %s. Bandwidth charges its price for each of the %" PRId64
		", now and every month until they are released.",
		inventory_want_words(&in.want, ctl->arena), in.want.quantity),
	    words);
	if (code != 0)
		return code;
	inventory_once(once);
	in.once = once;
	in.key = ctl_option(ctl, "once");
	r = inventory_order(&ctl->app, org, &in, ctl_who(ctl), "local", &answer);
	return ctl_numbers_asked(ctl, org, r, &answer, wait);
}

/* ---- releasing --------------------------------------------------------- */

struct releasing {
	struct arena *arena;
	uint32_t org;
	struct release_input in;
	struct release_preview preview;
};

static enum result
read_preview(struct tx *tx, void *arg)
{
	struct releasing *l = arg;

	return inventory_release_preview(tx, l->org, &l->in.numbers, l->arena, &l->preview);
}

static int
release_arguments(struct ctl *ctl, struct releasing *l, int64_t *days, int64_t *wait)
{
	char number[PHONE_MAX];
	const char *why;
	int i;

	if (!ctl_org(ctl, 0, &l->org) || !ctl_number(ctl, "wait", 0, 3600, 0, wait) ||
	    !ctl_number(ctl, "days", 0, DAYS_MOST, 7, days))
		return EXIT_USAGE;
	for (i = 1; i < ctl->nargs; i++) {
		if (phone_normalize(ctl->args[i], number, &why) != 0)
			return ctl_fail(EXIT_USAGE, "%s: %s", ctl->args[i], why);
		l->in.numbers =
		    text_list_add(ctl->arena, l->in.numbers, arena_str(ctl->arena, number));
	}
	l->in.last = ctl_flag(ctl, "last");
	return 0;
}

/* What would follow, in a sentence or two. */
static const char *
preview_words(struct ctl *ctl, const struct releasing *l, int64_t days)
{
	const struct release_preview *p = &l->preview;

	return arena_fmt(ctl->arena,
	    "%zu numbers go back to Bandwidth for good, %s. %" PRId64
	    " contacts know you by them, %" PRId64 " of these wrote within 7 days; %s. %" PRId64
	    " numbers stay in service.",
	    l->in.numbers.count,
	    days > 0 ? arena_fmt(ctl->arena, "after %" PRId64 " days without new contacts", days)
		     : "as soon as what is under way has ended",
	    p->contacts, p->wrote,
	    p->same_area ? "they move to a number with the same area code"
			 : "they get another number when they are texted next",
	    p->left);
}

int
cmd_numbers_release(struct ctl *ctl)
{
	struct inventory_answer answer = {.why = ""};
	struct releasing l = {.arena = ctl->arena};
	char once[INVENTORY_ID];
	int64_t days, wait;
	enum result r;
	int code;

	if ((code = release_arguments(ctl, &l, &days, &wait)) != 0)
		return code;
	if ((r = store_read(ctl->app.store, read_preview, &l)) != OK)
		return ctl_result(r, "numbers");
	if (l.preview.refuse != NULL)
		return ctl_fail(EXIT_FAILED, "%s", l.preview.refuse);
	if (l.preview.left <= 0 && !l.in.last)
		return ctl_fail(EXIT_FAILED,
		    "no number in service would be left; say --last if that is what you want");
	code = ctl_confirm(ctl, preview_words(ctl, &l, days),
	    arena_fmt(ctl->arena, "release %zu", l.in.numbers.count));
	if (code != 0)
		return code;
	inventory_once(once);
	l.in.once = once;
	l.in.not_before = days > 0 ? clock_now() + days * CLOCK_DAY : 0;
	r = inventory_release(&ctl->app, l.org, &l.in, ctl_who(ctl), "local", &answer);
	return ctl_numbers_asked(ctl, l.org, r, &answer, wait);
}

int
cmd_numbers_keep(struct ctl *ctl)
{
	struct inventory_answer answer = {.why = ""};
	uint32_t org;
	enum result r = NOT_FOUND;
	json *out;

	if (!ctl_org(ctl, 0, &org))
		return EXIT_USAGE;
	if (message_id_valid(ctl->args[1]))
		r = inventory_release_cancel(
		    &ctl->app, org, ctl->args[1], ctl_who(ctl), "local", &answer);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s", answer.why);
	if (r != OK)
		return ctl_result(r, "release");
	wake_worker(&ctl->settings, ctl->app.store, org);
	out = json_object_new();
	json_put_text(out, "id", ctl->args[1]);
	return ctl_say(ctl, out,
	    "Taken back. The numbers get no new contacts until: spokectl numbers drain %u NUMBER --off",
	    org);
}
