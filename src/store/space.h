/*
 * space.h: is there room where the data lies, and does what is written there last?
 */
#ifndef SPOKE_SPACE_H
#define SPOKE_SPACE_H

#include <stdint.h>

#include "base/result.h"

struct arena;

struct space {
	int64_t free; /* bytes that this user may still write */
	int64_t sync; /* ms that writing and fdatasync of a small file took */
	const char
	    *fault; /* why it could not be made durable ("No space left on device"), or NULL */
};

/*
 * Writes a small file in dir, makes it durable and removes it.  May wait for the disk.
 * Texts live in the arena.
 */
void space_look(const char *dir, struct arena *, struct space *);

#endif
