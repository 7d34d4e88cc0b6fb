/*
 * process.h: what every program does with itself before anything else.
 */
#ifndef SPOKE_PROCESS_H
#define SPOKE_PROCESS_H

/*
 * No core dumps from now on, of this process and of those it starts: there are secrets in
 * its memory.  Cannot fail in a way that matters: a limit that is lower already stays.
 */
void process_harden(void);

#endif
