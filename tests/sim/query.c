/*
 * query.c: the parameters of GET .../messages, checked and typed.
 *
 * A table of names and readers.  Names the specification does not have are
 * refused, so that a misspelt filter is noticed.  Contracts in query.h.
 */
#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "util.h"

#define DAYS14 ((int64_t)14 * 86400 * 1000000)

typedef char *(*reader)(struct query *, const char *name, char *value);

static char *
invalid(const char *name, const char *value)
{
	return x_fmt("'%s' is not a valid value for '%s'", value, name);
}

static char *
read_id(struct query *q, const char *name, char *v)
{
	(void)name;
	x_set(&q->message_id, v);
	return NULL;
}

static bool
is_prefix(const char *s)
{
	size_t n = strlen(s);

	return n >= 5 && n <= 16 &&
	    strspn(s + (*s == '+'), "0123456789") == n - (*s == '+');
}

static char *
read_numbers(struct query *q, const char *name, char *v)
{
	struct numbers *l = same(name, "sourceTn") ? &q->source :
	    &q->destination;
	char *save = NULL, *p;

	x_set(&l->text, v);
	l->n = 0;
	for (p = strtok_r(l->text, ",", &save); p != NULL;
	    p = strtok_r(NULL, ",", &save)) {
		if (l->n == QUERY_NUMBERS)
			return x_fmt("'%s' takes at most 10 numbers", name);
		l->one[l->n++] = p;
	}
	if (l->n == 1 && !text_is_e164(l->one[0])) {
		l->prefix = true;
		return is_prefix(l->one[0]) ? NULL : invalid(name, v);
	}
	for (int i = 0; i < l->n; i++)
		if (!text_is_e164(l->one[i]))
			return invalid(name, v);
	return l->n == 0 ? invalid(name, v) : NULL;
}

