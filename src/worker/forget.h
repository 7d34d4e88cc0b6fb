/*
 * worker/forget.h: the job "forget": what is known of a person who asked to be forgotten goes
 * (texting/forget.h), in pieces between which texts go out.
 */
#ifndef SPOKE_WORKER_FORGET_H
#define SPOKE_WORKER_FORGET_H

struct job;
struct worker;

void forget_begin(struct worker *, const struct job *);

#endif
