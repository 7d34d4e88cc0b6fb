/*
 * token.c: texts of the token endpoint, made and read (token.h).
 *
 * The payload of a token is read, not verified: it came from Bandwidth over TLS just now,
 * and is only used to tell a person early that credentials and account do not belong
 * together.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "bandwidth/client.h"
#include "bandwidth/token.h"
#include "bandwidth/words.h"

#define LIFETIME_MAX (366 * CLOCK_DAY)
#define LIST_MAX 200
#define JWT_DEPTH 16

static const char grant[] = "grant_type=client_credentials";

void
auth_basic(struct buf *out, const char *user, const char *password, size_t n)
{
	struct buf pair = BUF_INIT(8000);

	buf_adds(&pair, user);
	buf_addc(&pair, ':');
	buf_add(&pair, password, n);
	buf_adds(out, "Basic ");
	if (pair.failed)
		out->failed = true;
	else
		base64_add(out, pair.data, pair.len);
	buf_wipe(&pair);
}

void
auth_bearer(struct buf *out, const char *token)
{
	buf_adds(out, "Bearer ");
	buf_adds(out, token);
}

void
token_request(struct http_request *r, const char *token_url, const char *authorization)
{
	memset(r, 0, sizeof(*r));
	r->method = HTTP_POST;
	r->url = token_url;
	r->authorization = authorization;
	r->content_type = "application/x-www-form-urlencoded";
	r->body = grant;
	r->length = sizeof(grant) - 1;
}

static bool
token_valid(const char *s)
{
	size_t n = strlen(s), i;

	for (i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return false;
	return n > 0 && n <= TOKEN_LENGTH_MAX;
}

/* The texts of an array; numbers too, because account IDs look like numbers. */
static struct text_list
read_list(const json *list, struct arena *arena)
{
	struct text_list out = {NULL, 0};
	size_t i;

	for (i = 0; i < json_len(list) && i < LIST_MAX; i++) {
		const json *item = json_at(list, i);
		const char *text = json_copy_text(item, arena);

		if (text == NULL && json_kind(item) == JSON_INT)
			text = arena_fmt(arena, "%lld", (long long)json_int(item, 0));
		if (text != NULL)
			out = text_list_add(arena, out, text);
	}
	return out;
}

/* Reads header.PAYLOAD.signature; a token of another form just says nothing. */
static void
read_payload(struct token_answer *out, struct arena *arena)
{
	const char *p = strchr(out->token, '.'), *end, *why;
	struct buf text = BUF_INIT(TOKEN_LENGTH_MAX);
	json *claims = NULL;

	end = p != NULL ? strchr(p + 1, '.') : NULL;
	if (end != NULL && base64url_decode(p + 1, (size_t)(end - p - 1), &text) == 0)
		claims = json_parse(buf_str(&text), text.len, JWT_DEPTH, &why, NULL);
	out->has_accounts = json_kind(json_get(claims, "accounts")) == JSON_ARRAY;
	out->accounts = read_list(json_get(claims, "accounts"), arena);
	out->roles = read_list(json_get(claims, "roles"), arena);
	out->express = json_get_bool(claims, "express", false);
	json_free(claims);
	buf_wipe(&text);
}

/* A lifetime in seconds, or what it is when it isn't said. */
static int64_t
read_lifetime(const json *object)
{
	int64_t seconds = json_get_int(object, "expires_in", 0);

	if (seconds <= 0)
		return CLOCK_HOUR;
	return seconds < LIFETIME_MAX / CLOCK_SECOND ? seconds * CLOCK_SECOND : LIFETIME_MAX;
}

void
token_read(const struct http_answer *answer, struct arena *arena, struct token_answer *out)
{
	json *object = answer_object(answer);
	const char *token = NULL;

	memset(out, 0, sizeof(*out));
	out->outcome = TOKEN_UNREACHABLE;
	if (answer->reach == HTTP_ANSWERED && answer->status >= 200 && answer->status < 300)
		token = json_get_text(object, "access_token", arena);
	if (token != NULL && token_valid(token)) {
		out->outcome = TOKEN_GIVEN;
		out->token = token;
		out->lifetime = read_lifetime(object);
		read_payload(out, arena);
	} else {
		if (answer->reach == HTTP_ANSWERED &&
		    (answer->status == 400 || answer->status == 401 || answer->status == 403))
			out->outcome = TOKEN_REFUSED;
		out->words = answer_words(answer, object, arena);
	}
	json_free(object);
}

bool
token_allows(const struct token_answer *answer, const char *account_id)
{
	return !answer->has_accounts || text_list_has(&answer->accounts, account_id);
}

int64_t
token_renewal(int64_t got, int64_t lifetime)
{
	return got + (lifetime > 2 * CLOCK_MINUTE ? lifetime - CLOCK_MINUTE : lifetime / 2);
}
