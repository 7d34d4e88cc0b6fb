/*
 * control.h: the control API under /_sim/, for tests and for people.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include "route.h"

void control_get(struct call *);
void control_post(struct call *);

#endif
