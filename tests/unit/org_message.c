/*
 * org_message.c: the promises of message.h: states, ids and tags.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "org/message.h"
#include "tap.h"

/* Row: from; column: to; in the order of enum message_state.  1: may follow. */
static const char *const lattice[STATE_COUNT] = {
    /*                 R Q H S U T D F C */
    [STATE_RECEIVED] = "100000000",
    [STATE_QUEUED] = "011101111",
    [STATE_HELD] = "011001111",
    [STATE_SENDING] = "011111110",
    [STATE_UNKNOWN] = "010011110",
    [STATE_SENT] = "000001110",
    [STATE_DELIVERED] = "000000100",
    [STATE_FAILED] = "000000010",
    [STATE_CANCELLED] = "000000001",
};

static void
states(void)
{
	enum message_state s, back;
	struct message m = {.state = "queued"};

	for (s = 0; s < STATE_COUNT; s++) {
		is_int(state_parse(state_name(s), &back), 0, "%s is a word", state_name(s));
		is_int(back, s, "%s means itself", state_name(s));
		ok(strlen(state_words(s)) > 3 && strlen(state_sentence(s)) > 10,
		    "%s has words for people", state_name(s));
	}
	is_int(state_parse("Queued", &back), -1, "another case is no state");
	is_int(state_parse("", &back), -1, "nothing is no state");
	is_int(state_parse(NULL, &back), -1, "NULL is no state");
	is_str(state_name(STATE_COUNT), "?", "a damaged state has a name all the same");
	is_int(message_state(&m), STATE_QUEUED, "a message's state is read");
	message_set_state(&m, STATE_FAILED);
	is_str(m.state, "failed", "and set");
	m.state = "gone";
	is_int(message_state(&m), STATE_COUNT, "a damaged one is told apart");
}

static void
following(void)
{
	enum message_state from, to;

	for (from = 0; from < STATE_COUNT; from++) {
		for (to = 0; to < STATE_COUNT; to++)
			is_int(state_may_follow(from, to), lattice[from][to] == '1', "%s -> %s",
			    state_name(from), state_name(to));
		is_int(state_final(from),
		    from == STATE_DELIVERED || from == STATE_FAILED || from == STATE_CANCELLED,
		    "%s: final or not", state_name(from));
	}
	ok(!state_may_follow(STATE_COUNT, STATE_QUEUED) &&
		!state_may_follow(STATE_QUEUED, STATE_COUNT),
	    "nothing follows what is no state");
}

static void
tags(void)
{
	static const char *const bad[] = {"", "|", "12", "12|", "|0192f0c1a2b3c4d5",
	    "0|0192f0c1a2b3c4d5", "012|0192f0c1a2b3c4d5", "-1|0192f0c1a2b3c4d5",
	    "4294967296|0192f0c1a2b3c4d5", "12|0192F0C1A2B3C4D5", "12|0192f0c1a2b3c4d",
	    "12|0192f0c1a2b3c4d55", "12|0192f0c1a2b3c4d5|", "12|33|17", " 12|0192f0c1a2b3c4d5",
	    "12 |0192f0c1a2b3c4d5", "your tag here"};
	char tag[TAG_MAX], id[MESSAGE_ID] = "";
	uint32_t org = 0;
	size_t i;

	tag_write(12, "0192f0c1a2b3c4d5", tag);
	is_str(tag, "12|0192f0c1a2b3c4d5", "a tag is organization and id");
	is_int(tag_parse(tag, &org, id), 0, "it is read back");
	is_int(org, 12, "the organization");
	is_str(id, "0192f0c1a2b3c4d5", "and the id");
	tag_write(UINT32_MAX, "ffffffffffffffff", tag);
	ok(tag_parse(tag, &org, id) == 0 && org == UINT32_MAX, "the largest of both too");
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		is_int(tag_parse(bad[i], &org, id), -1, "no tag of ours: \"%s\"", bad[i]);
	is_int(tag_parse(NULL, &org, id), -1, "no tag at all");
}

static void
ids(void)
{
	int64_t now = INT64_C(1795460000123);
	char id[MESSAGE_ID], last[MESSAGE_ID], later[MESSAGE_ID], back[MESSAGE_ID];
	bool rising = true, near = true;
	int i;

	message_id_new(now, last);
	ok(message_id_valid(last), "a new id is valid");
	is_int(message_id_time(last), now, "its time is in it");
	for (i = 0; i < 10000; i++) {
		message_id_new(now, id);
		rising = rising && strcmp(id, last) > 0;
		near = near && message_id_time(id) <= now + 1;
		memcpy(last, id, sizeof last);
	}
	ok(rising, "ten thousand ids of one millisecond differ and rise");
	ok(near, "and do not run ahead of the time");
	message_id_new(now + 1000, later);
	ok(strcmp(later, last) > 0, "later ids sort behind");
	message_id_new(now - 5000, id);
	is_int(message_id_time(id), now - 5000, "a clock that was set back is followed");
	message_id_text(message_id_number(later), back);
	is_str(back, later, "an id is a number and back");
	ok(!message_id_valid(NULL) && !message_id_valid("") &&
		!message_id_valid("0192f0c1a2b3c4dg"),
	    "what is no id is told apart");
}

static void
removed(void)
{
	struct message m = {.created = 1000 * CLOCK_DAY};
	char out[MESSAGE_GONE];

	ok(message_text_gone(&m, out) == NULL && message_media_gone(&m, out) == NULL,
	    "nothing was removed");
	m.text_removed = 2500 * CLOCK_DAY + CLOCK_HOUR;
	is_str(message_text_gone(&m, out),
	    "The words were removed after 1500 days (RETAIN_TEXT_DAYS).", "words, and why");
	ok(message_media_gone(&m, out) == NULL, "which says nothing of attachments");
	m.media_removed = 1001 * CLOCK_DAY;
	is_str(message_media_gone(&m, out),
	    "The attachments were removed after 1 day (RETAIN_MEDIA_DAYS).", "attachments");
	m.media_removed = 9000000 * CLOCK_DAY;
	ok(strlen(message_media_gone(&m, out)) < MESSAGE_GONE - 1, "a clock far ahead fits in");
	m.media_removed = 1;
	ok(strstr(message_media_gone(&m, out), "after 1 day ") != NULL, "one that went back, too");
}

int
main(void)
{
	removed();
	states();
	following();
	tags();
	ids();
	return done_testing();
}
