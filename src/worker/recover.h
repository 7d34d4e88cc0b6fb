/*
 * recover.h: what a worker finds that died before its successor began.
 */
#ifndef SPOKE_RECOVER_H
#define SPOKE_RECOVER_H

struct app;

/*
 * Every message in state "sending", of every organization, becomes unknown, and every job that
 * was running is due again at once.  Under the worker's lock only.  0 or -1 (logged) when
 * the organizations cannot be read; one for which it fails is logged and passed over.
 */
int recover_all(const struct app *);

#endif
