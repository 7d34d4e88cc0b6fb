/*
 * seed_check.h: the part of seed.c's world that is about "Check my setup".
 */
#ifndef SPOKE_SEED_CHECK_H
#define SPOKE_SEED_CHECK_H

#include "store/kv.h"

/* Checks of organizations 1 (as things stand there) and 3 (with what makes a page break), and a
 * test text of 1. */
enum result seed_check(struct tx *, struct arena *, const char *hostile);

#endif
