/*
 * sign_in.c: the sign-in page, what it posts, and signing out.
 */
#include "handlers/handlers.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/settings.h"
#include "base/url.h"
#include "handlers/sign_in.h"
#include "http/cookie.h"
#include "http/page.h"
#include "http/parts.h"
#include "store/audit.h"
#include "store/people.h"

#define FIRST_PAGE "/admin"
#define NEXT_MAX 1500

/*
 * Where to go afterwards: a page of ours below /admin, written as a path; anything else is the
 * first page.  The path goes behind BASE_URL, so that it cannot lead elsewhere.
 */
static const char *
next_page(const struct request *request, const char *next)
{
	char *path = NULL, *query = NULL;
	if (next == NULL || strlen(next) > NEXT_MAX || !text_valid(next, strlen(next), false) ||
	    strncmp(next, FIRST_PAGE, strlen(FIRST_PAGE)) != 0 || strchr(next, ' ') != NULL)
		return FIRST_PAGE;
	if (url_target(next, request->arena, &path, &query) != 0)
		return FIRST_PAGE;
	const char *rest = path + strlen(FIRST_PAGE);
	return *rest == '\0' || *rest == '/' ? next : FIRST_PAGE;
}

static void
write_form(const struct app *app, const struct request *request, struct response *response,
    const char *email, const char *next, const char *fault)
{
	struct buf *out = &response->body;
	const struct page page = {.title = fault != NULL ? "Sign in: not yet" : "Sign in"};
	const struct part_field fields[] = {
	    {.name = "email",
		.label = "E-mail address",
		.value = email,
		.type = "email",
		.autocomplete = "username",
		.required = true},
	    {.name = "password",
		.label = "Password",
		.type = "password",
		.autocomplete = "current-password",
		.show = true,
		.required = true},
	};
	page_begin(app->settings, request, response, &page);
	html_raw(out, "<h1>Sign in</h1>\n");
	if (fault != NULL) {
		part_note_begin(out, TONE_BROKEN, "faults");
		html_raw(out, "<p>");
		html_text(out, fault);
		html_raw(out, "</p>");
		part_note_end(out);
	}
	html_raw(out, "<form method=\"post\"");
	html_url_attr(out, "action", page_path(app->settings, request, "/login"));
	html_raw(out, ">\n");
	part_hidden(out, "next", next);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		part_field(out, &fields[i]);
	html_raw(out,
	    "<p><button type=\"submit\" class=\"primary\">Sign in</button></p>\n</form>\n"
	    "<p class=\"soft\">Forgot the password? Whoever runs this installation can set a "
	    "new one.</p>\n");
	page_end(response);
}

void
handle_sign_in_form(const struct app *app, struct request *request, struct response *response)
{
	const char *next = next_page(request, form_get(&request->query, "next"));
	if (request->session != NULL) {
		response_redirect(response, app->settings->base_url.text, next);
		return;
	}
	write_form(app, request, response, "", next, NULL);
}

/* The form again, with what went wrong. */
static void
answer_fault(const struct app *app, const struct request *request, struct response *response,
    int status, int64_t wait_s, const char *fault)
{
	const char *email = form_get(&request->form, "email");
	const char *next = next_page(request, form_get(&request->form, "next"));
	response->status = status;
	if (wait_s > 0)
		response_header(
		    response, "Retry-After", arena_fmt(request->arena, "%lld", (long long)wait_s));
	write_form(app, request, response, email, next, fault);
}

void
handle_sign_in(const struct app *app, struct request *request, struct response *response)
{
	struct sign_in s = {
	    .email = form_get(&request->form, "email"),
	    .password = form_get(&request->form, "password"),
	};
	int64_t wait_s;
	switch (sign_in_check(app, request, &s)) {
	case SIGN_IN_DONE:
		session_cookie_set(response, app->settings, s.token);
		response_redirect(response, app->settings->base_url.text,
		    next_page(request, form_get(&request->form, "next")));
		break;
	case SIGN_IN_WRONG:
		answer_fault(app, request, response, 403, 0,
		    "The e-mail address or the password is not right.");
		break;
	case SIGN_IN_WAIT:
		wait_s = (s.wait_ms + 999) / 1000;
		answer_fault(app, request, response, 429, wait_s,
		    arena_fmt(request->arena,
			"There were too many wrong tries. Try again in %lld seconds.",
			(long long)wait_s));
		break;
	case SIGN_IN_BUSY:
		answer_fault(app, request, response, 503, 2,
		    "Many people are signing in just now. Try again in a few seconds.");
		break;
	case SIGN_IN_FAILED:
		response_failed(request, response, FAILED);
		break;
	}
	crypto_wipe(s.token, sizeof s.token);
}

static enum result
end_session(struct tx *tx, void *arg)
{
	const struct request *request = arg;
	const struct audit audit = {
	    .time = tx_now(tx),
	    .who = request->session->email,
	    .from = request->client,
	    .what = "sign-out",
	};
	enum result r = sessions_del(tx, request->session_token);
	if (r == NOT_FOUND)
		return OK;
	return r == OK ? audit_add(tx, &audit) : r;
}

void
handle_sign_out(const struct app *app, struct request *request, struct response *response)
{
	enum result r = store_run(app->store, end_session, request);
	if (r != OK) {
		response_failed(request, response, r);
		return;
	}
	session_cookie_set(response, app->settings, NULL);
	response_redirect(response, app->settings->base_url.text, "/login");
}
