/*
 * seed_held.h: an organization whose data was moved while texts waited, and of whose oldest texts
 * nothing but the fact is kept, for the browser tests.
 */
#ifndef SEED_HELD_H
#define SEED_HELD_H

#include <stdint.h>

#include "store/kv.h"

struct arena;

/* Into organization 4, which is there. */
enum result seed_held(struct tx *, struct arena *, const char *hostile, int64_t now);

#endif
