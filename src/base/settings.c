/*
 * settings.c: the table of settings, and what each value must be.
 *
 * settings_file.c brings the values, with the line they stand in; each is then
 * handed to its entry's function, and what concerns several is judged last.
 * All faults are reported at once, so that mending takes one round.
 */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/settings.h"
#include "base/settings_file.h"

#define SECRET_MIN 32	  /* characters */
#define SECRET_DISTINCT 8 /* different bytes */
#define SECRET_MAX 1024
#define PATH_LONGEST 1000 /* leaves room for the files within */

extern char **environ;

struct reader;

struct entry {
	const char *name;
	/* Stores the value into the field; a fault goes to fault(). */
	void (*take)(struct reader *, const struct entry *, const char *value);
	size_t field;	 /* offset in struct settings */
	const char *def; /* NULL: has none */
	bool required;
	int64_t min, max; /* of numbers */
};

struct reader {
	struct arena *arena;
	struct settings *out;
	struct buf *problems;
	const char *label; /* the file's name, or NULL */
	struct given *given;
	bool faulty;
};

/* ---- faults ---- */

static void fault(struct reader *r, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static const struct given *given_of(const struct reader *r, const char *name);

/* "FILE, line 3: NAME must ..." */
static void
fault(struct reader *r, const char *name, const char *fmt, ...)
{
	va_list ap;

	settings_where(r->problems, r->label, given_of(r, name));
	buf_addf(r->problems, "%s ", name);
	va_start(ap, fmt);
	buf_vaddf(r->problems, fmt, ap);
	va_end(ap);
	buf_adds(r->problems, ".\n");
	r->faulty = true;
}

static void *
field_of(const struct reader *r, const struct entry *e)
{
	return (char *)r->out + e->field;
}

/* ---- one function for each type ---- */

static void
take_text(struct reader *r, const struct entry *e, const char *value)
{
	*(const char **)field_of(r, e) = arena_str(r->arena, value);
}

static void
take_int64(struct reader *r, const struct entry *e, const char *value)
{
	if (parse_i64(value, strlen(value), e->min, e->max, field_of(r, e)) < 0)
		fault(r, e->name, "must be a whole number from %lld to %lld", (long long)e->min,
		    (long long)e->max);
}

static void
take_int(struct reader *r, const struct entry *e, const char *value)
{
	int64_t v = 0;

	if (parse_i64(value, strlen(value), e->min, e->max, &v) < 0)
		fault(r, e->name, "must be a whole number from %lld to %lld", (long long)e->min,
		    (long long)e->max);
	else
		*(int *)field_of(r, e) = (int)v;
}

static void
take_yes_no(struct reader *r, const struct entry *e, const char *value)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		fault(r, e->name, "must be yes or no");
	*(bool *)field_of(r, e) = strcmp(value, "yes") == 0;
}

static void
take_level(struct reader *r, const struct entry *e, const char *value)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};
	int i;

	for (i = 0; i < 4; i++) {
		if (strcmp(value, names[i]) == 0) {
			*(int *)field_of(r, e) = i;
			return;
		}
	}
	fault(r, e->name, "must be error, warn, info or debug");
}

/* Without the slashes at its end. */
static void
take_path(struct reader *r, const struct entry *e, const char *value)
{
	size_t n = strlen(value);

	while (n > 1 && value[n - 1] == '/')
		n--;
	if (value[0] != '/')
		fault(r, e->name, "must be an absolute path: one that begins with \"/\"");
	else if (n == 1)
		fault(r, e->name, "must not be the root directory");
	else if (n > PATH_LONGEST)
		fault(r, e->name, "is longer than %d bytes", PATH_LONGEST);
	else
		*(char **)field_of(r, e) = arena_dup(r->arena, value, n);
}

static void
take_base_url(struct reader *r, const struct entry *e, const char *value)
{
	const char *why = NULL;

	if (url_parse(value, r->arena, field_of(r, e), &why) < 0)
		fault(r, e->name, "%s", why);
}

static void
take_url_text(struct reader *r, const struct entry *e, const char *value)
{
	const char *why = NULL;
	struct url u;

	if (url_parse(value, r->arena, &u, &why) < 0)
		fault(r, e->name, "%s", why);
	else
		*(const char **)field_of(r, e) = u.text;
}

