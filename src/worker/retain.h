/*
 * worker/retain.h: removes what was kept for as long as the settings say (RETAIN_*_DAYS), a piece
 * of it in a turn.
 */
#ifndef SPOKE_WORKER_RETAIN_H
#define SPOKE_WORKER_RETAIN_H

struct worker;

/* A moment's work for one organization, the next one each time. */
void retain_turn(struct worker *);

#endif
