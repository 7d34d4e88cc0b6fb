/*
 * transfer.c: how one request is set up, and how far it got (transfer.h).
 *
 * "Not begun" is the strongest thing said here: a text may be posted again because of it.
 * libcurl calls `about_to_send` after the connection stands and before the first byte of a
 * request, at each attempt; if it was never called, nothing left.  A second call would be
 * libcurl's own repetition: refused, unless the other end has said that it did not look at the
 * request (HTTP/2: REFUSED_STREAM, or GOAWAY with an earlier stream as the last one; RFC 9113,
 * section 8.7).  Busy servers say that now and then, when they give a connection up.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/parse.h"
#include "bandwidth/transfer.h"

#define HEADERS_MAX ((size_t)64 * 1024)
#define IDLE_MAX 15L /* s; a kept connection older than that may be closed at the other end */
#define RETRY_AFTER_MAX CLOCK_DAY
#define RESET_MAX INT64_C(100000000000) /* s since 1970; later ones are no time */
#define REFUSALS_MAX 2 /* by the other end, after which it is not offered again at once */

/*
 * libcurl has no other sign of it than these words, with which it says that it repeats the request
 * because of it.  Should it say it otherwise one day, such a request counts as begun.  Versions
 * before 7.88 were not looked at: some gave one stream's refusal to others of its connection.
 */
#define REFUSED_WORDS "REFUSED_STREAM, retrying"
#define REFUSED_SINCE 0x075800

static int
take_note(CURL *easy, curl_infotype kind, char *p, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t words = strlen(REFUSED_WORDS);

	(void)easy;
	if (kind == CURLINFO_TEXT && n >= words && memcmp(p, REFUSED_WORDS, words) == 0)
		t->refused = curl_version_info(CURLVERSION_NOW)->version_num >= REFUSED_SINCE;
	return 0;
}

static int
about_to_send(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *t = arg;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	if (t->refused) {
		t->refused = false;
		t->begun = 0;
		if (t->refusals++ == REFUSALS_MAX) {
			t->fault = "the other end refused it each time";
			return CURL_PREREQFUNC_ABORT;
		}
	}
	if (t->begun == 0 && t->may_go != NULL && !t->may_go(t->arg)) {
		t->fault = "it may not go any more";
		return CURL_PREREQFUNC_ABORT;
	}
	return t->begun++ == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* Is it the body of a 2xx answer that comes in? */
static bool
has_arrived(const struct transfer *t)
{
	long status = 0;

	return curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
	       status >= 200 && status < 300;
}

static size_t
take_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	if (t->take == NULL || !has_arrived(t)) {
		buf_add(&t->answer, p, size * n);
		return t->answer.failed ? 0 : size * n;
	}
	if (t->take(t->take_arg, p, size * n))
		return size * n;
	t->fault = "the answer was not wanted any further";
	return 0;
}

/* The value of a header line, if it is of that name: without blanks and line end. */
static bool
header_is(const char *line, size_t n, const char *name, const char **value, size_t *length)
{
	size_t skip = strlen(name);

	if (n <= skip || strncasecmp(line, name, skip) != 0 || line[skip] != ':')
		return false;
	for (skip++; skip < n && (line[skip] == ' ' || line[skip] == '\t'); skip++)
		;
	while (n > skip && strchr(" \t\r\n", line[n - 1]) != NULL)
		n--;
	*value = line + skip;
	*length = n - skip;
	return true;
}

static bool
ends_in(const char *s, size_t n, const char *word)
{
	size_t length = strlen(word);

	return n >= length && strncasecmp(s + n - length, word, length) == 0;
}

