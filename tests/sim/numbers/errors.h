/*
 * errors.h: error codes of the Numbers API and the shapes they come in.
 */
#ifndef SIM_NUMBERS_ERRORS_H
#define SIM_NUMBERS_ERRORS_H

#include "numbers/numbers.h"

/* The published text of a code, what put in for its %s; owned, never NULL. */
char *error_description(int code, const char *what);

/* The status it is answered with; 400 for a code that is not in the table. */
int error_status(int code);

/* Writes the whole answer in the shape of the resource; code 0: none. */
void error_write(struct buf *, const struct resource *, int code,
    const char *text);

#endif
