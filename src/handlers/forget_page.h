/*
 * forget_page.h: forgetting a person, for the pages of messages and of jobs.
 */
#ifndef SPOKE_FORGET_PAGE_H
#define SPOKE_FORGET_PAGE_H

#include "handlers/frame.h"
#include "store/jobs.h"

/* What a job "forget" has done so far, or did. */
void forget_job_part(const struct app *, const struct request *, struct buf *, const struct job *);

#endif
