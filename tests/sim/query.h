/*
 * query.h: the parameters of GET .../messages, checked and typed.
 */
#ifndef SIM_QUERY_H
#define SIM_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#define QUERY_NUMBERS 10

struct numbers {
	char *text;			/* owned; the pieces point into it */
	const char *one[QUERY_NUMBERS];
	int n;
	bool prefix;			/* a single partial number */
};

struct query {
	int given;			/* parameters, of whatever kind */
	char *message_id;
	struct numbers source, destination;
	char *status, *direction, *type, *carrier;
	char *other;			/* a filter on something never set */
	long long error_code;		/* -1: any */
	int64_t from, to;
	long long from_segments, to_segments;
	long long limit, offset;
	char *sort;			/* field */
	bool descending;
};

/* Reads a query string; NULL, or an owned complaint. */
char *query_read(const char *text, struct query *);
void query_free(struct query *);

#endif
