/*
 * serve.c: the checks of a request, in their one order: address, method, who may, other sites,
 * content type, length, body, form, token of the form; then the handler; then the disk.
 */
#include "responder/serve.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/settings.h"
#include "http/target.h"
#include "responder/access.h"
#include "responder/csrf.h"
#include "responder/exchange.h"
#include "store/kv.h"
#include "store/store.h"
#include "store/wake.h"

#define PIECE 16384 /* of a file, on a small stack */

void
server_init(struct server *server)
{
	atomic_init(&server->app, NULL);
	atomic_init(&server->authorization_came, false);
	rate_init(&server->rate);
	refusals_init(&server->refusals);
}

static bool
refuse(struct exchange *x, int status, const char *code, const char *message)
{
	response_error(&x->request, &x->response, status, code, message, NULL);
	return false;
}

/* ---- the checks: each returns true to go on, or false with the answer ready ---- */

static bool
check_ready(struct exchange *x)
{
	if (x->app != NULL && !store_leaving(x->app->store))
		return true;
	return refuse(x, 503, "unavailable",
	    "The texting service is not available just now. Try again in a few seconds; if it "
	    "stays so, the operator finds the reason with: spokectl check");
}

/* "GET, HEAD, POST" */
static void
allow_header(struct exchange *x, unsigned allow)
{
	struct buf list = BUF_INIT(128);
	for (enum method m = METHOD_GET; m < METHOD_OTHER; m++) {
		if (allow & (1u << m))
			buf_addf(&list, "%s%s", list.len > 0 ? ", " : "", method_name(m));
	}
	response_header(&x->response, "Allow", buf_str(&list));
	buf_free(&list);
}

/* Below BASE_URL first, then below the addresses that were ours before. */
static void
find_route(struct exchange *x, const char *full, struct route_match *match)
{
	const struct settings *settings = x->app->settings;
	*match = (struct route_match){0};
	for (size_t i = 0; i <= settings->base_url_previous_count && match->allow == 0; i++) {
		const struct url *base =
		    i == 0 ? &settings->base_url : &settings->base_url_previous[i - 1];
		const char *path = target_below(full, base->path);
		if (path == NULL)
			continue;
		x->request.path = path;
		route_find(x->request.method, path, x->arena, match);
	}
}

static bool
check_route(struct exchange *x)
{
	char *full = NULL, *query = NULL;
	struct route_match match;
	if (target_read(&x->env, x->arena, &full, &query) != 0)
		return refuse(x, 400, "bad_path", "This is not an address of ours.");
	x->raw_query = query;
	find_route(x, full, &match);
	if (match.allow == 0)
		return refuse(x, 404, "not_found", "There is nothing at this address.");
	if (match.route == NULL) {
		allow_header(x, match.allow);
		return refuse(x, 405, "method_not_allowed",
		    "This address does not take that kind of request.");
	}
	x->route = match.route;
	x->request.org = match.org;
	x->request.item = match.item;
	x->request.place = match.place;
	if (x->route->who >= WHO_BANDWIDTH)
		x->request.wants_html = false;
	return true;
}

static bool
check_origin(struct exchange *x)
{
	if (x->route->csrf == CSRF_NONE || csrf_same_origin(&x->env, x->app->settings))
		return true;
	log_warn("a request from another site was refused");
	/* Also seen by whoever opened the page as localhost while BASE_URL says 127.0.0.1. */
	return refuse(x, 403, "other_site",
	    arena_fmt(x->arena,
		"This did not come from a page of this installation as it is to be opened. Open it as "
		"%s and repeat it.",
		x->app->settings->base_url.text));
}

static bool
check_type(struct exchange *x)
{
	const char *type = x->request.content_type;
	if (x->route->body == BODY_FORM && strcmp(type, "application/x-www-form-urlencoded") != 0)
		return refuse(
		    x, 415, "content_type", "The body must be application/x-www-form-urlencoded.");
	if (x->route->body == BODY_JSON && strcmp(type, "application/json") != 0)
		return refuse(x, 415, "content_type", "The body must be application/json.");
	return true;
}

static bool
check_length(struct exchange *x, size_t *length)
{
	const char *text = x->env.content_length;
	uint64_t n = 0;
	if (text == NULL)
		return refuse(x, 411, "length_required", "The length of the body is missing.");
	if (parse_u64(text, strlen(text), 0, UINT64_MAX, &n) != 0)
		return refuse(x, 400, "bad_length", "The length of the body is not a number.");
	if (n > x->route->limit)
		return refuse(x, 413, "too_large",
		    arena_fmt(x->arena, "The body may have at most %zu bytes.", x->route->limit));
	*length = (size_t)n;
	return true;
}

static bool
read_body(struct exchange *x, size_t length)
{
	char *body = arena_alloc(x->arena, length + 1);
	size_t have = 0;
	while (have < length) {
		size_t n = x->source->read(x->source->arg, body + have, length - have);
		if (n == 0)
			break;
		have += n;
	}
	if (have < length)
		return refuse(x, 400, "short_body", "The body is shorter than was announced.");
	x->request.body = body;
	x->request.body_len = length;
	return true;
}

