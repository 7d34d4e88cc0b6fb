/*
 * fuzz_media.c: what strangers say about an attachment and put into it: its address, its
 * first bytes, and the part of it that a request asks for.
 */
#include <strings.h>

#include "base/arena.h"
#include "base/url.h"
#include "bandwidth/media.h"
#include "http/range.h"
#include "org/media_type.h"
#include "fuzz.h"

#define HOST "https://messaging.bandwidth.com"
#define OURS HOST "/api/v2/users/9900902/media/"

/* Whatever is asked for begins with what is ours, and cannot climb out of it. */
static void
check_address(const char *url, struct arena *a)
{
	const char *fetch = NULL, *again = NULL, *id, *p;
	enum media_whose whose = media_judge(url, HOST "/api/v2", "9900902", a, &fetch);
	size_t n = 0;
	char *plain;

	MUST((whose == MEDIA_OURS) == (fetch != NULL));
	if (fetch == NULL)
		return;
	MUST(strncmp(fetch, OURS, strlen(OURS)) == 0);
	MUST(strncasecmp(url, "https:", 6) == 0);
	MUST(strchr(url, '@') == NULL || strchr(url, '@') > strstr(url, "/api/v2/users/"));
	for (p = fetch; *p != '\0'; p++)
		MUST(*p > ' ' && *p <= '~' && *p != '\\' && *p != '#');
	id = arena_dup(a, fetch + strlen(OURS), strcspn(fetch + strlen(OURS), "?"));
	plain = url_decode(id, strlen(id), false, a, &n);
	MUST(plain != NULL && n > 0 && strlen(plain) == n);
	plain = arena_fmt(a, "/%s/", plain);
	MUST(strstr(plain, "/../") == NULL && strstr(plain, "/./") == NULL &&
	     strstr(plain, "//") == NULL && strchr(plain, '\\') == NULL);
	MUST(media_judge(fetch, HOST "/api/v2", "9900902", a, &again) == MEDIA_OURS);
	MUST(strcmp(fetch, again) == 0);
	MUST(media_judge(url, HOST "/api/v2", "9900903", a, &again) == MEDIA_OTHER_ACCOUNT);
	MUST(
	    media_judge(url, "https://evil.example/api/v2", "9900902", a, &again) == MEDIA_FOREIGN);
}

/* The input itself, and as the end of an address that is ours so far. */
static void
check_addresses(const char *text, struct arena *a)
{
	check_address(text, a);
	check_address(arena_fmt(a, "%s%s", OURS, text), a);
	check_address(arena_fmt(a, "https://%s/api/v2/users/9900902/media/1", text), a);
}

/* What is shown as a picture, film or sound begins as one, and so as nothing else. */
static void
check_kind(const uint8_t *data, size_t size)
{
	const struct media_type *t = media_sniff(data, size);

	if (t == NULL)
		return;
	MUST(media_type_find(t->name) == t);
	MUST(size >= 4 && data[0] != '<' && data[0] != '%' && data[0] != ' ' && data[0] != '\n');
	MUST(media_sniff(data, size < MEDIA_HEAD ? size : MEDIA_HEAD) == t);
}

static void
check_range(const char *text)
{
	static const int64_t sizes[] = {0, 1, 100, INT64_MAX};
	int64_t from = -1, length = -1;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (range_read(text, sizes[i], &from, &length) == RANGE_PART)
			MUST(length > 0);
		MUST(from >= 0 && length >= 0 && from <= sizes[i] && length <= sizes[i] - from);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	char *text = arena_dup(a, data, size);

	check_kind(data, size);
	check_addresses(text, a);
	check_range(text);
	check_range(arena_fmt(a, "bytes=%s", text));
	arena_free(a);
	return 0;
}
