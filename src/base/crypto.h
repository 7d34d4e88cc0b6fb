/*
 * crypto.h: everything secret, by OpenSSL 3.
 *
 * Functions that can fail return 0 or -1; a failure inside OpenSSL is logged.
 * Those without a result panic instead: nothing sensible can follow.
 */
#ifndef SPOKE_CRYPTO_H
#define SPOKE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

#define SHA256_BYTES 32
#define SHA256_HEX 65 /* with the NUL */

/* Random bytes from the operating system; panics if there are none. */
void crypto_random(void *out, size_t n);

void crypto_sha256(const void *p, size_t n, unsigned char out[SHA256_BYTES]);
/* The same over pieces: begun, added to, then ended, which frees it.  sha256_drop frees one
 * that is not wanted (NULL allowed). */
struct sha256;
struct sha256 *sha256_begin(void);
void sha256_add(struct sha256 *, const void *p, size_t n);
void sha256_end(struct sha256 *, unsigned char out[SHA256_BYTES]);
void sha256_drop(struct sha256 *);

/* HMAC (RFC 2104) with SHA-256 over the concatenation of two ranges; the
 * second may be NULL, 0. */
void crypto_hmac(const void *key, size_t keylen, const void *a, size_t an, const void *b, size_t bn,
    unsigned char out[SHA256_BYTES]);

/* HKDF-SHA256 (RFC 5869) with an empty salt; outlen at most 64, key not empty. */
int crypto_hkdf(
    const void *key, size_t keylen, const char *info, unsigned char *out, size_t outlen);

/*
 * AES-256-GCM.  crypto_seal appends nonce (12 random bytes), ciphertext and
 * tag (16) to out; aad is authenticated but not stored.  crypto_open appends
 * the plain text and returns 0, or -1 when anything was changed (not logged:
 * the caller knows what it was).  On -1 out is as long as before.
 */
int crypto_seal(const unsigned char key[32], const void *aad, size_t aadlen, const void *plain,
    size_t n, struct buf *out);
int crypto_open(const unsigned char key[32], const void *aad, size_t aadlen, const void *sealed,
    size_t n, struct buf *out);

/*
 * Passwords (RFC 7914).  crypto_password_hash appends
 * "$scrypt$ln=15,r=8,p=1$SALT$HASH" (base64 without padding).
 * crypto_password_check returns 1 (right), 0 (wrong) or -1 (stored text is
 * damaged, or asks for more than 64 MiB or p > 4); with stored == NULL it does
 * the same work and returns 0, so that an unknown user takes as long as a
 * known one.  Each takes 32 MiB and about 0.1 s; at most two run at once in a
 * process, further callers wait for up to wait_ms and then get -2 (busy).
 */
int crypto_password_hash(const char *password, size_t n, struct buf *out, int wait_ms);
int crypto_password_check(const char *stored, const char *password, size_t n, int wait_ms);

/* Equal?  Takes the same time wherever they differ (lengths are no secret). */
bool crypto_equal(const void *a, size_t an, const void *b, size_t bn);

void crypto_wipe(void *p, size_t n);

/* Base64 (RFC 4648 section 4; url: section 5, without padding).  Decoding is
 * strict: no blanks, right padding, no stray bits; else -1 and nothing added. */
void base64_add(struct buf *, const void *p, size_t n);
void base64url_add(struct buf *, const void *p, size_t n);
int base64_decode(const char *s, size_t n, struct buf *out);
int base64url_decode(const char *s, size_t n, struct buf *out);

/* Lower-case hex; out has 2n+1 bytes. */
void hex_text(const void *p, size_t n, char *out);

#endif
