/*
 * queue_part.h: how long the queue still takes, on any page that shows waiting texts.
 */
#ifndef SPOKE_QUEUE_PART_H
#define SPOKE_QUEUE_PART_H

#include "base/buf.h"
#include "texting/forecast.h"

/* A paragraph: how many wait, when the last of them goes out, and what is in the way; nothing
 * when no text waits. */
void queue_part(struct buf *, const struct forecast *, struct arena *, int64_t now);

#endif
