/*
 * texting_trial.c: the round trip of a test text, from what is stored to steps.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "tap.h"
#include "texting/trial.h"

#define NOW INT64_C(1795300000000)

static struct arena *arena;

/* "fine fine asking unknown" */
static const char *
states(const struct trial *t, struct trial_result steps[TRIAL_STEPS])
{
	const char *text = "";
	int i;

	trial_judge(t, NOW, arena, steps);
	for (i = 0; i < TRIAL_STEPS; i++)
		text = arena_fmt(
		    arena, "%s%s%s", text, i > 0 ? " " : "", setup_state_name(steps[i].state));
	return text;
}

static struct trial
queued(const char *state)
{
	return (struct trial){.message = {.org = 1,
				  .id = "0192f0c1a2b3c4d5",
				  .out = true,
				  .state = state,
				  .contact_number = "+19195550123",
				  .created = NOW - CLOCK_MINUTE}};
}

int
main(void)
{
	struct trial_result steps[TRIAL_STEPS];
	struct trial t;

	arena = arena_new();
	t = queued("queued");
	is_str(states(&t, steps), "fine asking unknown unknown", "queued");
	ok(!trial_settled(&t, NOW), "it goes on");
	t.paused = "Sending is paused.";
	is_str(states(&t, steps), "fine wrong unknown unknown", "queued while sending is paused");
	t = queued("held");
	is_str(states(&t, steps), "fine wrong unknown unknown", "held");
	t = queued("unknown");
	is_str(states(&t, steps), "fine asking unknown unknown", "nobody knows");
	ok(strstr(steps[TRIAL_TAKEN].sentence, "Don't send another one") != NULL,
	    "which is no reason to send another one");
	t = queued("failed");
	t.message.error = "opted-out";
	t.message.error_meaning = "This person opted out.";
	t.message.error_who = "nobody";
	is_str(states(&t, steps), "fine wrong unknown unknown", "failed before it was sent");
	is_str(steps[TRIAL_TAKEN].sentence, "This person opted out.", "with the reason");
	ok(trial_settled(&t, NOW), "that is all");

	t = queued("sent");
	t.message.sent = NOW - CLOCK_SECOND;
	is_str(states(&t, steps), "fine fine asking asking", "taken by Bandwidth");
	ok(strstr(steps[TRIAL_ANSWERED].action, "(919) 555-0123") != NULL, "the phone may answer");
	t.message.sent = NOW - CLOCK_HOUR;
	is_str(states(&t, steps), "fine fine wrong unknown", "taken, and nothing was heard since");
	t.message.sent = NOW - CLOCK_SECOND;
	t.reply = (struct message){.id = "0192f0c1a2b3c4d6", .text = "Hi", .created = NOW};
	is_str(states(&t, steps), "fine fine wrong fine", "answered without a delivery report");
	t.message.state = "delivered";
	is_str(states(&t, steps), "fine fine fine fine", "delivered and answered");
	is_str(steps[TRIAL_ANSWERED].sentence, "Your answer arrived: \"Hi\"", "with the answer");
	ok(trial_settled(&t, NOW), "that is all");
	t = queued("failed");
	t.message.sent = NOW - CLOCK_SECOND;
	t.message.error_code = 4720;
	is_str(states(&t, steps), "fine fine wrong unknown", "failed at the carrier");
	ok(strncmp(steps[TRIAL_DELIVERED].sentence, "4720: ", 6) == 0 &&
		strlen(steps[TRIAL_DELIVERED].sentence) > 20,
	    "with code and meaning: %s", steps[TRIAL_DELIVERED].sentence);
	ok(steps[TRIAL_DELIVERED].action != NULL, "and who acts: %s",
	    steps[TRIAL_DELIVERED].action);
	arena_free(arena);
	return done_testing();
}
