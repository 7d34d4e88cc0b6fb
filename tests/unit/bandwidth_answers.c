/*
 * bandwidth_answers.c: what Bandwidth's answers mean, byte by byte: the promise that only
 * what is certain is called "not sent".
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "bandwidth/client.h"
#include "bandwidth/messaging.h"
#include "bandwidth/token.h"
#include "tap.h"

static struct arena *arena;

/* A whole answer with that status and body. */
static struct http_answer
whole(int status, const char *body)
{
	struct http_answer a = {
	    .reach = HTTP_ANSWERED, .status = status, .body = body, .length = strlen(body)};

	return a;
}

/* A published example. */
static const char *
fixture(const char *name)
{
	const char *top = getenv("SOURCE");
	const char *path = arena_fmt(arena, "%s/tests/fixtures/json/%s", top ? top : ".", name);
	char *text = arena_alloc(arena, 20000);
	FILE *f = fopen(path, "r");

	if (f == NULL || fread(text, 1, 19999, f) == 0)
		printf("# cannot read %s\n", path);
	if (f != NULL)
		fclose(f);
	return text;
}

static struct send_answer
sent(struct http_answer a)
{
	struct send_answer out;

	messaging_read(&a, arena, &out);
	return out;
}

static enum send_outcome
outcome(int status, const char *body)
{
	return sent(whole(status, body)).outcome;
}

static void
published(void)
{
	struct send_answer a = sent(whole(202, fixture("create-message-202.json")));

	is_int(a.outcome, SEND_ACCEPTED, "the published 202 is accepted");
	is_str(a.service_id, "14762070468292kw2fuqty55yp2b2", "with Bandwidth's id");
	is_int(a.segments, 1, "and its segments");
	a = sent(whole(400, fixture("create-message-400.json")));
	is_int(a.outcome, SEND_REJECTED, "the published 400 is final");
	is_str(a.type, "request-validation", "with its type");
	is_str(a.words,
	    "Your request could not be accepted; from: '+invalid' must be replaced with a valid "
	    "E164 formatted telephone number",
	    "and its words name the field");
	is_int(outcome(401, fixture("error-401.json")), SEND_UNAUTHORIZED, "401");
	is_int(outcome(403, fixture("error-403.json")), SEND_UNAUTHORIZED, "403");
	is_int(outcome(404, fixture("error-404.json")), SEND_REJECTED, "404, which has no type");
	is_int(outcome(415, fixture("error-415.json")), SEND_REJECTED, "415");
	a = sent(whole(429, fixture("error-429-send.json")));
	is_int(a.outcome, SEND_BUSY, "429 is for later");
	is_int(outcome(500, "{\"type\":\"internal\",\"description\":\"x\"}"), SEND_SERVER,
	    "500 with Bandwidth's type is known not to be sent");
}

/* Everything else may have been sent. */
static void
unknown(void)
{
	static const struct {
		int status;
		const char *body;
	} odd[] = {{200, "{\"id\":\"x\"}"}, {201, "{\"id\":\"x\"}"}, {202, ""}, {202, "{}"},
	    {202, "{\"id\":\"\"}"}, {202, "{\"id\":7}"}, {202, "{\"id\":null}"}, {202, "[]"},
	    {202, "{\"id\":\"a\\nb\"}"}, {202, "{\"id\":\"x\""}, {204, ""}, {301, ""}, {302, "{}"},
	    {400, ""}, {400, "<html>"}, {400, "{}"}, {400, "null"}, {400, "{\"type\":1}"},
	    {401, ""}, {401, "<html>"}, {403, ""}, {404, ""}, {404, "{\"status\":400}"},
	    {408, "{\"type\":\"x\"}"}, {409, "{\"type\":\"x\"}"}, {413, "{\"type\":\"x\"}"},
	    {429, ""}, {429, "slow down"}, {500, ""}, {500, "{}"}, {500, "{\"type\":\"x\""},
	    {500, "<html>"}, {501, "{\"type\":\"x\"}"}, {502, "{\"type\":\"x\"}"},
	    {503, "{\"type\":\"x\"}"}, {504, "{\"type\":\"x\"}"}, {599, ""}};
	size_t i;

	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		is_int(outcome(odd[i].status, odd[i].body), SEND_UNKNOWN, "%d with %s is unknown",
		    odd[i].status, *odd[i].body ? odd[i].body : "nothing");
}

