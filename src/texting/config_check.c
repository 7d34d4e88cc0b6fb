/*
 * config_check.c: are the values of the form what they claim to be?  Looks at
 * what was entered only; config.c compares it with what is stored.
 */
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "texting/config.h"

#define VALUE_MAX 255

enum kind {
	DIGITS,	  /* an ID of digits */
	GUID,	  /* the application */
	NAME,	  /* user name or client ID */
	PASSWORD, /* password or client secret */
	TEXT,	  /* a line of an address */
	STATE,	  /* two letters */
	ZIP
};

static const struct {
	const char *name;
	const char *label;
	enum kind kind;
	size_t max;
	const char *fault; /* when it is not of its kind */
} fields[CONFIG_FIELDS] = {
    [CONFIG_ACCOUNT_ID] = {"accountId", "Account ID", DIGITS, 20,
	"The account ID is a number of digits only. Bandwidth shows it at the top right, under "
	"your name."},
    [CONFIG_USER_NAME] = {"userName", "Client ID (older accounts: API username)", NAME, VALUE_MAX,
	"The client ID has at most 255 letters, digits and signs, without blanks."},
    [CONFIG_PASSWORD] = {"password", "Client secret (older accounts: API password)", PASSWORD,
	VALUE_MAX,
	"The client secret has at most 255 printable characters and neither begins nor ends with "
	"a blank. Copy it again."},
    [CONFIG_SITE_ID] = {"siteId", "Sub-account ID (site)", DIGITS, 20,
	"The sub-account ID is a number of digits only."},
    [CONFIG_SIP_PEER_ID] = {"sipPeerId", "Location ID (SIP peer)", DIGITS, 20,
	"The location ID is a number of digits only."},
    [CONFIG_APPLICATION_ID] = {"applicationId", "Application ID", GUID, 36,
	"The application ID has the form 93de2206-9669-4e07-948d-329f4b722ee2. Bandwidth shows it "
	"on the application's page."},
    [CONFIG_HOUSE_NUMBER] = {"houseNumber", "House number", TEXT, 20,
	"The house number has at most 20 printable characters."},
    [CONFIG_STREET_NAME] = {"streetName", "Street", TEXT, 100,
	"The street has at most 100 printable characters."},
    [CONFIG_CITY] = {"city", "City", TEXT, 100, "The city has at most 100 printable characters."},
    [CONFIG_STATE_CODE] = {"stateCode", "State", STATE, 2,
	"The state is its code of two letters, for example NC."},
    [CONFIG_ZIP] = {"zip", "ZIP code", ZIP, 10,
	"The ZIP code has 3 to 10 letters, digits, blanks or dashes, for example 27606."},
    [CONFIG_COUNTRY] = {"country", "Country", TEXT, 60,
	"The country has at most 60 printable characters."},
};

const char *
config_field_name(enum config_field f)
{
	return f < CONFIG_FIELDS ? fields[f].name : NULL;
}

const char *
config_field_label(enum config_field f)
{
	return f < CONFIG_FIELDS ? fields[f].label : NULL;
}

/* ---- blanks ---------------------------------------------------------------------- */

/* Blanks as copies from web pages and documents bring them along. */
static bool
is_blank(uint32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 ||
	       (cp >= 0x2000 && cp <= 0x200F) || cp == 0x202F || cp == 0x2060 || cp == 0xFEFF;
}

/* A copy without the blanks at both ends, or without any. */
static const char *
without_blanks(struct arena *a, const char *s, bool any)
{
	const char *p = s, *end = s + strlen(s), *start;
	char *copy = arena_alloc(a, (size_t)(end - s) + 1);
	size_t n = 0, keep = 0;
	uint32_t cp;

	while (p < end) {
		start = p;
		cp = utf8_next(&p, end);
		if (is_blank(cp) && (any || n == 0))
			continue;
		memcpy(copy + n, start, (size_t)(p - start));
		n += (size_t)(p - start);
		if (!is_blank(cp))
			keep = n;
	}
	copy[keep] = '\0';
	return copy;
}

static bool
is_id(enum kind kind)
{
	return kind == DIGITS || kind == GUID || kind == STATE;
}

static const char *
state_upper(struct arena *a, const char *s)
{
	char *copy = arena_str(a, s), *p;

	for (p = copy; *p != '\0'; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	}
	return copy;
}

/* ---- each by what it is -------------------------------------------------------------- */

static bool
printable_ascii(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] <= ' ' || s[i] > '~')
			return false;
	}
	return true;
}

static bool
password_valid(const char *s, size_t n)
{
	const char *p = s, *end = s + n;
	uint32_t cp = 0;

	if (!text_valid(s, n, false))
		return false;
	if (is_blank(utf8_next(&p, end)))
		return false;
	for (p = s; p < end;)
		cp = utf8_next(&p, end);
	return !is_blank(cp);
}

static bool
zip_valid(const char *s, size_t n)
{
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ -";

	return n >= 3 && strspn(s, allowed) == n;
}

static bool
letters_valid(const char *s, size_t n)
{
	return n == 2 && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == n;
}

static bool
kind_valid(enum kind kind, const char *s, size_t n)
{
	switch (kind) {
	case DIGITS:
		return digits_valid(s, n, 1, n);
	case GUID:
		return guid_valid(s, n);
	case NAME:
		return printable_ascii(s, n);
	case PASSWORD:
		return password_valid(s, n);
	case STATE:
		return letters_valid(s, n);
	case ZIP:
		return zip_valid(s, n);
	case TEXT:
		break;
	}
	return text_valid(s, n, false);
}

static void
check_field(struct config_input *in, enum config_field f, struct arena *a)
{
	const char *s = in->value[f];
	size_t n;

	if (fields[f].kind != PASSWORD)
		s = without_blanks(a, s, is_id(fields[f].kind));
	if (fields[f].kind == STATE)
		s = state_upper(a, s);
	in->value[f] = s;
	n = strlen(s);
	if (n > 0 && (n > fields[f].max || !kind_valid(fields[f].kind, s, n)))
		in->fault[f] = fields[f].fault;
}

/* ---- the address ------------------------------------------------------------------------ */

static bool
given(const char *s)
{
	return s != NULL && *s != '\0';
}

static bool
cleared(const char *s)
{
	return s != NULL && *s == '\0';
}

/* An address is whole or absent; the country alone, which a form fills in, is none. */
static void
check_address(struct config_input *in, struct arena *a)
{
	bool any = false;
	int f;

	for (f = CONFIG_HOUSE_NUMBER; f < CONFIG_COUNTRY; f++)
		any = any || given(in->value[f]);
	if (!any)
		return;
	for (f = CONFIG_HOUSE_NUMBER; f <= CONFIG_COUNTRY; f++) {
		if (cleared(in->value[f]))
			in->fault[f] = arena_fmt(a,
			    "%s is missing: an address is needed whole, or not at all.",
			    fields[f].label);
	}
}

int
config_check(struct config_input *in, struct arena *a)
{
	int f, faults = 0;

	for (f = 0; f < CONFIG_FIELDS; f++) {
		in->fault[f] = NULL;
		if (in->value[f] != NULL)
			check_field(in, (enum config_field)f, a);
	}
	check_address(in, a);
	for (f = 0; f < CONFIG_FIELDS; f++)
		faults += in->fault[f] != NULL;
	return faults;
}
