/*
 * orders.h: an order for numbers as the API takes and shows it.
 */
#ifndef SIM_NUMBERS_ORDERS_H
#define SIM_NUMBERS_ORDERS_H

#include "numbers/numbers.h"

/*
 * Writes the Order element; the id stands in the answer to a POST alone, and
 * not if the order was refused.
 */
void order_write(struct buf *, const struct tn_order *, bool with_id);

/* Writes ErrorList, if there are errors. */
void order_errors(struct buf *, const struct tn_order *);

/* Alphanumeric, dashes and spaces, at most 40; NULL is good too. */
bool order_good_customer_id(const char *);

/* The texts of a TelephoneNumberList; false if one is not E.164. */
bool order_numbers(struct tns *, xmlNode *list);

#endif
