/*
 * verify_others.c: organizations, users, tokens, jobs, and records that stand alone.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/parse.h"
#include "org/organization.h"
#include "org/people.h"
#include "store/jobs.h"
#include "store/verify_private.h"

#define JSON_DEPTH 64

/* ---- organizations and people ------------------------------------------------------------- */

enum result
verify_organization(struct entry *e)
{
	struct organization o;
	struct key k;
	int64_t last = 0;
	uint32_t org;

	if (!verify_key(e, "o", &org))
		return OK;
	if (!verify_record(e, organization_fields, &o,
		arena_fmt(e->arena, "organization %lu", (unsigned long)org)))
		return OK;
	key_start(&k);
	key_text(&k, "last-org");
	(void)rec_get_number(e->tx, T_META, &k, false, &last);
	if (o.id != org)
		verify_fault(e->v, "orgs: the record under organization %lu is another's.",
		    (unsigned long)org);
	if (last < org)
		verify_fault(e->v,
		    "organization %lu is there, but the last number that was given is %lld.",
		    (unsigned long)org, (long long)last);
	return OK;
}

enum result
verify_user(struct entry *e)
{
	struct user u;
	struct key k;

	if (!verify_record(e, user_fields, &u, "a user"))
		return OK;
	key_start(&k);
	key_opaque(&k, u.email != NULL ? u.email : "");
	if (!verify_same_key(&e->key, &k))
		verify_fault(e->v, "users: the record of %s stands under another address.",
		    u.email != NULL ? u.email : "nobody");
	return OK;
}

enum result
verify_token(struct entry *e)
{
	struct token t;
	struct bytes value;
	struct key k;
	char hex[SHA256_HEX];

	if (!verify_record(e, token_fields, &t, "an API token") || t.id == NULL)
		return OK;
	key_org(&k, (uint32_t)t.org);
	key_text(&k, t.id);
	if (e->key.n == SHA256_BYTES)
		hex_text(e->key.p, e->key.n, hex);
	if (e->key.n != SHA256_BYTES || !verify_has(e, T_ORG_TOKENS, &k, &value) ||
	    !verify_same(verify_text(e, &value), hex))
		verify_fault(e->v,
		    "API token %s of organization %lld is missing from the organization's list.",
		    t.id, (long long)t.org);
	return OK;
}

/* The bytes that hex digits stand for, as a key; false when they are not as many. */
static bool
hex_key(const char *hex, struct key *k)
{
	static const char digits[] = "0123456789abcdef";
	const char *high, *low;

	key_start(k);
	for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
		high = strchr(digits, hex[0]);
		low = strchr(digits, hex[1]);
		if (high == NULL || low == NULL)
			return false;
		key_u8(k, (uint8_t)((high - digits) << 4 | (low - digits)));
	}
	return k->n == SHA256_BYTES;
}

enum result
verify_org_token(struct entry *e)
{
	struct token t;
	struct bytes value;
	struct key k;
	const char *id, *hex;
	uint32_t org;
	bool good;

	if (!verify_key(e, "ot", &org, &id))
		return OK;
	hex = verify_text(e, &e->value);
	good = hex_key(hex, &k);
	good = good && verify_has(e, T_TOKENS, &k, &value) &&
	       record_read(token_fields, value.p, value.n, e->arena, &t) == 0 && t.org == org &&
	       verify_same(t.id, id);
	if (!good)
		verify_fault(e->v, "organization %lu lists API token %s, which is not there.",
		    (unsigned long)org, id);
	return OK;
}

/* ---- jobs --------------------------------------------------------------------------------- */

static bool
get_job(const struct entry *e, const char *id, struct job *j)
{
	struct bytes value;
	struct key k;

	key_start(&k);
	key_id(&k, id);
	return verify_has(e, T_JOBS, &k, &value) &&
	       record_read(job_fields, value.p, value.n, e->arena, j) == 0;
}

/* When it is due: what waits, at its time; what runs, when it counts as abandoned. */
static bool
due_key(const struct job *j, struct key *k)
{
	int64_t due = j->due;

	if (verify_same(j->state, "running"))
		due = (j->due > j->started ? j->due : j->started) + JOB_LEASE;
	else if (!verify_same(j->state, "waiting"))
		return false;
	key_start(k);
	key_u64(k, due > 0 ? (uint64_t)due : 0);
	key_id(k, j->id);
	return true;
}

enum result
verify_job(struct entry *e)
{
	struct job j;
	struct key k;
	const char *id;

	if (!verify_key(e, "i", &id) ||
	    !verify_record(e, job_fields, &j, arena_fmt(e->arena, "job %s", id)))
		return OK;
	if (!verify_same(j.id, id) || j.state == NULL ||
	    (!job_over(&j) && !verify_same(j.state, "running") && !verify_same(j.state, "waiting")))
		verify_fault(e->v,
		    "job %s is in no state that there is (%s), or its record is another's.", id,
		    j.state != NULL ? j.state : "none");
	else if (due_key(&j, &k) && !verify_has(e, T_JOBS_DUE, &k, NULL))
		verify_fault(e->v, "job %s is %s, but is missing from the list of what is due.", id,
		    j.state);
	return OK;
}

enum result
verify_job_due(struct entry *e)
{
	struct job j;
	struct key k;
	const char *id;
	uint64_t due;

	if (!verify_key(e, "ui", &due, &id))
		return OK;
	if (!get_job(e, id, &j) || !due_key(&j, &k) || !verify_same_key(&e->key, &k))
		verify_fault(
		    e->v, "the list of what is due names job %s, which is not due then.", id);
	return OK;
}

enum result
verify_job_last(struct entry *e)
{
	const char *kind, *id = verify_text(e, &e->value);
	struct job j;
	uint32_t org;

	if (!verify_key(e, "ot", &org, &kind))
		return OK;
	if (!message_id_valid(id) || !get_job(e, id, &j) || j.org != org ||
	    !verify_same(j.kind, kind))
		verify_fault(e->v,
		    "jobs_last names job %s as the newest \"%s\" of organization %lu, which it is not.",
		    id, kind, (unsigned long)org);
	return OK;
}

/* ---- what stands alone ------------------------------------------------------------------------ */

/* Nothing, a number, a text, or a JSON object that can be read. */
enum result
verify_any(struct entry *e)
{
	const char *p = e->value.p, *why;
	json *value;

	if (e->value.n == 0 || *p != '{') {
		if (!utf8_valid(e->value.p, e->value.n))
			verify_fault(e->v, "%s: an entry is no text.", verify_table(e));
		return OK;
	}
	value = json_parse(p, e->value.n, JSON_DEPTH, &why, NULL);
	if (json_kind(value) != JSON_OBJECT)
		verify_fault(e->v, "%s: a record can't be read (%s).", verify_table(e), why);
	json_free(value);
	return OK;
}
