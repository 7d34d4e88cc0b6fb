/*
 * range.c: one range of bytes, or all of them (range.h).
 */
#include "http/range.h"

#include <string.h>

#include "base/parse.h"

enum range_kind
range_read(const char *header, int64_t size, int64_t *from, int64_t *length)
{
	int64_t first = 0, last = INT64_MAX;
	*from = 0;
	*length = size;
	if (header == NULL || strncmp(header, "bytes=", 6) != 0)
		return RANGE_WHOLE;
	const char *text = header + 6, *dash = strchr(text, '-');
	if (dash == NULL)
		return RANGE_WHOLE;
	size_t before = (size_t)(dash - text), behind = strlen(dash + 1);
	if ((before == 0 && behind == 0) ||
	    (before > 0 && parse_i64(text, before, 0, INT64_MAX, &first) != 0) ||
	    (behind > 0 && parse_i64(dash + 1, behind, 0, INT64_MAX, &last) != 0))
		return RANGE_WHOLE;
	if (before == 0) { /* the last so many */
		first = last < size ? size - last : 0;
		if (last == 0)
			first = size;
		last = INT64_MAX;
	} else if (last < first) {
		return RANGE_WHOLE;
	}
	if (first >= size)
		return RANGE_OUTSIDE;
	if (last > size - 1)
		last = size - 1;
	*from = first;
	*length = last - first + 1;
	return RANGE_PART;
}
