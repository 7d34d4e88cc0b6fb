/*
 * control_numbers.h: the part of the control API that is about numbers.
 */
#ifndef SIM_NUMBERS_CONTROL_H
#define SIM_NUMBERS_CONTROL_H

#include "route.h"

/* Answers, or gives false: not an address of this part. */
bool control_numbers(struct call *);

#endif
