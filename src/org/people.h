/*
 * people.h: users, sessions, API tokens, and what each may do.
 */
#ifndef SPOKE_PEOPLE_H
#define SPOKE_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "org/record.h"

enum role { ROLE_NONE, ROLE_ADMIN, ROLE_OWNER };	/* ADMIN may see, OWNER may change */
const char *role_name(enum role);
int role_parse(const char *, enum role *);

struct user {
	const char *email;	/* lower case: the key */
	const char *password;	/* "$scrypt$…" */
	struct text_list roles;	/* "12 OWNER" */
	int64_t created;
	int64_t password_set;
	bool disabled;
};
extern const struct field user_fields[];
enum role user_role(const struct user *, uint32_t org);
/* Sets (or with ROLE_NONE removes) the role for an organization. */
void user_set_role(struct user *, uint32_t org, enum role, struct arena *);
/* Lower case, one "@", no blanks, 3 to 254 bytes; NULL if it is not an address. */
const char *email_normalize(struct arena *, const char *);
/* NULL when it will do, else a sentence: at least 12 characters, at most 1,000 bytes, not one
 * repeated character. */
const char *password_fault(const char *password, size_t n, const char *email);

struct session {
	const char *email;
	int64_t created;	/* absolute limit 12 hours */
	int64_t last_seen;	/* idle limit 1 hour; written at most once a minute */
	const char *csrf;	/* 43 base64url characters */
	const char *address;
	const char *agent;
	int64_t confirmed;	/* when the password was last entered */
};
extern const struct field session_fields[];
#define SESSION_IDLE (60 * 60 * INT64_C(1000))
#define SESSION_ABSOLUTE (12 * 60 * 60 * INT64_C(1000))

struct token {
	int64_t org;
	const char *id;		/* 8 hex digits, to speak of it */
	const char *name;
	bool may_send, may_read;
	int64_t created, expires, last_used;	/* last_used written at most once a minute */
	const char *created_by;
	int64_t daily_segments;	/* 0: no limit of its own */
};
extern const struct field token_fields[];

#endif
