/*
 * stock_parts.h: how a number is read, for the lists of stock.c and the search of search.c.
 */
#ifndef SPOKE_STOCK_PARTS_H
#define SPOKE_STOCK_PARTS_H

struct arena;
struct stock_number;
struct xml;

/* Fills in what the element says; number is NULL when it is none. */
void stock_read_number(const struct xml *, struct arena *, struct stock_number *);

#endif
