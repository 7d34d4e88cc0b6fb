/*
 * secrets.h: sealed values, one for each organization and field.
 *
 * AES-256-GCM with a key made by HKDF from SESSION_SECRET; bound to
 * organization and field, so that a value moved elsewhere does not open; the record names its key,
 * so that the
 * secret can be rotated.  Org 0 is for values of the installation or of a Bandwidth account.
 */
#ifndef SPOKE_SECRETS_H
#define SPOKE_SECRETS_H
#include "store/kv.h"
struct settings;
struct buf;

/* Fields: "password" (API password or client secret), "token" (access token), … at most 100 bytes.
 * */
enum result secret_put(struct tx *, const struct settings *, uint32_t org, const char *field,
    const char *value, size_t n);
/* The same for one that nothing may take the place of: EXISTS when it is there. */
enum result secret_put_new(struct tx *, const struct settings *, uint32_t org, const char *field,
    const char *value, size_t n);
/* NOT_FOUND; DAMAGED when it does not open (changed, foreign, or sealed with a secret no longer
 * known): logged,
 * and out is left empty. */
enum result secret_get(
    struct tx *, const struct settings *, uint32_t org, const char *field, struct buf *out);
enum result secret_has(struct tx *, uint32_t org, const char *field, bool *has);
enum result secret_del(struct tx *, uint32_t org, const char *field);
/* Is there something that only the previous secret opens, so that it must stay for now? */
enum result secrets_stale(struct tx *, const struct settings *, bool *stale);
/* Seals again all that is sealed with the previous secret, at most max; *left how many remain (with
 * those that
 * do not open, which are logged).  When none does, the store's check value becomes that of today's
 * secret. */
enum result secrets_reseal(struct tx *, const struct settings *, size_t max, size_t *left);
#endif
