/*
 * iris.h: what the files of the Numbers API share (numbers.h; Iris is Bandwidth's own name for
 * it): addresses, requests, and the reading of what stands in every answer.
 */
#ifndef SPOKE_IRIS_H
#define SPOKE_IRIS_H

#include "base/json.h"
#include "bandwidth/client.h"
#include "bandwidth/numbers.h"
#include "bandwidth/xml.h"
#include "org/record.h"

struct buf;

/* ---- requests -------------------------------------------------------- */

/*
 * "{url}/accounts/{id}/a/b/…" of the parts given, each escaped.  One that is NULL, empty or made
 * of dots only becomes "-", which names nothing: an address must not turn into another one.
 */
#define IRIS_URL(arena, account, ...)                                \
	iris_url(arena, account, (const char *const[]){__VA_ARGS__}, \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
const char *iris_url(
    struct arena *, const struct numbers_account *, const char *const *parts, size_t count);
/* The same beside the accounts: "{url}/a/b/…". */
const char *iris_url_beside(
    struct arena *, const struct numbers_account *, const char *const *parts, size_t count);
/* The address with "?name=value" or "&name=value" behind it; as it is for a NULL value. */
const char *iris_query(struct arena *, const char *url, const char *name, const char *value);

void iris_get(struct http_request *, const char *url);
/* The same with room and time for a long list. */
void iris_get_list(struct http_request *, const char *url);
/* The writer is finished. */
void iris_send(
    struct http_request *, struct arena *, enum http_method, const char *url, struct xml_writer *);

/* ---- answers --------------------------------------------------------- */

enum iris_body {
	IRIS_BODY_NONE, /* no answer, or an empty one */
	IRIS_BODY_XML,
	IRIS_BODY_JSON,
	IRIS_BODY_FOREIGN /* a page in HTML, a cut or damaged body */
};

struct iris_document {
	bool whole; /* there was a whole answer */
	enum iris_body body;
	const struct xml *xml; /* the root, or NULL */
	json *json;	       /* an object, or NULL; free with iris_done */
};
/*
 * Fills in the head, with all errors named anywhere in the body, as far as it can be told
 * without knowing what was asked for: a 2xx that names an error is REFUSED, one with a foreign
 * body UNKNOWN.
 */
void iris_open(
    const struct http_answer *, struct arena *, struct numbers_head *, struct iris_document *);
void iris_done(struct iris_document *);

/* The answer turns out to be unreadable: UNKNOWN, with these words. */
void iris_unreadable(struct numbers_head *, const char *words);
/* A 2xx that does what was asked for, whatever errors it names. */
void iris_accept(struct numbers_head *, const struct iris_document *);
/* A whole answer with a status of 2xx? */
bool iris_success(const struct numbers_head *, const struct iris_document *);

/*
 * The list of an answer in XML whose root has that name: the element `list` within it, which
 * may be absent (*there tells).  Makes the head UNKNOWN when it was FINE but the document is
 * another one, so that a list is never taken for empty by mistake; 204 is an empty list.
 */
const struct xml *iris_list(
    struct numbers_head *, const struct iris_document *, const char *root, const char *list);
size_t iris_count(const struct xml *list, const char *name);

/* iris_errors.c: fills in errors, error_count, code and, if there are any, words. */
void iris_errors(const struct iris_document *, struct arena *, struct numbers_head *);

/* ---- fields ---------------------------------------------------------- */

#define IRIS_TEXT_MAX ((size_t)300)
#define IRIS_ADDRESS_MAX ((size_t)4000)

/* A child's text, clean and cut at max bytes; NULL when absent or empty. */
const char *iris_text(const struct xml *, const char *name, struct arena *, size_t max);
/* A child's text as an ID: 1 to 100 printable ASCII characters that can be part of an address;
 * else NULL. */
const char *iris_id(const struct xml *, const char *name, struct arena *);
bool iris_is_true(const struct xml *, const char *name);
/* A child's text as a count; -1 when it is none. */
int64_t iris_int(const struct xml *, const char *name);
/* The last part of the Location header's path as an ID, or NULL. */
const char *iris_location_id(const struct http_answer *, struct arena *);

/* E.164 of what Bandwidth writes: that, 10 digits, or 11 beginning with 1; else NULL. */
const char *iris_e164(struct arena *, const char *text);
/* The number of an element: its child FullNumber or TelephoneNumber, or its own text. */
const char *iris_number(const struct xml *, struct arena *);
/* All numbers below an element, in the document's order; those that are none are left out. */
struct text_list iris_below(const struct xml *, struct arena *);

#endif
