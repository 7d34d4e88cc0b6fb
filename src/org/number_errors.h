/*
 * number_errors.h: what the errors of Bandwidth's Numbers API ask of whom: the code, and one
 * sentence that says what to do.  (errors.h has those of texts.)
 *
 * Source: Bandwidth's list "Numbers errors" and what its own command line says of them.
 */
#ifndef SPOKE_NUMBER_ERRORS_H
#define SPOKE_NUMBER_ERRORS_H

/* What to do about a code; NULL for those that Bandwidth's own words must do for. */
const char *number_error_advice(int code);

/*
 * The same for an HTTP status that came without a code (401, 403, 404, 409, 429, 5xx); NULL for
 * others.
 */
const char *number_status_advice(int status);

#endif
