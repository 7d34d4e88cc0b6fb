/*
 * rate.c: a token bucket for each API token.  Two that share a place push each other out, which
 * gives them a full bucket: harmless, since nothing is refused that should not be.
 */
#include "responder/rate.h"

#include <string.h>

void
rate_init(struct rate *rate)
{
	memset(rate->buckets, 0, sizeof rate->buckets);
	pthread_mutex_init(&rate->lock, NULL);
}

/* FNV-1a, spread over all bits; the ids are ours, so nobody chooses collisions. */
static uint64_t
key_of(uint32_t org, const char *id)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ org;
	for (; *id != '\0'; id++)
		h = (h ^ (unsigned char)*id) * UINT64_C(1099511628211);
	return h ^ (h >> 32);
}

int64_t
rate_take(struct rate *rate, uint32_t org, const char *id, int per_second, int64_t now)
{
	if (per_second <= 0)
		return 0;
	int64_t full = (int64_t)per_second * 1000;
	uint64_t key = key_of(org, id);
	int64_t wait = 0;

	pthread_mutex_lock(&rate->lock);
	struct rate_bucket *bucket = &rate->buckets[key % RATE_BUCKETS];
	if (bucket->at == 0 || bucket->key != key)
		*bucket = (struct rate_bucket){key, now, full};
	int64_t passed = now - bucket->at;
	if (passed > 1000)
		passed = 1000;
	bucket->at = now > 0 ? now : 1;
	bucket->level += passed * per_second;
	if (bucket->level > full)
		bucket->level = full;
	if (bucket->level >= 1000)
		bucket->level -= 1000;
	else
		wait = (1000 - bucket->level + per_second - 1) / per_second;
	pthread_mutex_unlock(&rate->lock);
	return wait;
}
