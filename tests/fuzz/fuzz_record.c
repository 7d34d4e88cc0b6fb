/*
 * fuzz_record.c: records as they come back from a disk, from a backup or from a version to come:
 * whatever they hold, reading ends, what is read can be written and read again the same, and what
 * pages and the API make of it is text.
 *
 * The first byte says what kind of record it is.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/parse.h"
#include "fuzz.h"
#include "org/contact.h"
#include "org/errors.h"
#include "org/media.h"
#include "org/message.h"
#include "org/message_json.h"
#include "org/number.h"
#include "org/organization.h"
#include "org/people.h"
#include "org/progress.h"

union any {
	struct message message;
	struct contact contact;
	struct number number;
	struct media media;
	struct organization organization;
	struct user user;
	struct session session;
	struct token token;
};

static void
must_be_text(const char *s)
{
	MUST(s != NULL && *s != '\0' && utf8_valid(s, strlen(s)));
}

/* A JSON object that can be sent. */
static void
check_json(json *object)
{
	struct buf text = BUF_INIT(SIZE_MAX);
	const char *why = NULL;
	json *again;

	json_write(object, &text);
	again = json_parse(text.data, text.len, 32, &why, NULL);
	MUST(why == NULL && json_kind(again) == JSON_OBJECT);
	json_free(again);
	json_free(object);
	buf_free(&text);
}

static void
look_at_message(const struct message *m)
{
	enum message_state s = message_state(m);
	char id[MESSAGE_ID];
	uint32_t org;

	must_be_text(state_name(s));
	must_be_text(state_words(s));
	must_be_text(state_sentence(s));
	MUST(held_words(m->held_why) != NULL);
	must_be_text(error_find((int)m->error_code)->meaning);
	if (message_id_valid(m->id)) {
		message_id_text(message_id_number(m->id), id);
		MUST(strcmp(id, m->id) == 0 && message_id_time(m->id) >= 0);
	}
	(void)tag_parse(m->reference, &org, id);
	check_json(message_json(m));
}

static void
look_at_media(const struct media *m)
{
	const char *sentence = media_sentence(m);

	MUST(sentence == NULL || *sentence != '\0');
	MUST(!media_waiting(m) || !media_stored(m));
	check_json(media_json(m, "https://x.example/"));
}

static void
look_at_user(const struct user *u, struct arena *a)
{
	struct user copy = *u;
	enum role r = user_role(u, 1);

	MUST(r == ROLE_NONE || r == ROLE_ADMIN || r == ROLE_OWNER);
	user_set_role(&copy, 1, ROLE_ADMIN, a);
	MUST(user_role(&copy, 1) == ROLE_ADMIN && user_role(&copy, 7) == user_role(u, 7));
	user_set_role(&copy, 1, ROLE_NONE, a);
	MUST(user_role(&copy, 1) == ROLE_NONE);
	MUST(u->email == NULL || email_normalize(a, u->email) == NULL ||
	     strchr(u->email, '@') != NULL);
}

static void
look_at_progress(const uint8_t *data, size_t size, struct arena *a)
{
	const char *why = NULL;
	json *detail = json_parse((const char *)data, size, 16, &why, NULL);
	struct progress p, again;
	size_t i;

	progress_read(detail, a, &p);
	MUST(p.count <= PROGRESS_STEPS);
	if (json_kind(detail) == JSON_OBJECT) {
		progress_write(detail, &p);
		progress_read(detail, a, &again);
		MUST(again.count == p.count);
		for (i = 0; i < p.count; i++)
			MUST(strcmp(again.steps[i].key, p.steps[i].key) == 0 &&
			     again.steps[i].state == p.steps[i].state);
	}
	MUST(p.count == 0 || progress_find(&p, p.steps[0].key) == &p.steps[0]);
	(void)progress_current(&p);
	json_free(detail);
}

static void
look_at(int kind, const union any *r, struct arena *a)
{
	if (kind == 0)
		look_at_message(&r->message);
	else if (kind == 2)
		must_be_text(number_state_sentence(r->number.state));
	else if (kind == 3)
		look_at_media(&r->media);
	else if (kind == 5)
		look_at_user(&r->user, a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct field *const tables[] = {message_fields, contact_fields, number_fields,
	    media_fields, organization_fields, user_fields, session_fields, token_fields};
	struct buf one = BUF_INIT(SIZE_MAX), two = BUF_INIT(SIZE_MAX);
	struct arena *a = arena_new();
	union any first, second;
	int kind;

	if (size == 0)
		goto done;
	kind = data[0] % 8;
	look_at_progress(data + 1, size - 1, a);
	memset(&first, 0, sizeof first);
	memset(&second, 0, sizeof second);
	if (record_read(tables[kind], data + 1, size - 1, a, &first) != 0)
		goto done;
	record_write(tables[kind], &first, &one);
	MUST(!one.failed && record_read(tables[kind], one.data, one.len, a, &second) == 0);
	record_write(tables[kind], &second, &two);
	MUST(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
	look_at(kind, &first, a);
done:
	buf_free(&one);
	buf_free(&two);
	arena_free(a);
	return 0;
}
