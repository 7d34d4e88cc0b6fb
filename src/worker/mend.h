/*
 * mend.h: when what became of a message cannot be stored, because a record next to it (its
 * contact, say) is damaged.
 */
#ifndef SPOKE_MEND_H
#define SPOKE_MEND_H

#include <stdbool.h>
#include <stdint.h>

struct app;

/*
 * Writes the message alone: one that is "sending" becomes unknown and is looked for; for an
 * unknown one a look counts, and after the last it waits for a person.  So it neither keeps
 * its pair shut without anybody's knowing, nor is it looked for for ever.  Says in the log
 * what was done.
 */
void mend_message(const struct app *, uint32_t org, const char *id);

#endif