static bool
check_body(struct exchange *x)
{
	size_t length = 0;
	return x->route->body == BODY_NONE ||
	       (check_type(x) && check_length(x, &length) && read_body(x, length));
}

static bool
check_forms(struct exchange *x)
{
	struct request *request = &x->request;
	const char *why = NULL;
	if (form_parse(x->raw_query, strlen(x->raw_query), x->arena, &request->query, &why) != 0)
		return refuse(x, 400, "bad_query", why);
	if (x->route->body == BODY_FORM &&
	    form_parse(request->body, request->body_len, x->arena, &request->form, &why) != 0)
		return refuse(x, 400, "bad_form", why);
	if (x->route->csrf == CSRF_TOKEN && !csrf_token_right(request))
		return refuse(x, 403, "stale_form",
		    "This form is out of date, perhaps because you signed in again. Open the page "
		    "again and repeat it.");
	return true;
}

/*
 * Nothing leaves the process that is not on disk: an answer may tell of what another process
 * committed, too.
 */
static void
settle(struct exchange *x)
{
	enum result r = store_flush(x->app->store);
	if (r != OK) {
		x->response.wake = false;
		response_reset(&x->response);
		response_failed(&x->request, &x->response, r);
	}
	if (x->response.body.failed || x->response.headers.failed) {
		log_error("the answer grew too large");
		response_reset(&x->response);
		response_failed(&x->request, &x->response, FAILED);
	}
}

static void
answer(struct exchange *x)
{
	if (!check_ready(x) || !check_route(x) || !access_check(x) || !check_origin(x) ||
	    !check_body(x) || !check_forms(x))
		return;
	x->route->handler(x->app, &x->request, &x->response);
	settle(x);
}

struct exchange *
serve(struct server *server, const struct source *source)
{
	struct arena *arena = arena_new();
	struct exchange *x = arena_alloc(arena, sizeof *x);
	x->arena = arena;
	x->server = server;
	x->source = source;
	x->app = atomic_load(&server->app);
	x->raw_query = "";
	x->started = clock_mono();
	environment_read(source->envp, &x->env);
	if (x->env.authorization != NULL)
		atomic_store(&server->authorization_came, true);
	const struct settings *settings = x->app != NULL ? x->app->settings : NULL;
	request_start(&x->request, &x->env, settings, arena);
	response_init(&x->response);
	buf_init(&x->head, RESPONSE_MAX);
	log_set_request(x->request.id);

	answer(x);
	if (settings != NULL && settings->rehearsal)
		response_header(&x->response, "X-Rehearsal", "yes");
	response_head(
	    &x->response, &x->request, settings != NULL && settings->base_url.https, &x->head);
	return x;
}

/* A file goes out in pieces, so that it need not fit into memory. */
static bool
write_file(const struct response *response, write_fn write, void *arg)
{
	char piece[PIECE];
	int64_t from = response->file_from, left = response->file_length;
	while (left > 0) {
		size_t n = left < PIECE ? (size_t)left : PIECE;
		ssize_t got = pread(response->file, piece, n, (off_t)from);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			log_error("a file that was being sent cannot be read: %s",
			    got == 0 ? "it has become shorter" : log_errno(errno));
			return false;
		}
		if (!write(arg, piece, (size_t)got))
			return false;
		from += got;
		left -= got;
	}
	return true;
}

bool
serve_write(const struct exchange *x, write_fn write, void *arg)
{
	const struct response *response = &x->response;
	if (!write(arg, buf_str(&x->head), x->head.len))
		return false;
	if (x->request.method == METHOD_HEAD)
		return true;
	if (response->file >= 0)
		return write_file(response, write, arg);
	return write(arg, buf_str(&response->body), response->body.len);
}

/* The pattern instead of the path: a path is a stranger's text. */
static void
log_answer(const struct exchange *x, bool taken)
{
	const struct request *request = &x->request;
	const char *org = request->org != 0
			      ? arena_fmt(x->arena, ", organization %u", (unsigned)request->org)
			      : "";
	log_info("%s %s %d, %lld ms, %lld bytes, from %s%s%s", method_name(request->method),
	    x->route != NULL ? x->route->pattern : "(no route)", x->response.status,
	    (long long)(clock_mono() - x->started), (long long)response_length(&x->response),
	    request->client, org, taken ? "" : "; the web server did not take the answer");
}

void
serve_done(struct exchange *x, bool taken)
{
	log_answer(x, taken);
	if (x->app != NULL) {
		if (x->response.wake)
			wake_worker(x->app->settings, x->app->store, x->request.org);
		else
			wake_if_due(x->app->settings, x->app->store);
		store_tend(x->app->store);
	}
	response_free(&x->response);
	buf_wipe(&x->head);
	log_set_request(NULL);
	arena_free(x->arena);
}
