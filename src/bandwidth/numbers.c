/*
 * numbers.c: names for people and for Bandwidth (numbers.h).
 */
#include "base/arena.h"
#include "base/buf.h"
#include "bandwidth/numbers.h"

#define NAME_MAX_CHARS 50

const char *
numbers_outcome_name(enum numbers_outcome outcome)
{
	static const char *const names[] = {"fine", "not found", "exists", "refused",
	    "unauthorized", "forbidden", "busy", "not sent", "unknown"};

	return outcome <= NUMBERS_UNKNOWN ? names[outcome] : "unknown";
}

const char *
numbers_name(struct arena *arena, const char *name)
{
	struct buf out = BUF_INIT(NAME_MAX_CHARS);
	const char *result;

	for (; name != NULL && *name != '\0' && !out.failed; name++) {
		bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');

		if (letter || (*name >= '0' && *name <= '9') || *name == '-' || *name == '_')
			buf_addc(&out, *name);
		else if (out.len > 0 && out.data[out.len - 1] != ' ')
			buf_addc(&out, ' ');
	}
	while (out.len > 0 && out.data[out.len - 1] == ' ')
		buf_cut(&out, out.len - 1);
	result = arena_str(arena, out.len > 0 ? buf_str(&out) : "Texting");
	buf_free(&out);
	return result;
}