/* One of the words in a blank separated list. */
static bool
one_of(const char *s, const char *words)
{
	size_t n = strlen(s);
	const char *p;

	for (p = words; n > 0 && (p = strstr(p, s)) != NULL; p += n)
		if ((p == words || p[-1] == ' ') &&
		    (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

static char *
read_enum(struct query *q, const char *name, char *v)
{
	bool status = same(name, "messageStatus");
	bool type = same(name, "messageType");
	const char *words = status ? "RECEIVED QUEUED SENDING SENT FAILED "
	    "DELIVERED ACCEPTED UNDELIVERED" : type ? "sms mms rcs" :
	    "INBOUND OUTBOUND";

	if (!one_of(v, words))
		return invalid(name, v);
	x_set(status ? &q->status : type ? &q->type : &q->direction, v);
	return NULL;
}

static char *
read_number(struct query *q, const char *name, char *v)
{
	long long *where = same(name, "errorCode") ? &q->error_code :
	    same(name, "fromSegmentCount") ? &q->from_segments :
	    &q->to_segments;

	return parse_ll(v, 0, 99999, where) == 0 ? NULL : invalid(name, v);
}

static char *
read_date(struct query *q, const char *name, char *v)
{
	bool from = same(name, "fromDateTime"), millis;
	int64_t us;

	if (text_time(v, &us, &millis) != 0 || !millis)
		return x_fmt("'%s' must be a date-time with milliseconds, "
		    "not '%s'", name, v);
	*(from ? &q->from : &q->to) = us;
	return NULL;
}

static char *
read_limit(struct query *q, const char *name, char *v)
{
	return parse_ll(v, 1, 10000, &q->limit) == 0 ? NULL :
	    invalid(name, v);
}

static char *
read_token(struct query *q, const char *name, char *v)
{
	size_t n;
	char *text = b64_decode(v, &n);
	int rc = -1;

	if (text != NULL && strncmp(text, "at:", 3) == 0)
		rc = parse_ll(text + 3, 0, 1000000, &q->offset);
	free(text);
	return rc == 0 ? NULL : invalid(name, v);
}

static char *
read_sort(struct query *q, const char *name, char *v)
{
	char *colon = strchr(v, ':');

	if (colon == NULL || (!same(colon, ":asc") && !same(colon, ":desc")))
		return invalid(name, v);
	q->descending = same(colon, ":desc");
	*colon = '\0';
	if (!one_of(v, "sourceTn destinationTn messageStatus messageDirection "
	    "messageType receiveTime segmentCount errorCode"))
		return invalid(name, v);
	x_set(&q->sort, v);
	return NULL;
}

static char *
read_carrier(struct query *q, const char *name, char *v)
{
	(void)name;
	x_set(&q->carrier, v);
	return NULL;
}

/* A filter on what the simulator's messages never have: nothing matches. */
static char *
read_other(struct query *q, const char *name, char *v)
{
	(void)v;
	x_set(&q->other, name);
	return NULL;
}

static char *
read_bool(struct query *q, const char *name, char *v)
{
	(void)q;
	return one_of(v, "true false") ? NULL : invalid(name, v);
}

static const struct { const char *name; reader read; } table[] = {
	{ "messageId", read_id },
	{ "sourceTn", read_numbers },
	{ "destinationTn", read_numbers },
	{ "messageStatus", read_enum },
	{ "messageDirection", read_enum },
	{ "messageType", read_enum },
	{ "carrierName", read_carrier },
	{ "errorCode", read_number },
	{ "fromDateTime", read_date },
	{ "toDateTime", read_date },
	{ "fromSegmentCount", read_number },
	{ "toSegmentCount", read_number },
	{ "sort", read_sort },
	{ "pageToken", read_token },
	{ "limit", read_limit },
	{ "limitTotalCount", read_bool },
	{ "campaignId", read_other },
	{ "product", read_other },
	{ "location", read_other },
	{ "bwQueued", read_other },
	{ "carrierQueued", read_other },
	{ "fromBwLatency", read_other },
	{ "fromCarrierLatency", read_other },
	{ "callingNumberCountryA3", read_other },
	{ "calledNumberCountryA3", read_other },
	{ "fromMessageSize", read_other },
	{ "toMessageSize", read_other },
};

static char *
read_pair(struct query *q, char *pair)
{
	char *value = strchr(pair, '=');
	size_t i;

	if (value == NULL)
		return x_fmt("'%s' has no value", pair);
	*value++ = '\0';
	if (text_unescape(pair, true, false) != 0 ||
	    text_unescape(value, true, false) != 0 ||
	    !text_is_utf8(value, strlen(value)))
		return x_dup("malformed percent encoding");
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (same(pair, table[i].name)) {
			q->given++;
			return table[i].read(q, pair, value);
		}
	return x_fmt("unknown parameter '%s'", pair);
}

static char *
check_whole(const struct query *q)
{
	int64_t now = now_us();

	if (q->given == 0)
		return x_dup("At least one query parameter is required");
	if (q->limit + q->offset > 10000)
		return x_dup("limit and offset together exceed 10000");
	if (q->from != 0 && q->to != 0 && q->from > q->to)
		return x_dup("fromDateTime is after toDateTime");
	if (q->from != 0 && q->from < now - DAYS14)
		return x_dup("the search window is 14 days");
	return NULL;
}

char *
query_read(const char *text, struct query *q)
{
	char *copy = x_dup(text == NULL ? "" : text), *save = NULL, *pair;
	char *why = NULL;

	memset(q, 0, sizeof(*q));
	q->error_code = -1;
	q->limit = 100;
	q->to_segments = 99999;
	q->descending = true;
	for (pair = strtok_r(copy, "&", &save); pair != NULL && why == NULL;
	    pair = strtok_r(NULL, "&", &save))
		why = read_pair(q, pair);
	free(copy);
	return why != NULL ? why : check_whole(q);
}

void
query_free(struct query *q)
{
	free(q->message_id);
	free(q->source.text);
	free(q->destination.text);
	free(q->status);
	free(q->direction);
	free(q->type);
	free(q->carrier);
	free(q->other);
	free(q->sort);
}