static void
transport(void)
{
	struct http_answer a = {.reach = HTTP_NOT_BEGUN, .body = "", .fault = "Could not connect"};

	is_int(sent(a).outcome, SEND_NOT_SENT, "nothing of it left: not sent");
	is_str(sent(a).words, "Could not connect", "with the transport's words");
	a.reach = HTTP_BEGUN;
	is_int(sent(a).outcome, SEND_UNKNOWN, "begun and no answer: unknown");
	a.status = 202;
	a.body = "{\"id\":\"abc\"}";
	a.length = strlen(a.body);
	is_int(
	    sent(a).outcome, SEND_UNKNOWN, "a 202 that was cut: unknown, even if it could be read");
	ok(sent(a).service_id == NULL, "and its id isn't believed");
	a.status = 400;
	a.body = "{\"type\":\"x\"}";
	a.length = strlen(a.body);
	is_int(sent(a).outcome, SEND_UNKNOWN, "so is a 400 that was cut");
	a = whole(429, fixture("error-429-send.json"));
	a.retry_after = 7000;
	is_int(sent(a).retry_after, 7000, "Retry-After is handed on");
}

/* The body, read back. */
static json *
body_of(const struct message *m, int64_t now)
{
	struct buf out = BUF_INIT(100000);
	const char *why;
	json *o;

	messaging_body(&out, "93de2206-9669-4e07-948d-329f4b722ee2", m, "12|0192f0c1a2b3c4d5", now);
	o = json_parse(buf_str(&out), out.len, 4, &why, NULL);
	buf_free(&out);
	return o;
}

static void
bodies(void)
{
	struct message m = {.out = true,
	    .contact_number = "+19195550199",
	    .user_number = "+19195550100",
	    .text = "Hej \"du\" \xf0\x9f\x98\x80",
	    .send_before = 1800000000000};
	json *o = body_of(&m, 1800000000000 - EXPIRATION_LEAST);
	const char *items[] = {"+19195550199", "+19195550198"};

	is_str(json_text(json_get(o, "applicationId"), NULL),
	    "93de2206-9669-4e07-948d-329f4b722ee2", "applicationId");
	is_int(json_len(json_get(o, "to")), 1, "to is an array");
	is_str(json_text(json_at(json_get(o, "to"), 0), NULL), "+19195550199", "of the contact");
	is_str(json_text(json_get(o, "from"), NULL), "+19195550100", "from");
	is_str(json_text(json_get(o, "text"), NULL), m.text, "text");
	is_str(json_text(json_get(o, "tag"), NULL), "12|0192f0c1a2b3c4d5", "tag");
	ok(!json_has(o, "media") && !json_has(o, "priority"), "nothing that wasn't asked for");
	is_str(json_text(json_get(o, "expiration"), NULL), "2027-01-15T08:00:00.000Z",
	    "a deadline far enough away is passed on");
	json_free(o);
	m.reply = true;
	m.text = "";
	m.media = (struct text_list){(const char *[]){"https://example.org/a.jpg"}, 1};
	m.group = (struct text_list){items, 2};
	o = body_of(&m, 1800000000000 - EXPIRATION_LEAST + 1);
	is_str(json_text(json_get(o, "priority"), NULL), "high", "a reply goes first");
	is_int(json_len(json_get(o, "to")), 2, "a group has all its recipients");
	is_int(json_len(json_get(o, "media")), 1, "media");
	ok(!json_has(o, "text"), "an empty text is left out");
	ok(!json_has(o, "expiration"), "a near deadline is not passed on");
	json_free(o);
	is_str(messages_url(arena, "https://messaging.bandwidth.com/api/v2", "99/../1"),
	    "https://messaging.bandwidth.com/api/v2/users/99%2F..%2F1/messages",
	    "an account cannot change the path");
}

