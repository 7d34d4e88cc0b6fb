/*
 * form.h: application/x-www-form-urlencoded bodies and query strings (WHATWG
 * URL standard, section 5.1).
 */
#ifndef SPOKE_FORM_H
#define SPOKE_FORM_H

#include <stddef.h>

struct arena;

#define FORM_MAX_FIELDS 200

struct form_field {
	const char *name;
	const char *value; /* decoded, NUL behind it */
	size_t len;
};
struct form {
	struct form_field *fields;
	size_t count;
};

/*
 * Parses n bytes, at most FORM_MAX_FIELDS fields.  0, or -1 with *why (a
 * sentence) when a field is not well-formed: bad escape, NUL, invalid UTF-8,
 * control characters other than newline, carriage return and tab, a name
 * given twice, or too many fields.  CR LF, and a CR alone, becomes a newline.
 * Empty pieces ("a=1&&b=2") are left out, as the standard has it.
 */
int form_parse(const char *p, size_t n, struct arena *, struct form *, const char **why);

/* Value of a field, or NULL when it was not sent. */
const char *form_get(const struct form *, const char *name);

#endif
