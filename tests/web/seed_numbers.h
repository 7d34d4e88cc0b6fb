/*
 * seed_numbers.h: the part of seed.c's world that is about numbers.
 */
#ifndef SPOKE_SEED_NUMBERS_H
#define SPOKE_SEED_NUMBERS_H

#include "store/kv.h"

/* Into organizations 1 and 3, which are there; *search is the id of a search's job. */
enum result seed_numbers(
    struct tx *, struct arena *, const char *hostile, const char **search);

#endif
