/*
 * check.h: the job "check" of texting/setup.h: asks Bandwidth, and this installation's own
 * address, and keeps what it learns in the job's detail as it comes.
 *
 * Nothing is changed at Bandwidth.  The credentials are tried as they are stored, with a token
 * of their own, so that a secret that was revoked shows although an older token still works.
 * What can be asked at the same time is: begin -> token -> questions, and besides them the
 * address and the disk.
 */
#ifndef SPOKE_CHECK_H
#define SPOKE_CHECK_H

struct job;
struct worker;

void check_begin(struct worker *, const struct job *);

#endif
