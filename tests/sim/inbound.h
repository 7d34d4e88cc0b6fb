/*
 * inbound.h: messages that come from telephones, and raw callbacks.
 */
#ifndef SIM_INBOUND_H
#define SIM_INBOUND_H

#include <json-c/json.h>

#include "sim.h"

/*
 * Injects what the object says (README); gives the answer of the control
 * API, or NULL with an owned complaint in *why.  Takes the lock itself.
 */
json_object *inbound_message(struct sim *, json_object *o, char **why);

/* Posts a body as it is to an application's URL or to a given one. */
json_object *inbound_raw(struct sim *, json_object *o, char **why);

#endif
