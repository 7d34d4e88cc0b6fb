/*
 * numbers.h: what the files of spokectl numbers share.
 */
#ifndef SPOKE_CTL_NUMBERS_H
#define SPOKE_CTL_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "texting/inventory.h"

struct ctl;

/*
 * What is wanted, from the options (and for an order from the arguments behind N), checked; 0 or
 * EXIT_USAGE with a sentence.
 */
int ctl_want(struct ctl *, bool order, struct number_want *);

/*
 * Waits for a job about numbers as ctl_job_wait does, and prints how it went.  EXIT_FAILED when it
 * failed or is not over when the time is.
 */
int ctl_numbers_job(struct ctl *, uint32_t org, const char *id, int64_t wait);

/* The same behind one of the functions that ask: says why it was refused, or wakes the worker. */
int ctl_numbers_asked(
    struct ctl *, uint32_t org, enum result, const struct inventory_answer *, int64_t wait);

#endif