static void
keep_location(struct transfer *t, const char *s, size_t n)
{
	size_t i;

	t->location[0] = '\0';
	for (i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return;
	if (n < sizeof(t->location)) {
		memcpy(t->location, s, n);
		t->location[n] = '\0';
	}
}

static void
keep_reset(struct transfer *t, const char *s, size_t n)
{
	int64_t seconds;

	if (parse_i64(s, n, 0, RESET_MAX, &seconds) == 0)
		t->rate_reset = seconds * CLOCK_SECOND;
}

/* An HTTP date as wall ms; 0 if it is none. */
static int64_t
read_date(const char *s, size_t n)
{
	char text[64];
	time_t when;

	if (n >= sizeof(text))
		return 0;
	memcpy(text, s, n);
	text[n] = '\0';
	when = curl_getdate(text, NULL);
	return when > 0 && when <= RESET_MAX ? (int64_t)when * CLOCK_SECOND : 0;
}

/* Seconds, or a date (RFC 9110, section 10.2.3). */
static void
keep_after(struct transfer *t, const char *s, size_t n)
{
	size_t digits = 0;
	int64_t seconds;

	while (digits < n && s[digits] >= '0' && s[digits] <= '9')
		digits++;
	if (digits < n)
		t->after_date = read_date(s, n);
	else if (digits > 0)
		/* What is too large to be read is very long. */
		t->after = parse_i64(s, n, 0, RETRY_AFTER_MAX / CLOCK_SECOND, &seconds) == 0
			       ? seconds * CLOCK_SECOND
			       : RETRY_AFTER_MAX;
}

static size_t
take_header(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	const char *value;
	size_t length;

	t->header_bytes += size * n;
	if (t->header_bytes > HEADERS_MAX)
		return 0;
	if (header_is(p, size * n, "Location", &value, &length))
		keep_location(t, value, length);
	else if (header_is(p, size * n, "Retry-After", &value, &length))
		keep_after(t, value, length);
	else if (header_is(p, size * n, "X-RateLimit-Reset", &value, &length))
		keep_reset(t, value, length);
	else if (header_is(p, size * n, "Date", &value, &length))
		t->date = read_date(value, length);
	else if (header_is(p, size * n, "Age", &value, &length))
		t->undated = true;
	else if (header_is(p, size * n, "Transfer-Encoding", &value, &length))
		t->chunked = ends_in(value, length, "chunked"); /* "identity" has no end */
	return size * n;
}

static bool
append_line(struct transfer *t, const char *line)
{
	struct curl_slist *longer = curl_slist_append(t->headers, line);

	if (longer != NULL)
		t->headers = longer;
	return longer != NULL;
}

/* Appends "name: value"; false when memory or the value forbids it. */
static bool
add_header(struct transfer *t, const char *name, const char *value)
{
	struct buf line = BUF_INIT((size_t)16 * 1024);
	bool good = strpbrk(value, "\r\n") == NULL;

	buf_addf(&line, "%s: %s", name, value);
	good = good && !line.failed && append_line(t, buf_str(&line));
	buf_wipe(&line);
	return good;
}

static bool
set_headers(struct transfer *t, const struct http_request *r)
{
	/* "Expect:" switches off waiting for "100 Continue". */
	bool good = add_header(t, "Accept", r->accept != NULL ? r->accept : "application/json") &&
		    append_line(t, "Expect:");

	if (r->authorization != NULL)
		good = good && add_header(t, "Authorization", r->authorization);
	if (r->content_type != NULL)
		good = good && add_header(t, "Content-Type", r->content_type);
	return good && curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK;
}

#define SET(option, value)                                                \
	do {                                                              \
		if (curl_easy_setopt(t->easy, option, value) != CURLE_OK) \
			good = false;                                     \
	} while (0)

/* Where it may go, and how sure we must be of whom we talk to. */
static bool
set_safety(struct transfer *t, bool rehearsal)
{
	bool good = true;

#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, rehearsal ? "http,https" : "https");
#else
	SET(CURLOPT_PROTOCOLS,
	    (long)(rehearsal ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS));
#endif
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	return good;
}

static bool
set_timing(struct transfer *t, int64_t budget)
{
	bool good = true;

	if (budget <= 0)
		budget = CLIENT_BUDGET;
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)budget);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(budget < CLIENT_CONNECT ? budget : CLIENT_CONNECT));
	SET(CURLOPT_MAXAGE_CONN, IDLE_MAX);
#if LIBCURL_VERSION_NUM >= 0x075700
	SET(CURLOPT_QUICK_EXIT, 1L); /* no waiting for a name server at the end */
#endif
	/* Not every libcurl has it; then it is HTTP/1.1. */
	curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	return good;
}

static bool
set_functions(struct transfer *t)
{
	bool good = true;

	SET(CURLOPT_PRIVATE, (void *)t);
	SET(CURLOPT_ERRORBUFFER, t->error);
	SET(CURLOPT_PREREQFUNCTION, about_to_send);
	SET(CURLOPT_PREREQDATA, (void *)t);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, (void *)t);
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, (void *)t);
	SET(CURLOPT_DEBUGFUNCTION, take_note);
	SET(CURLOPT_DEBUGDATA, (void *)t);
	SET(CURLOPT_VERBOSE, 1L);
	/*
	 * Keeps libcurl from repeating a request because a kept connection is dead, which it would do
	 * without looking whether that was refused.  (It asks of any request whether it is one of
	 * RTSP that only receives; a libcurl without RTSP repeats, and is refused.)
	 */
	curl_easy_setopt(t->easy, CURLOPT_RTSP_REQUEST, (long)CURL_RTSPREQ_RECEIVE);
	return good;
}

