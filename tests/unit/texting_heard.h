/*
 * texting_heard.h: what Bandwidth says to the installation of texting_kit.h, and what
 * it did there.
 */
#ifndef SPOKE_TEXTING_HEARD_H
#define SPOKE_TEXTING_HEARD_H

#include "texting_kit.h"

static UNUSED struct receive_result
kit_receive_all(uint32_t org, const char *const *raw, size_t n)
{
	json **events = arena_alloc(kit_arena, n * sizeof *events);
	size_t *len = arena_alloc(kit_arena, n * sizeof *len), i;
	struct receive_result result = {0};
	const char *why;

	for (i = 0; i < n; i++) {
		len[i] = strlen(raw[i]);
		events[i] = json_parse(raw[i], len[i], 16, &why, NULL);
		if (why != NULL)
			printf("# the test's own JSON: %s\n", why);
	}
	if (receive_events(&kit_app, org, events, raw, len, n, false, "req1", &result) != OK)
		printf("# receive_events failed\n");
	for (i = 0; i < n; i++)
		json_free(events[i]);
	return result;
}

static UNUSED struct receive_result
kit_receive(uint32_t org, const char *raw)
{
	return kit_receive_all(org, &raw, 1);
}

/* A text that comes in, sent a while ago (ms). */
static UNUSED const char *
kit_text_late(const char *id, const char *from, const char *to, const char *text, int64_t ago)
{
	char time[CLOCK_TEXT];

	return arena_fmt(kit_arena,
	    "{\"type\":\"message-received\",\"to\":\"%s\",\"time\":\"%s\","
	    "\"description\":\"Incoming message received\",\"message\":{\"id\":\"%s\",\"owner\":\"%s\","
	    "\"direction\":\"in\",\"segmentCount\":1,\"to\":[\"%s\"],\"from\":\"%s\",\"text\":\"%s\"}}",
	    to, clock_text(clock_now() - ago, time), id, to, to, from, text);
}

static UNUSED const char *
kit_text_in(const char *id, const char *from, const char *to, const char *text)
{
	return kit_text_late(id, from, to, text, 0);
}

/* A receipt; tag and extra members (with their comma before them) may be "". */
static UNUSED const char *
kit_receipt(const char *type, const char *id, const char *from, const char *to, const char *tag,
    const char *extra)
{
	return arena_fmt(kit_arena,
	    "{\"type\":\"%s\",\"to\":\"%s\",\"time\":\"2026-11-23T18:00:01.000Z\"%s,\"message\":{"
	    "\"id\":\"%s\",\"direction\":\"out\",\"to\":[\"%s\"],\"from\":\"%s\",\"text\":\"\","
	    "\"tag\":\"%s\"}}",
	    type, to, extra, id, to, from, tag);
}

static UNUSED const char *
kit_tag(uint32_t org, const char *id)
{
	char tag[TAG_MAX];

	tag_write(org, id, tag);
	return arena_str(kit_arena, tag);
}

static enum result
kit_tx_tray(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	struct stored_event *list;
	enum result r = tray_list(tx, k->org, NULL, 100, kit_arena, &list, &k->count);

	k->why = r == OK && k->count > 0 ? list[0].tray : NULL;
	return r;
}

/* Newest sentence in the tray, NULL if it is empty; *count (may be NULL) how many. */
static UNUSED const char *
kit_tray(uint32_t org, size_t *count)
{
	struct kit k = {.org = org};

	(void)kit_run(kit_tx_tray, &k);
	if (count != NULL)
		*count = k.count;
	return k.why;
}

static enum result
kit_tx_event(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	struct stored_event *list;
	size_t n;
	enum result r = events_list(tx, k->org, NULL, 1, kit_arena, &list, &n);

	k->why = r == OK && n > 0 ? list[0].effect : NULL;
	return r;
}

/* What the newest event did. */
static UNUSED const char *
kit_effect(uint32_t org)
{
	struct kit k = {.org = org};

	(void)kit_run(kit_tx_event, &k);
	return k.why;
}

static enum result
kit_tx_list(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	struct message_filter f = {
	    .org = k->org, .contact = k->a, .direction = (int)k->n, .limit = 200};
	const char *next;

	return messages_list(tx, &f, kit_arena, &k->list, &k->count, &next);
}

/* The newest message of a contact in a direction ('i', 'o'); how many in *count. */
static UNUSED struct message
kit_newest(uint32_t org, const char *contact, int direction, size_t *count)
{
	struct kit k = {.org = org, .a = contact, .n = direction};
	struct message none = {.state = NULL};

	(void)kit_run(kit_tx_list, &k);
	if (count != NULL)
		*count = k.count;
	return k.count > 0 ? k.list[0] : none;
}

/* Why a contact of kit_one is opted out; NULL if it is not. */
static UNUSED const char *
kit_cause(const char *number)
{
	struct contact c = kit_contact(kit_one, number, NULL);

	return c.opted_out ? c.opt_out_cause : NULL;
}

#endif
