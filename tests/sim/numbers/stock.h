/*
 * stock.h: telephone numbers, ours and those still to be had.
 *
 * One table for all: a number of an account, on a location or not, or one
 * that is for sale (no account).  world.c configures them, messages look them
 * up, search.c finds and fulfil.c sells them.  Every function: lock held.
 */
#ifndef SIM_NUMBERS_STOCK_H
#define SIM_NUMBERS_STOCK_H

#include <json-c/json.h>

#include "numbers/estate.h"
#include "world.h"

/*
 * Adds or changes numbers: number, or first and count, or numbers (array);
 * with account application location enabled status sms campaign verification
 * city state rate_center lata zip near.  NULL, or an owned complaint.
 */
char *stock_apply(struct sim *, json_object *);

/* The same as stock_apply, for numbers that are for sale. */
char *stock_offer(struct sim *, json_object *);

/* Takes numbers off the earth: number, numbers or first and count. */
char *stock_remove(struct sim *, json_object *);

/* As /_sim/config shows one. */
json_object *stock_show(const struct number *);

/* Inservice, InAccount, Aging, Available. */
const char *stock_status(const struct number *);

bool stock_toll_free(const char *tn);

/* What a list of numbers is about; NULL: any. */
struct stock_query {
	const char *account, *location, *status, *number;
	const struct criteria *for_sale;	/* only what meets them */
};

/* All that fit, in the order of their digits; free the array alone. */
struct number **stock_find(struct sim *, const struct stock_query *, long *n);

/* Numbers of that location are of no location any more. */
void stock_loosen(struct sim *, const char *account, const char *location);

/* As the API writes a number: E.164, or as the setting ten_digits has it. */
const char *stock_written(struct sim *, const char *tn);

void stock_free(struct world *);

#endif
