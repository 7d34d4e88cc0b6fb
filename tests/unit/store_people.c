/*
 * store_people.c: the promises of people.h: users, sessions, tokens, failed sign-ins.
 */
#include "base/clock.h"
#include "store/people.h"
#include "store_try.h"

static struct arena *arena;

static enum result
users(struct tx *tx, void *arg)
{
	struct user u = {.email = "ann@example.org", .password = "$scrypt$x"}, v, *list;
	size_t n;

	(void)arg;
	is_int(users_get(tx, u.email, false, arena, &v), NOT_FOUND, "nobody is there");
	user_set_role(&u, 12, ROLE_OWNER, arena);
	is_int(users_put(tx, &u), OK, "a user is put");
	ok(users_get(tx, u.email, true, arena, &v) == OK && user_role(&v, 12) == ROLE_OWNER,
	    "and read with roles");
	u = (struct user){.email = "bob@example.org"};
	is_int(users_put(tx, &u), OK, "another without a role");
	is_int(users_list(tx, 0, arena, &list, &n), OK, "all users");
	is_int(n, 2, "are two");
	is_int(users_list(tx, 12, arena, &list, &n), OK, "those of an organization");
	ok(n == 1 && strcmp(list[0].email, "ann@example.org") == 0, "are those with a role in it");
	return OK;
}

static enum result
sessions(struct tx *tx, void *arg)
{
	int64_t now = tx_now(tx);
	struct session s = {.email = "ann@example.org", .created = now, .last_seen = now}, t;

	(void)arg;
	is_int(sessions_put(tx, "cookie-1", &s), OK, "a session");
	ok(sessions_get(tx, "cookie-1", arena, &t) == OK && strcmp(t.email, s.email) == 0,
	    "is found");
	is_int(sessions_get(tx, "cookie-2", arena, &t), NOT_FOUND, "another cookie is none");
	s.last_seen = now - SESSION_IDLE;
	is_int(sessions_put(tx, "idle", &s), OK, "one that was idle");
	is_int(sessions_get(tx, "idle", arena, &t), NOT_FOUND, "is over");
	s.last_seen = now;
	s.created = now - SESSION_ABSOLUTE;
	is_int(sessions_put(tx, "old", &s), OK, "one that is old");
	is_int(sessions_get(tx, "old", arena, &t), NOT_FOUND, "is over too");
	is_int(sessions_expire(tx, 100, NULL), OK, "expiring");
	is_int(sessions_del(tx, "idle"), NOT_FOUND, "removes the idle");
	is_int(sessions_del(tx, "old"), NOT_FOUND, "and the old");
	s.created = now;
	s.email = "bob@example.org";
	is_int(sessions_put(tx, "bob", &s), OK, "somebody else's");
	is_int(sessions_end(tx, "ann@example.org"), OK, "ending one user's");
	is_int(sessions_get(tx, "cookie-1", arena, &t), NOT_FOUND, "ends them");
	is_int(sessions_get(tx, "bob", arena, &t), OK, "and no others");
	is_int(sessions_del(tx, "bob"), OK, "signing out");
	is_int(sessions_get(tx, "bob", arena, &t), NOT_FOUND, "ends it");
	return OK;
}

static enum result
tokens(struct tx *tx, void *arg)
{
	int64_t now = tx_now(tx);
	struct token t = {.org = 4, .id = "1f2e3d4c", .name = "shop", .may_send = true}, u, *list;
	size_t n;

	(void)arg;
	is_int(tokens_put(tx, "spk_one", &t), OK, "a token");
	ok(tokens_get(tx, "spk_one", arena, &u) == OK && u.may_send && !u.may_read && u.org == 4,
	    "is found with its rights");
	is_int(tokens_get(tx, "spk_two", arena, &u), NOT_FOUND, "another text is none");
	is_int(tokens_used(tx, "spk_one", now), OK, "using it");
	ok(tokens_get(tx, "spk_one", arena, &u) == OK && u.last_used == now, "is remembered");
	is_int(tokens_used(tx, "spk_one", now + 59999), OK, "using it again soon");
	ok(tokens_get(tx, "spk_one", arena, &u) == OK && u.last_used == now, "is not");
	is_int(tokens_used(tx, "spk_one", now + 60000), OK, "a minute later");
	ok(tokens_get(tx, "spk_one", arena, &u) == OK && u.last_used == now + 60000, "it is");
	t = (struct token){.org = 4, .id = "00000002", .expires = now};
	is_int(tokens_put(tx, "spk_old", &t), OK, "one that expired");
	is_int(tokens_get(tx, "spk_old", arena, &u), NOT_FOUND, "is none");
	t = (struct token){.org = 5, .id = "00000003", .expires = now + 1};
	is_int(tokens_put(tx, "spk_five", &t), OK, "one that expires soon");
	is_int(tokens_get(tx, "spk_five", arena, &u), OK, "is one still");
	ok(tokens_list(tx, 4, arena, &list, &n) == OK && n == 2,
	    "an organization's tokens are listed");
	is_int(
	    tokens_revoke(tx, 5, "1f2e3d4c"), NOT_FOUND, "another organization can't revoke one");
	is_int(tokens_revoke(tx, 4, "1f2e3d4c"), OK, "its own can");
	is_int(tokens_get(tx, "spk_one", arena, &u), NOT_FOUND, "then it is none");
	ok(tokens_list(tx, 4, arena, &list, &n) == OK && n == 1, "and is not listed");
	return OK;
}

/* The wait after each of n failures, all at this moment. */
static void
waits(struct tx *tx, char kind, const char *name, const int64_t *seconds, size_t n)
{
	int64_t wait;
	size_t i;

	for (i = 0; i < n; i++) {
		is_int(throttle_wait(tx, kind, name, &wait), OK, "asking");
		is_int(wait, seconds[i] * CLOCK_SECOND, "after %zu failures wait %lld s", i,
		    (long long)seconds[i]);
		is_int(throttle_failed(tx, kind, name), OK, "failing");
	}
}

static enum result
throttle(struct tx *tx, void *arg)
{
	static const int64_t account[] = {0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60};
	static const int64_t address[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4};
	char many[2000];
	int64_t wait;

	(void)arg;
	waits(tx, 'a', "ann@example.org", account, sizeof account / sizeof account[0]);
	waits(tx, 'n', "192.0.2.1", address, sizeof address / sizeof address[0]);
	ok(throttle_wait(tx, 'n', "ann@example.org", &wait) == OK && wait == 0, "kinds are apart");
	ok(throttle_wait(tx, 'a', "bob@example.org", &wait) == OK && wait == 0, "names too");
	is_int(throttle_cleared(tx, 'a', "ann@example.org"), OK, "a success");
	ok(throttle_wait(tx, 'a', "ann@example.org", &wait) == OK && wait == 0, "clears it");
	is_int(throttle_cleared(tx, 'a', "nobody"), OK, "clearing nothing is right");
	memset(many, 'x', sizeof many);
	many[sizeof many - 1] = '\0';
	is_int(throttle_failed(tx, 'a', many), OK, "a name of any length is taken");
	is_int(throttle_expire(tx, 100, NULL), OK, "expiring");
	ok(throttle_wait(tx, 'n', "192.0.2.1", &wait) == OK && wait > 0,
	    "forgets nothing of today");
	return OK;
}

int
main(void)
{
	arena = arena_new();
	try_open();
	try_run(users, NULL);
	try_run(sessions, NULL);
	try_run(tokens, NULL);
	try_run(throttle, NULL);
	try_close();
	arena_free(arena);
	return done_testing();
}
