/*
 * fuzz_submission.c: the body of the messages API.  What is taken is what may be sent: numbers,
 * words and addresses in their form and number; what is not taken has a fault in words.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/parse.h"
#include "base/phone.h"
#include "base/segments.h"
#include "fuzz.h"
#include "handlers/api.h"

static void
check_fault(const struct submit_fault *f)
{
	MUST(f->code != NULL && *f->code != '\0' &&
	     strspn(f->code, "abcdefghijklmnopqrstuvwxyz_") == strlen(f->code));
	MUST(f->message != NULL && utf8_valid(f->message, strlen(f->message)));
	MUST(strchr(".?", f->message[strlen(f->message) - 1]) != NULL);
	MUST(f->field == NULL || utf8_valid(f->field, strlen(f->field)));
}

static void
check_taken(const struct submission *s)
{
	size_t i, j;

	MUST(s->to.count >= 1 && s->to.count <= SUBMIT_TO_MAX);
	MUST(!s->group || (s->to.count >= 2 && s->to.count <= SUBMIT_GROUP_MAX));
	for (i = 0; i < s->to.count; i++) {
		MUST(phone_is_e164(s->to.items[i]));
		for (j = 0; j < i && j < 50; j++)
			MUST(strcmp(s->to.items[i], s->to.items[j]) != 0);
	}
	MUST(s->text != NULL || s->media.count > 0);
	MUST(s->text == NULL || text_valid(s->text, strlen(s->text), true));
	MUST(s->text == NULL || utf8_length(s->text, strlen(s->text)) <= TEXT_MAX_CHARACTERS);
	MUST(s->media.count <= SUBMIT_MEDIA_MAX);
	for (i = 0; i < s->media.count; i++) {
		MUST(strncmp(s->media.items[i], "https://", 8) == 0);
		MUST(strlen(s->media.items[i]) <= SUBMIT_URL_MAX);
		MUST(strpbrk(s->media.items[i], " \t\r\n\"<>\\") == NULL);
		MUST(text_valid(s->media.items[i], strlen(s->media.items[i]), false));
	}
	MUST(s->from == NULL || phone_is_e164(s->from) || phone_is_short_code(s->from));
	MUST(s->send_before > 0);
	MUST(s->reference == NULL || (strlen(s->reference) <= SUBMIT_REFERENCE_MAX &&
					 text_valid(s->reference, strlen(s->reference), false)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct submission s = {.org = 1};
	struct submit_fault fault = {NULL, NULL, NULL};
	struct arena *a = arena_new();
	const char *why = NULL;
	json *body = json_parse((const char *)data, size, 8, &why, NULL);

	if (why != NULL)
		goto done;
	if (api_read_submission(body, a, &s, &fault) != 0 || submit_check(&s, a, &fault) != 0)
		check_fault(&fault);
	else
		check_taken(&s);
done:
	json_free(body);
	arena_free(a);
	return 0;
}
