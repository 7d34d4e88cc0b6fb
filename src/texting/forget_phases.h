/*
 * forget_phases.h: the phases of forgetting a person (forget.h); inside texting/ only.
 */
#ifndef SPOKE_FORGET_PHASES_H
#define SPOKE_FORGET_PHASES_H

#include "texting/forget.h"

#define FORGET_LOOKS 500 /* entries that are looked at in one transaction */

/* forget_messages.c: those to and from the person, then groups and what others wrote. */
enum result forget_find_messages(struct tx *, struct forget_piece *);
enum result forget_messages(struct tx *, struct forget_piece *);
enum result forget_find_groups(struct tx *, struct forget_piece *);
enum result forget_groups(struct tx *, struct forget_piece *);
/* forget_events.c */
enum result forget_find_events(struct tx *, struct forget_piece *);
enum result forget_events(struct tx *, struct forget_piece *);

/*
 * Came something in after it was asked for, when our clock said ours, and Bandwidth's theirs (0: not
 * said)?  What a clock ahead took before has a time that is still to come.
 */
bool forget_came_since(const struct forget_piece *, struct tx *, int64_t ours, int64_t theirs);

/* Entries of a table that mention the number, behind d.at. */
enum result forget_find_in(struct tx *, struct forget_piece *, enum table);

#endif
