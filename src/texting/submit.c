/*
 * submit.c: is this something that can be sent at all?  Looks at the request
 * only; what depends on the store is submit_queue.c's.
 */
#include "texting/submit.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/parse.h"
#include "base/phone.h"
#include "base/segments.h"

/* How long a text may wait when nobody says. */
#define SEND_WITHIN (12 * CLOCK_HOUR)
/* How much of a bad number is repeated to whoever entered it. */
#define ECHO_MAX 40

static int
fault(struct submit_fault *f, const char *field, const char *code, const char *message)
{
	f->field = field;
	f->code = code;
	f->message = message;
	return -1;
}

static int
bad_number(struct submit_fault *f, struct arena *a, const char *entered, const char *why)
{
	size_t n = strlen(entered);
	const char *more = "";

	if (n > ECHO_MAX) {
		for (n = ECHO_MAX; n > 0 && ((unsigned char)entered[n] & 0xC0) == 0x80;)
			n--;
		more = "…";
	}
	return fault(
	    f, "to", "invalid_number", arena_fmt(a, "\"%.*s%s\": %s", (int)n, entered, more, why));
}

static int
check_to(struct submission *s, struct arena *a, struct submit_fault *f)
{
	struct text_list to = {NULL, 0};
	char number[PHONE_MAX];
	const char *why;
	size_t i, j;

	if (s->to.count == 0)
		return fault(
		    f, "to", "no_recipient", "There is nobody to send it to. Give a number.");
	if (s->to.count > SUBMIT_TO_MAX)
		return fault(f, "to", "too_many_recipients",
		    "That is more than 1,000 numbers. Send it in several parts.");
	to.items = arena_alloc(a, s->to.count * sizeof *to.items);
	for (i = 0; i < s->to.count; i++) {
		if (s->to.items[i] == NULL)
			return fault(f, "to", "invalid_number", "A number is missing.");
		if (phone_normalize(s->to.items[i], number, &why) != 0)
			return bad_number(f, a, s->to.items[i], why);
		for (j = 0; j < to.count && strcmp(to.items[j], number) != 0;)
			j++;
		if (j == to.count)
			to.items[to.count++] = arena_str(a, number);
	}
	s->to = to;
	if (s->to.count == 1)
		s->group = false;
	if (s->group && s->to.count > SUBMIT_GROUP_MAX)
		return fault(f, "to", "too_many_recipients", "A group may have at most 10 people.");
	return 0;
}

static bool
blank(const char *s)
{
	return s == NULL || s[strspn(s, " \t\r\n")] == '\0';
}

static int
check_text(struct submission *s, struct arena *a, struct submit_fault *f)
{
	size_t n, bytes;

	if (blank(s->text) && s->media.count == 0)
		return fault(
		    f, "text", "empty", "There is nothing to send. Write a text or add media.");
	if (s->text == NULL)
		return 0;
	bytes = strlen(s->text);
	if (!text_valid(s->text, bytes, true))
		return fault(f, "text", "text_invalid",
		    "The text holds characters that can't be sent (control characters, or bytes "
		    "that are not UTF-8).");
	n = utf8_length(s->text, bytes);
	if (n > TEXT_MAX_CHARACTERS)
		return fault(f, "text", "text_too_long",
		    arena_fmt(a,
			"The text has %zu characters. Bandwidth takes at most %d; shorten it or "
			"send it in parts.",
			n, TEXT_MAX_CHARACTERS));
	return 0;
}

/* An https address in printable ASCII with a host; whether there is anything, Bandwidth will see.
 * */
static bool
media_valid(const char *url)
{
	static const char scheme[] = "https://";
	const unsigned char *p;
	size_t n = strlen(url);

	if (n > SUBMIT_URL_MAX || strncmp(url, scheme, sizeof scheme - 1) != 0)
		return false;
	for (p = (const unsigned char *)url; *p != '\0'; p++) {
		if (*p <= ' ' || *p > '~' || *p == '"' || *p == '<' || *p == '>' || *p == '\\')
			return false;
	}
	url += sizeof scheme - 1;
	n = strcspn(url, "/?#");
	return n > 0 && memchr(url, '@', n) == NULL && url[0] != ':' && url[0] != '.';
}

static int
check_media(const struct submission *s, struct submit_fault *f)
{
	size_t i;

	if (s->media.count > SUBMIT_MEDIA_MAX)
		return fault(f, "media", "media_invalid", "A text can carry at most 10 media.");
	for (i = 0; i < s->media.count; i++) {
		if (s->media.items[i] == NULL || !media_valid(s->media.items[i]))
			return fault(f, "media", "media_invalid",
			    "Media are addresses that begin with https://, at most 4,096 characters "
			    "long, without blanks.");
	}
	return 0;
}

static int
check_from(struct submission *s, struct arena *a, struct submit_fault *f)
{
	char number[PHONE_MAX];
	const char *why;

	if (blank(s->from)) {
		s->from = NULL;
		return 0;
	}
	if (phone_is_short_code(s->from))
		return 0;
	if (phone_normalize(s->from, number, &why) != 0)
		return fault(f, "from", "invalid_number", why);
	s->from = arena_str(a, number);
	return 0;
}

static int
check_rest(struct submission *s, struct submit_fault *f)
{
	int64_t now = clock_now();

	if (s->send_before == 0)
		s->send_before = now + SEND_WITHIN;
	if (s->send_before <= now)
		return fault(f, "send_before", "deadline_passed",
		    "The time before which it should be sent has passed already.");
	if (s->reference == NULL)
		return 0;
	if (strlen(s->reference) > SUBMIT_REFERENCE_MAX)
		return fault(
		    f, "reference", "reference_too_long", "The reference has more than 255 bytes.");
	if (!text_valid(s->reference, strlen(s->reference), false))
		return fault(f, "reference", "reference_invalid",
		    "The reference holds control characters, or bytes that are not UTF-8.");
	return 0;
}

int
submit_check(struct submission *s, struct arena *a, struct submit_fault *f)
{
	if (check_to(s, a, f) != 0 || check_text(s, a, f) != 0 || check_media(s, f) != 0)
		return -1;
	if (check_from(s, a, f) != 0 || check_rest(s, f) != 0)
		return -1;
	return 0;
}
