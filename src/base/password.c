/*
 * password.c: password hashes (scrypt), declared in crypto.h.
 *
 * Each takes 32 MiB and a tenth of a second, so a gate lets two run at once:
 * strangers at the sign-in page must not be able to fill the machine.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/parse.h"

#define AT_ONCE 2
#define BUSY_NOW (-2)
#define SALT_BYTES 16
#define HASH_BYTES 32
#define OWN_LN 15
#define OWN_R 8
#define OWN_P 1
#define MAX_MEMORY (UINT64_C(64) << 20)
#define MAX_P 4
#define STORED_MAX 256 /* longest text that can be right */
#define PART_MAX 64    /* bytes of a salt or a hash */

struct parameters {
	uint64_t ln, r, p;
	unsigned char salt[PART_MAX], hash[PART_MAX];
	size_t saltlen, hashlen;
};

static struct {
	pthread_once_t once;
	pthread_mutex_t mutex;
	pthread_cond_t freed;
	int running;
} gate = {.once = PTHREAD_ONCE_INIT, .mutex = PTHREAD_MUTEX_INITIALIZER};

/* The condition waits by the monotonic clock, which nobody sets back. */
static void
gate_init(void)
{
	pthread_condattr_t attr;

	if (pthread_condattr_init(&attr) != 0 ||
	    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) != 0 ||
	    pthread_cond_init(&gate.freed, &attr) != 0)
		log_panic("cannot make the gate for passwords");
	pthread_condattr_destroy(&attr);
}

static struct timespec
deadline_in(int ms)
{
	struct timespec ts = {0, 0};

	if (ms < 0)
		ms = 0;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += ms / 1000;
	ts.tv_nsec += (long)(ms % 1000) * 1000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	return ts;
}

static int
gate_enter(int wait_ms)
{
	struct timespec until;
	int rc = 0;

	if (pthread_once(&gate.once, gate_init) != 0)
		log_panic("pthread_once failed");
	until = deadline_in(wait_ms);
	pthread_mutex_lock(&gate.mutex);
	while (gate.running >= AT_ONCE && rc == 0)
		rc = pthread_cond_timedwait(&gate.freed, &gate.mutex, &until);
	if (gate.running < AT_ONCE) {
		gate.running++;
		rc = 0;
	}
	pthread_mutex_unlock(&gate.mutex);
	return rc == 0 ? 0 : BUSY_NOW;
}

static void
gate_leave(void)
{
	pthread_mutex_lock(&gate.mutex);
	gate.running--;
	pthread_cond_signal(&gate.freed);
	pthread_mutex_unlock(&gate.mutex);
}

/* Memory that the parameters ask for. */
static uint64_t
memory_for(const struct parameters *k)
{
	return (UINT64_C(128) << k->ln) * k->r;
}

/* Computes len bytes; 0, -1 or -2. */
static int
compute(const struct parameters *k, const char *password, size_t n, unsigned char *out, size_t len,
    int wait_ms)
{
	int rc = gate_enter(wait_ms);

	if (rc < 0)
		return rc;
	/* Above the large table OpenSSL counts some small ones too. */
	if (EVP_PBE_scrypt(password, n, k->salt, k->saltlen, UINT64_C(1) << k->ln, k->r, k->p,
		MAX_MEMORY + (1 << 20), out, len) != 1) {
		log_error("scrypt failed: out of memory?");
		ERR_clear_error();
		rc = -1;
	}
	gate_leave();
	return rc;
}

/* Appends Base64 without its padding. */
static void
add_unpadded(struct buf *out, const unsigned char *p, size_t n)
{
	base64_add(out, p, n);
	while (!out->failed && out->len > 0 && out->data[out->len - 1] == '=')
		buf_cut(out, out->len - 1);
}

/* Takes n characters of Base64 without padding into part; its length, 0 when damaged. */
static size_t
take_unpadded(const char *s, size_t n, unsigned char part[PART_MAX])
{
	struct buf text = BUF_INIT(STORED_MAX), bytes = BUF_INIT(PART_MAX);
	size_t len = 0;

	if (n == 0 || memchr(s, '=', n) != NULL)
		goto done;
	buf_add(&text, s, n);
	while (text.len % 4 != 0 && !text.failed)
		buf_addc(&text, '=');
	if (text.failed || base64_decode(text.data, text.len, &bytes) < 0)
		goto done;
	len = bytes.len;
	memcpy(part, bytes.data, len);
done:
	buf_wipe(&bytes);
	buf_wipe(&text);
	return len;
}

/* Takes "name=number" up to the character behind it. */
static int
take_parameter(const char **s, const char *name, char behind, uint64_t max, uint64_t *out)
{
	size_t namelen = strlen(name), n;

	if (strncmp(*s, name, namelen) != 0)
		return -1;
	*s += namelen;
	n = strspn(*s, "0123456789");
	if (parse_u64(*s, n, 1, max, out) < 0 || (*s)[n] != behind)
		return -1;
	*s += n + 1;
	return 0;
}

static int
take_stored(const char *s, struct parameters *k)
{
	size_t n;

	if (strnlen(s, STORED_MAX) == STORED_MAX || strncmp(s, "$scrypt$", 8) != 0)
		return -1;
	s += 8;
	if (take_parameter(&s, "ln=", ',', 20, &k->ln) < 0 ||
	    take_parameter(&s, "r=", ',', 32, &k->r) < 0 ||
	    take_parameter(&s, "p=", '$', MAX_P, &k->p) < 0 || memory_for(k) > MAX_MEMORY)
		return -1;
	n = strcspn(s, "$");
	k->saltlen = take_unpadded(s, n, k->salt);
	if (k->saltlen < 8 || s[n] != '$')
		return -1;
	s += n + 1;
	k->hashlen = take_unpadded(s, strlen(s), k->hash);
	return k->hashlen >= 16 ? 0 : -1;
}

int
crypto_password_hash(const char *password, size_t n, struct buf *out, int wait_ms)
{
	struct parameters k = {OWN_LN, OWN_R, OWN_P, {0}, {0}, SALT_BYTES, HASH_BYTES};
	int rc;

	crypto_random(k.salt, k.saltlen);
	rc = compute(&k, password, n, k.hash, k.hashlen, wait_ms);
	if (rc < 0)
		goto done;
	buf_addf(out, "$scrypt$ln=%d,r=%d,p=%d$", OWN_LN, OWN_R, OWN_P);
	add_unpadded(out, k.salt, k.saltlen);
	buf_addc(out, '$');
	add_unpadded(out, k.hash, k.hashlen);
	if (out->failed) {
		log_error("no room for a password's hash");
		rc = -1;
	}
done:
	crypto_wipe(&k, sizeof(k));
	return rc;
}

int
crypto_password_check(const char *stored, const char *password, size_t n, int wait_ms)
{
	struct parameters k = {OWN_LN, OWN_R, OWN_P, {0}, {0}, SALT_BYTES, HASH_BYTES};
	unsigned char out[PART_MAX];
	int rc = -1;

	if (stored != NULL && take_stored(stored, &k) < 0) {
		log_error("a stored password hash is damaged");
		goto done;
	}
	rc = compute(&k, password, n, out, k.hashlen, wait_ms);
	if (rc < 0)
		goto done;
	rc = stored != NULL && crypto_equal(out, k.hashlen, k.hash, k.hashlen) ? 1 : 0;
done:
	crypto_wipe(out, sizeof(out));
	crypto_wipe(&k, sizeof(k));
	return rc;
}
