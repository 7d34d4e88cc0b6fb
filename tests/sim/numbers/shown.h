/*
 * shown.h: what was made through the Numbers API, for a test to judge.
 */
#ifndef SIM_NUMBERS_SHOWN_H
#define SIM_NUMBERS_SHOWN_H

#include <json-c/json.h>

#include "sim.h"

/*
 * {sites, locations, applications, orders, disconnects, tnoptions, posts,
 * made, numbers}; of one account, or with NULL of all.  Lock held.
 */
json_object *shown_estate(struct sim *, const char *account);

#endif
