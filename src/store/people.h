/*
 * store/people.h: users, sessions, API tokens and failed sign-ins.
 */
#ifndef SPOKE_STORE_PEOPLE_H
#define SPOKE_STORE_PEOPLE_H
#include "org/people.h"
#include "store/kv.h"

enum result users_get(
    struct tx *, const char *email, bool for_update, struct arena *, struct user *);
enum result users_put(struct tx *, const struct user *);
enum result users_list(
    struct tx *, uint32_t org /* 0: all */, struct arena *, struct user **, size_t *count);

/* Sessions: token is the cookie's text; only its SHA-256 is stored. */
enum result sessions_put(struct tx *, const char *token, const struct session *);
/* NOT_FOUND also when a limit has passed (sessions_expire removes it). */
enum result sessions_get(struct tx *, const char *token, struct arena *, struct session *);
enum result sessions_del(struct tx *, const char *token);
/* Ends all sessions of a user (password changed, disabled) and removes expired ones.
 * sessions_expire looks at no more than max and goes on there the next time; *more (may be NULL): it
 * has not come to the end. */
enum result sessions_end(struct tx *, const char *email);
enum result sessions_expire(struct tx *, size_t max, bool *more);

/* API tokens: text is "spk_" and 43 base64url characters; only the SHA-256 is stored. */
enum result tokens_put(struct tx *, const char *text, const struct token *);
/* NOT_FOUND also when expired. */
enum result tokens_get(struct tx *, const char *text, struct arena *, struct token *);
enum result tokens_used(struct tx *, const char *text, int64_t when);
enum result tokens_list(struct tx *, uint32_t org, struct arena *, struct token **, size_t *count);
enum result tokens_revoke(struct tx *, uint32_t org, const char *id);

/*
 * Tries at a password: a growing delay, never a lock-out.  After n failures for an account within a
 * day the next try is taken 0, 0, 0, 0, 1, 2, 4 … at most 60 seconds after the last one; so it is for a
 * network, with 10 free tries.  An account that was signed in to from a network within a month has
 * a count of its own there: whatever strangers try elsewhere, it keeps nobody out.
 */
struct tries {
	const char *email; /* normalized; NULL: no account's */
	const char *network;
};
/* *wait_ms is 0 when a try may go on. */
enum result throttle_wait(struct tx *, const struct tries *, int64_t *wait_ms);
/* Counted as a failure before the password is looked at; taken back if it was not looked at. */
enum result throttle_begun(struct tx *, const struct tries *);
enum result throttle_undone(struct tx *, const struct tries *);
/* The password was right: nothing is counted any more, and the network is known. */
enum result throttle_right(struct tx *, const struct tries *);
/* Forgets what is old; looks at no more than max and goes on there the next time;
 * *more (may be NULL): it has not come to the end. */
enum result throttle_expire(struct tx *, size_t max, bool *more);
#endif
