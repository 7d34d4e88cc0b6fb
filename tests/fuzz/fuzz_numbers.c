/*
 * fuzz_numbers.c: answers of the Numbers API, or of whoever sits in between.  First byte: which
 * reader; second: the status; third: how far the request got; the rest is the body.
 */
#include "base/arena.h"
#include "base/parse.h"
#include "base/phone.h"
#include "bandwidth/applications.h"
#include "bandwidth/campaigns.h"
#include "bandwidth/client.h"
#include "bandwidth/features.h"
#include "bandwidth/orders.h"
#include "bandwidth/sites.h"
#include "bandwidth/stock.h"
#include "fuzz.h"

static const int statuses[] = {200, 201, 204, 400, 401, 403, 404, 408, 409, 429, 500, 503, 301, 0};

static void
clean(const char *s)
{
	MUST(s == NULL || (*s != '\0' && text_valid(s, strlen(s), false)));
}

/* An ID may go into an address as it is. */
static void
id(const char *s)
{
	clean(s);
	MUST(s == NULL || (strlen(s) <= 100 && strpbrk(s, " /?#%\\") == NULL &&
			      strcmp(s, ".") != 0 && strcmp(s, "..") != 0));
}

static void
check_head(const struct http_answer *a, const struct numbers_head *h)
{
	bool success = a->status >= 200 && a->status < 300;
	size_t i;

	MUST(h->words != NULL && strlen(h->words) < 2500);
	MUST(text_valid(h->words, strlen(h->words), false));
	MUST(h->outcome == NUMBERS_FINE || *h->words != '\0');
	MUST(h->outcome != NUMBERS_FINE || (success && a->reach == HTTP_ANSWERED));
	MUST((h->outcome == NUMBERS_NOT_SENT) == (a->reach == HTTP_NOT_BEGUN));
	MUST(a->reach != HTTP_BEGUN || h->outcome == NUMBERS_UNKNOWN);
	MUST((h->outcome == NUMBERS_BUSY) == (a->reach == HTTP_ANSWERED && a->status == 429));
	MUST(h->outcome != NUMBERS_NOT_FOUND || a->status == 404);
	MUST(h->outcome != NUMBERS_REFUSED || success || (a->status >= 400 && a->status < 500));
	MUST(h->code >= 0 && (h->code == 0 || h->error_count > 0));
	for (i = 0; i < h->error_count; i++) {
		MUST(h->errors[i].number == NULL || phone_is_e164(h->errors[i].number));
		MUST(h->errors[i].words == NULL ||
		     text_valid(h->errors[i].words, strlen(h->errors[i].words), false));
	}
}

static void
fuzz_sites(const struct http_answer *a, struct arena *arena)
{
	struct sites_answer sites;
	struct peers_answer peers;
	struct created_answer made;
	size_t i;

	sites_read(a, arena, &sites);
	check_head(a, &sites.head);
	for (i = 0; i < sites.count && sites.head.outcome == NUMBERS_FINE; i++) {
		MUST(sites.items[i].id != NULL);
		id(sites.items[i].id);
		clean(sites.items[i].name);
	}
	peers_read(a, arena, &peers);
	check_head(a, &peers.head);
	for (i = 0; i < peers.count && peers.head.outcome == NUMBERS_FINE; i++) {
		MUST(peers.items[i].id != NULL);
		id(peers.items[i].id);
	}
	created_read(a, arena, &made);
	check_head(a, &made.head);
	MUST(made.head.outcome != NUMBERS_FINE || made.id != NULL);
	id(made.id);
}

static void
fuzz_alone(const struct http_answer *a, struct arena *arena)
{
	struct site_answer site;
	struct peer_answer peer;
	struct sms_answer sms;
	struct mms_answer mms;

	site_read(a, arena, &site);
	check_head(a, &site.head);
	MUST(site.head.outcome != NUMBERS_FINE || site.site.id != NULL);
	peer_read(a, arena, &peer);
	check_head(a, &peer.head);
	MUST(peer.head.outcome != NUMBERS_FINE || peer.peer.id != NULL);
	sms_read(a, arena, &sms);
	check_head(a, &sms.head);
	clean(sms.sms.protocol);
	MUST(!sms_feature_works(&sms.sms) || sms.sms.protocol != NULL);
	mms_read(a, arena, &mms);
	check_head(a, &mms.head);
	clean(mms.protocol);
	feature_set_read(a, arena, &mms.head);
	check_head(a, &mms.head);
}

