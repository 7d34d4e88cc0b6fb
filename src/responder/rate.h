/*
 * rate.h: how many requests a second a token may make, counted in this process alone: with n
 * processes a token may come to n times the setting, which is enough to keep a runaway script
 * from the store.
 */
#ifndef SPOKE_RATE_H
#define SPOKE_RATE_H

#include <pthread.h>
#include <stdint.h>

#define RATE_BUCKETS 256

struct rate_bucket {
	uint64_t key;
	int64_t at;    /* monotonic ms of the last change; 0: unused */
	int64_t level; /* thousandths of a request left */
};

struct rate {
	pthread_mutex_t lock;
	struct rate_bucket buckets[RATE_BUCKETS];
};

void rate_init(struct rate *);

/*
 * Takes one request of a token (its organization and id) at monotonic time now from its allowance
 * of per_second (0: no limit), which holds one second's worth.  0: go on; else how many ms until
 * the next may come.
 */
int64_t rate_take(struct rate *, uint32_t org, const char *id, int per_second, int64_t now);

#endif
