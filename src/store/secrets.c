/*
 * secrets.c: sealed values, one for each organization and field.
 *
 * Table: SECRETS.  A record is {"k": key id, "v": base64 of the sealed value,
 * "c": when it was sealed}.  The key and its id are derived from the secret
 * apart from each other, so that the id tells nothing of the key.
 */
#include "store/secrets.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/settings.h"
#include "store/meta.h"
#include "store/rec.h"

#define KEY_INFO "spoke-bandwidth sealing key 1"
#define KEY_ID_INFO "spoke-bandwidth sealing key id 1"
#define KEY_BYTES 32
#define KEY_ID 9 /* 8 hex digits */
#define SEALED_MAX ((size_t)128 * 1024)
#define FIELD_NAME_MAX 100

struct sealed {
	const char *k;
	const char *v;
	int64_t c;
};

static const struct field sealed_fields[] = {
    FIELD(struct sealed, FIELD_TEXT, k),
    FIELD(struct sealed, FIELD_TEXT, v),
    FIELD(struct sealed, FIELD_INT, c),
    FIELD_END,
};

/* ---- keys ---------------------------------------------------------------------- */

static int
key_id_of(const char *secret, char id[KEY_ID])
{
	unsigned char derived[KEY_BYTES], hash[SHA256_BYTES];

	if (crypto_hkdf(secret, strlen(secret), KEY_ID_INFO, derived, sizeof derived) != 0)
		return -1;
	crypto_sha256(derived, sizeof derived, hash);
	hex_text(hash, (KEY_ID - 1) / 2, id);
	crypto_wipe(derived, sizeof derived);
	return 0;
}

/* The secret whose key has this id, or NULL. */
static const char *
secret_of(const struct settings *s, const char *id)
{
	const char *const secrets[] = {s->session_secret, s->session_secret_previous};
	char known[KEY_ID];
	size_t i;

	for (i = 0; i < 2; i++) {
		if (secrets[i] != NULL && *secrets[i] != '\0' &&
		    key_id_of(secrets[i], known) == 0 && strcmp(known, id) == 0)
			return secrets[i];
	}
	return NULL;
}

/* What binds a value to its place. */
static const char *
place_of(struct arena *a, uint32_t org, const char *field)
{
	return arena_fmt(a, "spoke-bandwidth secret 1|%lu|%s", (unsigned long)org, field);
}

static void
secret_key(struct key *k, uint32_t org, const char *field)
{
	key_org(k, org);
	key_text(k, field);
	if (strlen(field) > FIELD_NAME_MAX)
		k->failed = true;
}

/* ---- sealing and opening ----------------------------------------------------------- */

typedef enum result (*put_fn)(
    struct tx *, enum table, const struct key *, const struct field *, const void *);

/* Seals with the secret of today and writes. */
static enum result
seal(struct tx *tx, const char *secret, uint32_t org, const char *field, const char *value,
    size_t n, put_fn put)
{
	struct buf sealed = BUF_INIT(SEALED_MAX), text = BUF_INIT(2 * SEALED_MAX);
	const char *place = place_of(tx_arena(tx), org, field);
	unsigned char key[KEY_BYTES];
	struct sealed record;
	char id[KEY_ID];
	enum result r = FAILED;
	struct key k;

	if (key_id_of(secret, id) != 0 ||
	    crypto_hkdf(secret, strlen(secret), KEY_INFO, key, sizeof key) != 0 ||
	    crypto_seal(key, place, strlen(place), value, n, &sealed) != 0)
		goto done;
	base64_add(&text, sealed.data, sealed.len);
	if (sealed.failed || text.failed) {
		log_error("secret %s of organization %lu is too long", field, (unsigned long)org);
		goto done;
	}
	record = (struct sealed){id, text.data, tx_now(tx)};
	secret_key(&k, org, field);
	r = put(tx, T_SECRETS, &k, sealed_fields, &record);
done:
	crypto_wipe(key, sizeof key);
	buf_free(&text);
	buf_free(&sealed);
	return r;
}

/* Opens a record; DAMAGED when it does not open, out is then as it was. */
static enum result
unseal(const struct settings *s, const char *place, const struct sealed *record, struct buf *out)
{
	struct buf sealed = BUF_INIT(SEALED_MAX);
	unsigned char key[KEY_BYTES];
	enum result r = DAMAGED;
	const char *secret;

	if (record->k == NULL || record->v == NULL)
		goto done;
	secret = secret_of(s, record->k);
	if (secret == NULL || crypto_hkdf(secret, strlen(secret), KEY_INFO, key, sizeof key) != 0)
		goto done;
	if (base64_decode(record->v, strlen(record->v), &sealed) == 0 &&
	    crypto_open(key, place, strlen(place), sealed.data, sealed.len, out) == 0 &&
	    !out->failed)
		r = OK;
done:
	crypto_wipe(key, sizeof key);
	buf_free(&sealed);
	return r;
}

enum result
secret_put(struct tx *tx, const struct settings *s, uint32_t org, const char *field,
    const char *value, size_t n)
{
	return seal(tx, s->session_secret, org, field, value, n, rec_put);
}