/* Next word of a list at *p; its length, 0 at the end. */
static size_t
next_word(const char **p)
{
	*p += strspn(*p, " \t");
	return strcspn(*p, " \t");
}

static void
take_previous(struct reader *r, const struct entry *e, const char *value)
{
	struct settings *s = r->out;
	const char *why = NULL;
	size_t n, i;
	struct url u;

	for (; (n = next_word(&value)) > 0; value += n) {
		if (s->base_url_previous_count == SETTINGS_LIST) {
			fault(r, e->name, "holds more than %d addresses", SETTINGS_LIST);
			return;
		}
		if (url_parse(arena_dup(r->arena, value, n), r->arena, &u, &why) < 0) {
			fault(r, e->name, "%s (address %zu)", why, s->base_url_previous_count + 1);
			return;
		}
		for (i = 0; i < s->base_url_previous_count; i++) {
			if (strcmp(s->base_url_previous[i].text, u.text) == 0) {
				fault(r, e->name, "holds an address twice");
				return;
			}
		}
		s->base_url_previous[s->base_url_previous_count++] = u;
	}
}

static void
take_service(struct reader *r, const struct entry *e, const char *value)
{
	if (strcmp(value, "bandwidth") != 0)
		fault(r, e->name, "must be bandwidth: this program knows no other service");
	else
		take_text(r, e, value);
}

