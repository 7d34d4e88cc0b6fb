/*
 * store/audit.h: who did what, when, from where; never a secret.
 */
#ifndef SPOKE_STORE_AUDIT_H
#define SPOKE_STORE_AUDIT_H
#include "org/record.h"
#include "store/kv.h"

struct audit {
	int64_t org; /* 0: the installation */
	int64_t time;
	const char *who;    /* e-mail, "token 1f2e3d4c", "spokectl", "worker" */
	const char *from;   /* address, or "local" */
	const char *what;   /* "settings.save", "sign-in", "send", … */
	const char *detail; /* names of changed fields and so on */
};
extern const struct field audit_fields[];
enum result audit_add(struct tx *, const struct audit *);
enum result audit_list(struct tx *, uint32_t org, int64_t before, size_t max, struct arena *,
    struct audit **, size_t *count);
#endif
