/*
 * post.c: the HTTP of one callback attempt.
 *
 * POST, application/json, User-Agent BandwidthAPI/v2, Basic credentials,
 * 10 seconds, redirects not followed, any 2xx is success.  Only loopback
 * addresses are ever connected to.  Contracts in post.h.
 */
#include "post.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <curl/curl.h>

#include "faults.h"
#include "json.h"
#include "ledger.h"
#include "world.h"

struct poster {
	struct sim *sim;
	CURL *curl;
	bool challenged;		/* WWW-Authenticate: Basic was seen */
};

/* What one attempt needs, copied while the lock is held. */
struct plan {
	char *url, *user, *password;
	char *body;
	const char *type;
	bool challenge;
	double timeout_ms;
	const char *auth;		/* for the ledger */
	long status;
	char error[CURL_ERROR_SIZE];
};

static curl_socket_t
open_loopback(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	const struct sockaddr_in *in = (const void *)&a->addr;
	const struct sockaddr_in6 *in6 = (const void *)&a->addr;
	bool ok = false;

	(void)arg;
	(void)purpose;
	if (a->family == AF_INET)
		ok = ntohl(in->sin_addr.s_addr) >> 24 == 127;
	else if (a->family == AF_INET6)
		ok = IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
	return ok ? socket(a->family, a->socktype | SOCK_CLOEXEC,
	    a->protocol) : CURL_SOCKET_BAD;
}

static size_t
swallow(char *p, size_t size, size_t n, void *arg)
{
	(void)p;
	(void)arg;
	return size * n;
}

static size_t
see_header(char *line, size_t size, size_t n, void *arg)
{
	struct poster *p = arg;
	static const char want[] = "WWW-Authenticate: Basic";

	if (size * n >= sizeof(want) - 1 &&
	    strncasecmp(line, want, sizeof(want) - 1) == 0)
		p->challenged = true;
	return size * n;
}

static int
keep_going(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct poster *p = arg;
	struct pollfd stop = { p->sim->stop_fd, POLLIN, 0 };

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return poll(&stop, 1, 0) != 0;
}

struct poster *
poster_new(struct sim *sim)
{
	struct poster *p = x_alloc(sizeof(*p));

	p->sim = sim;
	p->curl = curl_easy_init();
	if (p->curl == NULL)
		abort();
	return p;
}

void
poster_free(struct poster *p)
{
	if (p == NULL)
		return;
	curl_easy_cleanup(p->curl);
	free(p);
}

static void
configure(struct poster *p, struct plan *t, struct curl_slist *headers)
{
	CURL *c = p->curl;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_URL, t->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, t->body);
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)strlen(t->body));
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "BandwidthAPI/v2");
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)t->timeout_ms);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_loopback);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, swallow);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, see_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, p);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, keep_going);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, p);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error);
}

/* One request, with or without credentials. */
static void
request(struct poster *p, struct plan *t, bool credentials)
{
	char *type = x_fmt("Content-Type: %s", t->type);
	struct curl_slist *h = curl_slist_append(NULL, type);
	CURLcode rc;

	h = curl_slist_append(h, "Expect:");
	configure(p, t, h);
	if (credentials) {
		curl_easy_setopt(p->curl, CURLOPT_HTTPAUTH,
		    (long)CURLAUTH_BASIC);
		curl_easy_setopt(p->curl, CURLOPT_USERNAME, t->user);
		curl_easy_setopt(p->curl, CURLOPT_PASSWORD,
		    t->password == NULL ? "" : t->password);
	}
	p->challenged = false;
	t->status = 0;
	rc = curl_easy_perform(p->curl);
	if (rc == CURLE_OK)
		curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &t->status);
	else if (t->error[0] == '\0')
		snprintf(t->error, sizeof(t->error), "%s",
		    curl_easy_strerror(rc));
	curl_slist_free_all(h);
	free(type);
}

/* Fills the plan from the application; false if there is no URL. */
static bool
make_plan(struct sim *sim, const struct event *e, const struct action *a,
    struct plan *t)
{
	struct application *app = world_application(sim, e->application);
	int way = e->inbound ? 1 : 0;
	const char *url = e->url;

