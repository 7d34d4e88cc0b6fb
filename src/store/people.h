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
 * Growing delay, never a lock-out: after n failures for a name within a day the next
 * try is taken 0, 0, 0, 1, 2, 4 … at most 60 seconds after the last failure.  kind is 'a' (account)
 * or 'n'
 * (network address; 10 free tries).  *wait_ms is 0 when a try may go on.
 */
enum result throttle_wait(struct tx *, char kind, const char *name, int64_t *wait_ms);
enum result throttle_failed(struct tx *, char kind, const char *name);
enum result throttle_cleared(struct tx *, char kind, const char *name);
/* Forgets what is older than a day; looks at no more than max and goes on there the next time;
 * *more (may be NULL): it has not come to the end. */
enum result throttle_expire(struct tx *, size_t max, bool *more);
#endif
