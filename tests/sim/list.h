/*
 * list.h: GET .../messages, metadata only.
 */
#ifndef SIM_LIST_H
#define SIM_LIST_H

#include "route.h"

void list_messages(struct call *);

#endif