static void
take_managers(struct reader *r, const struct entry *e, const char *value)
{
	if (value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-, \t")] != '\0')
		fault(r, e->name,
		    "must be names of service managers with commas between them, "
		    "such as sticky-sender,numpicker-basic");
	else
		take_text(r, e, value);
}

static void
take_proxies(struct reader *r, const struct entry *e, const char *value)
{
	struct buf list = BUF_INIT(4096);
	unsigned char address[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN];
	size_t n;
	int family;

	for (; (n = next_word(&value)) > 0; value += n) {
		snprintf(text, sizeof(text), "%.*s", n < sizeof(text) ? (int)n : 0, value);
		family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
		if (inet_pton(family, text, address) != 1) {
			fault(r, e->name, "must be IP addresses with blanks between them");
			goto done;
		}
		inet_ntop(family, address, text, sizeof(text));
		buf_addf(&list, "%s%s", list.len > 0 ? " " : "", text);
	}
	if (list.failed)
		fault(r, e->name, "holds too many addresses");
	*(const char **)field_of(r, e) = arena_str(r->arena, buf_str(&list));
done:
	buf_free(&list);
}

/* ---- the table ---- */

#define FIELD(name) offsetof(struct settings, name)

static const struct entry entries[] = {
    {"BASE_URL", take_base_url, FIELD(base_url), NULL, true, 0, 0},
    {"BASE_URL_PREVIOUS", take_previous, FIELD(base_url_previous), "", false, 0, 0},
    {"SESSION_SECRET", take_text, FIELD(session_secret), NULL, true, 0, 0},
    {"SESSION_SECRET_PREVIOUS", take_text, FIELD(session_secret_previous), NULL, false, 0, 0},
    {"DATA_DIR", take_path, FIELD(data_dir), NULL, true, 0, 0},
    {"DEFAULT_SERVICE", take_service, FIELD(default_service), "bandwidth", false, 0, 0},
    {"SERVICE_MANAGERS", take_managers, FIELD(service_managers), "sticky-sender,numpicker-basic",
	false, 0, 0},
    {"DAILY_SEGMENTS", take_int, FIELD(daily_segments), "2000", false, 1, 10000000},
    {"SEGMENTS_PER_SECOND", take_int, FIELD(segments_per_second), "1", false, 1, 1000},
    {"ORDER_NUMBERS_MAX", take_int, FIELD(order_numbers_max), "100", false, 1, 1000},
    {"MEDIA_FILE_BYTES", take_int64, FIELD(media_file_bytes), "10485760", false, 65536,
	INT64_C(1) << 30},
    {"MEDIA_PER_MESSAGE", take_int, FIELD(media_per_message), "20", false, 0, 100},
    {"MEDIA_FREE_BYTES", take_int64, FIELD(media_free_bytes), "268435456", false, 0,
	INT64_C(1) << 40},
    {"UNKNOWN_RESEND", take_yes_no, FIELD(unknown_resend), "no", false, 0, 0},
    {"API_REQUESTS_PER_SECOND", take_int, FIELD(api_rate), "50", false, 0, 10000},
    {"BACKUP_DIR", take_path, FIELD(backup_dir), NULL, false, 0, 0},
    {"BACKUP_KEEP", take_int64, FIELD(backup_keep), "7", false, 1, 1000},
    {"RETAIN_EVENTS_DAYS", take_int, FIELD(retain_events_days), "90", false, 0, 36500},
    {"RETAIN_TEXT_DAYS", take_int, FIELD(retain_text_days), "1500", false, 0, 36500},
    {"RETAIN_MEDIA_DAYS", take_int, FIELD(retain_media_days), "400", false, 0, 36500},
    {"TRUSTED_PROXIES", take_proxies, FIELD(trusted_proxies), "", false, 0, 0},
    {"LOG_LEVEL", take_level, FIELD(log_level), "info", false, 0, 0},
    {"THREADS", take_int, FIELD(threads), "32", false, 1, 256},
    {"CACHE_BYTES", take_int64, FIELD(cache_bytes), "8388608", false, INT64_C(1) << 20,
	INT64_C(4) << 30},
    {"STORE_STALL_SECONDS", take_int, FIELD(store_stall_s), "30", false, 5, 600},
    {"WORKER", take_path, FIELD(worker_path), NULL, false, 0, 0},
    {"REHEARSAL", take_yes_no, FIELD(rehearsal), "no", false, 0, 0},
    {"BANDWIDTH_MESSAGING_URL", take_url_text, FIELD(messaging_url),
	"https://messaging.bandwidth.com/api/v2", false, 0, 0},
    {"BANDWIDTH_NUMBERS_URL", take_url_text, FIELD(numbers_url), "https://api.bandwidth.com/api/v2",
	false, 0, 0},
    {"BANDWIDTH_TOKEN_URL", take_url_text, FIELD(token_url),
	"https://api.bandwidth.com/api/v1/oauth2/token", false, 0, 0},
};

#define ENTRIES (sizeof(entries) / sizeof(entries[0]))

const char *
settings_name(size_t i)
{
	return i < ENTRIES ? entries[i].name : NULL;
}

static const struct given *
given_of(const struct reader *r, const char *name)
{
	size_t i = 0;

	while (strcmp(entries[i].name, name) != 0)
		i++;
	return &r->given[i];
}

static void
take_entry(struct reader *r, size_t i)
{
	const struct entry *e = &entries[i];
	const char *value = r->given[i].value;

	if (value == NULL || value[0] == '\0')
		value = e->def;
	if (value != NULL)
		e->take(r, e, value);
	else if (e->required)
		fault(r, e->name, "is missing; set it in spoke.conf");
}

/* ---- rules that concern several ---- */

/* Values that our own pages print, so that they are nobody's secret. */
static bool
is_documented(const char *secret)
{
	static const char *const values[] = {"a-very-long-session-secret-0123456789"};
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (strcmp(secret, values[i]) == 0)
			return true;
	}
	return false;
}

static size_t
distinct_bytes(const char *s)
{
	bool seen[256] = {false};
	size_t count = 0;

	for (; *s != '\0'; s++) {
		count += !seen[(unsigned char)*s];
		seen[(unsigned char)*s] = true;
	}
	return count;
}

/* Only reached from this machine itself, now and before? */
static bool
all_loopback(const struct settings *s)
{
	size_t i;

	if (!s->base_url.loopback)
		return false;
	for (i = 0; i < s->base_url_previous_count; i++) {
		if (!s->base_url_previous[i].loopback)
			return false;
	}
	return true;
}

static void
check_secret(struct reader *r, const char *name, const char *secret)
{
	static const char remedy[] =
	    "; make one with \"openssl rand -base64 32\" and keep it to yourself";
	size_t n = strlen(secret);

	if (n > SECRET_MAX)
		fault(r, name, "is longer than %d bytes", SECRET_MAX);
	/* A faulty BASE_URL is a fault of its own; whether it is loopback is not known. */
	if (r->out->base_url.text == NULL || all_loopback(r->out))
		return;
	if (is_documented(secret))
		fault(r, name, "is an example printed in the documentation%s", remedy);
	else if (utf8_length(secret, n) < SECRET_MIN)
		fault(r, name, "is shorter than %d characters%s", SECRET_MIN, remedy);
	else if (distinct_bytes(secret) < SECRET_DISTINCT)
		fault(r, name, "has fewer than %d different characters%s", SECRET_DISTINCT, remedy);
}

