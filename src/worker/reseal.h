/*
 * reseal.h: the job "reseal": after a change of SESSION_SECRET everything sealed with the
 * previous one is sealed again, in small transactions.
 */
#ifndef SPOKE_RESEAL_H
#define SPOKE_RESEAL_H

struct job;
struct worker;

void reseal_begin(struct worker *, const struct job *);

#endif
