/*
 * fuzz_phone.c: telephone numbers.  What is normalized is E.164 and stays as
 * it is; what is shown to a person is the same number when typed in again.  A
 * number that was hidden is not found any more, and JSON stays JSON.
 */
#include "base/buf.h"
#include "base/json.h"
#include "base/parse.h"
#include "base/phone.h"
#include "fuzz.h"

static void
check_number(const char *number)
{
	char again[PHONE_MAX], shown[PHONE_MAX], area[4];
	const char *why = NULL;

	MUST(phone_is_e164(number));
	MUST(phone_normalize(number, again, &why) == 0 && strcmp(again, number) == 0);
	phone_display(number, shown);
	MUST(phone_normalize(shown, again, &why) == 0 && strcmp(again, number) == 0);
	phone_area(number, area);
	MUST((area[0] != '\0') == (number[1] == '1'));
	MUST(!phone_is_toll_free(number) || area[0] == '8');
	MUST(!phone_is_short_code(number));
	phone_masked(number, shown);
	MUST(strlen(shown) == strlen(number) && strchr(shown, '*') != NULL);
}

/* Two keys of one object may become the same; else what was JSON stays so. */
static void
check_hidden(const char *s, size_t n, const char *number)
{
	struct buf out = BUF_INIT((size_t)16 * 1024 * 1024);
	const char *why = NULL, *after = NULL;
	size_t at, len, count = phone_hide(s, n, number, "somebody", &out);
	json *before = json_parse(s, n, 32, &why, NULL), *then;

	MUST(!out.failed && !phone_find(buf_str(&out), out.len, number, &at, &len));
	MUST(count > 0 || (out.len == n && (n == 0 || memcmp(out.data, s, n) == 0)));
	then = json_parse(buf_str(&out), out.len, 32, &after, NULL);
	MUST(why != NULL || after == NULL || strstr(after, "twice") != NULL);
	json_free(before);
	json_free(then);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char out[PHONE_MAX], *s = malloc(size + 1);
	const char *why = NULL;

	if (s == NULL)
		return 0;
	if (size > 0)
		memcpy(s, data, size);
	s[size] = '\0';
	if (phone_normalize(s, out, &why) == 0)
		check_number(out);
	else
		MUST(why != NULL && why[strlen(why) - 1] == '.');
	check_hidden(s, size, "+19195550123");
	check_hidden(s, size, "+442079460958");
	check_hidden(s, size, "24273");
	phone_display(s, out);
	MUST(strlen(out) < PHONE_MAX);
	MUST(!utf8_valid(s, strlen(s)) || utf8_valid(out, strlen(out)));
	phone_masked(s, out);
	MUST(text_valid(out, strlen(out), false));
	phone_area(s, out);
	MUST(strlen(out) == 0 || digits_valid(out, strlen(out), 3, 3));
	free(s);
	return 0;
}
