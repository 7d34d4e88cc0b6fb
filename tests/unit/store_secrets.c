/*
 * store_secrets.c: the promises of secrets.h and meta.h: sealing, rotating, and
 * knowing one's own place.
 */
#include <sys/stat.h>

#include "base/settings.h"
#include "store/audit.h"
#include "store/meta.h"
#include "store/secrets.h"
#include "store_try.h"

#define ORG 3

static struct arena *arena;
static const struct settings first = {.session_secret = "the first secret"};
static const struct settings rotated = {
    .session_secret = "the second secret", .session_secret_previous = "the first secret"};
static const struct settings second = {.session_secret = "the second secret"};
static const struct settings other = {.session_secret = "quite another"};

static void
opens(struct tx *tx, const struct settings *s, const char *field, const char *want)
{
	struct buf out = BUF_INIT(1000);
	enum result r;

	buf_adds(&out, "left over");
	r = secret_get(tx, s, ORG, field, &out);
	is_int(r, want == NULL ? DAMAGED : OK, "%s %s", field,
	    want == NULL ? "does not open" : "opens");
	is_str(buf_str(&out), want == NULL ? "" : want, "and gives %s",
	    want == NULL ? "nothing" : want);
	buf_free(&out);
}

/* Copies a sealed record to another place. */
static enum result
copy(struct tx *tx, uint32_t org, const char *field)
{
	struct key from, to;
	struct bytes value;
	enum result r;

	key_start(&from);
	key_u32(&from, ORG);
	key_text(&from, "password");
	r = kv_get(tx, T_SECRETS, &from, false, &value);
	key_start(&to);
	key_u32(&to, org);
	key_text(&to, field);
	return r == OK ? kv_put(tx, T_SECRETS, &to, value.p, value.n) : r;
}

/* The value does not lie there readable, and the key id does not give away the secret. */
static enum result
sealed(struct tx *tx, void *arg)
{
	struct buf out = BUF_INIT(1000);
	struct key k;
	struct bytes value;
	bool has;

	(void)arg;
	ok(secret_has(tx, ORG, "password", &has) == OK && !has, "no secret is there");
	is_int(secret_get(tx, &first, ORG, "password", &out), NOT_FOUND, "none is found");
	is_int(secret_put(tx, &first, ORG, "password", "hunter2", 7), OK, "a secret is put");
	ok(secret_has(tx, ORG, "password", &has) == OK && has, "now it is there");
	opens(tx, &first, "password", "hunter2");
	opens(tx, &rotated, "password", "hunter2");
	opens(tx, &other, "password", NULL);
	opens(tx, &second, "password", NULL);
	key_start(&k);
	key_u32(&k, ORG);
	key_text(&k, "password");
	is_int(kv_get(tx, T_SECRETS, &k, false, &value), OK, "its record");
	ok(memmem(value.p, value.n, "hunter2", 7) == NULL, "does not hold it");
	is_int(copy(tx, ORG, "token"), OK, "moved to another field");
	opens(tx, &first, "token", NULL);
	is_int(copy(tx, ORG + 1, "password"), OK, "moved to another organization");
	is_int(
	    secret_get(tx, &first, ORG + 1, "password", &out), DAMAGED, "it does not open there");
	((char *)(uintptr_t)value.p)[value.n / 2] ^= 1;
	is_int(kv_put(tx, T_SECRETS, &k, value.p, value.n), OK, "changed by a bit");
	opens(tx, &first, "password", NULL);
	is_int(secret_del(tx, ORG, "password"), OK, "deleted");
	is_int(secret_get(tx, &first, ORG, "password", &out), NOT_FOUND, "it is gone");
	is_int(secret_del(tx, ORG, "token"), OK, "the copy too");
	is_int(secret_del(tx, ORG + 1, "password"), OK, "and the other");
	is_int(secret_put(tx, &first, ORG, "empty", "", 0), OK, "an empty value");
	opens(tx, &first, "empty", "");
	is_int(secret_del(tx, ORG, "empty"), OK, "deleted");
	buf_free(&out);
	return OK;
}

static enum result
rotate(struct tx *tx, void *arg)
{
	char field[20];
	size_t left, i;

	(void)arg;
	for (i = 0; i < 5; i++) {
		(void)snprintf(field, sizeof field, "field%zu", i);
		is_int(secret_put(tx, &first, ORG, field, field, 6), OK, "%s is put", field);
	}
	is_int(
	    secret_put(tx, &rotated, ORG, "new", "fresh", 5), OK, "a new one with the new secret");
	is_int(secrets_reseal(tx, &rotated, 3, &left), OK, "three are sealed again");
	is_int(left, 2, "two are left");
	is_int(secrets_reseal(tx, &rotated, 100, &left), OK, "the rest");
	is_int(left, 0, "none is left");
	opens(tx, &second, "field0", "field0");
	opens(tx, &second, "field4", "field4");
	opens(tx, &second, "new", "fresh");
	opens(tx, &first, "field0", NULL);
	return OK;
}

/* ---- meta --------------------------------------------------------------------- */

static enum result
singletons(struct tx *tx, void *arg)
{
	const char *value;

	(void)arg;
	is_int(meta_get(tx, "x", arena, &value), NOT_FOUND, "a singleton that is not there");
	is_int(meta_put(tx, "x", "1 2"), OK, "is put");
	ok(meta_get(tx, "x", arena, &value) == OK && strcmp(value, "1 2") == 0, "and read");
	is_int(meta_put(tx, "x", NULL), OK, "and removed");
	is_int(meta_get(tx, "x", arena, &value), NOT_FOUND, "then it is gone");
	return OK;
}

