/*
 * event.c: reads one event of a callback, whatever it is.
 *
 * A missing or odd member never stops the reading: what could be read is set,
 * what could not is said in fault or note, and the handler decides.
 */
#include "org/event.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/parse.h"
#include "base/phone.h"

#define TYPE_MAX 64
#define NUMBER_MAX 100 /* bytes of a sender that is no telephone number */
#define ID_MAX 1024
#define WORDS_MAX 1000	 /* description, carrier */
#define COUNT_MAX 999999 /* codes have four digits, segments fewer */

static const struct {
	const char *name;
	enum event_type type;
} types[] = {
    {"message-received", EVENT_RECEIVED},
    {"message-sending", EVENT_SENDING},
    {"message-sent", EVENT_SENT},
    {"message-delivered", EVENT_DELIVERED},
    {"message-failed", EVENT_FAILED},
    {"message-read", EVENT_READ},
};

/* ---- single values ------------------------------------------------------------ */

/* Cuts to at most max bytes without splitting a character. */
static char *
cut(char *s, size_t max)
{
	size_t n = s == NULL ? 0 : strlen(s);

	if (n > max) {
		while (max > 0 && ((unsigned char)s[max] & 0xC0) == 0x80)
			max--;
		s[max] = '\0';
	}
	return s;
}

/* A string, or an integer as its digits; else NULL. */
static char *
text_of(const json *value, struct arena *a)
{
	if (json_kind(value) == JSON_INT)
		return arena_fmt(a, "%lld", (long long)json_int(value, 0));
	return json_copy_text(value, a);
}

/* The same of an object's member; empty text is as good as none. */
static char *
member_text(const json *object, const char *name, size_t max, struct arena *a)
{
	char *s = cut(text_of(json_get(object, name), a), max);

	return s == NULL || *s == '\0' ? NULL : s;
}

/* E.164 where it is a telephone number, else as it came: short code, name of a sender. */
static const char *
number_of(const json *value, struct arena *a)
{
	char *s = cut(text_of(value, a), NUMBER_MAX);
	char normal[PHONE_MAX];
	const char *why;

	if (s == NULL || *s == '\0')
		return NULL;
	if (phone_is_short_code(s) || phone_normalize(s, normal, &why) != 0)
		return s;
	return arena_str(a, normal);
}

/* An integer, or its digits as a string; 0 unless it lies between 0 and COUNT_MAX. */
static int64_t
int_of(const json *value)
{
	int64_t v = json_int(value, 0);
	size_t n = 0;
	const char *s = json_text(value, &n);

	if (s != NULL && parse_i64(s, n, 0, COUNT_MAX, &v) != 0)
		return 0;
	return v < 0 || v > COUNT_MAX ? 0 : v;
}

static int64_t
time_of(const json *value, struct arena *a)
{
	const char *s = json_copy_text(value, a);
	int64_t ms = 0;

	if (s == NULL || clock_parse(s, &ms) != 0)
		return 0;
	return ms;
}

/* ---- lists ----------------------------------------------------------------------- */

typedef const char *(*item_fn)(const json *, struct arena *);

/* Only a string can be an address of a medium. */
static const char *
media_of(const json *value, struct arena *a)
{
	const char *s = json_copy_text(value, a);

	return s == NULL || *s == '\0' ? NULL : s;
}

/* A list of what fn makes of the items; a single value is a list of one.  Items that are
 * nothing are left out; *dropped then becomes true. */
static struct text_list
list_of(const json *value, item_fn fn, struct arena *a, bool *dropped)
{
	bool array = json_kind(value) == JSON_ARRAY;
	size_t n = array ? json_len(value) : 1, i;
	struct text_list list = {NULL, 0};

	if (json_kind(value) == JSON_NULL || n == 0)
		return list;
	list.items = arena_alloc(a, n * sizeof *list.items);
	for (i = 0; i < n; i++) {
		list.items[list.count] = fn(array ? json_at(value, i) : value, a);
		if (list.items[list.count] != NULL)
			list.count++;
		else
			*dropped = true;
	}
	return list;
}

/* ---- the event ---------------------------------------------------------------------- */

