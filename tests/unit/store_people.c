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

#define ANN "ann@example.org"

static const char *networks[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"};

static int64_t
wait_of(struct tx *tx, const char *email, const char *network)
{
	const struct tries t = {email, network};
	int64_t wait = -1;

	is_int(throttle_wait(tx, &t, &wait), OK, "asking");
	return wait;
}

/* The wait after each of n failures, all at this moment; email NULL: of the one network. */
static void
waits(struct tx *tx, const char *email, const int64_t *seconds, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct tries t = {email, networks[email != NULL ? i % 5 : 0]};

		is_int(wait_of(tx, t.email, t.network), seconds[i] * CLOCK_SECOND,
		    "after %zu failures wait %lld s", i, (long long)seconds[i]);
		is_int(throttle_begun(tx, &t), OK, "failing");
	}
}

static enum result
throttle(struct tx *tx, void *arg)
{
	static const int64_t account[] = {0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60};
	static const int64_t address[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4};
	const struct tries ann = {ANN, "198.51.100.1"}, bob = {"bob@example.org", "192.0.2.9"};
	char many[2000];
	struct tries long_one = {many, many};
	int i;

	(void)arg;
	waits(tx, ANN, account, sizeof account / sizeof account[0]);
	is_int(wait_of(tx, ANN, "198.51.100.1"), 60 * CLOCK_SECOND, "from elsewhere, too");
	is_int(wait_of(tx, bob.email, bob.network), 0, "not for another account");
	is_int(throttle_right(tx, &ann), OK, "a success");
	is_int(wait_of(tx, ANN, "198.51.100.9"), 0, "clears it");
	for (i = 0; i < 20; i++) {
		const struct tries t = {ANN, networks[i % 5]};

		(void)throttle_begun(tx, &t);
	}
	is_int(wait_of(tx, ANN, "198.51.100.9"), 60 * CLOCK_SECOND, "strangers go on trying");
	is_int(wait_of(tx, ANN, ann.network), 0,
	    "which keeps nobody out where they have signed in before");
	for (i = 0; i < 5; i++)
		(void)throttle_begun(tx, &ann);
	is_int(wait_of(tx, ANN, ann.network), 2 * CLOCK_SECOND, "where tries are counted apart");
	(void)throttle_undone(tx, &ann);
	(void)throttle_undone(tx, &ann);
	is_int(wait_of(tx, ANN, ann.network), 0, "but for what was not looked at");
	(void)throttle_undone(tx, &bob);
	is_int(wait_of(tx, bob.email, bob.network), 0, "taking back nothing is right");
	(void)throttle_right(tx, &(struct tries){ANN, networks[0]});
	waits(tx, NULL, address, sizeof address / sizeof address[0]);
	memset(many, 'x', sizeof many);
	many[sizeof many - 1] = '\0';
	is_int(throttle_begun(tx, &long_one), OK, "a name of any length is taken");
	is_int(throttle_expire(tx, 100, NULL), OK, "expiring");
	ok(wait_of(tx, NULL, networks[0]) > 0, "forgets nothing of today");
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
