/*
 * crypto.c: hashes, keys, sealing and random bytes, over OpenSSL 3.
 *
 * The algorithms are fetched once for the process, since looking them up takes
 * longer than using them.  Passwords are in password.c, Base64 in base64.c.
 */
#include <errno.h>
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"

#define NONCE_BYTES 12
#define TAG_BYTES 16

static struct {
	EVP_MD *sha256;
	EVP_MAC *hmac;
	EVP_KDF *hkdf;
	EVP_CIPHER *gcm;
} algorithms;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void
fetch(void)
{
	algorithms.sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	algorithms.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	algorithms.hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	algorithms.gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (algorithms.sha256 == NULL || algorithms.hmac == NULL || algorithms.hkdf == NULL ||
	    algorithms.gcm == NULL)
		log_panic("OpenSSL does not offer SHA-256, HMAC, HKDF and AES-256-GCM: look at "
			  "its configuration (openssl.cnf)");
}

static void
ready(void)
{
	if (pthread_once(&fetched, fetch) != 0)
		log_panic("pthread_once failed");
}

/* Logs what OpenSSL says and empties its queue of errors. */
static void
log_openssl(const char *what)
{
	char text[200];

	ERR_error_string_n(ERR_peek_last_error(), text, sizeof(text));
	ERR_clear_error();
	log_error("%s failed: %s", what, text);
}

void
crypto_random(void *out, size_t n)
{
	unsigned char *p = out;
	ssize_t got;

	while (n > 0) {
		got = getrandom(p, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			log_panic("the system gives no random bytes: %s", log_errno(errno));
		p += got;
		n -= (size_t)got;
	}
}

void
crypto_sha256(const void *p, size_t n, unsigned char out[SHA256_BYTES])
{
	ready();
	if (EVP_Digest(n > 0 ? p : "", n, out, NULL, algorithms.sha256, NULL) != 1)
		log_panic("SHA-256 failed");
}

struct sha256 *
sha256_begin(void)
{
	EVP_MD_CTX *ctx;

	ready();
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL || EVP_DigestInit_ex(ctx, algorithms.sha256, NULL) != 1)
		log_panic("SHA-256 failed");
	return (struct sha256 *)ctx;
}

void
sha256_add(struct sha256 *s, const void *p, size_t n)
{
	if (EVP_DigestUpdate((EVP_MD_CTX *)s, p, n) != 1)
		log_panic("SHA-256 failed");
}

void
sha256_end(struct sha256 *s, unsigned char out[SHA256_BYTES])
{
	if (EVP_DigestFinal_ex((EVP_MD_CTX *)s, out, NULL) != 1)
		log_panic("SHA-256 failed");
	sha256_drop(s);
}

void
sha256_drop(struct sha256 *s)
{
	EVP_MD_CTX_free((EVP_MD_CTX *)s);
}

void
crypto_hmac(const void *key, size_t keylen, const void *a, size_t an, const void *b, size_t bn,
    unsigned char out[SHA256_BYTES])
{
	OSSL_PARAM params[2];
	EVP_MAC_CTX *ctx = NULL;
	char digest[] = "SHA2-256";
	size_t len = 0;

	ready();
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
	params[1] = OSSL_PARAM_construct_end();
	ctx = EVP_MAC_CTX_new(algorithms.hmac);
	if (ctx == NULL || EVP_MAC_init(ctx, keylen > 0 ? key : "", keylen, params) != 1 ||
	    (an > 0 && EVP_MAC_update(ctx, a, an) != 1) ||
	    (bn > 0 && EVP_MAC_update(ctx, b, bn) != 1) ||
	    EVP_MAC_final(ctx, out, &len, SHA256_BYTES) != 1 || len != SHA256_BYTES)
		log_panic("HMAC-SHA256 failed");
	EVP_MAC_CTX_free(ctx);
}

int
crypto_hkdf(const void *key, size_t keylen, const char *info, unsigned char *out, size_t outlen)
{
	OSSL_PARAM params[4];
	EVP_KDF_CTX *ctx = NULL;
	char digest[] = "SHA2-256";
	int rc = -1;

	ready();
	if (keylen == 0 || outlen == 0 || outlen > 64) {
		log_error("HKDF was asked for with a key of %zu and a result of %zu bytes", keylen,
		    outlen);
		goto done;
	}
	/* The parameters are only read; their type is not const because others are written. */
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, keylen);
	params[2] =
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, strlen(info));
	params[3] = OSSL_PARAM_construct_end();
	ctx = EVP_KDF_CTX_new(algorithms.hkdf);
	if (ctx == NULL || EVP_KDF_derive(ctx, out, outlen, params) != 1) {
		log_openssl("HKDF");
		goto done;
	}
	rc = 0;
