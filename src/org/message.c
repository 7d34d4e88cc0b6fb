/*
 * message.c: a message, its states and which state may follow which.
 */
#include "org/message.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/parse.h"

/* ---- states ------------------------------------------------------------ */

#define BIT(state) (1U << (state))

static const struct {
	const char *name;
	const char *words;
	const char *sentence;
	unsigned next; /* states that may follow, besides itself */
} states[STATE_COUNT] = {
    [STATE_RECEIVED] = {"received", "Received", "This text came in.", 0},
    [STATE_QUEUED] = {"queued", "Waiting to be sent",
	"It goes out as soon as it is its turn. It can still be taken back.",
	BIT(STATE_HELD) | BIT(STATE_SENDING) | BIT(STATE_SENT) | BIT(STATE_DELIVERED) |
	    BIT(STATE_FAILED) | BIT(STATE_CANCELLED)},
    [STATE_HELD] = {"held", "Held", "It was not sent and waits for a person to decide.",
	BIT(STATE_QUEUED) | BIT(STATE_SENT) | BIT(STATE_DELIVERED) | BIT(STATE_FAILED) |
	    BIT(STATE_CANCELLED)},
    [STATE_SENDING] = {"sending", "Waiting for Bandwidth",
	"It is being handed to Bandwidth right now.",
	BIT(STATE_QUEUED) | BIT(STATE_HELD) | BIT(STATE_UNKNOWN) | BIT(STATE_SENT) |
	    BIT(STATE_DELIVERED) | BIT(STATE_FAILED)},
    [STATE_UNKNOWN] = {"unknown", "We don't know whether this was sent",
	"Bandwidth's answer was lost. Don't send it again before checking.",
	BIT(STATE_QUEUED) | BIT(STATE_SENT) | BIT(STATE_DELIVERED) | BIT(STATE_FAILED)},
    [STATE_SENT] = {"sent", "Sent", "Bandwidth took it; whether it was delivered is not known yet.",
	BIT(STATE_DELIVERED) | BIT(STATE_FAILED)},
    [STATE_DELIVERED] = {"delivered", "Delivered", "Bandwidth reported it as delivered.", 0},
    [STATE_FAILED] = {"failed", "Failed", "It was not delivered.", 0},
    [STATE_CANCELLED] = {"cancelled", "Taken back", "It was taken back before it was sent.", 0},
};

const char *
state_name(enum message_state s)
{
	return s < STATE_COUNT ? states[s].name : "?";
}

int
state_parse(const char *name, enum message_state *out)
{
	unsigned s;

	for (s = 0; name != NULL && s < STATE_COUNT; s++) {
		if (strcmp(states[s].name, name) == 0) {
			*out = (enum message_state)s;
			return 0;
		}
	}
	return -1;
}

const char *
state_words(enum message_state s)
{
	return s < STATE_COUNT ? states[s].words : "?";
}

const char *
state_sentence(enum message_state s)
{
	return s < STATE_COUNT ? states[s].sentence : "Its record is damaged.";
}

