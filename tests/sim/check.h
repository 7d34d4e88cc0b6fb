/*
 * check.h: what is wrong with the body of a create-message request.
 */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include <json-c/json.h>

#include "sim.h"

/*
 * Gives the fieldErrors for the object: an array that is empty if it may be
 * accepted.  The application must belong to the account.  Lock held.
 */
json_object *check_message(struct sim *, const char *account, json_object *o);

/* The names of members that the specification does not know, as an array. */
json_object *check_unknown(json_object *o);

#endif
