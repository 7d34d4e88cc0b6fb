/*
 * post.h: one claimed message from its POST to its stored result.
 */
#ifndef SPOKE_POST_H
#define SPOKE_POST_H

#include <stdbool.h>
#include <stdint.h>

#include "store/messages.h"
#include "texting/outbox.h"

struct pace;
struct sender;
struct worker;

struct post {
	struct post *next, *prev;
	struct worker *w;
	struct sender *sender;
	struct pace *pace;
	struct arena *arena;
	struct claim claim;
	int64_t cost;	    /* segments, for the pace */
	int64_t generation; /* of the authorization used */
	struct post_answer answer;
	bool withheld; /* what was learned between claim and first byte forbade it */
	bool answered; /* answer is set, but not stored yet */
	int tries;     /* to store it */
	int64_t again; /* monotonic time of the next */
};

/* A post with its arena, for a claim to be made into. */
struct post *post_new(struct worker *, struct sender *);
/* Nothing was claimed. */
void post_drop(struct post *);
/* It is claimed: counts for the pace, and among those under way. */
void post_claimed(struct post *);
/* The claim is durable: posts it.  From now on the post looks after itself. */
void post_begin(struct post *);
/* It must not be posted: back to the queue, as soon as the store takes that. */
void post_withdraw(struct post *, const char *why);
/*
 * Stores the answer and frees the post; 0, or -1 when the store would not take it now.  Then it is
 * to be tried again, as long as this worker lives: nobody else would look at it.
 */
int post_store(struct post *);

#endif