static void
tokens(void)
{
	struct token_answer t;
	struct http_answer a;
	struct buf b = BUF_INIT(1000);
	/* {"accounts":["9900000",9900001],"roles":["Numbers"],"express":true} */
	const char *jwt =
	    "h.eyJhY2NvdW50cyI6WyI5OTAwMDAwIiw5OTAwMDAxXSwicm9sZXMiOlsiTnVtYmVycyJdLCJleHByZXNzIjp0"
	    "cnVlfQ.s";

	a = whole(200,
	    arena_fmt(arena,
		"{\"access_token\":\"%s\",\"expires_in\":3600,\"token_type\":\"bearer\"}", jwt));
	token_read(&a, arena, &t);
	is_int(t.outcome, TOKEN_GIVEN, "a token");
	is_str(t.token, jwt, "as it came");
	is_int(t.lifetime, 3600000, "with its lifetime");
	ok(token_allows(&t, "9900000") && token_allows(&t, "9900001"), "it names its accounts");
	ok(!token_allows(&t, "9900002"), "and is for no other");
	ok(t.express, "and tells a trial account");
	a = whole(200, "{\"access_token\":\"opaque\"}");
	token_read(&a, arena, &t);
	is_int(t.outcome, TOKEN_GIVEN, "a token need not be readable");
	ok(token_allows(&t, "1"), "then it may be for any account");
	is_int(t.lifetime, CLOCK_HOUR, "and lives an hour when nothing is said");
	a = whole(200, "{\"access_token\":\"a b\"}");
	token_read(&a, arena, &t);
	is_int(t.outcome, TOKEN_UNREACHABLE, "a token that could break a header is none");
	a = whole(401, "{\"error\":\"invalid_client\",\"error_description\":\"No such client\"}");
	token_read(&a, arena, &t);
	is_int(t.outcome, TOKEN_REFUSED, "401 is refused");
	is_str(t.words, "No such client", "in Bandwidth's words");
	a = whole(429, "");
	token_read(&a, arena, &t);
	is_int(t.outcome, TOKEN_UNREACHABLE, "429 without a body is not refused");
	a = whole(503, "<html>");
	token_read(&a, arena, &t);
	is_int(t.outcome, TOKEN_UNREACHABLE, "503 is not refused");
	a.reach = HTTP_BEGUN;
	a.status = 401;
	token_read(&a, arena, &t);
	is_int(t.outcome, TOKEN_UNREACHABLE, "a cut answer is not refused");
	is_int(token_renewal(1000, 3600000), 1000 + 3540000, "renewed a minute before its end");
	is_int(token_renewal(0, 30000), 15000, "a short-lived one at half of its life");
	auth_basic(&b, "Aladdin", "open sesame", 11);
	is_str(
	    buf_str(&b), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "the header of RFC 7617's example");
	buf_free(&b);
}

static struct list_answer
listed(int status, const char *body)
{
	struct http_answer a = whole(status, body);
	struct list_answer out;

	list_read(&a, arena, &out);
	return out;
}

static void
lists(void)
{
	struct list_query q = {.from = "+19195550100",
	    .to = "+19195550199",
	    .since = 0,
	    .until = 1000,
	    .page = "a+b",
	    .limit = 100};
	struct buf b = BUF_INIT(2000);
	struct list_answer l = listed(200, fixture("list-messages-200.json"));

	is_int(l.outcome, LIST_READ, "the published list is read");
	is_int(l.count, 1, "one message");
	is_str(l.items[0].service_id, "1589228074636lm4k2je7j7jklbn2", "its id");
	is_str(l.items[0].from, "+15554443333", "from");
	is_str(l.items[0].to, "+15554442222", "to");
	is_str(l.items[0].kind, "sms", "kind");
	is_str(l.items[0].direction, "OUTBOUND", "direction");
	is_int(l.items[0].time, 1586268187000, "time");
	ok(l.next == NULL, "no further page");
	l = listed(200, "{\"messages\":[],\"pageInfo\":{\"nextPageToken\":\"T\"}}");
	is_str(l.next, "T", "the token of the next page");
	is_int(listed(200, "{}").outcome, LIST_UNREACHABLE, "without its array it is no list");
	is_int(listed(200, "{\"messages\":[{}]}").outcome, LIST_UNREACHABLE,
	    "an item that can't be read makes the list unreadable, not shorter");
	is_int(listed(200, "{\"messages\":[").outcome, LIST_UNREACHABLE, "nor is half of one");
	is_int(listed(429, fixture("error-429-list.json")).outcome, LIST_BUSY, "429");
	is_int(listed(401, fixture("error-401.json")).outcome, LIST_UNAUTHORIZED, "401");
	is_int(listed(500, "").outcome, LIST_UNREACHABLE, "500");
	list_query_add(&b, &q);
	is_str(buf_str(&b),
	    "?messageDirection=OUTBOUND&sourceTn=%2B19195550100&destinationTn=%2B19195550199"
	    "&fromDateTime=1970-01-01T00%3A00%3A00.000Z&toDateTime=1970-01-01T00%3A00%3A01.000Z"
	    "&limit=100&pageToken=a%2Bb",
	    "the question, with milliseconds and everything escaped");
	buf_free(&b);
}

int
main(void)
{
	arena = arena_new();
	published();
	unknown();
	transport();
	bodies();
	tokens();
	lists();
	arena_free(arena);
	return done_testing();
}