const char *
held_words(const char *why)
{
	static const struct {
		const char *why, *words;
	} table[] = {
	    {"deadline", "It could not go out before its deadline, so it was not sent late."},
	    {"contact-held",
		"This person may have asked to stop. Decide that first, under Needs a look."},
	    {"forgotten-key",
		"People asked to be forgotten, and it can't be found out whether this is one of "
		"them. Whoever runs this installation can mend it: spokectl check says how."},
	    {"number-limit",
		"Every number has had its new contacts for today. It goes on when the next day "
		"begins (UTC), or when the limit is raised."},
	    {"earlier-open", "An earlier text to this person is still under way."},
	    {"unknown-open", "We don't know whether an earlier text to this person was sent."},
	    {"other-account",
		"Bandwidth's answer was lost, and it was posted to another account than the one "
		"entered now, so it is not looked for. Look there before you send it again."},
	    {"unreadable", "A record that it needs can't be read. Needs a look says which; whoever "
			   "runs this installation can mend it."},
	    {"busy", "Bandwidth is busy. It is tried again by itself."},
	    {"server", "Bandwidth had a fault. It is tried again by itself."},
	    {"not-sent", "Bandwidth could not be reached. It is tried again by itself."},
	    {"restored",
		"The data was restored or moved, so texts wait until somebody says that the former "
		"installation is stopped."},
	    {"copied", "It was waiting when the data was copied, moved or restored, so the former "
		       "installation may have sent it since."},
	    {"paused", "Sending is paused."},
	    {"service", "The organization does not text through Bandwidth."},
	    {"not-configured",
		"Bandwidth's account, client ID, secret or application ID is not entered yet."},
	    {"credentials", "Bandwidth refused the credentials."},
	    {"other-address",
		"The credentials were entered for other addresses of Bandwidth. Enter them again."},
	};

	for (size_t i = 0; why != NULL && i < sizeof table / sizeof table[0]; i++)
		if (strcmp(why, table[i].why) == 0)
			return table[i].words;
	return why != NULL ? why : "It waits for a person to decide.";
}

bool
state_final(enum message_state s)
{
	return s == STATE_DELIVERED || s == STATE_FAILED || s == STATE_CANCELLED;
}

bool
state_may_follow(enum message_state from, enum message_state to)
{
	if (from >= STATE_COUNT || to >= STATE_COUNT)
		return false;
	return from == to || (states[from].next & BIT(to)) != 0;
}

/* ---- the record ---------------------------------------------------------- */

const struct field message_fields[] = {
    FIELD(struct message, FIELD_INT, org),
    FIELD(struct message, FIELD_TEXT, id),
    FIELD(struct message, FIELD_BOOL, out),
    FIELD(struct message, FIELD_TEXT, state),
    FIELD(struct message, FIELD_TEXT, contact_number),
    FIELD(struct message, FIELD_TEXT, user_number),
    FIELD(struct message, FIELD_TEXT, asked_from),
    FIELD(struct message, FIELD_LIST, group),
    FIELD(struct message, FIELD_LIST, group_final),
    FIELD(struct message, FIELD_TEXT, text),
    FIELD(struct message, FIELD_LIST, media),
    FIELD(struct message, FIELD_INT, segments),
    FIELD(struct message, FIELD_TEXT, service_id),
    FIELD(struct message, FIELD_INT, error_code),
    FIELD(struct message, FIELD_TEXT, error),
    FIELD(struct message, FIELD_TEXT, error_meaning),
    FIELD(struct message, FIELD_TEXT, error_who),
    FIELD(struct message, FIELD_TEXT, held_why),
    FIELD(struct message, FIELD_TEXT, reference),
    FIELD(struct message, FIELD_TEXT, token),
    FIELD(struct message, FIELD_TEXT, by),
    FIELD(struct message, FIELD_BOOL, reply),
    FIELD(struct message, FIELD_INT, created),
    FIELD(struct message, FIELD_INT, updated),
    FIELD(struct message, FIELD_INT, due),
    FIELD(struct message, FIELD_INT, send_before),
    FIELD(struct message, FIELD_INT, attempts),
    FIELD(struct message, FIELD_INT, posted),
    FIELD(struct message, FIELD_INT, posted_before),
    FIELD(struct message, FIELD_TEXT, account),
    FIELD(struct message, FIELD_INT, sent),
    FIELD(struct message, FIELD_INT, finished),
    FIELD(struct message, FIELD_INT, looks),
    FIELD(struct message, FIELD_INT, seq),
    FIELD(struct message, FIELD_TEXT, event),
    FIELD(struct message, FIELD_INT, text_removed),
    FIELD(struct message, FIELD_INT, media_removed),
    FIELD_END,
};

enum message_state
message_state(const struct message *m)
{
	enum message_state s = STATE_COUNT;

	(void)state_parse(m->state, &s);
	return s;
}

