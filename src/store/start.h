/*
 * store/start.h: starting the worker's program clean (used by wake.c alone).
 */
#ifndef SPOKE_START_H
#define SPOKE_START_H

struct settings;

/*
 * Starts settings->worker_path with "--on-demand" by posix_spawn, which needs no copy of
 * this process: in a session of its own, with 0 to 2 on /dev/null, every other descriptor
 * closed, no signal blocked or ignored, and no environment but our own settings.  The
 * program detaches itself at once; its first process is waited for here (at most 2 s), so
 * that no zombie stays.  0, or -1 (logged).
 */
int start_worker(const struct settings *);

#endif
