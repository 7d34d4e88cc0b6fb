/*
 * fuzz_fields.c: what people enter into forms: the fields of "Bandwidth Config", what numbers to
 * look for, an address and a password to sign in with.  What is taken may go into an address or an
 * XML document as it is.
 *
 * The input is a form body.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/form.h"
#include "base/parse.h"
#include "base/phone.h"
#include "base/settings.h"
#include "fuzz.h"
#include "org/people.h"
#include "texting/config.h"
#include "texting/inventory.h"

/* A sentence, but that a number may stand before it. */
static void
check_sentence(const char *s)
{
	MUST(s != NULL && utf8_valid(s, strlen(s)) && strlen(s) > 10);
}

static void
check_config(const struct form *form, struct arena *a)
{
	struct config_input in = {.value = {NULL}}, again;
	int i, faults = 0;

	for (i = 0; i < CONFIG_FIELDS; i++)
		in.value[i] = form_get(form, config_field_name((enum config_field)i));
	MUST(config_check(&in, a) >= 0);
	for (i = 0; i < CONFIG_FIELDS; i++) {
		const char *v = in.value[i];

		if (in.fault[i] != NULL) {
			check_sentence(in.fault[i]);
			faults++;
			continue;
		}
		if (v == NULL || *v == '\0')
			continue;
		MUST(text_valid(v, strlen(v), false) && strlen(v) <= 255);
		if (i == CONFIG_ACCOUNT_ID || i == CONFIG_SITE_ID || i == CONFIG_SIP_PEER_ID)
			MUST(digits_valid(v, strlen(v), 1, 20));
		if (i == CONFIG_APPLICATION_ID)
			MUST(strlen(v) == 36 && strspn(v, "0123456789abcdefABCDEF-") == 36);
		if (i == CONFIG_USER_NAME)
			MUST(strpbrk(v, " \t\r\n") == NULL);
	}
	/* What was judged is judged the same again. */
	again = in;
	MUST(config_check(&again, a) == faults);
	for (i = 0; i < CONFIG_FIELDS; i++)
		MUST(in.fault[i] != NULL || in.value[i] == NULL ||
		     strcmp(again.value[i], in.value[i]) == 0);
}

static void
split(const char *text, struct arena *a, struct text_list *out)
{
	size_t n, room = 0;

	*out = (struct text_list){NULL, 0};
	out->items = arena_alloc(a, (strlen(text) / 2 + 1) * sizeof *out->items);
	for (; *text != '\0' && room < 300; text += n + (text[n] != '\0')) {
		n = strcspn(text, " ");
		if (n > 0) {
			out->items[out->count++] = arena_dup(a, text, n);
			room++;
		}
	}
}

static void
check_want(const struct form *form, struct arena *a)
{
	struct settings settings = {.order_numbers_max = 100};
	struct app app = {.settings = &settings};
	struct number_want want = {.kind = WANT_AREA}, copy;
	struct want_fault fault = {NULL, NULL};
	const char *numbers = form_get(form, "numbers"), *quantity = form_get(form, "quantity");
	size_t i;
	int order;

	if (want_parse(form_get(form, "kind"), &want.kind) != 0)
		return;
	want.area = form_get(form, "area");
	want.state = form_get(form, "state");
	want.city = form_get(form, "city");
	want.zip = form_get(form, "zip");
	want.pattern = form_get(form, "pattern");
	if (quantity != NULL)
		(void)parse_i64(quantity, strlen(quantity), INT64_MIN, INT64_MAX, &want.quantity);
	if (numbers != NULL)
		split(numbers, a, &want.numbers);
	copy = want;
	for (order = 0; order < 2; order++) {
		want = copy;
		if (inventory_want_check(&app, &want, order > 0, a, &fault) != 0) {
			check_sentence(fault.message);
			MUST(fault.field != NULL);
			continue;
		}
		MUST(
		    want.quantity >= 1 && want.quantity <= (order > 0 ? 100 : INVENTORY_FOUND_MAX));
		MUST(want.kind != WANT_AREA || digits_valid(want.area, strlen(want.area), 3, 3));
		MUST(want.kind != WANT_ZIP || digits_valid(want.zip, strlen(want.zip), 5, 5));
		MUST(want.kind != WANT_CITY || text_valid(want.city, strlen(want.city), false));
		MUST(
		    (want.kind != WANT_CITY && want.kind != WANT_STATE) || strlen(want.state) == 2);
		MUST(want.kind != WANT_TOLL_FREE || strspn(want.pattern, "0345678*") == 3);
		for (i = 0; want.kind == WANT_NUMBERS && i < want.numbers.count; i++)
			MUST(phone_is_e164(want.numbers.items[i]));
		check_sentence(inventory_want_words(&want, a));
	}
}

static void
check_person(const struct form *form, struct arena *a)
{
	const char *address = form_get(form, "email"), *password = form_get(form, "password");
	const char *email = address != NULL ? email_normalize(a, address) : NULL;

	if (email != NULL) {
		MUST(strlen(email) >= 3 && strlen(email) <= 254 && strchr(email, '@') != NULL);
		MUST(strpbrk(email, " \t\r\nABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL);
		MUST(text_valid(email, strlen(email), false));
		MUST(strcmp(email_normalize(a, email), email) == 0);
	}
	if (password != NULL && password_fault(password, strlen(password), email) == NULL)
		MUST(utf8_length(password, strlen(password)) >= 12 && strlen(password) <= 1000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *why = NULL;
	struct form form;

	if (form_parse((const char *)data, size, a, &form, &why) == 0) {
		check_config(&form, a);
		check_want(&form, a);
		check_person(&form, a);
	}
	arena_free(a);
	return 0;
}
