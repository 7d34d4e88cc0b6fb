/*
 * base_crypto.c: the promises of crypto.h, against published vectors.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif
#endif
#ifndef VALGRIND_COUNT_ERRORS /* not installed: nothing is told */
#define VALGRIND_COUNT_ERRORS 0
#define VALGRIND_MAKE_MEM_UNDEFINED(p, n) 0
#define VALGRIND_MAKE_MEM_DEFINED(p, n) 0
#endif

#include "tap.h"

static char hex[200];

static const char *
hex_of(const void *p, size_t n)
{
	hex_text(p, n, hex);
	return hex;
}

static void
hashes(void)
{
	unsigned char out[SHA256_BYTES], key[131];
	struct buf b = BUF_INIT(100);
	struct sha256 *pieces;

	crypto_sha256("abc", 3, out);
	is_str(hex_of(out, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    "SHA-256 of \"abc\" (FIPS 180-4)");
	crypto_sha256(NULL, 0, out);
	is_str(hex_of(out, 32), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "SHA-256 of nothing");
	pieces = sha256_begin();
	sha256_add(pieces, "a", 1);
	sha256_add(pieces, "", 0);
	sha256_add(pieces, "bc", 2);
	sha256_end(pieces, out);
	is_str(hex_of(out, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    "SHA-256 of \"abc\" in pieces");
	sha256_drop(sha256_begin());
	sha256_drop(NULL);
	memset(key, 0x0b, 20);
	crypto_hmac(key, 20, "Hi ", 3, "There", 5, out);
	is_str(hex_of(out, 32), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
	    "HMAC-SHA-256 of two ranges (RFC 4231, case 1)");
	crypto_hmac("Jefe", 4, "what do ya want for nothing?", 28, NULL, 0, out);
	is_str(hex_of(out, 32), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	    "of one range (RFC 4231, case 2)");
	memset(key, 0xaa, 131);
	crypto_hmac(
	    key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54, "", 0, out);
	is_str(hex_of(out, 32), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
	    "with a long key (RFC 4231, case 6)");
	crypto_hmac(NULL, 0, NULL, 0, NULL, 0, out);
	is_str(hex_of(out, 32), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
	    "with no key and nothing to hash");
	crypto_hmac("a-very-long-session-secret-0123456789", 37, "https://texting.example.org", 27,
	    "1", 1, out);
	base64_add(&b, out, 32);
	is_str(buf_str(&b), "w6PU740rI6vLPLHZo4g4qLzIq9rDfyMhYyEmyLufjz4=",
	    "the callback password of organization 1, as Node computes it");
	buf_reset(&b);
	crypto_hmac("s", 1, "http://localhost:3000", 21, "12", 2, out);
	base64_add(&b, out, 32);
	is_str(buf_str(&b), "0OGE676Nlbdnh4x7ggH8qUMnrQn5CSCYKFzLrlUA/qQ=",
	    "the callback password of organization 12, as Node computes it");
	buf_free(&b);
}

static void
derived_keys(void)
{
	unsigned char key[22], out[64], other[64];

	memset(key, 0x0b, 22);
	is_int(crypto_hkdf(key, 22, "", out, 42), 0, "HKDF derives a key");
	is_str(hex_of(out, 42),
	    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
	    "9d201395faa4b61a96c8",
	    "with salt and info empty (RFC 5869, case 3)");
	ok(crypto_hkdf(key, 22, "one", out, 64) == 0 &&
		crypto_hkdf(key, 22, "two", other, 64) == 0 && memcmp(out, other, 64) != 0,
	    "another info gives another key");
	is_int(crypto_hkdf(key, 22, "x", out, 65), -1, "more than 64 bytes are refused");
	is_int(crypto_hkdf(key, 0, "x", out, 32), -1, "an empty key is refused");
}

static void
sealing(void)
{
	static const unsigned char key[32] = {1, 2, 3}, wrong[32] = {1, 2, 4};
	struct buf sealed = BUF_INIT(1000), again = BUF_INIT(1000), plain = BUF_INIT(1000);
	bool noticed = true;
	size_t i;

	buf_adds(&sealed, "v1:");
	is_int(crypto_seal(key, "org 1", 5, "secret\0x", 8, &sealed), 0, "a text is sealed");
	is_int(sealed.len, 3 + 12 + 8 + 16, "behind what was there: nonce, text, tag");
	buf_cut(&sealed, sealed.len);
	crypto_seal(key, "org 1", 5, "secret\0x", 8, &again);
	ok(memcmp(again.data, sealed.data + 3, 36) != 0, "twice the same is sealed differently");
	buf_adds(&plain, "> ");
	is_int(crypto_open(key, "org 1", 5, again.data, again.len, &plain), 0, "and opened");
	ok(plain.len == 10 && memcmp(plain.data, "> secret\0x", 10) == 0, "to what it was");
	for (i = 0; i < again.len; i++) {
		again.data[i] ^= 1;
		noticed =
		    noticed && crypto_open(key, "org 1", 5, again.data, again.len, &plain) == -1;
		again.data[i] ^= 1;
	}
	ok(noticed, "a change in any byte is noticed");
	for (i = 0; i < again.len; i++)
		noticed = noticed && crypto_open(key, "org 1", 5, again.data, i, &plain) == -1;
	ok(noticed, "and any shortening");
	is_int(
	    crypto_open(key, "org 2", 5, again.data, again.len, &plain), -1, "so is another aad");
	is_int(crypto_open(key, NULL, 0, again.data, again.len, &plain), -1, "or none");
	is_int(
	    crypto_open(wrong, "org 1", 5, again.data, again.len, &plain), -1, "and another key");
	ok(plain.len == 10 && !plain.failed, "what could not be opened left nothing behind");
	buf_reset(&again);
	ok(crypto_seal(key, NULL, 0, NULL, 0, &again) == 0 && again.len == 28,
	    "nothing is sealed too");
	ok(crypto_open(key, NULL, 0, again.data, 28, &plain) == 0 && plain.len == 10, "and opened");
	buf_free(&sealed);
	buf_init(&sealed, 20);
	is_int(crypto_seal(key, NULL, 0, "x", 1, &sealed), -1, "without room sealing fails");
	buf_free(&sealed);
	buf_free(&again);
	buf_wipe(&plain);
}

/* RFC 7914, section 12: P "pleaseletmein", S "SodiumChloride", N 16384, r 8, p 1. */
#define RFC_HASH                                       \
	"cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLV" \
	"QylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw"
#define RFC_SALT "$U29kaXVtQ2hsb3JpZGU$"

static void
passwords(void)
{
	static const char *const damaged[] = {"", "x", "$scrypt$", "$scrypt$ln=14,r=8,p=1",
	    "$scrypt$ln=14,r=8,p=1$$" RFC_HASH, "$scrypt$ln=14,r=8,p=1" RFC_SALT,
	    "$scrypt$ln=14,r=8,p=1" RFC_SALT "abc", "$scrypt$ln=14,r=8,p=1" RFC_SALT RFC_HASH "==",
	    "$scrypt$ln=14,r=8,p=1" RFC_SALT RFC_HASH "$",
	    "$scrypt$ln=014,r=8,p=1" RFC_SALT RFC_HASH, "$scrypt$ln=0,r=8,p=1" RFC_SALT RFC_HASH,
	    "$scrypt$r=8,ln=14,p=1" RFC_SALT RFC_HASH, "$scrypt$ln=14,r=8,p=0" RFC_SALT RFC_HASH,
	    "$scrypt$ln=17,r=8,p=1" RFC_SALT RFC_HASH, "$scrypt$ln=14,r=33,p=1" RFC_SALT RFC_HASH,
	    "$scrypt$ln=14,r=8,p=5" RFC_SALT RFC_HASH, "$scrypt$ln=16,r=9,p=1" RFC_SALT RFC_HASH,
	    "$scrypt$ln=64,r=8,p=1" RFC_SALT RFC_HASH, "$2b$12$abc",
	    "$scrypt$ln=14,r=8,p=1$U29$" RFC_HASH,
	    "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGV$" RFC_HASH};
	struct buf a = BUF_INIT(200), b = BUF_INIT(200);
	size_t i;
	int64_t start, known, unknown;

	is_int(crypto_password_check(
		   "$scrypt$ln=14,r=8,p=1" RFC_SALT RFC_HASH, "pleaseletmein", 13, 0),
	    1, "RFC 7914's example is right");
	is_int(crypto_password_check(
		   "$scrypt$ln=14,r=8,p=1" RFC_SALT RFC_HASH, "pleaseletmeinn", 14, 0),
	    0, "with another password wrong");
	is_int(crypto_password_hash("p\xc3\xa4ss", 5, &a, 0), 0, "a password is hashed");
	crypto_password_hash("p\xc3\xa4ss", 5, &b, 0);
	ok(strncmp(buf_str(&a), "$scrypt$ln=15,r=8,p=1$", 22) == 0 && a.len == 22 + 22 + 1 + 43,
	    "in the form that is promised");
	ok(strcmp(buf_str(&a), buf_str(&b)) != 0, "each time with another salt");
	start = clock_mono();
	is_int(crypto_password_check(buf_str(&a), "p\xc3\xa4ss", 5, 0), 1, "and found right");
	known = clock_mono() - start;
	is_int(crypto_password_check(buf_str(&a), "p\xc3\xa4s", 4, 0), 0, "or wrong");
	is_int(crypto_password_check(buf_str(&a), "", 0, 0), 0, "also an empty one");
	start = clock_mono();
	is_int(crypto_password_check(NULL, "p\xc3\xa4ss", 5, 0), 0, "an unknown user's is wrong");
	unknown = clock_mono() - start;
	ok(unknown * 5 > known, "and takes as long (%lld ms, %lld ms)", (long long)unknown,
	    (long long)known);
	for (i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		is_int(crypto_password_check(damaged[i], "pleaseletmein", 13, 0), -1,
		    "damaged text %zu is told from a wrong password", i + 1);
	buf_free(&a);
	buf_init(&a, 50);
	is_int(crypto_password_hash("x", 1, &a, 0), -1, "without room hashing fails");
	buf_free(&a);
	buf_free(&b);
}

static atomic_int busy, done;
static int wait_for;

static void *
one_check(void *arg)
{
	int rc = crypto_password_check(NULL, "x", 1, wait_for);

	(void)arg;
	if (rc == -2)
		atomic_fetch_add(&busy, 1);
	else if (rc == 0)
		atomic_fetch_add(&done, 1);
	return NULL;
}

static void
all_at_once(int count, int wait_ms)
{
	pthread_t thread[8];
	int i;

	atomic_store(&busy, 0);
	atomic_store(&done, 0);
	wait_for = wait_ms;
	for (i = 0; i < count; i++)
		pthread_create(&thread[i], NULL, one_check, NULL);
	for (i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
}

static void
the_gate(void)
{
	all_at_once(8, 60000);
	ok(done == 8 && busy == 0, "who waits long enough gets through");
	all_at_once(8, 0);
	ok(done >= 2 && busy >= 1 && done + busy == 8, "who does not wait is told: busy");
	is_int(crypto_password_check(NULL, "x", 1, 0), 0, "afterwards the gate is open again");
}

/*
 * Time tells nothing about a secret when no jump and no address depends on it: under valgrind both
 * are made "undefined", and it complains of each jump that depends on such a byte.
 */
static bool
takes_one_way(void)
{
	char secret[44], given[44];
	bool same;

	memset(secret, 'a', sizeof secret);
	memset(given, 'a', sizeof given);
	given[20] = 'b';
	(void)VALGRIND_MAKE_MEM_UNDEFINED(secret, sizeof secret);
	(void)VALGRIND_MAKE_MEM_UNDEFINED(given, sizeof given);
	unsigned before = VALGRIND_COUNT_ERRORS;
	same = crypto_equal(secret, sizeof secret, given, sizeof given);
	(void)VALGRIND_MAKE_MEM_DEFINED(&same, sizeof same);
	return !same && VALGRIND_COUNT_ERRORS == before;
}

static void
comparing(void)
{
	unsigned char a[32], b[32];

	ok(crypto_equal("abc", 3, "abc", 3), "the same is equal");
	ok(!crypto_equal("abc", 3, "abd", 3) && !crypto_equal("xbc", 3, "abc", 3),
	    "other bytes are not");
	ok(!crypto_equal("abc", 3, "abcd", 4), "nor is another length");
	ok(crypto_equal(NULL, 0, "", 0), "nothing equals nothing");
	ok(takes_one_way(), "no byte of either decides which way it takes (told by valgrind)");
	crypto_random(a, 32);
	crypto_random(b, 32);
	ok(memcmp(a, b, 32) != 0, "random bytes differ each time");
	crypto_wipe(a, 32);
	memset(b, 0, 32);
	ok(memcmp(a, b, 32) == 0, "crypto_wipe overwrites");
	crypto_wipe(NULL, 0);
}

static const struct {
	const char *plain, *standard, *url;
} rfc4648[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+", "-__-"},
};

static void
base64(void)
{
	static const char *const bad[] = {"Z", "Zg", "Zg=", "Zm8", "Zg===", "====", "=",
	    "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", " Zm9v", "Zm9v====", "Zg==Zg==", "Zm-_",
	    "Zm9v!", "Zm9\xc3"};
	static const char *const bad_url[] = {
	    "Z", "Zg==", "Zm8=", "Zh", "Zm9", "+//+", "Zm 9v", "Zm9v\n"};
	struct buf b = BUF_INIT(1000);
	size_t i;

	for (i = 0; i < sizeof(rfc4648) / sizeof(rfc4648[0]); i++) {
		buf_reset(&b);
		base64_add(&b, rfc4648[i].plain, strlen(rfc4648[i].plain));
		is_str(buf_str(&b), rfc4648[i].standard, "Base64 vector %zu", i);
		buf_reset(&b);
		base64url_add(&b, rfc4648[i].plain, strlen(rfc4648[i].plain));
		is_str(buf_str(&b), rfc4648[i].url, "for URLs");
		buf_reset(&b);
		ok(base64_decode(rfc4648[i].standard, strlen(rfc4648[i].standard), &b) == 0 &&
			strcmp(buf_str(&b), rfc4648[i].plain) == 0,
		    "and back");
		buf_reset(&b);
		ok(base64url_decode(rfc4648[i].url, strlen(rfc4648[i].url), &b) == 0 &&
			strcmp(buf_str(&b), rfc4648[i].plain) == 0,
		    "and back");
	}
	buf_reset(&b);
	buf_adds(&b, "kept");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(base64_decode(bad[i], strlen(bad[i]), &b) == -1, "bad Base64 %zu is refused",
		    i + 1);
	for (i = 0; i < sizeof(bad_url) / sizeof(bad_url[0]); i++)
		ok(base64url_decode(bad_url[i], strlen(bad_url[i]), &b) == -1,
		    "bad Base64 for URLs %zu is refused", i + 1);
	is_str(buf_str(&b), "kept", "and adds nothing");
	buf_free(&b);
	is_str(hex_of("\x00\xff\x0a", 3), "00ff0a", "hexadecimal is lower case");
}

int
main(void)
{
	hashes();
	derived_keys();
	sealing();
	passwords();
	the_gate();
	comparing();
	base64();
	return done_testing();
}
