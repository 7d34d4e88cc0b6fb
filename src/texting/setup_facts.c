/*
 * setup_facts.c: the facts of a check as a record in its job's detail (setup.h).
 */
#include "base/buf.h"
#include "texting/setup.h"

#define FACT(kind, member) FIELD(struct setup_facts, kind, member)
#define ANSWER(member) FACT(FIELD_TEXT, member.state), FACT(FIELD_TEXT, member.words)

static const struct field fields[] = {
    FACT(FIELD_INT, version),
    ANSWER(token),
    FACT(FIELD_TEXT, cred_kind),
    FACT(FIELD_BOOL, express),
    FACT(FIELD_BOOL, has_accounts),
    FACT(FIELD_LIST, accounts),
    FACT(FIELD_LIST, roles),
    ANSWER(account),
    ANSWER(site),
    ANSWER(location),
    ANSWER(sms),
    ANSWER(mms),
    FACT(FIELD_TEXT, site_name),
    FACT(FIELD_TEXT, location_name),
    ANSWER(application),
    FACT(FIELD_TEXT, app_name),
    FACT(FIELD_TEXT, app_type),
    FACT(FIELD_TEXT, in_url),
    FACT(FIELD_TEXT, in_user),
    FACT(FIELD_TEXT, out_url),
    FACT(FIELD_TEXT, out_user),
    ANSWER(assigned),
    FACT(FIELD_TEXT, assigned_app),
    ANSWER(numbers),
    FACT(FIELD_INT, numbers_there),
    FACT(FIELD_INT, numbers_lost),
    FACT(FIELD_LIST, numbers_lost_at),
    FACT(FIELD_INT, numbers_new),
    ANSWER(campaign),
    FACT(FIELD_INT, local_count),
    FACT(FIELD_INT, local_bad),
    FACT(FIELD_INT, local_pending),
    FACT(FIELD_LIST, local_bad_at),
    ANSWER(tollfree),
    FACT(FIELD_INT, tollfree_count),
    FACT(FIELD_INT, tollfree_asked),
    FACT(FIELD_INT, tollfree_bad),
    FACT(FIELD_LIST, tollfree_bad_at),
    FACT(FIELD_TEXT, address),
    FACT(FIELD_TEXT, address_words),
    FACT(FIELD_TEXT, address_url),
    FACT(FIELD_INT, address_took),
    FACT(FIELD_INT, clock_asked),
    FACT(FIELD_INT, clock_ahead),
    FACT(FIELD_INT, disk_free),
    FACT(FIELD_INT, disk_sync),
    FACT(FIELD_TEXT, disk_fault),
    FACT(FIELD_BOOL, disk_asked),
    FIELD_END,
};

#define MEMBER "facts" /* of the detail */
#define FACTS_MAX ((size_t)64 * 1024)
#define FACTS_DEPTH 4

void
setup_facts_write(const struct setup_facts *f, json *detail)
{
	struct buf text = BUF_INIT(FACTS_MAX);
	const char *why;

	record_write(fields, f, &text);
	json_put(detail, MEMBER, json_parse(buf_str(&text), text.len, FACTS_DEPTH, &why, NULL));
	buf_free(&text);
}

void
setup_facts_read(const json *detail, struct arena *a, struct setup_facts *f)
{
	static const struct setup_facts none;
	const json *facts = json_get(detail, MEMBER);
	struct buf text = BUF_INIT(FACTS_MAX);

	*f = none;
	if (json_kind(facts) == JSON_OBJECT) {
		json_write(facts, &text);
		if (text.failed || record_read(fields, buf_str(&text), text.len, a, f) != 0)
			*f = none;
	}
	buf_free(&text);
}
