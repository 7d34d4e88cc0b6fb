/*
 * form.c: takes form bodies and query strings apart; the only place that does.
 */
#include <string.h>

#include "base/arena.h"
#include "base/form.h"
#include "base/parse.h"
#include "base/url.h"

/* CR LF and CR become LF, in place; returns the new length. */
static size_t
unify_newlines(char *s, size_t n)
{
	size_t from, to = 0;

	for (from = 0; from < n; from++) {
		if (s[from] == '\r' && from + 1 < n && s[from + 1] == '\n')
			continue;
		s[to++] = s[from] == '\r' ? '\n' : s[from];
	}
	s[to] = '\0';
	return to;
}

/* Decodes and checks one half of a field. */
static char *
take_text(const char *p, size_t n, struct arena *a, size_t *len, const char **why)
{
	char *text = url_decode(p, n, true, a, len);

	if (text == NULL) {
		*why = "The form holds a percent sign that is not followed by two hexadecimal "
		       "digits.";
		return NULL;
	}
	*len = unify_newlines(text, *len);
	if (!utf8_valid(text, *len)) {
		*why = "The form holds bytes that are not UTF-8 text.";
		return NULL;
	}
	if (!text_valid(text, *len, true)) {
		*why = "The form holds control characters.";
		return NULL;
	}
	return text;
}

static int
take_field(const char *p, size_t n, struct arena *a, struct form *form, const char **why)
{
	struct form_field *field = &form->fields[form->count];
	const char *equals = memchr(p, '=', n);
	size_t namelen = equals != NULL ? (size_t)(equals - p) : n, len = 0;
	const char *value = equals != NULL ? equals + 1 : p + n;

	field->name = take_text(p, namelen, a, &len, why);
	if (field->name == NULL)
		return -1;
	if (form_get(form, field->name) != NULL) {
		*why = "The form holds a field twice.";
		return -1;
	}
	field->value = take_text(value, (size_t)(p + n - value), a, &field->len, why);
	if (field->value == NULL)
		return -1;
	form->count++;
	return 0;
}

/* Number of pieces that are not empty. */
static size_t
count_fields(const char *p, size_t n)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++) {
		if (p[i] != '&' && (i == 0 || p[i - 1] == '&'))
			count++;
	}
	return count;
}

int
form_parse(const char *p, size_t n, struct arena *a, struct form *form, const char **why)
{
	const char *end = NULL, *amp = NULL, *next = NULL;
	size_t count;

	form->fields = NULL;
	form->count = 0;
	*why = NULL;
	count = count_fields(p, n);
	if (count > FORM_MAX_FIELDS) {
		*why = "The form has more than 200 fields.";
		return -1;
	}
	if (count == 0)
		return 0;
	form->fields = arena_alloc(a, count * sizeof(*form->fields));
	for (end = p + n; p < end; p = next) {
		amp = memchr(p, '&', (size_t)(end - p));
		next = amp != NULL ? amp + 1 : end;
		if (amp == NULL)
			amp = end;
		if (amp > p && take_field(p, (size_t)(amp - p), a, form, why) < 0)
			return -1;
	}
	return 0;
}

const char *
form_get(const struct form *form, const char *name)
{
	size_t i;

	for (i = 0; i < form->count; i++) {
		if (strcmp(form->fields[i].name, name) == 0)
			return form->fields[i].value;
	}
	return NULL;
}
