/*
 * media.h: files under .../media: inbound pictures and uploads.
 */
#ifndef SIM_MEDIA_H
#define SIM_MEDIA_H

#include <stddef.h>

#include "route.h"

void media_list(struct call *);
void media_get(struct call *);
void media_put(struct call *);
void media_delete(struct call *);

/* Stores a file (replacing one of that name); lock held. */
void media_store(struct sim *, const char *account, const char *id,
    const char *type, const void *p, size_t n);

void media_clear(struct sim *);		/* lock held */

#endif
