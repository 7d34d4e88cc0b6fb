/*
 * messages.h: POST .../messages, judged as the specification has it.
 */
#ifndef SIM_MESSAGES_H
#define SIM_MESSAGES_H

#include "route.h"

void messages_create(struct call *);

/*
 * Around it: the ledger's record of the request, from the moment it is read
 * to what became of the answer.
 */
void messages_begin(struct call *);
void messages_end(struct call *);

#endif