static void
check_secrets(struct reader *r)
{
	const struct settings *s = r->out;

	if (s->session_secret != NULL)
		check_secret(r, "SESSION_SECRET", s->session_secret);
	if (s->session_secret_previous == NULL)
		return;
	check_secret(r, "SESSION_SECRET_PREVIOUS", s->session_secret_previous);
	if (s->session_secret != NULL && strcmp(s->session_secret, s->session_secret_previous) == 0)
		fault(r, "SESSION_SECRET_PREVIOUS",
		    "is the same as SESSION_SECRET; put the old value here, or remove it");
}

static void
check_previous_urls(struct reader *r)
{
	const struct settings *s = r->out;
	size_t i;

	for (i = 0; s->base_url.text != NULL && i < s->base_url_previous_count; i++) {
		if (strcmp(s->base_url.text, s->base_url_previous[i].text) == 0)
			fault(r, "BASE_URL_PREVIOUS",
			    "holds BASE_URL itself; put only earlier addresses here");
	}
}

/* Bandwidth's addresses change in rehearsal, all three, and never otherwise. */
static void
check_rehearsal(struct reader *r)
{
	const char *text = NULL;
	bool real;
	size_t i;

	for (i = 0; i < ENTRIES; i++) {
		if (entries[i].take != take_url_text)
			continue;
		text = *(const char **)field_of(r, &entries[i]);
		if (text == NULL)
			continue;
		real = strcmp(text, entries[i].def) == 0;
		if (!real && !r->out->rehearsal)
			fault(r, entries[i].name,
			    "differs from Bandwidth's own address, which "
			    "needs REHEARSAL=yes; remove the one or add the other");
		else if (real && r->out->rehearsal)
			fault(r, entries[i].name,
			    "must be set to another address than "
			    "Bandwidth's own, because REHEARSAL=yes must not reach the real "
			    "Bandwidth");
	}
}

/* ---- all of it ---- */

/* Beside the program that runs, else where it is installed (spokectl lies elsewhere). */
static const char *
default_worker(struct arena *a)
{
	const char *beside = arena_fmt(a, "%s/spoke-worker", settings_program_dir(a));

	return access(beside, F_OK) == 0 ? beside : PKGLIBEXECDIR "/spoke-worker";
}

static int
read_settings(const char *text, size_t n, const char *const *env, const char *label,
    struct arena *a, struct settings *out, struct buf *problems)
{
	struct given given[ENTRIES] = {{NULL, 0}};
	struct reader r = {a, out, problems, label, given, false};
	size_t i, before = problems->len;

	memset(out, 0, sizeof(*out));
	out->worker_path = default_worker(a);
	settings_collect(text, n, env, label, a, given, ENTRIES, problems);
	for (i = 0; i < ENTRIES; i++)
		take_entry(&r, i);
	if (out->worker_path[0] != '/')
		fault(&r, "WORKER", "must be set: where this program lies is not known");
	check_secrets(&r);
	check_previous_urls(&r);
	check_rehearsal(&r);
	return r.faulty || problems->failed || problems->len > before ? -1 : 0;
}

int
settings_read(const char *text, size_t n, const char *const *env, struct arena *a,
    struct settings *out, struct buf *problems)
{
	return read_settings(text, n, env, NULL, a, out, problems);
}

int
settings_load(struct arena *a, const char *sysconfdir, struct settings *out, struct buf *problems)
{
	struct buf text = BUF_INIT(0);
	const char *path = NULL;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if (settings_find(a, sysconfdir, &path, &text, problems) < 0)
		goto done;
	rc = read_settings(
	    buf_str(&text), text.len, (const char *const *)environ, path, a, out, problems);
	if (rc < 0 && path == NULL)
		buf_addf(problems,
		    "No settings file was found in the program's directory, the one "
		    "above it, or as %s/spoke/spoke.conf; SPOKE_CONF can name one.\n",
		    sysconfdir);
done:
	out->conf_path = path;
	buf_wipe(&text);
	return rc;
}
