/*
 * reseal.h: the job "reseal": after a change of SESSION_SECRET everything sealed with the
 * previous one is sealed again, in small transactions.
 */
#ifndef SPOKE_RESEAL_H
#define SPOKE_RESEAL_H

struct job;
struct worker;

void reseal_begin(struct worker *, const struct job *);

/*
 * Asks for the job while something is sealed with SESSION_SECRET_PREVIOUS: nobody has to remember
 * to.
 */
void reseal_ask(struct worker *);

#endif