static void
fuzz_applications(const struct http_answer *a, struct arena *arena)
{
	struct applications_answer list;
	struct application_answer one;
	struct assignment_answer assignment;
	struct assigned_peers_answer peers;
	size_t i;

	applications_read(a, arena, &list);
	check_head(a, &list.head);
	for (i = 0; i < list.count && list.head.outcome == NUMBERS_FINE; i++) {
		MUST(list.items[i].id != NULL);
		id(list.items[i].id);
	}
	application_read(a, arena, &one);
	check_head(a, &one.head);
	id(one.application.id);
	clean(one.application.inbound_url);
	clean(one.application.outbound_user);
	for (i = 0; i < one.application.callback_types.count; i++)
		clean(one.application.callback_types.items[i]);
	assignment_read(a, arena, &assignment);
	check_head(a, &assignment.head);
	id(assignment.application_id);
	assigned_peers_read(a, arena, &peers);
	check_head(a, &peers.head);
}

static void
fuzz_stock(const struct http_answer *a, struct arena *arena)
{
	const struct page page = {NULL, 100};
	struct numbers_answer list;
	struct number_answer one;
	struct total_answer total;
	size_t i;

	numbers_read(a, arena, &page, &list);
	check_head(a, &list.head);
	clean(list.next);
	MUST(list.next == NULL || list.head.outcome == NUMBERS_FINE);
	for (i = 0; i < list.count && list.head.outcome == NUMBERS_FINE; i++)
		MUST(phone_is_e164(list.items[i].number));
	search_read(a, arena, &list);
	check_head(a, &list.head);
	for (i = 0; i < list.count; i++) {
		MUST(phone_is_e164(list.items[i].number));
		clean(list.items[i].city);
	}
	number_read(a, arena, &one);
	check_head(a, &one.head);
	id(one.number.peer_id);
	total_read(a, arena, &total);
	check_head(a, &total.head);
	MUST(total.head.outcome != NUMBERS_FINE || total.total >= 0);
}

static void
fuzz_orders(const struct http_answer *a, struct arena *arena, enum order_kind kind)
{
	const struct page page = {NULL, 0};
	struct order_list_answer list;
	struct order_answer o;
	size_t i;

	order_created_read(a, arena, kind, &o);
	check_head(a, &o.head);
	MUST(o.head.outcome != NUMBERS_FINE || o.id != NULL);
	id(o.id);
	order_read(a, arena, kind, &o);
	check_head(a, &o.head);
	MUST(o.head.outcome != NUMBERS_FINE || o.state_word != NULL);
	for (i = 0; i < o.numbers.count; i++)
		MUST(phone_is_e164(o.numbers.items[i]));
	for (i = 0; i < o.failed.count; i++)
		MUST(phone_is_e164(o.failed.items[i]));
	clean(o.summary);
	order_list_read(a, arena, &page, &list);
	check_head(a, &list.head);
	for (i = 0; i < list.count && list.head.outcome == NUMBERS_FINE; i++)
		MUST(list.items[i].id != NULL);
}

static void
fuzz_campaigns(const struct http_answer *a, struct arena *arena)
{
	struct campaign_numbers_answer list;
	struct toll_free_answer one;
	size_t i;

	campaign_numbers_read(a, arena, &list);
	check_head(a, &list.head);
	for (i = 0; i < list.count && list.head.outcome == NUMBERS_FINE; i++) {
		MUST(phone_is_e164(list.items[i].number));
		clean(list.items[i].status);
	}
	toll_free_read(a, arena, &one);
	check_head(a, &one.head);
	clean(one.status);
	clean(one.reason);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena;
	struct http_answer a;

	if (size < 3)
		return 0;
	arena = arena_new();
	a = (struct http_answer){
	    .reach = data[2] < 10 ? (enum http_reach)(data[2] % 2) : HTTP_ANSWERED,
	    .status = statuses[data[1] % (sizeof(statuses) / sizeof(statuses[0]))],
	    .body = arena_dup(arena, data + 3, size - 3),
	    .length = size - 3};
	/* Now and then the body's first line is the Location header. */
	a.location = data[2] % 3 == 0 ? arena_dup(arena, data + 3, strcspn(a.body, "\r\n")) : NULL;
	if (a.status == 0 && a.reach == HTTP_ANSWERED)
		a.reach = HTTP_BEGUN;
	if (a.reach != HTTP_ANSWERED)
		a.fault = "cut";
	switch (data[0] % 8) {
	case 0:
		fuzz_sites(&a, arena);
		break;
	case 1:
		fuzz_alone(&a, arena);
		break;
	case 2:
		fuzz_applications(&a, arena);
		break;
	case 3:
		fuzz_stock(&a, arena);
		break;
	case 4:
		fuzz_campaigns(&a, arena);
		break;
	default:
		fuzz_orders(&a, arena, (enum order_kind)(data[0] % 8 - 5));
		break;
	}
	arena_free(arena);
	return 0;
}
