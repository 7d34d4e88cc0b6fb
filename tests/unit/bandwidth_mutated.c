/*
 * bandwidth_mutated.c: the published answers of the Numbers API, cut and damaged at every byte,
 * go through every reader: none falls over, and none takes a part for the whole.
 */
#include <dirent.h>

#include "base/parse.h"
#include "bandwidth/applications.h"
#include "bandwidth/campaigns.h"
#include "bandwidth/features.h"
#include "bandwidth/orders.h"
#include "bandwidth/sites.h"
#include "bandwidth/stock.h"
#include "numbers_kit.h"

static const struct page first = {NULL, 0};
static struct arena *local; /* of one answer */
static size_t fine, broken; /* heads that are fine; heads that are not as promised */

static void
see(const struct numbers_head *h)
{
	fine += h->outcome == NUMBERS_FINE;
	broken += h->words == NULL || !text_valid(h->words, strlen(h->words), false) ||
		  h->outcome > NUMBERS_UNKNOWN || (h->error_count > 0) != (h->errors != NULL);
}

/* Declares a function that reads an answer with one of the readers. */
#define READER(reader, type)                                   \
	static void with_##reader(const struct http_answer *a) \
	{                                                      \
		struct type out;                               \
                                                               \
		reader(a, local, &out);                        \
		see(&out.head);                                \
	}
READER(sites_read, sites_answer)
READER(site_read, site_answer)
READER(peers_read, peers_answer)
READER(peer_read, peer_answer)
READER(created_read, created_answer)
READER(sms_read, sms_answer)
READER(mms_read, mms_answer)
READER(applications_read, applications_answer)
READER(application_read, application_answer)
READER(assignment_read, assignment_answer)
READER(assigned_peers_read, assigned_peers_answer)
READER(search_read, numbers_answer)
READER(number_read, number_answer)
READER(total_read, total_answer)
READER(campaign_numbers_read, campaign_numbers_answer)
READER(toll_free_read, toll_free_answer)

static void
with_pages(const struct http_answer *a)
{
	struct order_list_answer orders;
	struct numbers_answer numbers;

	numbers_read(a, local, &first, &numbers);
	see(&numbers.head);
	order_list_read(a, local, &first, &orders);
	see(&orders.head);
}

static void
with_orders(const struct http_answer *a)
{
	struct order_answer o;
	int kind;

	for (kind = ORDER_PURCHASE; kind <= ORDER_OPTIONS; kind++) {
		order_created_read(a, local, (enum order_kind)kind, &o);
		see(&o.head);
		order_read(a, local, (enum order_kind)kind, &o);
		see(&o.head);
	}
}

static void (*const readers[])(const struct http_answer *) = {with_sites_read, with_site_read,
    with_peers_read, with_peer_read, with_created_read, with_sms_read, with_mms_read,
    with_applications_read, with_application_read, with_assignment_read, with_assigned_peers_read,
    with_search_read, with_number_read, with_total_read, with_campaign_numbers_read,
    with_toll_free_read, with_pages, with_orders};
#define READERS (sizeof(readers) / sizeof(readers[0]))

static void
read_bytes(const char *text, size_t n, size_t reader)
{
	struct http_answer a = {.reach = HTTP_ANSWERED, .status = 200, .body = text, .length = n};

	readers[reader % READERS](&a);
	arena_reset(local);
}

/* Every beginning of it, the readers taking turns; an end of blanks does not count as cut. */
static void
cut(const char *name, const char *text)
{
	size_t end = strlen(text), i;

	while (end > 0 && strchr(" \n", text[end - 1]) != NULL)
		end--;
	fine = broken = 0;
	for (i = 1; i < end; i++)
		read_bytes(arena_dup(local, text, i), i, i);
	ok(end > 50 && fine == 0 && broken == 0, "%s: no beginning of it is fine", name);
}

/* Every byte replaced by one that means something; the readers take turns. */
static void
damage(const char *name, const char *text)
{
	static const char with[] = {'\0', '<', '&', '/', '\xff'};
	size_t n = strlen(text), i;
	char *copy = arena_dup(arena, text, n);

	broken = 0;
	for (i = 0; i < n; i++) {
		copy[i] = with[i % sizeof(with)];
		read_bytes(copy, n, i);
		copy[i] = text[i];
	}
	is_int(broken, 0, "%s: damaged anywhere, heads are as promised", name);
}

/* The published names that are answers, into names; returns how many. */
static size_t
answers(const char **names, size_t most)
{
	const char *top = getenv("SOURCE");
	DIR *d = opendir(arena_fmt(arena, "%s/tests/fixtures/xml", top != NULL ? top : "."));
	struct dirent *e;
	size_t n = 0, len;

	while (d != NULL && (e = readdir(d)) != NULL && n < most) {
		len = strlen(e->d_name);
		if (len > 4 && strcmp(e->d_name + len - 4, ".xml") == 0 &&
		    strstr(e->d_name, "-req") == NULL)
			names[n++] = arena_dup(arena, e->d_name, len - 4);
	}
	if (d != NULL)
		closedir(d);
	return n;
}

int
main(void)
{
	const char *names[100];
	size_t n, i;

	arena = arena_new();
	local = arena_new();
	n = answers(names, 100);
	is_int(n, 35, "all published answers are here");
	for (i = 0; i < n; i++) {
		cut(names[i], fixture(names[i]));
		damage(names[i], fixture(names[i]));
	}
	arena_free(local);
	arena_free(arena);
	return done_testing();
}
