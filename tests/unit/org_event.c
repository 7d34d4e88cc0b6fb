/*
 * org_event.c: the promises of event.h, on the published examples and on what
 * nobody should send.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "org/event.h"
#include "tap.h"

#define ID "14762070468292kw2fuqty55yp2b2"

static struct arena *arena;

/* Reads an event from its text. */
static struct event
read_event(const char *text)
{
	const char *why;
	json *value = json_parse(text, strlen(text), 32, &why, NULL);
	struct event e;

	event_read(value, arena, &e);
	json_free(value);
	return e;
}

/* The first event of a file of examples; sets *text to the whole of it. */
static struct event
read_file(const char *name)
{
	const char *dir = getenv("SOURCE"), *why;
	char path[1000], text[8192];
	struct event e;
	json *list;
	FILE *f;
	size_t n = 0;

	(void)snprintf(
	    path, sizeof path, "%s/tests/fuzz/seeds/event/%s.json", dir == NULL ? "." : dir, name);
	f = fopen(path, "r");
	if (f != NULL) {
		n = fread(text, 1, sizeof text, f);
		(void)fclose(f);
	}
	list = json_parse(text, n, 32, &why, NULL);
	ok(json_len(list) == 1, "%s is there", name);
	event_read(json_at(list, 0), arena, &e);
	json_free(list);
	is_str(e.fault, NULL, "%s can be applied", name);
	is_str(e.note, NULL, "%s is read whole", name);
	ok(e.message_id != NULL && e.from != NULL && e.time > INT64_C(1700000000000) &&
		e.segments == 1,
	    "%s has id, sender, time and segments", name);
	return e;
}

static void
published(void)
{
	char time[CLOCK_TEXT];
	struct event e;

	e = read_file("smsMessageReceived");
	is_int(e.type, EVENT_RECEIVED, "its type");
	is_str(e.to, "+12345678902", "the number it is for");
	is_str(e.from, "+12345678901", "whom it is from");
	is_str(e.text, "Hey, check out this SMS!", "its text");
	is_str(e.direction, "in", "its direction");
	is_str(clock_text(e.time, time), "2025-01-06T15:43:35.502Z", "its time");
	e = read_file("mmsMessageReceived");
	is_int(e.media.count, 1, "a medium");
	is_int(e.message_to.count, 2, "two recipients");
	e = read_file("messageSending");
	is_int(e.type, EVENT_SENDING, "its type");
	is_str(e.tag, "your tag here", "its tag");
	e = read_file("messageSent");
	is_int(e.type, EVENT_SENT, "its type");
	e = read_file("smsMessageDelivered");
	is_int(e.type, EVENT_DELIVERED, "its type");
	is_str(e.text, "", "an empty text is not absent");
	(void)read_file("mmsMessageDelivered");
	e = read_file("groupMmsMessageDelivered");
	is_str(e.to, "+12345678902", "whose receipt it is");
	e = read_file("messageFailed");
	is_int(e.type, EVENT_FAILED, "its type");
	is_int(e.error_code, 4432, "its code");
	is_str(e.to, "+52345678903", "a number of another country");
	is_str(e.description, "forbidden to country", "its description");
}

/* Of other channels the words lie elsewhere; a STOP there is one. */
static void
channels(void)
{
	struct event e;

	e = read_event(
	    "{\"type\":\"message-received\",\"message\":{\"id\":\"m\",\"channel\":\"RBM\","
	    "\"content\":{\"text\":\"STOP\"}}}");
	is_str(e.text, "STOP", "the words of a multi-channel text");
	e = read_event("{\"type\":\"message-received\",\"message\":{\"id\":\"m\","
		       "\"suggestionResponse\":{\"text\":\"Stop\",\"postbackData\":\"x\"}}}");
	is_str(e.text, "Stop", "a suggestion that was chosen");
}

static void
not_objects(void)
{
	static const char *const values[] = {"null", "5", "\"STOP\"", "true", "1.5", "[]"};
	struct event e;
	size_t i;

	for (i = 0; i < sizeof values / sizeof values[0]; i++) {
		e = read_event(values[i]);
		is_str(e.fault, "the event is not an object", "%s says so", values[i]);
		ok(e.message_id == NULL && e.text == NULL && e.media.count == 0, "%s has nothing",
		    values[i]);
	}
}

