/*
 * criteria.c: what numbers may be looked for by, checked and met.
 *
 * Ranges as the OpenAPI file gives them.  Contracts in criteria.h.
 */
#include "numbers/criteria.h"

#include <string.h>
#include <strings.h>

#include "numbers/stock.h"
#include "util.h"

static bool
digits(const char *s, size_t n)
{
	return strlen(s) == n && strspn(s, "0123456789") == n;
}

/* Numbers begin with a digit from 2 on, and so do exchanges. */
static bool
prefix(const char *s, size_t n)
{
	return digits(s, n) && s[0] >= '2' && (n < 4 || s[3] >= '2') &&
	    strncmp(s + 1, "11", 2) != 0;
}

static bool
letters(const char *s, size_t min, size_t max)
{
	size_t n = strlen(s);

	return n >= min && n <= max && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789") == n;
}

static bool
pattern(const char *s)
{
	return strlen(s) == 3 && s[0] == '8' && s[2] == '*' &&
	    (s[1] == '*' || (s[1] >= '0' && s[1] <= '9'));
}

static bool
zip(const char *s)
{
	return digits(s, 5) || (strlen(s) == 10 && s[5] == '-');
}

bool
criteria_empty(const struct criteria *c)
{
	return c->area_code == NULL && c->npanxx == NULL &&
	    c->npanxxx == NULL && c->rate_center == NULL &&
	    c->state == NULL && c->city == NULL && c->zip == NULL &&
	    c->lata == NULL && c->pattern == NULL && c->vanity == NULL &&
	    c->local_vanity == NULL;
}

int
criteria_check(const struct criteria *c)
{
	bool local = c->area_code != NULL || c->npanxx != NULL ||
	    c->npanxxx != NULL || c->rate_center != NULL ||
	    c->state != NULL || c->city != NULL || c->zip != NULL ||
	    c->lata != NULL || c->local_vanity != NULL;

	if (criteria_empty(c))
		return 4010;
	if (c->area_code != NULL && !prefix(c->area_code, 3))
		return 4000;
	if ((c->npanxx != NULL && !prefix(c->npanxx, 6)) ||
	    (c->npanxxx != NULL && !prefix(c->npanxxx, 7)))
		return 4002;
	if (c->vanity != NULL && !letters(c->vanity, 7, 20))
		return 4003;
	if (c->pattern != NULL && !pattern(c->pattern))
		return 4004;
	if (c->state != NULL && (strlen(c->state) != 2 ||
	    strspn(c->state, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2))
		return 4006;
	if (c->city != NULL && (*c->city == '\0' || c->state == NULL))
		return 4005;
	if (c->rate_center != NULL && (*c->rate_center == '\0' ||
	    c->state == NULL))
		return 4001;
	if (c->zip != NULL && !zip(c->zip))
		return 4007;
	if (c->lata != NULL && (*c->lata == '\0' || strlen(c->lata) > 5 ||
	    strspn(c->lata, "0123456789") != strlen(c->lata)))
		return 4008;
	if (c->local_vanity != NULL && !letters(c->local_vanity, 4, 7))
		return 4010;
	if ((c->area_code != NULL) + (c->npanxx != NULL) +
	    (c->npanxxx != NULL) > 1 || (local && (c->pattern != NULL ||
	    c->vanity != NULL)) || (c->pattern != NULL && c->vanity != NULL))
		return 4010;
	return 0;
}

static bool
equal(const char *want, const char *have)
{
	return want == NULL || (have != NULL && strcasecmp(want, have) == 0);
}

static bool
begins(const char *want, const char *tn)
{
	return want == NULL || strncmp(tn + 2, want, strlen(want)) == 0;
}

/* "8**" any toll-free number, "83*" those that begin with 83. */
static bool
meets_pattern(const char *pattern, const char *tn)
{
	return pattern == NULL ||
	    strncmp(tn + 2, pattern, strcspn(pattern, "*")) == 0;
}

/* The digits that the letters of a vanity number are dialled with. */
static bool
meets_vanity(const char *letters, const char *tn, bool ends_in)
{
	static const char keys[] = "22233344455566677778889999";
	size_t n = letters == NULL ? 0 : strlen(letters), len = strlen(tn), i;
	char digits[16];
	const char *at;

	if (n == 0)
		return true;
	if (n >= sizeof(digits) || len < 9)
		return false;
	for (i = 0; i < n; i++)
		digits[i] = letters[i] >= 'a' && letters[i] <= 'z' ?
		    keys[letters[i] - 'a'] : letters[i] >= 'A' &&
		    letters[i] <= 'Z' ? keys[letters[i] - 'A'] : letters[i];
	digits[n] = '\0';
	at = strstr(tn + len - 7, digits);
	return at != NULL && (!ends_in || strlen(at) == n);
}

bool
criteria_meet(const struct criteria *c, const struct number *n)
{
	bool free_call = stock_toll_free(n->tn);
	bool near = c->near && equal(c->area_code, n->near) && n->near != NULL;

	if (n->status != TN_AVAILABLE || strncmp(n->tn, "+1", 2) != 0 ||
	    free_call != (c->pattern != NULL || c->vanity != NULL))
		return false;
	return (begins(c->area_code, n->tn) || near) &&
	    begins(c->npanxx, n->tn) && begins(c->npanxxx, n->tn) &&
	    equal(c->rate_center, n->rate_center) &&
	    equal(c->state, n->state) && equal(c->city, n->city) &&
	    equal(c->lata, n->lata) &&
	    (c->zip == NULL || (n->zip != NULL &&
	    strncmp(c->zip, n->zip, 5) == 0)) &&
	    meets_pattern(c->pattern, n->tn) &&
	    meets_vanity(c->vanity, n->tn, false) &&
	    meets_vanity(c->local_vanity, n->tn, c->ends_in);
}
