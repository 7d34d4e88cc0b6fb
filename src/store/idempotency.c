/*
 * idempotency.c: a repeated request gets the first answer.
 *
 * Table: IDEMPOTENCY.  Looking takes the write lock of the place, also when
 * nothing is there: a second request with the same key waits until the first
 * one has its answer stored.
 */
#include "store/idempotency.h"

#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "store/rec.h"

#define KEPT (7 * CLOCK_DAY)

struct first_answer {
	const char *body; /* SHA-256 of the request's, hex */
	int64_t status;
	const char *answer;
	int64_t time;
};

static const struct field answer_fields[] = {
    FIELD(struct first_answer, FIELD_TEXT, body),
    FIELD(struct first_answer, FIELD_INT, status),
    FIELD(struct first_answer, FIELD_TEXT, answer),
    FIELD(struct first_answer, FIELD_INT, time),
    FIELD_END,
};

static void
answer_key(struct key *k, uint32_t org, const char *token, const char *key)
{
	unsigned char hash[SHA256_BYTES];

	crypto_sha256(key, strlen(key), hash);
	key_org(k, org);
	key_text(k, token == NULL ? "" : token);
	key_bytes(k, hash, sizeof hash);
}

enum result
idempotency_get(struct tx *tx, uint32_t org, const char *token, const char *key,
    const unsigned char body[32], struct arena *a, int *status, const char **answer)
{
	struct first_answer first;
	char hex[SHA256_HEX];
	struct key k;
	enum result r;

	answer_key(&k, org, token, key);
	r = rec_get(tx, T_IDEMPOTENCY, &k, true, answer_fields, a, &first);
	if (r != OK)
		return r;
	if (tx_now(tx) - first.time >= KEPT)
		return NOT_FOUND;
	hex_text(body, SHA256_BYTES, hex);
	if (first.body == NULL || strcmp(first.body, hex) != 0)
		return REFUSED;
	*status = (int)first.status;
	*answer = first.answer == NULL ? "" : first.answer;
	return OK;
}

enum result
idempotency_put(struct tx *tx, uint32_t org, const char *token, const char *key,
    const unsigned char body[32], int status, const char *answer)
{
	struct first_answer first = {NULL, status, answer, tx_now(tx)};
	char hex[SHA256_HEX];
	struct key k;

	hex_text(body, SHA256_BYTES, hex);
	first.body = hex;
	answer_key(&k, org, token, key);
	return rec_put(tx, T_IDEMPOTENCY, &k, answer_fields, &first);
}

/* What the sweep compares with. */
struct limit {
	struct arena *arena;
	int64_t before;
};

static bool
answer_old(const struct bytes *key, const struct bytes *value, void *arg)
{
	const struct limit *l = arg;
	struct first_answer first;

	(void)key;
	return rec_read(T_IDEMPOTENCY, value, answer_fields, l->arena, &first) != OK ||
	       first.time < l->before;
}

enum result
idempotency_expire(struct tx *tx, int64_t before, size_t max, bool *more)
{
	struct limit l = {tx_arena(tx), before};

	return rec_sweep(tx, T_IDEMPOTENCY, NULL, "sweep-idempotency", max, answer_old, &l, NULL, more);
}