static void
faults(void)
{
	is_str(read_event("{}").fault, "type is missing", "an empty object");
	is_str(read_event("{\"type\":5}").fault, "type is missing", "a type that is no text");
	is_str(read_event("{\"type\":\"x\"}").fault, "type is not one that we know", "a new type");
	is_str(read_event("{\"type\":\"message-received\"}").fault, "message is missing",
	    "no message");
	is_str(read_event("{\"type\":\"message-received\",\"message\":[]}").fault,
	    "message is missing", "a message that is a list");
	is_str(read_event("{\"type\":\"message-delivered\",\"message\":{}}").fault,
	    "message.id is missing", "no id");
	is_str(read_event("{\"type\":\"message-delivered\",\"message\":{\"id\":\"\"}}").fault,
	    "message.id is missing", "an empty id");
	is_str(
	    read_event(
		"{\"type\":\"message-received\",\"to\":\"+19195550123\",\"message\":{\"id\":\"a\"}}")
		.fault,
	    "message.from is missing", "no sender");
	is_str(
	    read_event(
		"{\"type\":\"message-received\",\"message\":{\"id\":\"a\",\"from\":\"+19195550123\"}}")
		.fault,
	    "to is missing", "no receiver");
	is_str(read_event("{\"type\":\"message-delivered\",\"message\":{\"id\":\"a\"}}").fault,
	    NULL, "a receipt needs no more than its id");
	is_int(read_event("{\"type\":\"message-read\",\"message\":{\"id\":\"a\"}}").type,
	    EVENT_READ, "message-read is known");
}

/* A STOP counts whatever else is wrong. */
static void
text_in_spite(void)
{
	struct event e;

	e = read_event(
	    "{\"type\":\"new-kind\",\"to\":\"+19195550100\",\"message\":{\"from\":\"+19195550123\","
	    "\"text\":\"STOP\",\"to\":5,\"media\":{}}}");
	ok(e.fault != NULL, "an unknown type is a fault");
	is_str(e.text, "STOP", "its text is read all the same");
	is_str(e.from, "+19195550123", "and its sender");
	is_str(e.to, "+19195550100", "and its receiver");
	e = read_event("{\"message\":{\"from\":\"+19195550123\",\"text\":\"STOP\"}}");
	is_str(e.text, "STOP", "without a type too");
}

static void
odd_values(void)
{
	struct event e;

	e = read_event(
	    "{\"type\":\"message-received\",\"time\":\"yesterday\",\"to\":9195550100,"
	    "\"errorCode\":\"4720\",\"carrierName\":7,\"description\":[],\"message\":{\"id\":12345,"
	    "\"from\":\"(919) 555-0123\",\"to\":\"+19195550100\",\"text\":\"a\\u0000b\",\"tag\":17,"
	    "\"media\":\"https://x.example/a b.png\",\"segmentCount\":\"2\"}}");
	is_str(e.fault, NULL, "odd values are no fault");
	is_int(e.time, 0, "an unreadable time is none");
	is_str(e.to, "+19195550100", "a number as a number");
	is_int(e.error_code, 4720, "a code as text");
	is_str(e.carrier, "7", "a carrier that is a number");
	is_str(e.description, NULL, "a description that is a list");
	is_str(e.message_id, "12345", "an id that is a number");
	is_str(e.from, "+19195550123", "a number as a person writes it");
	ok(e.message_to.count == 1, "a single receiver is a list of one");
	is_str(e.text,
	    "a\xEF\xBF\xBD"
	    "b",
	    "a NUL becomes U+FFFD");
	is_str(e.tag, "17", "a tag that is a number");
	ok(e.media.count == 1 && strcmp(e.media.items[0], "https://x.example/a b.png") == 0,
	    "a single medium is a list of one");
	is_int(e.segments, 2, "segments as text");
	e = read_event(
	    "{\"type\":\"message-received\",\"to\":\"12345\",\"message\":{\"id\":\"a\","
	    "\"from\":\"ALERTS\",\"media\":[5,\"https://x.example/1\",null,{}],\"text\":{},"
	    "\"segmentCount\":-1}}");
	is_str(e.fault, NULL, "a short code and a name are no fault");
	is_str(e.to, "12345", "a short code stays");
	is_str(e.from, "ALERTS", "a sender's name stays");
	is_int(e.media.count, 1, "only text can be a medium");
	ok(e.note != NULL, "what was left out is noted");
	is_str(e.text, NULL, "a text that is none is absent");
	is_int(e.segments, 0, "negative segments are none");
	e = read_event(
	    "{\"type\":\"message-received\",\"to\":\"12345\",\"message\":{\"id\":\"a\",\"from\":"
	    "\"1\",\"media\":5}}");
	ok(e.media.count == 0 && e.note != NULL, "a medium that is a number is left out and noted");
	e = read_event("{\"errorCode\":99999999999,\"message\":{\"segmentCount\":1e3}}");
	is_int(e.error_code, 0, "a code beyond all codes is none");
}

