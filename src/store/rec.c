/*
 * rec.c: what the record files share.
 */
#include "store/rec.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/parse.h"
#include "org/message.h"

/* A callback may have 4 MiB; as a string in a record every byte may need two. */
#define RECORD_MAX ((size_t)9 * 1024 * 1024)
#define OPAQUE_MAX 200

/* ---- keys -------------------------------------------------------------------- */

void
key_org(struct key *k, uint32_t org)
{
	key_start(k);
	key_u32(k, org);
}

void
key_id(struct key *k, const char *id)
{
	if (message_id_valid(id))
		key_u64(k, message_id_number(id));
	else
		k->failed = true;
}

void
key_opaque(struct key *k, const char *text)
{
	unsigned char hash[SHA256_BYTES];
	size_t n = strlen(text);

	if (n <= OPAQUE_MAX) {
		key_u8(k, 0);
		key_text(k, text);
		return;
	}
	crypto_sha256(text, n, hash);
	key_u8(k, 1);
	key_bytes(k, hash, sizeof hash);
}

const char *
key_last_id(const struct bytes *key, struct arena *a)
{
	struct key_reader r = {key->p, key->n};
	uint64_t number;
	char *id;

	if (key->n < 8)
		return NULL;
	r.p += key->n - 8;
	r.left = 8;
	if (key_read_u64(&r, &number) != 0)
		return NULL;
	id = arena_alloc(a, MESSAGE_ID);
	message_id_text(number, id);
	return id;
}

const char *
key_hex(const struct bytes *key, struct arena *a)
{
	char *hex = arena_alloc(a, key->n * 2 + 1);

	hex_text(key->p, key->n, hex);
	return hex;
}

void
key_from_hex(struct key *k, const char *hex)
{
	static const char digits[] = "0123456789abcdef";
	const char *high, *low;

	key_start(k);
	for (; hex[0] != '\0'; hex += 2) {
		high = strchr(digits, hex[0]);
		low = hex[1] == '\0' ? NULL : strchr(digits, hex[1]);
		if (high == NULL || low == NULL) {
			k->failed = true;
			return;
		}
		key_u8(k, (uint8_t)((high - digits) << 4 | (low - digits)));
	}
}

/* ---- values ------------------------------------------------------------------ */

/* Name of a table, for the log. */
static const char *
name_of(enum table t)
{
	static const char *const names[] = {
#define T(id, file) [T_##id] = file,
	    STORE_TABLES(T)
#undef T
	};

	return names[t];
}

enum result
rec_read(enum table t, const struct bytes *value, const struct field *fields, struct arena *a,
    void *record)
{
	if (record_read(fields, value->p, value->n, a, record) == 0)
		return OK;
	log_error("store: a record in %s can't be read", name_of(t));
	return DAMAGED;
}

enum result
rec_get(struct tx *tx, enum table t, const struct key *k, bool for_update,
    const struct field *fields, struct arena *a, void *record)
{
	struct bytes value;
	enum result r = kv_get(tx, t, k, for_update, &value);

	return r == OK ? rec_read(t, &value, fields, a, record) : r;
}

typedef enum result (*put_fn)(struct tx *, enum table, const struct key *, const void *, size_t);

static enum result
put(struct tx *tx, enum table t, const struct key *k, const struct field *fields,
    const void *record, put_fn fn)
{
	struct buf text = BUF_INIT(RECORD_MAX);
	enum result r = FAILED;

	record_write(fields, record, &text);
	if (text.failed)
		log_error("store: a record for %s is too long", name_of(t));
	else
		r = fn(tx, t, k, text.data, text.len);
	buf_free(&text);
	return r;
}

enum result
rec_put(struct tx *tx, enum table t, const struct key *k, const struct field *fields,
    const void *record)
{
	return put(tx, t, k, fields, record, kv_put);
}

enum result
rec_put_new(struct tx *tx, enum table t, const struct key *k, const struct field *fields,
    const void *record)
{
	return put(tx, t, k, fields, record, kv_put_new);
}