static bool
set_request(struct transfer *t, const struct http_request *r)
{
	static const char *const names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
	bool good = true;

	SET(CURLOPT_URL, r->url);
	SET(CURLOPT_PATH_AS_IS, 1L); /* a path is what it was when it was judged */
	/* Share an HTTP/2 connection that is being made.  Without TLS it would be the
	 * first answer that tells, and everybody would wait for it. */
	SET(CURLOPT_PIPEWAIT, strncmp(r->url, "https:", 6) == 0 ? 1L : 0L);
	SET(CURLOPT_USERAGENT, r->agent != NULL ? r->agent : "spoke-bandwidth");
	if (r->method == HTTP_POST || r->method == HTTP_PUT || r->method == HTTP_PATCH) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->length);
		SET(CURLOPT_COPYPOSTFIELDS, r->body != NULL ? r->body : "");
	} else {
		SET(CURLOPT_HTTPGET, 1L);
	}
	/* libcurl's own PUT reads a file; this is POST under another name. */
	if (r->method > HTTP_POST)
		SET(CURLOPT_CUSTOMREQUEST, names[r->method]);
	return good;
}

struct transfer *
transfer_new(const struct http_request *r, bool rehearsal, http_done done, void *arg)
{
	struct transfer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		log_panic("out of memory");
	t->done = done;
	t->arg = arg;
	t->may_go = r->may_go;
	t->take = r->take;
	t->take_arg = r->take_arg;
	t->undated = r->elsewhere;
	t->started = clock_mono();
	buf_init(&t->answer, r->answer_max > 0 ? r->answer_max : CLIENT_ANSWER_MAX);
	t->easy = curl_easy_init();
	t->ready = t->easy != NULL && set_safety(t, rehearsal) && set_timing(t, r->budget) &&
		   set_functions(t) && set_request(t, r) && set_headers(t, r);
	return t;
}

void
transfer_free(struct transfer *t)
{
	struct curl_slist *h;

	if (t->easy != NULL)
		curl_easy_cleanup(t->easy);
	for (h = t->headers; h != NULL; h = h->next)
		crypto_wipe(h->data, strlen(h->data));
	curl_slist_free_all(t->headers);
	buf_wipe(&t->answer); /* it may have been a token */
	free(t);
}

/* A sentence for what libcurl reports. */
static const char *
fault_text(struct transfer *t, CURLcode code)
{
	if (t->fault != NULL)
		return t->fault;
	if (t->begun > 1)
		return "the connection ended before an answer came";
	if (t->answer.failed || t->header_bytes > HEADERS_MAX)
		return "the answer is larger than it may be";
	if (code == CURLE_OPERATION_TIMEDOUT && t->begun > 0)
		return "no whole answer came in time";
	return t->error[0] != '\0' ? t->error : "the request failed";
}

/* How long the answer asks to wait, ms; 0 if it doesn't say.  The reset of a limit that was not
 * reached is no request. */
static int64_t
wait_asked(const struct transfer *t, long status)
{
	int64_t until = t->after_date, wait = t->after;

	if (wait == 0 && until == 0 && status == 429)
		until = t->rate_reset;
	/* By the clock of whoever says it, if that is known. */
	if (until > 0)
		wait = until - (t->date > 0 ? t->date : clock_now());
	if (wait < 0)
		return 0;
	return wait < RETRY_AFTER_MAX ? wait : RETRY_AFTER_MAX;
}

/* Would it have been noticed if the end of the body were missing? */
static bool
is_bounded(const struct transfer *t)
{
	curl_off_t length = -1;
	long version = 0;

	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	curl_easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
	return t->chunked || length >= 0 || version >= CURL_HTTP_VERSION_2_0;
}

int
transfer_version(const struct transfer *t)
{
	long version = 0;

	if (!t->added || curl_easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version) != CURLE_OK ||
	    version == 0)
		return 0;
	return version >= CURL_HTTP_VERSION_2_0 ? 2 : 1;
}

void
transfer_answer(struct transfer *t, CURLcode code, struct http_answer *out)
{
	long status = 0, verified = 0;

	memset(out, 0, sizeof(*out));
	if (t->added) {
		curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &verified);
	}
	out->status = status >= 100 && status <= 999 ? (int)status : 0;
	out->body = buf_str(&t->answer);
	out->length = t->answer.len;
	out->took = clock_mono() - t->started;
	out->location = t->location[0] != '\0' ? t->location : NULL;
	out->retry_after = wait_asked(t, status);
	out->date = t->date;
	out->bounded = t->added && is_bounded(t);
	if (code == CURLE_OK && t->fault == NULL && t->begun == 1 && out->status >= 200)
		out->reach = HTTP_ANSWERED;
	else
		out->reach = t->begun > 0 && !t->refused ? HTTP_BEGUN : HTTP_NOT_BEGUN;
	out->fault = out->reach == HTTP_ANSWERED ? NULL : fault_text(t, code);
	if (out->reach != HTTP_ANSWERED)
		out->obstacle = code == CURLE_OK || t->fault != NULL
				    ? HTTP_OTHER
				    : transfer_obstacle(code, verified, t->error);
}
