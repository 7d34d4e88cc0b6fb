/*
 * inventory_want.c: is what somebody wants to search for or to order what it claims to be?
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "base/phone.h"
#include "texting/inventory.h"

#define CITY_MAX 60
#define ANY_TOLL_FREE "8**"

static const char *const names[] = {
    [WANT_AREA] = "area",
    [WANT_STATE] = "state",
    [WANT_CITY] = "city",
    [WANT_ZIP] = "zip",
    [WANT_TOLL_FREE] = "toll-free",
    [WANT_NUMBERS] = "numbers",
};
#define NAMES (sizeof names / sizeof names[0])

const char *
want_name(enum want_kind kind)
{
	return names[kind];
}

int
want_parse(const char *name, enum want_kind *kind)
{
	size_t i;

	for (i = 0; i < NAMES; i++) {
		if (name != NULL && strcmp(names[i], name) == 0) {
			*kind = (enum want_kind)i;
			return 0;
		}
	}
	return -1;
}

static int
fail(struct want_fault *f, const char *field, const char *message)
{
	f->field = field;
	f->message = message;
	return -1;
}

/* Without blanks at both ends; "" for NULL. */
static char *
trim(struct arena *a, const char *s)
{
	size_t n;

	if (s == NULL)
		return arena_str(a, "");
	s += strspn(s, " \t");
	n = strlen(s);
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return arena_dup(a, s, n);
}

static bool
area_valid(const char *s)
{
	return digits_valid(s, strlen(s), 3, 3) && s[0] >= '2' && !(s[1] == '1' && s[2] == '1');
}

static int
check_state(struct number_want *w, struct arena *a, struct want_fault *f)
{
	char *s = trim(a, w->state), *p;

	for (p = s; *p != '\0'; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	}
	w->state = s;
	if (strlen(s) != 2 || strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2)
		return fail(f, "state", "The state is its code of two letters, for example NC.");
	return 0;
}

/* What Bandwidth takes for toll-free: three characters, the last a star (8**, 80*, 83*, …). */
static int
check_pattern(struct number_want *w, struct arena *a, struct want_fault *f)
{
	const char *s = trim(a, w->pattern);

	w->pattern = *s == '\0' ? ANY_TOLL_FREE : s;
	if (strlen(w->pattern) == 3 && w->pattern[0] == '8' &&
	    strspn(w->pattern + 1, "0345678*") == 2 && w->pattern[2] == '*')
		return 0;
	return fail(f, "pattern",
	    "The toll-free pattern is 8** for any, or begins with the digits wanted: 80*, 83*, "
	    "84*, 85*, 86*, 87* or 88*.");
}

static int
check_numbers(struct number_want *w, struct arena *a, struct want_fault *f)
{
	struct text_list list = {NULL, 0};
	char number[PHONE_MAX];
	const char *why;
	size_t i;

	for (i = 0; i < w->numbers.count; i++) {
		if (phone_normalize(w->numbers.items[i], number, &why) != 0)
			return fail(f, "numbers", arena_fmt(a, "%s: %s", w->numbers.items[i], why));
		if (strncmp(number, "+1", 2) != 0 || strlen(number) != 12)
			return fail(f, "numbers",
			    arena_fmt(a, "%s is not a number of the United States or Canada.",
				w->numbers.items[i]));
		if (!text_list_has(&list, number))
			list = text_list_add(a, list, arena_str(a, number));
	}
	w->numbers = list;
	w->quantity = (int64_t)list.count;
	return list.count > 0 ? 0 : fail(f, "numbers", "Choose at least one number.");
}

static int
check_place(struct number_want *w, struct arena *a, struct want_fault *f)
{
	switch (w->kind) {
	case WANT_AREA:
		w->area = trim(a, w->area);
		return area_valid(w->area)
			   ? 0
			   : fail(f, "area", "The area code has three digits, for example 919.");
	case WANT_STATE:
		return check_state(w, a, f);
	case WANT_CITY:
		w->city = trim(a, w->city);
		if (*w->city == '\0' || strlen(w->city) > CITY_MAX ||
		    !text_valid(w->city, strlen(w->city), false))
			return fail(f, "city", "Enter the city, in at most 60 characters.");
		return check_state(w, a, f);
	case WANT_ZIP:
		w->zip = trim(a, w->zip);
		return digits_valid(w->zip, strlen(w->zip), 5, 5)
			   ? 0
			   : fail(f, "zip", "The ZIP code has five digits, for example 27606.");
	case WANT_TOLL_FREE:
		return check_pattern(w, a, f);
	case WANT_NUMBERS:
		return check_numbers(w, a, f);
	}
	return fail(f, "kind", "Say what to look for.");
}

int
inventory_want_check(
    const struct app *app, struct number_want *w, bool order, struct arena *a, struct want_fault *f)
{
	int64_t most = order ? app->settings->order_numbers_max : INVENTORY_FOUND_MAX;

	if (check_place(w, a, f) != 0)
		return -1;
	if (w->kind == WANT_NUMBERS && !order)
		return fail(f, "numbers", "These numbers are chosen already; order them.");
	if (w->quantity >= 1 && w->quantity <= most)
		return 0;
	return fail(f, w->kind == WANT_NUMBERS ? "numbers" : "quantity",
	    order ? arena_fmt(a,
			"An order has 1 to %" PRId64 " numbers. (ORDER_NUMBERS_MAX, a setting of "
			"this installation, protects against slips.)",
			most)
		  : arena_fmt(a, "A search shows 1 to %" PRId64 " numbers.", most));
}

const char *
inventory_want_words(const struct number_want *w, struct arena *a)
{
	const char *s = w->quantity == 1 ? "" : "s";
	int64_t n = w->quantity;

	switch (w->kind) {
	case WANT_AREA:
		return arena_fmt(a, "%" PRId64 " number%s with area code %s", n, s, w->area);
	case WANT_STATE:
		return arena_fmt(a, "%" PRId64 " number%s in %s", n, s, w->state);
	case WANT_CITY:
		return arena_fmt(a, "%" PRId64 " number%s in %s, %s", n, s, w->city, w->state);
	case WANT_ZIP:
		return arena_fmt(a, "%" PRId64 " number%s near ZIP code %s", n, s, w->zip);
	case WANT_TOLL_FREE:
		return arena_fmt(a, "%" PRId64 " toll-free number%s (%s)", n, s, w->pattern);
	case WANT_NUMBERS:
		break;
	}
	return arena_fmt(a, "%" PRId64 " chosen number%s", n, s);
}