enum result
rec_get_number(struct tx *tx, enum table t, const struct key *k, bool for_update, int64_t *value)
{
	struct bytes b;
	enum result r;

	*value = 0;
	r = kv_get(tx, t, k, for_update, &b);
	if (r == OK && parse_i64(b.p, b.n, INT64_MIN, INT64_MAX, value) != 0) {
		log_error("store: a number in %s can't be read", name_of(t));
		r = DAMAGED;
	}
	return r;
}

enum result
rec_put_number(struct tx *tx, enum table t, const struct key *k, int64_t value)
{
	const char *text = arena_fmt(tx_arena(tx), "%lld", (long long)value);

	return kv_put(tx, t, k, text, strlen(text));
}

enum result
rec_get_text(struct tx *tx, enum table t, const struct key *k, bool for_update, struct arena *a,
    const char **value)
{
	struct bytes b;
	enum result r;

	*value = NULL;
	r = kv_get(tx, t, k, for_update, &b);
	if (r == OK)
		*value = arena_dup(a, b.p, b.n);
	return r;
}

/* ---- lists ------------------------------------------------------------------- */

void *
rec_list_add(struct rec_list *l)
{
	void *more;

	if (l->count == l->room) {
		l->room = l->room == 0 ? 16 : l->room * 2;
		more = arena_alloc(l->arena, l->room * l->size);
		if (l->count > 0)
			memcpy(more, l->items, l->count * l->size);
		l->items = more;
	}
	return (char *)l->items + l->size * l->count++;
}

void
rec_list_drop(struct rec_list *l)
{
	l->count--;
	memset((char *)l->items + l->size * l->count, 0, l->size);
}

/* ---- clearing out -------------------------------------------------------------- */

/* Remembers where a sweep stopped; a key of no bytes: it came to the end. */
static enum result
sweep_remember(struct tx *tx, const struct key *place, const struct bytes *last)
{
	char hex[2 * KEY_MAX + 1];
	enum result r;

	if (last->n == 0) {
		r = kv_del(tx, T_META, place);
		return r == NOT_FOUND ? OK : r;
	}
	hex_text(last->p, last->n, hex);
	return kv_put(tx, T_META, place, hex, 2 * last->n);
}

/* Looks at entries from the cursor on; *last is where it stopped, empty at the end. */
static enum result
sweep_walk(
    struct cursor *c, size_t max, rec_old_fn fn, void *arg, struct bytes *last, size_t *removed)
{
	struct bytes key, value;
	enum result r = OK;
	size_t i;

	for (i = 0; i < max; i++) {
		r = cursor_next(c, &key, &value);
		if (r != OK)
			break;
		*last = key;
		if (!fn(&key, &value, arg))
			continue;
		r = cursor_del(c);
		if (r != OK)
			break;
		(*removed)++;
	}
	if (r == NOT_FOUND)
		last->n = 0;
	return r == NOT_FOUND ? OK : r;
}

enum result
rec_sweep(struct tx *tx, enum table t, const struct key *prefix, const char *name, size_t max,
    rec_old_fn fn, void *arg, size_t *removed, bool *more)
{
	struct key place, from;
	struct bytes last = {NULL, 0};
	const char *hex;
	struct cursor *c;
	size_t n = 0;
	enum result r;

	key_start(&place);
	key_text(&place, name);
	r = rec_get_text(tx, T_META, &place, true, tx_arena(tx), &hex);
	if (r != OK && r != NOT_FOUND)
		return r;
	key_from_hex(&from, hex == NULL ? "" : hex);
	c = cursor_open(tx, t, prefix, hex == NULL || from.failed ? NULL : &from, false);
	cursor_for_update(c);
	r = sweep_walk(c, max, fn, arg, &last, &n);
	cursor_close(c);
	if (removed != NULL)
		*removed = n;
	if (more != NULL)
		*more = last.n > 0;
	return r == OK ? sweep_remember(tx, &place, &last) : r;
}
