/*
 * result.h: how an attempt ended, where the caller must branch.
 */
#ifndef SPOKE_RESULT_H
#define SPOKE_RESULT_H

enum result {
	OK = 0,
	NOT_FOUND, /* no such record, or not this organization's */
	EXISTS,	   /* a record with this key is there already */
	REFUSED,   /* the rules of the program forbid it; nothing was changed */
	DAMAGED,   /* a record or a sealed value that cannot be read: logged */
	BUSY,	   /* the store is recovering or overloaded: 503, try again */
	FAILED	   /* could not be done; logged where it was detected */
};

#endif
