/*
 * iris_fields.c: texts, IDs and telephone numbers in answers of the Numbers API (iris.h).
 *
 * What is read is a stranger's: it is bounded, and is what it claims to be, or is absent.
 */
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "base/phone.h"
#include "base/url.h"
#include "bandwidth/iris.h"
#include "bandwidth/words.h"

#define ID_MAX 100

const char *
iris_text(const struct xml *element, const char *name, struct arena *arena, size_t max)
{
	const char *text = xml_text(element, name);

	return text != NULL ? words_clean(arena, text, max) : NULL;
}

/* Can the n bytes be an ID that goes into an address and a log? */
static bool
id_valid(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~' || strchr("/\\?#%&<>\"'", s[i]) != NULL)
			return false;
	return n > 0 && n <= ID_MAX && s[strspn(s, ".")] != '\0';
}

const char *
iris_id(const struct xml *element, const char *name, struct arena *arena)
{
	const char *text = xml_text(element, name);

	return text != NULL && id_valid(text, strlen(text)) ? arena_str(arena, text) : NULL;
}

bool
iris_is_true(const struct xml *element, const char *name)
{
	const char *text = xml_text(element, name);

	return text != NULL && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

int64_t
iris_int(const struct xml *element, const char *name)
{
	const char *text = xml_text(element, name);
	int64_t value;

	if (text == NULL || parse_i64(text, strlen(text), 0, INT32_MAX, &value) != 0)
		return -1;
	return value;
}

const char *
iris_location_id(const struct http_answer *answer, struct arena *arena)
{
	const char *start = answer->location, *end, *id;
	size_t n;

	if (start == NULL)
		return NULL;
	end = start + strcspn(start, "?#");
	while (end > start && end[-1] == '/')
		end--;
	for (id = end; id > start && id[-1] != '/'; id--)
		;
	id = url_decode(id, (size_t)(end - id), false, arena, &n);
	return id != NULL && strlen(id) == n && id_valid(id, n) ? id : NULL;
}

const char *
iris_e164(struct arena *arena, const char *text)
{
	size_t n = text != NULL ? strlen(text) : 0;

	if (digits_valid(text, n, 10, 10))
		return arena_fmt(arena, "+1%s", text);
	if (digits_valid(text, n, 11, 11) && text[0] == '1')
		return arena_fmt(arena, "+%s", text);
	return n > 0 && phone_is_e164(text) ? arena_str(arena, text) : NULL;
}

const char *
iris_number(const struct xml *element, struct arena *arena)
{
	const char *text = xml_text(element, "FullNumber");

	if (text == NULL)
		text = xml_text(element, "TelephoneNumber");
	if (text == NULL && element != NULL)
		text = element->text;
	return iris_e164(arena, text);
}

/* Counts the numbers below an element, and stores them if there is somewhere to. */
static size_t
gather(const struct xml *element, struct arena *arena, const char **out, size_t n)
{
	const char *number;

	for (; element != NULL; element = element->next) {
		bool leaf = element->child == NULL &&
			    (xml_is(element, "TelephoneNumber") || xml_is(element, "FullNumber"));

		number = leaf ? iris_e164(arena, element->text) : NULL;
		if (number != NULL && out != NULL)
			out[n] = number;
		n += number != NULL;
		n = gather(element->child, arena, out, n);
	}
	return n;
}

struct text_list
iris_below(const struct xml *element, struct arena *arena)
{
	const struct xml *child = element != NULL ? element->child : NULL;
	struct text_list list = {NULL, gather(child, arena, NULL, 0)};

	list.items = arena_alloc(arena, (list.count + 1) * sizeof(*list.items));
	gather(child, arena, list.items, 0);
	return list;
}
