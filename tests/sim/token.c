/*
 * token.c: OAuth2 client credentials, and who may do what.
 *
 * Tokens have the shape of Bandwidth's JWTs (accounts, roles, express, exp)
 * but are looked up, not verified: they are only good in this process.
 * Contracts in token.h.
 */
#include "token.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "ledger.h"
#include "text.h"
#include "world.h"

struct token {
	struct token *next;
	char *text;
	char *client;
	int64_t until;
};

void
token_clear(struct sim *sim)
{
	struct token *t;

	while ((t = sim->tokens) != NULL) {
		sim->tokens = t->next;
		free(t->text);
		free(t->client);
		free(t);
	}
}

/* Splits "Basic base64(user:password)"; 0 or -1. */
static int
basic(const struct http_req *q, char **user, char **password)
{
	const char *h = http_header(q, "Authorization");
	char *both, *colon;
	size_t n;

	if (h == NULL || strncasecmp(h, "Basic ", 6) != 0)
		return -1;
	both = b64_decode(h + 6, &n);
	colon = both == NULL ? NULL : strchr(both, ':');
	if (colon == NULL || strlen(both) != n) {
		free(both);
		return -1;
	}
	*password = x_dup(colon + 1);
	*colon = '\0';
	*user = both;
	return 0;
}

/* The client with these credentials or NULL; lock held. */
static struct client *
authenticate(struct call *c, bool oauth)
{
	struct client *who = NULL;
	char *user, *password;

	if (basic(c->req, &user, &password) != 0)
		return NULL;
	x_set(&c->who, user);
	who = world_client(c->sim, oauth, user);
	if (who != NULL && (!same(who->secret, password) || who->disabled))
		who = NULL;
	free(user);
	free(password);
	return who;
}

/* Turns lines into an array. */
static json_object *
words(const char *s)
{
	json_object *list = json_object_new_array();
	size_t n;

	for (; *s != '\0'; s += n + (s[n] == '\n')) {
		n = strcspn(s, "\n");
		json_object_array_add(list,
		    json_object_new_string_len(s, (int)n));
	}
	return list;
}

static char *
encode(json_object *o)
{
	char *text = json_dump(o), *out = b64_encode(text, strlen(text), true);

	free(text);
	json_object_put(o);
	return out;
}

/* header.payload.signature */
static char *
make_jwt(const struct client *who, int64_t now, double seconds)
{
	json_object *h = json_object_new_object();
	json_object *p = json_object_new_object();
	char id[33], sign[44], *head, *payload, *jwt;

	put_text(h, "alg", "RS256");
	put_text(h, "typ", "JWT");
	random_text(id, 32, true);
	random_text(sign, 43, false);
	put_text(p, "sub", who->name);
	put_text(p, "jti", id);
	put_int(p, "iat", now / 1000000);
	put_int(p, "exp", now / 1000000 + (int64_t)seconds);
	json_object_object_add(p, "accounts", words(who->accounts));
	json_object_object_add(p, "roles", words(who->roles));
	put_flag(p, "express", who->express);
	head = encode(h);
	payload = encode(p);
	jwt = x_fmt("%s.%s.%s", head, payload, sign);
	free(head);
	free(payload);
	return jwt;
}

static void
issue(struct call *c, const struct client *who)
{
	double seconds = c->sim->set.token_seconds;
	json_object *o = json_object_new_object();
	struct token *t = x_alloc(sizeof(*t));
	int64_t now = now_us();

	t->text = make_jwt(who, now, seconds);
	t->client = x_dup(who->name);
	t->until = now + (int64_t)(seconds * 1e6);
	t->next = c->sim->tokens;
	c->sim->tokens = t;
	put_text(o, "access_token", t->text);
	put_int(o, "expires_in", (int64_t)seconds);
	put_text(o, "token_type", "bearer");
	answer_json(c->res, 200, o);
	buf_str(&c->res->headers, "Cache-Control: no-store\r\n");
	ledger_count(c->sim, N_TOKENS, 1);
}

static void
refuse(struct call *c, int status, const char *error, const char *text)
{
	json_object *o = json_object_new_object();

	put_text(o, "error", error);
	put_text(o, "error_description", text);
	answer_json(c->res, status, o);
}

