/*
 * org_people.c: the promises of people.h.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "org/people.h"
#include "tap.h"

static void
roles(struct arena *a)
{
	struct user u = {.email = "a@b.c"};
	enum role r;

	is_int(role_parse("OWNER", &r), 0, "OWNER is a role");
	is_int(r, ROLE_OWNER, "the owner's");
	is_int(role_parse("admin", &r), 0, "so is admin");
	is_int(role_parse("NONE", &r), -1, "NONE is none");
	is_int(role_parse(NULL, &r), -1, "nor is NULL");
	is_str(role_name(ROLE_ADMIN), "ADMIN", "a role has a name");
	is_int(user_role(&u, 12), ROLE_NONE, "a new user may nothing");
	user_set_role(&u, 12, ROLE_ADMIN, a);
	user_set_role(&u, 2, ROLE_OWNER, a);
	is_int(user_role(&u, 12), ROLE_ADMIN, "a role is given");
	is_int(
	    user_role(&u, 1), ROLE_NONE, "for one organization, not for another that begins alike");
	user_set_role(&u, 12, ROLE_OWNER, a);
	is_int(u.roles.count, 2, "and changed in place");
	is_int(user_role(&u, 12), ROLE_OWNER, "to another");
	user_set_role(&u, 12, ROLE_NONE, a);
	is_int(user_role(&u, 12), ROLE_NONE, "and taken away");
	is_int(user_role(&u, 2), ROLE_OWNER, "without touching others");
	u.roles = text_list_add(a, u.roles, "nonsense");
	u.roles = text_list_add(a, u.roles, "9 KING");
	is_int(user_role(&u, 9), ROLE_NONE, "an unknown role is none");
}

static void
addresses(struct arena *a)
{
	static const char *const bad[] = {
	    "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n.c", "a@b\x01", "\xFF@b.c", "ab"};
	char many[300];
	size_t i;

	is_str(
	    email_normalize(a, "Ann@Example.ORG"), "ann@example.org", "an address in lower case");
	is_str(email_normalize(a, "  x@y\n"), "x@y", "blanks around it fall off");
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		is_str(email_normalize(a, bad[i]), NULL, "no address: number %zu", i);
	is_str(email_normalize(a, NULL), NULL, "NULL is none");
	memset(many, 'a', sizeof many);
	many[100] = '@';
	many[254] = '\0';
	ok(email_normalize(a, many) != NULL, "254 bytes are enough");
	many[254] = 'a';
	many[255] = '\0';
	ok(email_normalize(a, many) == NULL, "255 are too many");
}

static void
passwords(void)
{
	char many[1002];

	memset(many, 'a', sizeof many);
	many[0] = 'b';
	ok(password_fault("correct horse", 13, "a@b.c") == NULL, "a long one will do");
	ok(password_fault("short", 5, "a@b.c") != NULL, "a short one will not");
	ok(password_fault("elevenchars", 11, NULL) != NULL, "eleven are too few");
	ok(password_fault("twelve chars", 12, NULL) == NULL, "twelve are enough");
	ok(password_fault("aaaaaaaaaaaaaaa", 15, NULL) != NULL, "one character repeated will not");
	ok(password_fault("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 12, NULL) != NULL,
	    "characters count, not bytes");
	ok(password_fault(many, 1000, NULL) == NULL, "1,000 bytes will do");
	ok(password_fault(many, 1001, NULL) != NULL, "1,001 will not");
	ok(password_fault("Someone@example.org", 19, "someone@example.org") != NULL,
	    "the address itself will not");
	ok(password_fault("", 0, NULL) != NULL, "nothing will not");
}

int
main(void)
{
	struct arena *a = arena_new();

	roles(a);
	addresses(a);
	passwords();
	arena_free(a);
	return done_testing();
}