static void
long_values(void)
{
	static char text[20000];
	char id[1100];
	struct event e;

	memset(id, 'x', sizeof id);
	id[500] = '\0';
	(void)snprintf(
	    text, sizeof text, "{\"type\":\"message-sent\",\"message\":{\"id\":\"%s\"}}", id);
	e = read_event(text);
	is_str(e.message_id, id, "an id of 500 characters is an id");
	id[500] = 'x';
	id[1025] = '\0';
	(void)snprintf(
	    text, sizeof text, "{\"type\":\"message-sent\",\"message\":{\"id\":\"%s\"}}", id);
	e = read_event(text);
	is_str(e.fault, "message.id is too long", "one of 1,025 is not");
	ok(e.message_id == NULL, "and is not kept");
	(void)snprintf(text, sizeof text, "{\"type\":\"%s\",\"to\":\"%s\"}", id, id);
	e = read_event(text);
	is_int(strlen(e.type_text), 64, "a long type is cut");
	is_int(strlen(e.to), 100, "a long number is cut");
	e = read_event(
	    "{\"type\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"}");
	is_int(strlen(e.type_text), 64, "at 64 bytes");
	e = read_event(
	    "{\"type\":\"01234567890123456789012345678901234567890123456789012345678901\xE2\x82\xAC"
	    "\xE2\x82\xAC\"}");
	is_int(strlen(e.type_text), 62, "but not within a character");
}

static bool
same_key(const struct event *a, const char *raw_a, const struct event *b, const char *raw_b)
{
	unsigned char ka[32], kb[32];

	event_key(a, raw_a, strlen(raw_a), ka);
	event_key(b, raw_b, strlen(raw_b), kb);
	return memcmp(ka, kb, sizeof ka) == 0;
}

static void
keys(void)
{
	struct event a = {.message_id = ID, .type_text = "message-sent", .to = "+19195550123"};
	struct event b = a;

	ok(same_key(&a, "x", &b, "y"),
	    "the same id, type and receiver are a duplicate, whatever else");
	b.to = "+19195550124";
	ok(!same_key(&a, "x", &b, "x"), "another receiver is none");
	b = a;
	b.type_text = "message-delivered";
	ok(!same_key(&a, "x", &b, "x"), "another type is none");
	b = a;
	b.message_id = ID "m";
	b.type_text = "essage-sent";
	ok(!same_key(&a, "x", &b, "x"), "parts do not run into each other");
	b.to = NULL;
	ok(!same_key(&a, "x", &b, "x"), "no receiver is another one");
	a.message_id = b.message_id = NULL;
	ok(same_key(&a, "{}", &b, "{}"), "without an id the raw text counts");
	ok(!same_key(&a, "{}", &b, "{ }"), "byte by byte");
}

int
main(void)
{
	arena = arena_new();
	published();
	channels();
	not_objects();
	faults();
	text_in_spite();
	odd_values();
	long_values();
	keys();
	arena_free(arena);
	return done_testing();
}