/* True for exactly one grant_type=client_credentials. */
static bool
right_grant(const struct http_req *q)
{
	char *form = x_dup(q->body), *save = NULL, *pair;
	int found = 0, other = 0;

	for (pair = strtok_r(form, "&", &save); pair != NULL;
	    pair = strtok_r(NULL, "&", &save)) {
		if (text_unescape(pair, true, false) != 0)
			other++;
		else if (same(pair, "grant_type=client_credentials"))
			found++;
		else if (strncmp(pair, "grant_type=", 11) == 0)
			other++;
	}
	free(form);
	return found == 1 && other == 0;
}

static void
decide(struct call *c)
{
	const char *type = http_header(c->req, "Content-Type");
	static const char form[] = "application/x-www-form-urlencoded";
	size_t n = sizeof(form) - 1;
	struct client *who = authenticate(c, true);

	if (type == NULL || strncasecmp(type, form, n) != 0 ||
	    (type[n] != '\0' && type[n] != ';'))
		refuse(c, 415, "invalid_request", "Send a form");
	else if (who == NULL)
		refuse(c, 401, "invalid_client",
		    "Client authentication failed");
	else if (!right_grant(c->req))
		refuse(c, 400, "unsupported_grant_type",
		    "grant_type must be client_credentials");
	else
		issue(c, who);
	if (c->res->status == 401)
		buf_str(&c->res->headers, "WWW-Authenticate: Basic\r\n");
}

void
token_issue(struct call *c)
{
	pthread_mutex_lock(&c->sim->lock);
	decide(c);
	pthread_mutex_unlock(&c->sim->lock);
}

static struct token *
find_token(struct sim *sim, const char *text)
{
	struct token *t = sim->tokens;

	while (t != NULL && !same(t->text, text))
		t = t->next;
	return t;
}

/* The client behind a valid bearer token, or NULL; lock held. */
static struct client *
bearer(struct call *c, const char *text)
{
	struct token *t = find_token(c->sim, text);

	if (t == NULL)
		return NULL;
	x_set(&c->who, t->client);
	return now_us() < t->until ? world_client(c->sim, true, t->client) :
	    NULL;
}

/* The first account of the credentials, for a path that names none. */
static void
own_account(struct call *c, const struct client *who)
{
	size_t n = strcspn(who->accounts, "\n");

	if (n < sizeof(c->account)) {
		memcpy(c->account, who->accounts, n);
		c->account[n] = '\0';
	}
}

static int
judge(struct call *c, const char *role)
{
	const char *h = http_header(c->req, "Authorization");
	bool oauth = h != NULL && strncasecmp(h, "Bearer ", 7) == 0;
	struct client *who = oauth ? bearer(c, h + 7) :
	    authenticate(c, false);
	struct account *a;

	if (who == NULL || who->disabled)
		return 401;
	if (c->account[0] == '\0')
		own_account(c, who);
	a = world_account(c->sim, c->account);
	/* A token names its accounts; an API user is of another realm. */
	if (a == NULL || !client_has(who, c->account))
		return oauth ? 403 : 401;
	if (role != NULL)
		return who->express || !client_may(who, role) ? 403 : 0;
	return who->express || !a->messaging ? 403 : 0;
}

int
token_check(struct call *c, const char *role)
{
	int status;

	pthread_mutex_lock(&c->sim->lock);
	status = judge(c, role);
	if (status != 0)
		ledger_count(c->sim, N_UNAUTHORIZED, 1);
	pthread_mutex_unlock(&c->sim->lock);
	return status;
}

void
token_expire(struct sim *sim, const struct http_req *q)
{
	const char *h = q == NULL ? NULL : http_header(q, "Authorization");
	struct token *t;

	pthread_mutex_lock(&sim->lock);
	for (t = sim->tokens; t != NULL; t = t->next)
		if (q == NULL || (h != NULL && strlen(h) > 7 &&
		    same(t->text, h + 7)))
			t->until = 0;
	pthread_mutex_unlock(&sim->lock);
}
