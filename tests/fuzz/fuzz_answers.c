/*
 * fuzz_answers.c: what comes back from Bandwidth, or from whoever sits in between: answers
 * to sending, tokens, lists.  First byte: which reader; second: the status; third: how far
 * the request got; the rest is the body.
 */
#include "base/arena.h"
#include "base/parse.h"
#include "bandwidth/client.h"
#include "bandwidth/messaging.h"
#include "bandwidth/token.h"
#include "fuzz.h"

static const int statuses[] = {
    202, 200, 201, 204, 301, 400, 401, 403, 404, 405, 406, 408, 415, 429, 500, 502, 503, 599, 0};

static void
must_be_words(const char *s)
{
	MUST(s != NULL && strlen(s) < 2500 && text_valid(s, strlen(s), false));
}

static void
fuzz_sending(const struct http_answer *a, struct arena *arena)
{
	struct send_answer out;

	messaging_read(a, arena, &out);
	must_be_words(out.words);
	MUST((out.outcome == SEND_ACCEPTED) == (out.service_id != NULL));
	MUST(out.outcome != SEND_ACCEPTED || (a->status == 202 && a->reach == HTTP_ANSWERED));
	MUST((out.outcome == SEND_NOT_SENT) == (a->reach == HTTP_NOT_BEGUN));
	MUST(a->reach != HTTP_BEGUN || out.outcome == SEND_UNKNOWN);
	MUST(out.outcome != SEND_REJECTED || (a->status >= 400 && a->status < 429));
	MUST(out.segments >= 0 && out.segments <= 1000);
	MUST(out.service_id == NULL || text_valid(out.service_id, strlen(out.service_id), false));
	MUST(out.type == NULL || text_valid(out.type, strlen(out.type), false));
}

static void
fuzz_token(const struct http_answer *a, struct arena *arena)
{
	struct token_answer out;
	size_t i;

	token_read(a, arena, &out);
	MUST((out.outcome == TOKEN_GIVEN) == (out.token != NULL));
	if (out.token == NULL) {
		must_be_words(out.words);
		return;
	}
	MUST(a->status >= 200 && a->status < 300 && out.lifetime > 0);
	MUST(strlen(out.token) > 0 && strlen(out.token) <= TOKEN_LENGTH_MAX);
	for (i = 0; out.token[i] != '\0'; i++)
		MUST(out.token[i] > ' ' && out.token[i] <= '~');
	for (i = 0; i < out.accounts.count; i++)
		MUST(token_allows(&out, out.accounts.items[i]));
	MUST(token_renewal(1000, out.lifetime) >= 1000 &&
	     token_renewal(1000, out.lifetime) <= 1000 + out.lifetime);
}

static void
fuzz_list(const struct http_answer *a, struct arena *arena)
{
	struct list_answer out;
	size_t i;

	list_read(a, arena, &out);
	must_be_words(out.words);
	MUST(out.outcome == LIST_READ || (out.count == 0 && out.next == NULL));
	MUST(out.outcome != LIST_READ || (a->status == 200 && a->reach == HTTP_ANSWERED));
	for (i = 0; i < out.count; i++)
		MUST(out.items[i].service_id != NULL && *out.items[i].service_id != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena;
	struct http_answer a;
	char *body;

	if (size < 3)
		return 0;
	arena = arena_new();
	body = arena_dup(arena, data + 3, size - 3);
	a = (struct http_answer){
	    .reach = data[2] < 10 ? (enum http_reach)(data[2] % 2) : HTTP_ANSWERED,
	    .status = statuses[data[1] % (sizeof(statuses) / sizeof(statuses[0]))],
	    .body = body,
	    .length = size - 3};
	if (a.reach != HTTP_ANSWERED)
		a.fault = "cut";
	if (data[0] % 3 == 0)
		fuzz_sending(&a, arena);
	else if (data[0] % 3 == 1)
		fuzz_token(&a, arena);
	else
		fuzz_list(&a, arena);
	arena_free(arena);
	return 0;
}
