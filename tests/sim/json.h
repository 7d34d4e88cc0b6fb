/*
 * json.h: RFC 8259 to the letter, and short ways to read and write objects.
 *
 * json-c forgives comments, single quotes and NaN, so json_read checks the
 * bytes first: Bandwidth's servers do not forgive.
 */
#ifndef SIM_JSON_H
#define SIM_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

/*
 * Returns the value in n bytes, or NULL with *why set to a static text.
 * Exactly one value, UTF-8, at most 32 levels.  Free with json_object_put.
 */
json_object *json_read(const char *p, size_t n, const char **why);

/* Members of an object; the default if absent or of another type. */
const char *json_text(json_object *, const char *key, const char *dflt);
double json_num(json_object *, const char *key, double dflt);
bool json_flag(json_object *, const char *key, bool dflt);
json_object *json_get(json_object *, const char *key);	/* or NULL */

/* Add members; put_text with NULL adds null. */
void put_text(json_object *, const char *key, const char *v);
void put_int(json_object *, const char *key, int64_t v);
void put_flag(json_object *, const char *key, bool v);
void put_time(json_object *, const char *key, int64_t us);	/* 0: null */

/* The text of a value as an owned string. */
char *json_dump(json_object *);

#endif
