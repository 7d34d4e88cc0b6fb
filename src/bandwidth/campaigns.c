/*
 * campaigns.c: 10DLC and toll-free verification (campaigns.h).
 */
#include <string.h>

#include "base/arena.h"
#include "bandwidth/campaigns.h"
#include "bandwidth/iris.h"
#include "bandwidth/words.h"

#define WORD_MAX 60

/* JSON is what is asked for where nothing else is said. */
static void
get_json(struct http_request *r, const char *url)
{
	iris_get(r, url);
	r->accept = NULL;
}

/* ---- 10DLC ----------------------------------------------------------- */

void
campaign_number_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *number)
{
	get_json(r, IRIS_URL(arena, account, "tendlc", "phoneNumbers", number));
}

void
campaign_numbers_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, int64_t offset)
{
	const char *url = IRIS_URL(arena, account, "tendlc", "phoneNumbers");

	url = iris_query(arena, url, "limit", arena_fmt(arena, "%d", CAMPAIGN_PAGE));
	get_json(r, iris_query(arena, url, "offset", arena_fmt(arena, "%lld", (long long)offset)));
}

static bool
read_number(const json *item, struct arena *arena, struct campaign_number *out)
{
	out->number = iris_e164(arena, json_get_text(item, "phoneNumber", arena));
	out->status = answer_text(item, "status", arena, WORD_MAX);
	out->campaign_id = answer_text(item, "campaignId", arena, WORD_MAX);
	return out->number != NULL;
}

void
campaign_numbers_read(
    const struct http_answer *answer, struct arena *arena, struct campaign_numbers_answer *out)
{
	struct iris_document document;
	struct campaign_number *items;
	const json *data;
	size_t n, i;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	/* A list, or for one number its object. */
	data = json_get(document.json, "data");
	n = json_kind(data) == JSON_OBJECT ? 1 : json_len(data);
	items = arena_alloc(arena, (n + 1) * sizeof(*items));
	for (i = 0; i < n; i++) {
		const json *item = json_kind(data) == JSON_OBJECT ? data : json_at(data, i);

		if (!read_number(item, arena, &items[out->count++]) &&
		    out->head.outcome == NUMBERS_FINE)
			iris_unreadable(&out->head, "The list has a number that is none");
	}
	out->items = items;
	if (out->head.outcome == NUMBERS_FINE && json_kind(data) != JSON_OBJECT &&
	    json_kind(data) != JSON_ARRAY)
		iris_unreadable(&out->head, "Bandwidth's answer has no 10DLC numbers");
	iris_done(&document);
}

/* ---- toll-free ------------------------------------------------------- */

void
toll_free_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *number)
{
	get_json(r, IRIS_URL(arena, account, "phoneNumbers", number, "tollFreeVerification"));
}

void
toll_free_read(const struct http_answer *answer, struct arena *arena, struct toll_free_answer *out)
{
	struct iris_document document;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	out->status = answer_text(document.json, "status", arena, WORD_MAX);
	out->blocked = json_get_bool(document.json, "blocked", false);
	out->resubmit_allowed = json_get_bool(document.json, "resubmitAllowed", false);
	out->reason = answer_text(document.json, "declineReasonDescription", arena, IRIS_TEXT_MAX);
	if (out->reason == NULL)
		out->reason = answer_text(document.json, "blockedReason", arena, IRIS_TEXT_MAX);
	if (out->head.outcome == NUMBERS_FINE && out->status == NULL)
		iris_unreadable(&out->head, "Bandwidth's answer has no verification status");
	iris_done(&document);
}