static enum event_type
type_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (strcmp(types[i].name, name) == 0)
			return types[i].type;
	}
	return EVENT_UNKNOWN;
}

/* The id as it is; NULL when it is absent or longer than ids may be. */
static const char *
id_of(const json *message, struct arena *a)
{
	char *id = text_of(json_get(message, "id"), a);

	return id == NULL || *id == '\0' || strlen(id) > ID_MAX ? NULL : id;
}

static void
read_message(const json *message, struct arena *a, struct event *e)
{
	bool dropped = false;

	e->message_id = id_of(message, a);
	e->from = number_of(json_get(message, "from"), a);
	e->owner = number_of(json_get(message, "owner"), a);
	e->application_id = member_text(message, "applicationId", WORDS_MAX, a);
	e->text = text_of(json_get(message, "text"), a);
	/* Multi-channel: {"channel":"RBM","content":{"text":…}}, or a suggestion that was tapped. */
	if (e->text == NULL)
		e->text = text_of(json_get(json_get(message, "content"), "text"), a);
	if (e->text == NULL)
		e->text = text_of(json_get(json_get(message, "suggestionResponse"), "text"), a);
	e->tag = member_text(message, "tag", ID_MAX, a);
	e->direction = member_text(message, "direction", TYPE_MAX, a);
	e->segments = int_of(json_get(message, "segmentCount"));
	e->message_to = list_of(json_get(message, "to"), number_of, a, &dropped);
	if (dropped)
		e->note = "message.to holds something that is no number";
	dropped = false;
	e->media = list_of(json_get(message, "media"), media_of, a, &dropped);
	if (dropped)
		e->note = "message.media holds something that is no address";
	if (e->text == NULL && json_get(message, "text") != NULL)
		e->note = "message.text is not a text";
}

/* Length of the id in an event, 0 if it is no text. */
static size_t
id_length(const json *event)
{
	size_t n = 0;

	return json_text(json_get(json_get(event, "message"), "id"), &n) == NULL ? 0 : n;
}

/* The first thing that keeps the event from being applied, or NULL. */
static const char *
fault_of(const json *value, const struct event *e)
{
	if (json_kind(value) != JSON_OBJECT)
		return "the event is not an object";
	if (e->type_text == NULL)
		return "type is missing";
	if (e->type == EVENT_UNKNOWN)
		return "type is not one that we know";
	if (json_kind(json_get(value, "message")) != JSON_OBJECT)
		return "message is missing";
	if (e->message_id == NULL)
		return id_length(value) > 0 ? "message.id is too long" : "message.id is missing";
	if (e->type == EVENT_RECEIVED && e->from == NULL)
		return "message.from is missing";
	if (e->type == EVENT_RECEIVED && e->to == NULL)
		return "to is missing";
	return NULL;
}

void
event_read(const json *value, struct arena *a, struct event *e)
{
	static const struct event none;

	*e = none;
	e->type_text = cut(json_get_text(value, "type", a), TYPE_MAX);
	if (e->type_text != NULL)
		e->type = type_of(e->type_text);
	e->to = number_of(json_get(value, "to"), a);
	e->time = time_of(json_get(value, "time"), a);
	e->description = member_text(value, "description", WORDS_MAX, a);
	e->error_code = int_of(json_get(value, "errorCode"));
	e->carrier = member_text(value, "carrierName", WORDS_MAX, a);
	read_message(json_get(value, "message"), a, e);
	e->fault = fault_of(value, e);
}

void
event_key(const struct event *e, const char *raw, size_t rawlen, unsigned char out[32])
{
	struct buf b = BUF_INIT(8 * ID_MAX);

	if (e->message_id == NULL) {
		crypto_sha256(raw, rawlen, out);
		return;
	}
	/* Each with its NUL, so that no two triples give the same bytes. */
	buf_add(&b, e->message_id, strlen(e->message_id) + 1);
	buf_adds(&b, e->type_text == NULL ? "" : e->type_text);
	buf_addc(&b, '\0');
	buf_adds(&b, e->to == NULL ? "" : e->to);
	buf_addc(&b, '\0');
	crypto_sha256(b.data, b.len, out);
	buf_free(&b);
}
