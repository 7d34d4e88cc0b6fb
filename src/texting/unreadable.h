/*
 * unreadable.h: a queued text that can't be claimed because a record that it needs can't be
 * read; inside texting/ only.
 */
#ifndef SPOKE_UNREADABLE_H
#define SPOKE_UNREADABLE_H

#include "base/result.h"
#include "texting/app.h"

/* Would trying again at once end in the same way? */
bool unreadable_result(enum result);
/*
 * Tells people once (tray and log), and lets the text wait for a while where it can itself
 * be read, so that those behind it go on.
 */
void unreadable_note(const struct app *, uint32_t org, const char *id);

#endif
