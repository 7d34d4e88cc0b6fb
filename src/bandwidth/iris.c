/*
 * iris.c: what every answer of the Numbers API says (numbers.h, iris.h).
 *
 * The rule: what is certain is said, everything else is UNKNOWN, because what is asked for here
 * costs money or makes things twice.
 */
#include <string.h>

#include "base/arena.h"
#include "bandwidth/iris.h"
#include "bandwidth/words.h"

#define JSON_DEPTH 16

/* Which kind of body it is; a page in HTML may be well-formed XML too. */
static void
read_body(const struct http_answer *answer, struct arena *arena, struct iris_document *out,
    const char **why)
{
	const char *json_why;
	size_t blanks;

	*why = NULL;
	blanks = strspn(answer->body, " \t\r\n");
	if (blanks == answer->length)
		return;
	out->body = IRIS_BODY_FOREIGN;
	if (answer->body[blanks] == '{') {
		out->json = json_parse(answer->body, answer->length, JSON_DEPTH, &json_why, NULL);
		*why = json_why;
		if (out->json != NULL)
			out->body = IRIS_BODY_JSON;
		return;
	}
	out->xml = xml_read(answer->body, answer->length, arena, why);
	if (xml_is(out->xml, "html")) {
		out->xml = NULL;
		*why = "it is a page in HTML";
	} else if (out->xml != NULL) {
		out->body = IRIS_BODY_XML;
	}
}

static enum numbers_outcome
judge(int status, enum iris_body body, bool error)
{
	switch (status) {
	case 401:
		return NUMBERS_UNAUTHORIZED;
	case 403:
		return NUMBERS_FORBIDDEN;
	case 404:
	case 410:
		return NUMBERS_NOT_FOUND;
	case 408:
		return NUMBERS_UNKNOWN;
	case 409:
		return NUMBERS_EXISTS;
	case 429:
		return NUMBERS_BUSY;
	default:
		break;
	}
	if (status >= 400 && status < 500)
		return NUMBERS_REFUSED;
	if (status < 200 || status >= 300 || body == IRIS_BODY_FOREIGN)
		return NUMBERS_UNKNOWN;
	return error ? NUMBERS_REFUSED : NUMBERS_FINE;
}

void
iris_open(const struct http_answer *answer, struct arena *arena, struct numbers_head *head,
    struct iris_document *out)
{
	const char *why;

	memset(head, 0, sizeof(*head));
	memset(out, 0, sizeof(*out));
	head->status = answer->status;
	head->retry_after = answer->retry_after;
	head->words = "";
	if (answer->reach != HTTP_ANSWERED) {
		head->outcome =
		    answer->reach == HTTP_NOT_BEGUN ? NUMBERS_NOT_SENT : NUMBERS_UNKNOWN;
		head->words = answer_words(answer, NULL, arena);
		return;
	}
	out->whole = true;
	read_body(answer, arena, out, &why);
	iris_errors(out, arena, head);
	head->outcome = judge(answer->status, out->body, head->code != 0);
	if (iris_success(head, out) && out->body == IRIS_BODY_FOREIGN)
		head->words = arena_fmt(arena, "Bandwidth's answer could not be read: %s", why);
	else if (head->outcome != NUMBERS_FINE && *head->words == '\0')
		head->words = answer_words(answer, out->json, arena);
}

void
iris_done(struct iris_document *document)
{
	json_free(document->json);
	document->json = NULL;
}

void
iris_unreadable(struct numbers_head *head, const char *words)
{
	head->outcome = NUMBERS_UNKNOWN;
	head->words = words;
}

void
iris_accept(struct numbers_head *head, const struct iris_document *document)
{
	if (iris_success(head, document))
		head->outcome = NUMBERS_FINE;
}

bool
iris_success(const struct numbers_head *head, const struct iris_document *document)
{
	return document->whole && head->status >= 200 && head->status < 300;
}

const struct xml *
iris_list(struct numbers_head *head, const struct iris_document *document, const char *root,
    const char *list)
{
	if (head->outcome != NUMBERS_FINE)
		return NULL;
	if (head->status == 204 && document->body == IRIS_BODY_NONE)
		return NULL;
	if (!xml_is(document->xml, root)) {
		iris_unreadable(head, "Bandwidth's answer is not the list that was asked for");
		return NULL;
	}
	return xml_find(document->xml, list);
}

size_t
iris_count(const struct xml *list, const char *name)
{
	const struct xml *item;
	size_t n = 0;

	for (item = xml_child(list, name); item != NULL; item = xml_next(item, name))
		n++;
	return n;
}
