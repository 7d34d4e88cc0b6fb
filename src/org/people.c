/*
 * people.c: users, sessions, API tokens, and what each may do.
 */
#include "org/people.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/parse.h"

#define EMAIL_MIN 3
#define EMAIL_MAX 254
#define PASSWORD_MIN 12	  /* characters */
#define PASSWORD_MAX 1000 /* bytes */

const struct field user_fields[] = {
    FIELD(struct user, FIELD_TEXT, email),
    FIELD(struct user, FIELD_TEXT, password),
    FIELD(struct user, FIELD_LIST, roles),
    FIELD(struct user, FIELD_INT, created),
    FIELD(struct user, FIELD_INT, password_set),
    FIELD(struct user, FIELD_BOOL, disabled),
    FIELD_END,
};

const struct field session_fields[] = {
    FIELD(struct session, FIELD_TEXT, email),
    FIELD(struct session, FIELD_INT, created),
    FIELD(struct session, FIELD_INT, last_seen),
    FIELD(struct session, FIELD_TEXT, csrf),
    FIELD(struct session, FIELD_TEXT, address),
    FIELD(struct session, FIELD_TEXT, agent),
    FIELD(struct session, FIELD_INT, confirmed),
    FIELD_END,
};

const struct field token_fields[] = {
    FIELD(struct token, FIELD_INT, org),
    FIELD(struct token, FIELD_TEXT, id),
    FIELD(struct token, FIELD_TEXT, name),
    FIELD(struct token, FIELD_BOOL, may_send),
    FIELD(struct token, FIELD_BOOL, may_read),
    FIELD(struct token, FIELD_INT, created),
    FIELD(struct token, FIELD_INT, expires),
    FIELD(struct token, FIELD_INT, last_used),
    FIELD(struct token, FIELD_TEXT, created_by),
    FIELD(struct token, FIELD_INT, daily_segments),
    FIELD_END,
};

/* ---- roles ----------------------------------------------------------------- */

static const char *const role_names[] = {
    [ROLE_NONE] = "NONE",
    [ROLE_ADMIN] = "ADMIN",
    [ROLE_OWNER] = "OWNER",
};

const char *
role_name(enum role r)
{
	return r <= ROLE_OWNER ? role_names[r] : "NONE";
}

int
role_parse(const char *s, enum role *out)
{
	if (s != NULL && strcasecmp(s, "OWNER") == 0)
		*out = ROLE_OWNER;
	else if (s != NULL && strcasecmp(s, "ADMIN") == 0)
		*out = ROLE_ADMIN;
	else
		return -1;
	return 0;
}

/* The role in "12 OWNER" if that speaks of this organization. */
static enum role
entry_role(const char *entry, uint32_t org)
{
	const char *blank = strchr(entry, ' ');
	enum role r = ROLE_NONE;
	uint64_t n;

	if (blank == NULL || parse_u64(entry, (size_t)(blank - entry), 1, UINT32_MAX, &n) != 0)
		return ROLE_NONE;
	if (n != org || role_parse(blank + 1, &r) != 0)
		return ROLE_NONE;
	return r;
}

enum role
user_role(const struct user *u, uint32_t org)
{
	enum role r;
	size_t i;

	for (i = 0; i < u->roles.count; i++) {
		r = entry_role(u->roles.items[i], org);
		if (r != ROLE_NONE)
			return r;
	}
	return ROLE_NONE;
}

void
user_set_role(struct user *u, uint32_t org, enum role r, struct arena *a)
{
	struct text_list roles = {NULL, 0};
	size_t i;

	for (i = 0; i < u->roles.count; i++) {
		if (entry_role(u->roles.items[i], org) == ROLE_NONE)
			roles = text_list_add(a, roles, u->roles.items[i]);
	}
	if (r != ROLE_NONE) {
		roles = text_list_add(
		    a, roles, arena_fmt(a, "%lu %s", (unsigned long)org, role_name(r)));
	}
	u->roles = roles;
}

/* ---- addresses and passwords --------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *
email_normalize(struct arena *a, const char *s)
{
	size_t n, i;
	const char *at;
	char *email;

	if (s == NULL)
		return NULL;
	while (is_blank(*s))
		s++;
	n = strlen(s);
	while (n > 0 && is_blank(s[n - 1]))
		n--;
	if (n < EMAIL_MIN || n > EMAIL_MAX || !text_valid(s, n, false) || memchr(s, ' ', n) != NULL)
		return NULL;
	at = memchr(s, '@', n);
	if (at == NULL || at == s || at == s + n - 1 ||
	    memchr(at + 1, '@', n - (size_t)(at - s) - 1) != NULL)
		return NULL;
	email = arena_dup(a, s, n);
	for (i = 0; i < n; i++) {
		if (email[i] >= 'A' && email[i] <= 'Z')
			email[i] = (char)(email[i] - 'A' + 'a');
	}
	return email;
}

/* One and the same character all along? */
static bool
one_character(const char *p, size_t n)
{
	const char *at = p, *end = p + n;
	uint32_t first;

	if (n == 0)
		return true;
	first = utf8_next(&at, end);
	while (at < end) {
		if (utf8_next(&at, end) != first)
			return false;
	}
	return true;
}

const char *
password_fault(const char *password, size_t n, const char *email)
{
	if (n > PASSWORD_MAX)
		return "The password is too long: it may have at most 1,000 bytes.";
	if (!utf8_valid(password, n) || memchr(password, '\0', n) != NULL)
		return "The password holds characters that cannot be read.";
	if (utf8_length(password, n) < PASSWORD_MIN)
		return "The password is too short: it needs at least 12 characters.";
	if (one_character(password, n))
		return "The password is one character repeated. Choose another one.";
	if (email != NULL && strlen(email) == n && strncasecmp(password, email, n) == 0)
		return "The password is the e-mail address. Choose another one.";
	return NULL;
}
