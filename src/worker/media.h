/*
 * worker/media.h: fetches the attachments of texts that came in, before Bandwidth forgets
 * them.
 *
 * Each is fetched at once, streamed to disk (media_file.h), and its record changed when the
 * file is durable.  What does not succeed is tried again, with growing pauses, until the 48
 * hours are over; what must not be fetched (bandwidth/media.h: another host, another
 * account; too large; MEDIA_FILE_BYTES) is said on the message at once.  A worker that
 * ends or is killed leaves the records waiting, so the next one fetches them again.
 */
#ifndef SPOKE_WORKER_MEDIA_H
#define SPOKE_WORKER_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

struct worker;

/* Before the first turn: removes what an earlier worker left half written. */
void media_start(const struct worker *);

/* Begins what is due, removes the files that are to go. */
void media_turn(struct worker *);

/* Something was queued, or removed: looks at once for files that are to go. */
void media_wake(struct worker *);

/* When something could next be begun: wall ms, INT64_MAX: nothing. */
int64_t media_next(const struct worker *);

/* Housekeeping: removes the files of one folder that no record knows, the next one each time. */
void media_sweep(struct worker *);

#endif
