/*
 * store/idempotency.h: a repeated request gets the first answer.
 */
#ifndef SPOKE_STORE_IDEMPOTENCY_H
#define SPOKE_STORE_IDEMPOTENCY_H
#include "store/kv.h"

/*
 * Looks for the caller's key (any text up to 255 bytes) of an organization and token, kept 7 days.
 * NOT_FOUND: not seen, now reserved for this transaction's answer (idempotency_put in the same
 * transaction).  OK:
 * *answer is the first answer
 * (JSON text) and *status its status.  REFUSED: the key was used with another body.
 */
enum result idempotency_get(struct tx *, uint32_t org, const char *token, const char *key,
    const unsigned char body[32], struct arena *, int *status, const char **answer);
enum result idempotency_put(struct tx *, uint32_t org, const char *token, const char *key,
    const unsigned char body[32], int status, const char *answer);
/* Looks at no more than max and goes on there the next time; *more (may be NULL): it has not come to
 * the end. */
enum result idempotency_expire(struct tx *, int64_t before, size_t max, bool *more);
#endif
