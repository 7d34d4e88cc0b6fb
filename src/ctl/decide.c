/*
 * decide.c: spokectl cancel and decide: what becomes of texts that have not gone out, or of which
 * nobody knows.  The rules stand in texting/outbox.h.
 */
#include <string.h>

#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/store.h"
#include "store/wake.h"
#include "texting/outbox.h"

int
cmd_cancel(struct ctl *ctl)
{
	const char *why = NULL;
	size_t count = 1;
	uint32_t org;
	enum result r;
	json *out;

	if (!ctl_org(ctl, 0, &org))
		return EXIT_USAGE;
	if (ctl_flag(ctl, "all") == (ctl->nargs == 2))
		return ctl_fail(EXIT_USAGE, "say which message, or --all");
	if (ctl_flag(ctl, "all"))
		r = outbox_cancel_all(&ctl->app, org, ctl_who(ctl), "local", &count);
	else
		r = outbox_cancel(&ctl->app, org, ctl->args[1], ctl_who(ctl), "local", &why);
	if (r == OK)
		r = store_flush(ctl->app.store);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s", why);
	if (r != OK)
		return ctl_result(r, "message");
	out = json_object_new();
	json_put_int(out, "cancelled", (int64_t)count);
	return ctl_say(ctl, out, "Cancelled: %zu.", count);
}

int
cmd_decide(struct ctl *ctl)
{
	static const char *const words[] = {
	    [DECIDE_SEND] = "send", [DECIDE_WAS_SENT] = "was-sent", [DECIDE_GIVE_UP] = "give-up"};
	const char *why = NULL;
	uint32_t org;
	enum result r;
	int i;

	if (!ctl_org(ctl, 0, &org))
		return EXIT_USAGE;
	for (i = 0; i < 3 && strcmp(ctl->args[2], words[i]) != 0; i++)
		;
	if (i == 3)
		return ctl_fail(EXIT_USAGE, "say send, was-sent or give-up");
	r = outbox_decide(
	    &ctl->app, org, ctl->args[1], (enum outbox_decision)i, ctl_who(ctl), "local", &why);
	if (r == OK)
		r = store_flush(ctl->app.store);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s", why);
	if (r != OK)
		return ctl_result(r, "message");
	ctl->nargs = 2;
	i = cmd_message(ctl);
	/* Behind it: a text whose person is being forgotten goes as soon as it is decided about. */
	wake_worker(&ctl->settings, ctl->app.store, org);
	return i;
}