enum result
secret_put_new(struct tx *tx, const struct settings *s, uint32_t org, const char *field,
    const char *value, size_t n)
{
	return seal(tx, s->session_secret, org, field, value, n, rec_put_new);
}

enum result
secret_get(
    struct tx *tx, const struct settings *s, uint32_t org, const char *field, struct buf *out)
{
	struct sealed record;
	struct key k;
	enum result r;

	buf_reset(out);
	secret_key(&k, org, field);
	r = rec_get(tx, T_SECRETS, &k, false, sealed_fields, tx_arena(tx), &record);
	if (r != OK)
		return r;
	r = unseal(s, place_of(tx_arena(tx), org, field), &record, out);
	if (r == DAMAGED) {
		buf_reset(out);
		log_error("secret %s of organization %lu does not open: it was changed, or sealed "
			  "with a SESSION_SECRET that is no longer known (key %s)",
		    field, (unsigned long)org, record.k == NULL ? "none" : record.k);
	}
	return r;
}

enum result
secret_has(struct tx *tx, uint32_t org, const char *field, bool *has)
{
	struct bytes value;
	struct key k;
	enum result r;

	secret_key(&k, org, field);
	r = kv_get(tx, T_SECRETS, &k, false, &value);
	*has = r == OK;
	return r == NOT_FOUND ? OK : r;
}

enum result
secret_del(struct tx *tx, uint32_t org, const char *field)
{
	struct key k;

	secret_key(&k, org, field);
	return kv_del(tx, T_SECRETS, &k);
}

/* ---- rotating ----------------------------------------------------------------------- */

/* A record that is sealed with another secret than today's. */
struct stale {
	uint32_t org;
	const char *field;
	struct sealed record;
};

/* Lists all that is sealed with the previous secret. */
static enum result
find_stale(struct tx *tx, const char *previous, struct rec_list *found)
{
	struct arena *a = tx_arena(tx);
	struct bytes key, value;
	struct key_reader read;
	struct sealed record;
	struct cursor *c;
	struct stale s;
	enum result r;

	c = cursor_open(tx, T_SECRETS, NULL, NULL, false);
	cursor_for_update(c);
	while ((r = cursor_next(c, &key, &value)) == OK) {
		read = (struct key_reader){key.p, key.n};
		if (key_read_u32(&read, &s.org) != 0 || key_read_text(&read, &s.field) != 0 ||
		    rec_read(T_SECRETS, &value, sealed_fields, a, &record) != OK)
			continue;
		s.record = record;
		if (record.k != NULL && strcmp(record.k, previous) == 0)
			*(struct stale *)rec_list_add(found) = s;
	}
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

/* Opens one and seals it again; one that does not open stays as it is. */
static enum result
reseal(struct tx *tx, const struct settings *s, const struct stale *old)
{
	struct buf plain = BUF_INIT(SEALED_MAX);
	enum result r;

	r = unseal(s, place_of(tx_arena(tx), old->org, old->field), &old->record, &plain);
	if (r == OK)
		r = seal(tx, s->session_secret, old->org, old->field, buf_str(&plain), plain.len,
		    rec_put);
	else
		log_error("secret %s of organization %lu does not open and was not sealed again",
		    old->field, (unsigned long)old->org);
	buf_free(&plain);
	return r;
}

enum result
secrets_stale(struct tx *tx, const struct settings *s, bool *stale)
{
	struct rec_list found = REC_LIST(tx_arena(tx), struct stale);
	char previous[KEY_ID];
	bool current = true;
	enum result r;

	*stale = false;
	if (s->session_secret_previous == NULL || *s->session_secret_previous == '\0')
		return OK;
	if (key_id_of(s->session_secret_previous, previous) != 0)
		return FAILED;
	r = find_stale(tx, previous, &found);
	if (r == OK)
		r = meta_secret_is(tx, s, &current);
	*stale = r == OK && (found.count > 0 || !current);
	return r;
}

enum result
secrets_reseal(struct tx *tx, const struct settings *s, size_t max, size_t *left)
{
	struct rec_list found = REC_LIST(tx_arena(tx), struct stale);
	char today[KEY_ID], previous[KEY_ID];
	const struct stale *old;
	size_t i, done = 0;
	enum result r;

	*left = 0;
	if (s->session_secret_previous == NULL || *s->session_secret_previous == '\0')
		return meta_secret_is_current(tx, s);
	if (key_id_of(s->session_secret, today) != 0 ||
	    key_id_of(s->session_secret_previous, previous) != 0)
		return FAILED;
	if (strcmp(today, previous) == 0)
		return meta_secret_is_current(tx, s);
	r = find_stale(tx, previous, &found);
	for (i = 0; r == OK && i < found.count && done < max; i++) {
		old = (const struct stale *)found.items + i;
		r = reseal(tx, s, old);
		if (r == OK)
			done++;
		else if (r == DAMAGED)
			r = OK;
	}
	*left = found.count - done;
	return r == OK && *left == 0 ? meta_secret_is_current(tx, s) : r;
}
