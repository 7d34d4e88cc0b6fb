/*
 * place.h: sites and locations that are simply there, for worlds of tests.
 *
 * /_sim/config and /_sim/break come here; what the API makes is made by
 * sites.c and locations.c.  Lock held.  NULL, or an owned complaint.
 */
#ifndef SIM_NUMBERS_PLACE_H
#define SIM_NUMBERS_PLACE_H

#include <json-c/json.h>

#include "sim.h"

/* {id, account, name}: added or renamed. */
char *place_site(struct sim *, json_object *);

/* {id, site, account, name, default, sms, mms, application}; the same. */
char *place_location(struct sim *, json_object *);

/* {site|location|application, delete} and what config takes for them. */
char *place_break(struct sim *, json_object *);

#endif