done:
	EVP_KDF_CTX_free(ctx);
	return rc;
}

/* Encrypts n bytes to out, and the tag behind them. */
static int
gcm_encrypt(EVP_CIPHER_CTX *ctx, const void *aad, size_t aadlen, const void *plain, size_t n,
    unsigned char *out)
{
	int len = 0;

	if (aadlen > 0 && EVP_EncryptUpdate(ctx, NULL, &len, aad, (int)aadlen) != 1)
		return -1;
	if (n > 0 && EVP_EncryptUpdate(ctx, out, &len, plain, (int)n) != 1)
		return -1;
	if (EVP_EncryptFinal_ex(ctx, out + n, &len) != 1)
		return -1;
	if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, out + n) != 1)
		return -1;
	return 0;
}

int
crypto_seal(const unsigned char key[32], const void *aad, size_t aadlen, const void *plain,
    size_t n, struct buf *out)
{
	EVP_CIPHER_CTX *ctx = NULL;
	unsigned char *at = NULL;
	size_t before = out->len;
	int rc = -1;

	ready();
	if (n > INT_MAX - NONCE_BYTES - TAG_BYTES || aadlen > INT_MAX) {
		log_error("sealing %zu bytes was asked for", n);
		goto done;
	}
	at = (unsigned char *)buf_space(out, NONCE_BYTES + n + TAG_BYTES);
	ctx = EVP_CIPHER_CTX_new();
	if (at == NULL || ctx == NULL) {
		log_error("no room to seal %zu bytes", n);
		goto done;
	}
	crypto_random(at, NONCE_BYTES);
	if (EVP_EncryptInit_ex2(ctx, algorithms.gcm, key, at, NULL) != 1 ||
	    gcm_encrypt(ctx, aad, aadlen, plain, n, at + NONCE_BYTES) < 0) {
		log_openssl("AES-256-GCM");
		goto done;
	}
	rc = 0;
done:
	if (rc < 0)
		buf_cut(out, before);
	EVP_CIPHER_CTX_free(ctx);
	return rc;
}

/* Decrypts n bytes to out and compares the tag that follows them. */
static int
gcm_decrypt(EVP_CIPHER_CTX *ctx, const void *aad, size_t aadlen, const unsigned char *p, size_t n,
    unsigned char *out)
{
	unsigned char tag[TAG_BYTES];
	int len = 0;

	memcpy(tag, p + n, TAG_BYTES);
	if (aadlen > 0 && EVP_DecryptUpdate(ctx, NULL, &len, aad, (int)aadlen) != 1)
		return -1;
	if (n > 0 && EVP_DecryptUpdate(ctx, out, &len, p, (int)n) != 1)
		return -1;
	if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) != 1)
		return -1;
	return EVP_DecryptFinal_ex(ctx, out + n, &len) == 1 ? 0 : -1;
}

int
crypto_open(const unsigned char key[32], const void *aad, size_t aadlen, const void *sealed,
    size_t n, struct buf *out)
{
	const unsigned char *from = sealed;
	EVP_CIPHER_CTX *ctx = NULL;
	unsigned char *at = NULL;
	size_t before = out->len, plain;
	int rc = -1;

	ready();
	if (n < NONCE_BYTES + TAG_BYTES || n > INT_MAX || aadlen > INT_MAX)
		goto done;
	plain = n - NONCE_BYTES - TAG_BYTES;
	at = (unsigned char *)buf_space(out, plain);
	ctx = EVP_CIPHER_CTX_new();
	if (at == NULL || ctx == NULL) {
		log_error("no room to open %zu sealed bytes", n);
		goto done;
	}
	if (EVP_DecryptInit_ex2(ctx, algorithms.gcm, key, from, NULL) != 1 ||
	    gcm_decrypt(ctx, aad, aadlen, from + NONCE_BYTES, plain, at) < 0) {
		ERR_clear_error();
		goto done;
	}
	rc = 0;
done:
	if (rc < 0)
		buf_cut(out, before);
	EVP_CIPHER_CTX_free(ctx);
	return rc;
}

bool
crypto_equal(const void *a, size_t an, const void *b, size_t bn)
{
	return an == bn && (an == 0 || CRYPTO_memcmp(a, b, an) == 0);
}

void
crypto_wipe(void *p, size_t n)
{
	if (n > 0)
		OPENSSL_cleanse(p, n);
}
