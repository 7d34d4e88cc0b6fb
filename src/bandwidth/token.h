/*
 * token.h: OAuth2 client credentials at Bandwidth's token endpoint (RFC 6749 section 4.4),
 * and the Authorization headers of both kinds of credentials.
 *
 * Source: Bandwidth's OpenAPI document, securitySchemes; its own SDKs and CLI.  Pure: makes
 * and reads texts; who asks is the worker.
 */
#ifndef SPOKE_TOKEN_H
#define SPOKE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "org/record.h"

struct buf;
struct http_answer;
struct http_request;

/* Append "Basic …" or "Bearer …" (wipe the buffer after use). */
void auth_basic(struct buf *, const char *user, const char *password, size_t n);
void auth_bearer(struct buf *, const char *token);

/* Fills in the request for a token; authorization is auth_basic of client ID and secret. */
void token_request(struct http_request *, const char *token_url, const char *authorization);

enum token_outcome {
	TOKEN_GIVEN,
	TOKEN_REFUSED,	  /* 400 (invalid_client), 401, 403: these are no API credentials */
	TOKEN_UNREACHABLE /* anything else: nothing was learned about them */
};

struct token_answer {
	enum token_outcome outcome;
	const char *token; /* printable ASCII without blanks, at most TOKEN_LENGTH_MAX bytes */
	int64_t lifetime;  /* ms; an hour when not said */
	bool has_accounts; /* the token says which accounts it is for */
	struct text_list accounts;
	struct text_list roles;
	bool express;	   /* a "Build" trial account: it cannot send texts */
	const char *words; /* Bandwidth's own, or the transport's; NULL if none */
};
#define TOKEN_LENGTH_MAX 8000

/* Never fails: whatever came is one of the outcomes. Texts live in the arena. */
void token_read(const struct http_answer *, struct arena *, struct token_answer *);

/* May the token be used for the account?  A token that doesn't say may. */
bool token_allows(const struct token_answer *, const char *account_id);

/*
 * When a token got at `got` with this lifetime is to be renewed: 60 s before its end; a
 * short-lived one at half of its life.
 */
int64_t token_renewal(int64_t got, int64_t lifetime);

#endif
