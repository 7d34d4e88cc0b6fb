/*
 * sticky_sender.h: a person goes on being texted from the number they know.
 */
#ifndef SPOKE_STICKY_SENDER_H
#define SPOKE_STICKY_SENDER_H

#include "managers/pipeline.h"

extern const struct service_manager sticky_sender;

#endif
