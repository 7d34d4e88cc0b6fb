/*
 * json.h: JSON in and out, over json-c, with its leniencies taken away.
 *
 * Values are json-c's, seen here as an opaque type so that no other folder
 * includes its headers.
 */
#ifndef SPOKE_JSON_H
#define SPOKE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
typedef struct json_object json;

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,
	JSON_DOUBLE,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/*
 * Parses n bytes as one JSON text (RFC 8259).  The bytes are checked first by
 * our own scanner, because json-c 0.16 lets duplicate keys, NaN, \u0000 in
 * keys and saturating integers through even in strict mode: refused are
 * invalid UTF-8, unescaped control characters, lone surrogate escapes,
 * duplicate keys in one object, NUL in a key, nesting deeper than depth,
 * integers outside int64, other numbers outside double, comments, trailing
 * commas and trailing bytes.  depth counts arrays and objects within each
 * other ("[]" has 1); more than JSON_DEPTH_MAX is never allowed.
 * Returns a value owned by the caller, or NULL with *why set to a sentence
 * (static string) and *at (may be NULL) to the offset.  The JSON text "null"
 * yields a NULL value too: tell by *why == NULL.
 */
#define JSON_DEPTH_MAX 128
json *json_parse(const char *p, size_t n, int depth, const char **why, size_t *at);
void json_free(json *); /* NULL allowed */

/*
 * Writes \ufffd over each escape of half a surrogate pair, and returns how many there were: what
 * cut a text in the middle of an emoji must not make it unreadable.  The bytes need not be JSON.
 */
size_t json_mend_surrogates(char *p, size_t n);

enum json_kind json_kind(const json *); /* NULL is JSON_NULL */

/*
 * Looking; all take NULL or the wrong kind and then find nothing.  Results are
 * borrowed.  json_get: NULL if absent or null; json_has: present, even as null.
 * json_text: NULL unless a string; it may hold NULs, *n tells (n may be NULL).
 */
json *json_get(const json *object, const char *key);
bool json_has(const json *object, const char *key);
size_t json_len(const json *array);
json *json_at(const json *array, size_t i);
const char *json_text(const json *value, size_t *n);

/* Of an object's member; def or NULL when absent or of another kind.
 * json_get_text: a string copied into the arena, with each NUL byte in it
 * replaced by U+FFFD, so that the result is the whole text. */
char *json_get_text(const json *object, const char *key, struct arena *);
int64_t json_get_int(const json *object, const char *key, int64_t def);
bool json_get_bool(const json *object, const char *key, bool def);
/* Same as json_get_text for a value itself. */
char *json_copy_text(const json *value, struct arena *);
int64_t json_int(const json *value, int64_t def);

/* Calls fn for each member of an object, in the order of the text. */
void json_each(const json *object, void (*fn)(const char *key, json *value, void *arg), void *arg);

/* Making.  json_put and json_add take over the child; a NULL child or text is
 * null; a key that is there is replaced.  Text and keys should be UTF-8; what
 * is not becomes U+FFFD.  Out of memory: panic, as in arena.h. */
json *json_object_new(void);
json *json_array_new(void);
void json_put(json *object, const char *key, json *child);
void json_put_text(json *object, const char *key, const char *s);
void json_put_textn(json *object, const char *key, const char *p, size_t n);
void json_put_int(json *object, const char *key, int64_t v);
void json_put_bool(json *object, const char *key, bool v);
void json_put_null(json *object, const char *key);
void json_add(json *array, json *child);
void json_add_text(json *array, const char *s);

/* Appends the value as compact text ("null" for NULL); slashes not escaped. */
void json_write(const json *, struct buf *);

/* Appends p as a JSON string with its quotes (for writers that build text
 * directly). */
void json_write_text(struct buf *, const char *p, size_t n);

#endif
