/*
 * fuzz_settings.c: settings files.  Either there are problems, a line for
 * each, or every field is there and within its limits.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/parse.h"
#include "base/settings.h"
#include "fuzz.h"

static void
check_fields(const struct settings *s)
{
	MUST(s->base_url.text != NULL && s->base_url.origin != NULL && s->base_url.path != NULL);
	MUST(s->base_url.https || s->base_url.loopback);
	MUST(s->base_url_previous_count <= SETTINGS_LIST);
	MUST(s->session_secret != NULL && s->session_secret[0] != '\0');
	MUST(s->base_url.loopback || strlen(s->session_secret) >= 32);
	MUST(strcmp(s->default_service, "bandwidth") == 0 && s->service_managers != NULL);
	MUST(s->data_dir[0] == '/' && s->data_dir[strlen(s->data_dir) - 1] != '/');
	MUST(s->worker_path[0] == '/');
	MUST(s->messaging_url != NULL && s->numbers_url != NULL && s->token_url != NULL);
	MUST((strncmp(s->messaging_url, "https://messaging.bandwidth.com/api/v2", 39) == 0) ==
	     !s->rehearsal);
	MUST(s->trusted_proxies != NULL);
	MUST(s->log_level >= 0 && s->log_level <= 3);
	MUST(s->threads >= 1 && s->threads <= 256);
	MUST(s->cache_bytes >= INT64_C(1) << 20 && s->cache_bytes <= INT64_C(4) << 30);
	MUST(s->store_stall_s >= 5 && s->store_stall_s <= 600);
	MUST(s->daily_segments >= 1 && s->daily_segments <= 10000000);
	MUST(s->segments_per_second >= 1 && s->segments_per_second <= 1000);
	MUST(s->api_rate >= 0 && s->api_rate <= 10000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Whatever the text lacks comes from here, so that the rest is reached too. */
	static const char *const env[] = {"BASE_URL=https://x.example", "DATA_DIR=/d",
	    "SESSION_SECRET=Zk2Wq8Lr5Tn9Xc3Vb7Hm4Jd6Fs1Gp0Yw", NULL};
	struct buf problems = BUF_INIT(1 << 20);
	struct arena *a = arena_new();
	struct settings s;
	int rc, round;

	for (round = 0; round < 2; round++) {
		buf_reset(&problems);
		rc = settings_read(
		    (const char *)data, size, round > 0 ? env : NULL, a, &s, &problems);
		MUST((rc == 0) == (problems.len == 0 && !problems.failed));
		MUST(utf8_valid(buf_str(&problems), problems.len));
		MUST(text_valid(buf_str(&problems), problems.len, true));
		MUST(problems.len == 0 || problems.data[problems.len - 1] == '\n');
		if (rc == 0)
			check_fields(&s);
	}
	arena_free(a);
	buf_free(&problems);
	return 0;
}
