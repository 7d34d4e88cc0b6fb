/*
 * pause.h: the page that asks before everything that waits is cancelled (GET
 * /admin/{org}/messages?ask=cancel-all).
 */
#ifndef SPOKE_PAUSE_H
#define SPOKE_PAUSE_H

#include "handlers/handlers.h"

void pause_ask(const struct app *, struct request *, struct response *);

#endif
