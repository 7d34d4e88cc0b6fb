/*
 * json_scan.h: the check of JSON text before json-c sees it (for json.c and json_mend.c only).
 */
#ifndef SPOKE_JSON_SCAN_H
#define SPOKE_JSON_SCAN_H

#include <stddef.h>

/*
 * Are the n bytes one JSON text as json_parse (json.h) demands it?  0, or -1
 * with *why and the offset in *at.  Takes time in proportion to n log n at
 * worst, and nothing from the stack however deep the text nests.
 */
int json_scan(const char *p, size_t n, int depth, const char **why, size_t *at);

/* The value of a hexadecimal digit, or -1. */
int json_hex_digit(char c);

#endif
