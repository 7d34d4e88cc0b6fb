/*
 * recover.h: what a worker finds that died before its successor began.
 */
#ifndef SPOKE_RECOVER_H
#define SPOKE_RECOVER_H

#include <stdbool.h>

struct sender;
struct worker;

/*
 * Every message in state "sending", of every organization, becomes unknown, and every job that
 * was running is due again at once.  Under the worker's lock only, before anything is posted.
 * 0 or -1 (logged) when the organizations cannot be read; one for which it fails is logged,
 * and posts nothing until it has succeeded.
 */
int recover_all(struct worker *);
/* Once more for one for which it failed, true when it is done; for all of them. */
bool recover_sender(struct sender *);
void recover_again(struct worker *);

#endif
