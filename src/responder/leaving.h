/*
 * leaving.h: letting go of the store at once, without leaving anybody without an answer.
 *
 * When the store says "leave", threads may be stuck inside it for good.  So the table here tells,
 * for each connection, what another thread must know to answer in its place: the descriptor, the
 * request's number, and whether the answer has begun (answers are written only once complete, so
 * that is one flag).  Whoever moves a place from OPEN may write to the connection, nobody else.
 */
#ifndef SPOKE_LEAVING_H
#define SPOKE_LEAVING_H

#include <stdatomic.h>
#include <stdbool.h>

#define PLACES 256 /* the most threads there can be */

enum place_state { PLACE_FREE, PLACE_OPEN, PLACE_ANSWERING, PLACE_LEFT };

struct place {
	atomic_int state;
	atomic_int fd;
	atomic_int request; /* FastCGI's request number */
};

struct leaving {
	struct place places[PLACES];
	atomic_bool begun;
	const char *program; /* absolute path */
	char **argv;
};

/*
 * Remembers how the program was started; argv must stay.  -1 (logged) when its path cannot be
 * found out.
 */
int leaving_init(struct leaving *, char **argv);

/* The owner of a place says: a connection with a request that will need an answer. */
void place_open(struct leaving *, struct place *, int fd, int request);
/* The answer begins now.  Does not return when somebody else has answered. */
void place_answer(struct place *);
/*
 * The connection is about to be closed or kept.  Does not return when somebody else has answered.
 */
void place_close(struct place *);

/* True once the process is leaving: accept nothing more. */
bool leaving_begun(const struct leaving *);

/*
 * For store_options.leave: answers 503 on every connection whose answer has not begun, waits for
 * those that have (at most a second), and executes the program again: same process, same
 * listening socket.  arg is the struct leaving.
 */
_Noreturn void leaving_now(void *arg, const char *why);

/* Only the last step, for when nothing is open any more. */
_Noreturn void leaving_execute(const struct leaving *);

#endif
