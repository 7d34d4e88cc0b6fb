/*
 * upgrade.h: what must be done once to the records of an older store.
 */
#ifndef SPOKE_UPGRADE_H
#define SPOKE_UPGRADE_H

#include "base/result.h"

struct store;

/*
 * Does every step that this store has not had (each remembers in META how far it is), with
 * nobody else in the store: a record changed by others in between would be counted twice.
 * Durable when it returns OK; killed, the next opener goes on where it was.
 */
enum result upgrade_run(struct store *);

#endif