	memset(t, 0, sizeof(*t));
	if (url == NULL && app != NULL)
		url = app->url[way];
	if (url == NULL)
		return false;
	t->url = x_dup(url);
	t->body = e->raw ? x_dup(e->body) : x_fmt("[%s]", e->body);
	t->type = e->content_type != NULL ? e->content_type :
	    "application/json; charset=utf-8";
	t->timeout_ms = a->abort_ms > 0 ? a->abort_ms :
	    sim->set.callback_timeout_ms;
	t->auth = "none";
	if (app == NULL || app->user[way] == NULL || a->no_auth)
		return true;
	t->auth = a->wrong_password ? "wrong" : "right";
	t->user = x_dup(app->user[way]);
	t->password = a->wrong_password ? x_dup("not the password") :
	    x_dup(app->password[way]);
	t->challenge = app->challenge;
	return true;
}

static void
note(struct sim *sim, const struct event *e, const struct plan *t,
    const struct action *a, int64_t began, const char *outcome)
{
	json_object *o = json_object_new_object();

	put_int(o, "event", e->id);
	put_time(o, "time", began);
	put_int(o, "ms", (now_us() - began) / 1000);
	put_int(o, "attempt", e->attempt);
	put_text(o, "application", e->application);
	put_text(o, "url", t->url);
	put_text(o, "type", e->type);
	put_text(o, "to", e->to);
	put_text(o, "message", e->message);
	put_text(o, "tag", e->tag);
	put_int(o, "events", e->parts);
	put_text(o, "auth", t->auth);
	put_int(o, "status", t->status);
	put_text(o, "error", t->error[0] == '\0' ? NULL : t->error);
	put_text(o, "outcome", outcome);
	put_text(o, "fault", a->name);
	put_text(o, "body", t->body);
	ledger_add(sim, K_CALLBACKS, e->tag, o);
	ledger_count(sim, N_CALLBACKS, 1);
	ledger_answered(sim, e->id, (int)t->status);
	json_object_put(o);
}

/* A copy of the event, to be posted as well. */
static void
duplicate(struct sim *sim, const struct event *e, int times)
{
	struct event *d;

	for (; times > 0; times--) {
		d = event_new(e->application, e->inbound, x_dup(e->body));
		d->raw = e->raw;
		d->content_type = x_dup(e->content_type);
		d->url = x_dup(e->url);
		d->type = x_dup(e->type);
		d->to = x_dup(e->to);
		d->from = x_dup(e->from);
		d->tag = x_dup(e->tag);
		d->message = x_dup(e->message);
		d->parts = e->parts;
		callbacks_add(sim, d, now_us());
	}
}

static enum posted
judge(const struct plan *t, const struct action *a, const char **outcome)
{
	bool ok = t->status >= 200 && t->status <= 299;

	*outcome = !ok ? "failed" : a->lose_answer ? "answer lost" : "ok";
	return ok && !a->lose_answer ? POSTED_OK : POSTED_FAILED;
}

static enum posted
run(struct sim *sim, struct poster *p, struct event *e, struct action *a)
{
	const char *outcome = "dropped";
	enum posted how = POSTED_DROPPED;
	int64_t began = now_us();
	struct plan t;

	if (!make_plan(sim, e, a, &t)) {
		snprintf(t.error, sizeof(t.error), "no callback URL");
	} else if (!a->drop) {
		pthread_mutex_unlock(&sim->lock);
		request(p, &t, t.user != NULL && !t.challenge);
		if (t.challenge && t.status == 401 && p->challenged)
			request(p, &t, true);
		pthread_mutex_lock(&sim->lock);
		how = judge(&t, a, &outcome);
		duplicate(sim, e, a->duplicate);
	}
	note(sim, e, &t, a, began, outcome);
	free(t.url);
	free(t.user);
	free(t.password);
	free(t.body);
	return how;
}

enum posted
post_event(struct sim *sim, struct poster *p, struct event *e)
{
	struct keys k = { e->to, e->from, e->body, e->tag, e->type, e->url,
	    "POST" };
	enum posted how;
	struct action a;

	faults_take(sim, "callback", false, &k, &a);
	if (a.delay_ms > 0) {
		e->due = now_us() + (int64_t)(a.delay_ms * 1000);
		action_free(&a);
		return POSTED_LATER;
	}
	how = run(sim, p, e, &a);
	action_free(&a);
	return how;
}