static enum result
held(struct tx *tx, void *arg)
{
	return meta_sending_held(tx, arena, arg);
}

static enum result
check(const struct settings *s, const char **sentence)
{
	struct buf why = BUF_INIT(1000);
	enum result r = meta_check(try_store, s, &why);

	*sentence = arena_str(arena, buf_str(&why));
	buf_free(&why);
	return r;
}

static void
identity(void)
{
	struct settings rehearsal = first;
	const char *why;

	rehearsal.rehearsal = true;
	is_int(check(&first, &why), NOT_FOUND, "a store that was never set up");
	ok(strstr(why, "spokectl init") != NULL, "says what to do");
	is_int(meta_init(try_store, &first), OK, "is set up");
	is_int(meta_init(try_store, &first), EXISTS, "once");
	is_int(check(&first, &why), OK, "then it fits its settings");
	is_str(why, "", "and says nothing");
	is_int(check(&rotated, &why), OK, "a previous secret fits");
	is_int(check(&second, &why), REFUSED, "a new one alone does not");
	ok(strstr(why, "SESSION_SECRET_PREVIOUS") != NULL, "and says what to set");
	is_int(check(&rehearsal, &why), REFUSED, "nor does rehearsal");
	ok(strstr(why, "REHEARSAL") != NULL, "and says so");
	ok(store_read(try_store, held, &why) == OK && why == NULL, "sending is not held");
}

/* What cannot be sealed again stays, and is counted, so that the previous secret is not let go. */
static enum result
rotate_odd(struct tx *tx, void *arg)
{
	static char big[200000], name[200];
	struct settings same_twice = second;
	struct key k;
	struct bytes value;
	size_t left;
	bool stale;

	(void)arg;
	is_int(secret_put(tx, &first, ORG, "good", "good", 4), OK, "one with the first secret");
	is_int(secret_put(tx, &first, ORG, "spoilt", "spoilt", 6), OK, "and another,");
	key_start(&k);
	key_u32(&k, ORG);
	key_text(&k, "spoilt");
	is_int(kv_get(tx, T_SECRETS, &k, false, &value), OK, "which is read,");
	((char *)(uintptr_t)value.p)[value.n / 2] ^= 1;
	is_int(kv_put(tx, T_SECRETS, &k, value.p, value.n), OK, "and spoilt");
	key_start(&k);
	key_u32(&k, ORG);
	key_text(&k, "no record");
	is_int(kv_put(tx, T_SECRETS, &k, "}", 1), OK, "and a record that can't be read");
	ok(secrets_stale(tx, &rotated, &stale) == OK && stale, "there is something to seal again");
	ok(secrets_stale(tx, &second, &stale) == OK && !stale,
	    "without a previous secret there is nothing");
	is_int(secrets_reseal(tx, &rotated, 100, &left), OK, "all are sealed again");
	is_int(left, 1, "but one");
	opens(tx, &second, "good", "good");
	ok(secrets_stale(tx, &rotated, &stale) == OK && stale, "which is still there");
	same_twice.session_secret_previous = same_twice.session_secret;
	is_int(secrets_reseal(tx, &same_twice, 100, &left), OK, "with the same secret twice");
	is_int(left, 0, "there is nothing to do");
	is_int(secrets_reseal(tx, &second, 100, &left), OK, "nor with one alone");
	memset(big, 'x', sizeof big);
	is_int(secret_put(tx, &second, ORG, "big", big, sizeof big), FAILED,
	    "what is too long is refused");
	memset(name, 'n', 150);
	is_int(secret_put(tx, &second, ORG, name, "x", 1), FAILED, "so is a name that is");
	return FAILED; /* as if nothing had been */
}

static void
after_rotation(void)
{
	const char *why;

	is_int(check(&second, &why), OK, "after sealing again the new secret alone fits");
	is_int(check(&first, &why), REFUSED, "and the old one no more");
}

/* The store wakes up under another path. */
static void
moved(void)
{
	char old[1100];
	const char *why;

	store_close(try_store);
	memcpy(old, try_dir, sizeof old);
	(void)snprintf(try_dir, sizeof try_dir, "%s/elsewhere", try_top);
	is_int(rename(old, try_dir), 0, "the directory is moved");
	try_attach(false);
	is_int(check(&second, &why), OK, "it fits all the same");
	ok(store_read(try_store, held, &why) == OK && why != NULL && strstr(why, old) != NULL,
	    "but sending is held, and why is said");
	is_int(check(&second, &why), OK, "looking again changes nothing");
	is_int(meta_release_sending(try_store, &second, "ann@example.org", "local", true), OK,
	    "the owner releases it");
	ok(store_read(try_store, held, &why) == OK && why == NULL, "then sending goes on");
	is_int(check(&second, &why), OK, "and stays so");
	ok(store_read(try_store, held, &why) == OK && why == NULL, "here");
}

static enum result
audited(struct tx *tx, void *arg)
{
	struct audit *list;
	size_t n;

	(void)arg;
	ok(audit_list(tx, 0, 0, 10, arena, &list, &n) == OK && n == 1 &&
		strcmp(list[0].what, "sending.release") == 0,
	    "the release is in the audit log");
	return OK;
}

int
main(void)
{
	arena = arena_new();
	try_open();
	try_run(singletons, NULL);
	identity();
	try_run(sealed, NULL);
	try_run(rotate, NULL);
	is_int(store_run(try_store, rotate_odd, NULL), FAILED, "all of that is rolled back");
	after_rotation();
	moved();
	try_run(audited, NULL);
	try_close();
	arena_free(arena);
	return done_testing();
}