bool
message_posted_to(const struct message *m, const char *account)
{
	return account != NULL && (m->account == NULL || strcmp(m->account, account) == 0);
}

bool
message_elsewhere(const struct message *m)
{
	return message_state(m) == STATE_UNKNOWN && m->held_why != NULL &&
	       strcmp(m->held_why, "other-account") == 0;
}

void
message_set_state(struct message *m, enum message_state s)
{
	if (s >= STATE_COUNT)
		log_panic("message_set_state: no such state");
	m->state = state_name(s);
}

int64_t
message_cost(const struct message *m)
{
	int64_t segments = m->segments > 0 ? m->segments : 1;

	return m->group.count > 0 ? segments * (int64_t)m->group.count : segments;
}

/* ---- what is gone ------------------------------------------------------------- */

static const char *
gone(const struct message *m, int64_t when, const char *what, const char *setting,
    char out[MESSAGE_GONE])
{
	long long days = (long long)((when - m->created) / CLOCK_DAY);

	if (when == 0)
		return NULL;
	(void)snprintf(out, MESSAGE_GONE, "The %s were removed after %lld day%s (%s).", what,
	    days < 1 ? 1 : days, days <= 1 ? "" : "s", setting);
	return out;
}

const char *
message_text_gone(const struct message *m, char out[MESSAGE_GONE])
{
	return gone(m, m->text_removed, "words", "RETAIN_TEXT_DAYS", out);
}

const char *
message_media_gone(const struct message *m, char out[MESSAGE_GONE])
{
	return gone(m, m->media_removed, "attachments", "RETAIN_MEDIA_DAYS", out);
}

/* ---- ids and tags ----------------------------------------------------------- */

#define ID_RANDOM_BITS 20

void
tag_write(uint32_t org, const char *id, char out[TAG_MAX])
{
	(void)snprintf(out, TAG_MAX, "%lu|%s", (unsigned long)org, id);
}

int
tag_parse(const char *tag, uint32_t *org, char id[MESSAGE_ID])
{
	const char *bar = tag == NULL ? NULL : strchr(tag, '|');
	uint64_t n;

	if (bar == NULL || !message_id_valid(bar + 1))
		return -1;
	if (parse_u64(tag, (size_t)(bar - tag), 1, UINT32_MAX, &n) != 0)
		return -1;
	*org = (uint32_t)n;
	memcpy(id, bar + 1, MESSAGE_ID);
	return 0;
}

bool
message_id_valid(const char *id)
{
	return id != NULL && strlen(id) == MESSAGE_ID - 1 &&
	       strspn(id, "0123456789abcdef") == MESSAGE_ID - 1;
}

uint64_t
message_id_number(const char *id)
{
	uint64_t n = 0;

	for (; *id != '\0'; id++)
		n = n << 4 | (uint64_t)(*id <= '9' ? *id - '0' : *id - 'a' + 10);
	return n;
}

void
message_id_text(uint64_t number, char out[MESSAGE_ID])
{
	(void)snprintf(out, MESSAGE_ID, "%016llx", (unsigned long long)number);
}

int64_t
message_id_time(const char *id)
{
	return (int64_t)(message_id_number(id) >> ID_RANDOM_BITS);
}

void
message_id_new(int64_t now, char out[MESSAGE_ID])
{
	/*
	 * Within one millisecond a thread counts on in small random steps: a
	 * thousand random ids of one transaction would meet each other in four
	 * cases of ten, and would not sort as they were made.
	 */
	static _Thread_local uint64_t last;
	uint64_t ms = (uint64_t)now, last_ms = last >> ID_RANDOM_BITS;
	uint32_t r;

	crypto_random(&r, sizeof r);
	if (last_ms == ms || last_ms == ms + 1)
		last += 1 + r % 16;
	else
		last = ms << ID_RANDOM_BITS | (r & ((1U << ID_RANDOM_BITS) - 1));
	message_id_text(last, out);
}
