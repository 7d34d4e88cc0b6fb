/*
 * options_order.h: options of numbers: SMS and the 10DLC campaign.
 */
#ifndef SIM_NUMBERS_OPTIONS_H
#define SIM_NUMBERS_OPTIONS_H

#include "numbers/estate.h"

/* Does what the order asks, number by number; fills done and failed. */
void options_apply(struct sim *, struct tn_order *);

#endif
