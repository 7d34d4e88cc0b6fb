/*
 * order_parts.h: what the kinds of orders are called (orders.c, order_read.c).
 */
#ifndef SPOKE_ORDER_PARTS_H
#define SPOKE_ORDER_PARTS_H

struct order_words {
	const char *path;    /* "orders" */
	const char *element; /* which has the IDs */
	const char *done;    /* which has the numbers that it was done for */
};
extern const struct order_words order_words[]; /* by enum order_kind */

#endif
