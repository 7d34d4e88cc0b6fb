/*
 * forgotten.c: the opt-outs of people who asked to be forgotten (forgotten.h).
 *
 * Table: FORGOTTEN; the key stands in SECRETS.  Nothing here logs a number, masked or not.
 */
#include "store/forgotten.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "store/rec.h"
#include "store/secrets.h"

#define SECRET "forgotten" /* of the installation */
#define SECRET_ORG 0
#define KEY_BYTES 32
/* A key that can't be opened is tried again after this. */
#define AGAIN (10 * CLOCK_SECOND)

const struct field forgotten_fields[] = {
    FIELD(struct forgotten, FIELD_TEXT, cause),
    FIELD(struct forgotten, FIELD_INT, since),
    FIELD_END,
};

/* ---- the key ---------------------------------------------------------------------- */

/* OK, DAMAGED, or what the store answered. */
static enum result
read_secret(struct tx *tx, unsigned char key[KEY_BYTES])
{
	struct buf plain = BUF_INIT(1024);
	enum result r = DAMAGED;

	if (tx_settings(tx) != NULL)
		r = secret_get(tx, tx_settings(tx), SECRET_ORG, SECRET, &plain);
	if (r == OK && plain.len == KEY_BYTES)
		memcpy(key, plain.data, KEY_BYTES);
	else if (r == OK || r == NOT_FOUND)
		r = DAMAGED;
	buf_wipe(&plain);
	return r;
}

/* The same, remembered. */
static enum result
get_key(struct tx *tx, unsigned char key[KEY_BYTES])
{
	struct store_memo *memo = tx_memo(tx);
	int64_t now = clock_mono();
	enum result r;

	(void)pthread_mutex_lock(&memo->lock);
	if (memo->known)
		memcpy(key, memo->key, KEY_BYTES);
	r = memo->known					      ? OK
	    : memo->failed != 0 && now - memo->failed < AGAIN ? DAMAGED
							      : NOT_FOUND;
	(void)pthread_mutex_unlock(&memo->lock);
	if (r != NOT_FOUND)
		return r;
	r = read_secret(tx, key);
	if (r != OK && r != DAMAGED)
		return r;
	(void)pthread_mutex_lock(&memo->lock);
	memo->known = r == OK;
	memo->failed = r == OK ? 0 : now;
	if (r == OK)
		memcpy(memo->key, key, KEY_BYTES);
	(void)pthread_mutex_unlock(&memo->lock);
	if (r == DAMAGED)
		log_error("the key of the people who asked to be forgotten is missing or does not "
			  "open: texts to numbers that nobody here knows are held");
	return r;
}

enum result
forgotten_prepare(struct tx *tx)
{
	unsigned char key[KEY_BYTES];
	bool there, any = false;
	enum result r = secret_has(tx, SECRET_ORG, SECRET, &there);

	if (r == OK && !there)
		r = forgotten_any(tx, 0, &any);
	if (r != OK || there || any) {
		r = r == OK ? get_key(tx, key) : r;
	} else {
		crypto_random(key, sizeof key);
		r = tx_settings(tx) == NULL ? DAMAGED
					    : secret_put_new(tx, tx_settings(tx), SECRET_ORG,
						  SECRET, (const char *)key, sizeof key);
	}
	crypto_wipe(key, sizeof key);
	return r == EXISTS ? OK : r;
}

/* ---- entries ------------------------------------------------------------------------ */

static enum result
number_key(struct tx *tx, uint32_t org, const char *number, struct key *k)
{
	unsigned char key[KEY_BYTES], hash[SHA256_BYTES];
	enum result r = get_key(tx, key);

	if (r != OK)
		return r;
	crypto_hmac(key, sizeof key, number, strlen(number), NULL, 0, hash);
	crypto_wipe(key, sizeof key);
	key_org(k, org);
	key_bytes(k, hash, sizeof hash);
	return OK;
}

enum result
forgotten_get(struct tx *tx, uint32_t org, const char *number, bool for_update, struct arena *a,
    struct forgotten *out)
{
	bool any = false;
	struct key k;
	enum result r = forgotten_any(tx, org, &any);

	if (r == OK && !any)
		return NOT_FOUND;
	if (r == OK)
		r = number_key(tx, org, number, &k);
	if (r != OK)
		return r;
	r = rec_get(tx, T_FORGOTTEN, &k, for_update, forgotten_fields, a, out);
	/* What can't be read says at least that there was a wish. */
	if (r == DAMAGED || (r == OK && out->cause == NULL)) {
		*out = (struct forgotten){.cause = "person"};
		r = OK;
	}
	return r;
}

enum result
forgotten_put(struct tx *tx, uint32_t org, const char *number, const struct forgotten *f)
{
	struct key k;
	enum result r = number_key(tx, org, number, &k);

	return r == OK ? rec_put(tx, T_FORGOTTEN, &k, forgotten_fields, f) : r;
}

enum result
forgotten_del(struct tx *tx, uint32_t org, const char *number)
{
	struct key k;
	enum result r = number_key(tx, org, number, &k);

	if (r == OK)
		r = kv_del(tx, T_FORGOTTEN, &k);
	return r == NOT_FOUND ? OK : r;
}

/* ---- all of them --------------------------------------------------------------------- */

enum result
forgotten_count(struct tx *tx, uint32_t org, size_t max, size_t *count)
{
	struct key prefix;
	struct bytes key;
	struct cursor *c;
	enum result r = OK;

	*count = 0;
	key_org(&prefix, org);
	c = cursor_open(tx, T_FORGOTTEN, org != 0 ? &prefix : NULL, NULL, false);
	while (*count < max && (r = cursor_next(c, &key, NULL)) == OK)
		(*count)++;
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

enum result
forgotten_any(struct tx *tx, uint32_t org, bool *any)
{
	size_t n;
	enum result r = forgotten_count(tx, org, 1, &n);

	*any = n > 0;
	return r;
}

enum result
forgotten_trouble(struct tx *tx, uint32_t org, const char **why)
{
	unsigned char key[KEY_BYTES];
	bool any = false;
	enum result r = forgotten_any(tx, org, &any);

	*why = NULL;
	if (r != OK || !any)
		return r;
	r = get_key(tx, key);
	crypto_wipe(key, sizeof key);
	if (r != DAMAGED)
		return r;
	*why = "People asked to be forgotten here, and what recognizes their numbers can't be "
	       "opened. Texts to numbers that nobody here knows are held. Set SESSION_SECRET, or "
	       "SESSION_SECRET_PREVIOUS, to what it was when they were forgotten, or restore a "
	       "backup.";
	return OK;
}
