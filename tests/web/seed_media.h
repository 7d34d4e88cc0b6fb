/*
 * seed_media.h: a text with attachments in every state, for the browser tests.
 */
#ifndef SEED_MEDIA_H
#define SEED_MEDIA_H

#include <stdint.h>

#include "store/kv.h"

struct arena;

/* For organization 3, with a hostile text as the addresses and words of strangers. */
enum result seed_media(
    struct tx *, struct arena *, const char *data_dir, const char *hostile, int64_t now);

#endif
