/*
 * faults.c: the script of things that go wrong.
 *
 * Entries stay as JSON and are turned into a struct action when they match.
 * Unknown members are refused, so that a misspelt script does not pass for
 * a working one.  Contracts in faults.h.
 */
#include "faults.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "util.h"

struct fault {
	struct fault *next;
	json_object *spec;
	int seen;
	int used;
};

struct faults {
	struct fault *first;
};

static const char *const wheres[] = { "connect", "token", "messages", "list",
    "media", "numbers", "callback" };
static const char *const cuts[] = { "none", "head", "read", "accepted",
    "answer" };
static const struct { const char *name; char type; } members[] = {
	/* n number, f flag, s text, o object, * anything */
	{ "where", 's' }, { "match", 'o' }, { "nth", 'n' }, { "times", 'n' },
	{ "name", 's' }, { "status", 'n' }, { "late_status", 'n' },
	{ "body", '*' }, { "content_type", 's' }, { "headers", 'o' },
	{ "empty", 'f' }, { "delay_ms", 'n' }, { "answer_delay_ms", 'n' },
	{ "stall_ms", 'n' }, { "cut", 's' }, { "reset", 'f' },
	{ "unsized", 'f' },
	{ "expire_token", 'f' }, { "outcome", 's' }, { "code", 'n' },
	{ "receipt_ms", 'n' }, { "early", 'f' }, { "duplicate", 'n' },
	{ "then_sending", 'f' }, { "drop", 'f' }, { "hold", 's' },
	{ "unlisted", 'f' }, { "wrong_password", 'f' }, { "no_auth", 'f' },
	{ "lose_answer", 'f' }, { "abort_ms", 'n' }, { "error", 'n' },
	{ "reset_s", 'n' }, { "doctype", 's' }, { "order", 's' },
	{ "taken", 'n' }, { "order_ms", 'n' }, { "backorder_ms", 'n' }
};
static const char *const matches[] = { "to", "from", "text", "tag", "type",
    "path", "method" };
static const char *const orders[] = { "partial", "backordered", "failed" };
static const char *const doctypes[] = { "entity", "external", "bomb" };
static const char *const outcomes[] = { "delivered", "failed", "silent" };

#define INDEX(list, s) index_in(list, sizeof(list) / sizeof(list[0]), s)

static int
index_in(const char *const *list, size_t n, const char *s)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (same(list[i], s))
			return (int)i;
	return -1;
}

static char *
check_match(json_object *m)
{
	if (m == NULL)
		return NULL;
	json_object_object_foreach(m, key, v)
		if (INDEX(matches, key) < 0 ||
		    !json_object_is_type(v, json_type_string))
			return x_fmt("match.%s: one of to from text tag type "
			    "path method, a text", key);
	return NULL;
}

/* A member that is not known, or not of its type. */
static char *
check_member(const char *key, json_object *v)
{
	size_t i = 0;
	bool ok;

	while (i < sizeof(members) / sizeof(members[0]) &&
	    !same(members[i].name, key))
		i++;
	if (i == sizeof(members) / sizeof(members[0]))
		return x_fmt("unknown member %s", key);
	switch (members[i].type) {
	case 'n':
		ok = json_object_is_type(v, json_type_int) ||
		    json_object_is_type(v, json_type_double);
		break;
	case 'f':
		ok = json_object_is_type(v, json_type_boolean);
		break;
	case 's':
		ok = json_object_is_type(v, json_type_string);
		break;
	case 'o':
		ok = json_object_is_type(v, json_type_object);
		break;
	default:
		ok = true;
	}
	return ok ? NULL : x_fmt("%s is of the wrong type", key);
}

static char *
check(json_object *o)
{
	const char *s;
	char *why;

	if (!json_object_is_type(o, json_type_object))
		return x_dup("a fault is an object");
	json_object_object_foreach(o, key, v)
		if ((why = check_member(key, v)) != NULL)
			return why;
	if (INDEX(wheres, json_text(o, "where", "")) < 0)
		return x_dup("where: connect token messages list media "
		    "numbers callback");
	s = json_text(o, "cut", "none");
	if (INDEX(cuts, s) < 0)
		return x_fmt("cut %s: head read accepted answer", s);
	s = json_text(o, "outcome", "delivered");
	if (INDEX(outcomes, s) < 0)
		return x_fmt("outcome %s: delivered failed silent", s);
	s = json_text(o, "order", "failed");
	if (INDEX(orders, s) < 0)
		return x_fmt("order %s: partial backordered failed", s);
	s = json_text(o, "doctype", "entity");
	if (INDEX(doctypes, s) < 0)
		return x_fmt("doctype %s: entity external bomb", s);
	return check_match(json_get(o, "match"));
}

static char *
add_one(struct sim *sim, json_object *o)
{
	struct fault **end = &sim->faults->first;
	char *why = check(o);

	if (why != NULL)
		return why;
	while (*end != NULL)
		end = &(*end)->next;
	*end = x_alloc(sizeof(**end));
	(*end)->spec = json_object_get(o);
	return NULL;
}

char *
faults_add(struct sim *sim, json_object *o)
{
	char *why = NULL;
	size_t i;

	if (!json_object_is_type(o, json_type_array))
		return add_one(sim, o);
	for (i = 0; i < json_object_array_length(o) && why == NULL; i++)
		why = add_one(sim, json_object_array_get_idx(o, i));
	return why;
}

json_object *
faults_show(struct sim *sim)
{
	json_object *list = json_object_new_array(), *o;
	struct fault *f;

	for (f = sim->faults->first; f != NULL; f = f->next) {
		o = json_object_new_object();
		json_object_object_add(o, "fault", json_object_get(f->spec));
		put_int(o, "seen", f->seen);
		put_int(o, "used", f->used);
		json_object_array_add(list, o);
	}
	return list;
}

void
faults_clear(struct sim *sim)
{
	struct fault *f, *next;

	for (f = sim->faults->first; f != NULL; f = next) {
		next = f->next;
		json_object_put(f->spec);
		free(f);
	}
	sim->faults->first = NULL;
}

static bool
one_matches(json_object *m, const char *key, const char *have)
{
	const char *want = json_text(m, key, NULL);

	return want == NULL || (have != NULL && strstr(have, want) != NULL);
}

/* As one_matches; with a "$" the path must end where the text does, and "*" is any one part of it. */
static bool
path_matches(json_object *m, const char *have)
{
	const char *want = json_text(m, "path", NULL);
	size_t n = want == NULL ? 0 : strlen(want);
	char pattern[512], path[2048];

	if (n == 0 || want[n - 1] != '$')
		return one_matches(m, "path", have);
	if (have == NULL || n > sizeof(pattern))
		return false;
	snprintf(pattern, sizeof(pattern), "%.*s", (int)n - 1, want);
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(have, "?"), have);
	for (have = path; *have != '\0'; have++)
		if (fnmatch(pattern, have, FNM_PATHNAME) == 0)
			return true;
	return false;
}

static bool
fault_matches(const struct fault *f, const char *where, bool head,
    const struct keys *k)
{
	json_object *m = json_get(f->spec, "match");
	int times = (int)json_num(f->spec, "times", 1);

	if (!same(json_text(f->spec, "where", ""), where) ||
	    same(json_text(f->spec, "cut", "none"), "head") != head ||
	    (times > 0 && f->used >= times))
		return false;
	return one_matches(m, "to", k->to) && one_matches(m, "from", k->from) &&
	    one_matches(m, "text", k->text) && one_matches(m, "tag", k->tag) &&
	    one_matches(m, "type", k->type) && path_matches(m, k->path) && one_matches(m, "method", k->method);
}

/* Writes {"Name":"value"} as header lines. */
static char *
header_lines(json_object *o)
{
	struct buf b = { 0 };

	if (!json_object_is_type(o, json_type_object))
		return NULL;
	json_object_object_foreach(o, key, v)
		buf_fmt(&b, "%s: %s\r\n", key, json_object_get_string(v));
	return buf_take(&b);
}

static char *
body_text(json_object *v)
{
	if (v == NULL)
		return NULL;
	return json_object_is_type(v, json_type_string) ?
	    x_dup(json_object_get_string(v)) : json_dump(v);
}

static void
fill(json_object *o, struct action *a)
{
	a->active = true;
	a->name = x_dup(json_text(o, "name", NULL));
	a->status = (int)json_num(o, "status", 0);
	a->late_status = (int)json_num(o, "late_status", 0);
	a->body = body_text(json_get(o, "body"));
	a->content_type = x_dup(json_text(o, "content_type", NULL));
	a->headers = header_lines(json_get(o, "headers"));
	a->empty = json_flag(o, "empty", false);
	a->delay_ms = json_num(o, "delay_ms", 0);
	a->answer_delay_ms = json_num(o, "answer_delay_ms", 0);
	a->stall_ms = json_num(o, "stall_ms", 0);
	a->cut = (enum cut)INDEX(cuts, json_text(o, "cut", "none"));
	a->reset = json_flag(o, "reset", false);
	a->unsized = json_flag(o, "unsized", false);
	a->expire_token = json_flag(o, "expire_token", false);
	a->outcome = x_dup(json_text(o, "outcome", NULL));
	a->code = (int)json_num(o, "code", 0);
	a->receipt_ms = json_num(o, "receipt_ms", -1);
	a->early = json_flag(o, "early", false);
	a->duplicate = (int)json_num(o, "duplicate", 0);
	a->then_sending = json_flag(o, "then_sending", false);
	a->drop = json_flag(o, "drop", false);
	a->hold = x_dup(json_text(o, "hold", NULL));
	a->unlisted = json_flag(o, "unlisted", false);
	a->wrong_password = json_flag(o, "wrong_password", false);
	a->no_auth = json_flag(o, "no_auth", false);
	a->lose_answer = json_flag(o, "lose_answer", false);
	a->abort_ms = json_num(o, "abort_ms", 0);
	a->error = (int)json_num(o, "error", 0);
	a->reset_s = json_num(o, "reset_s", 0);
	a->doctype = x_dup(json_text(o, "doctype", NULL));
	a->order = x_dup(json_text(o, "order", NULL));
	a->taken = (long)json_num(o, "taken", 0);
	a->order_ms = json_num(o, "order_ms", -1);
	a->backorder_ms = json_num(o, "backorder_ms", -1);
}

bool
faults_take(struct sim *sim, const char *where, bool head,
    const struct keys *k, struct action *a)
{
	struct fault *f;

	memset(a, 0, sizeof(*a));
	a->receipt_ms = a->order_ms = a->backorder_ms = -1;
	for (f = sim->faults->first; f != NULL; f = f->next) {
		if (!fault_matches(f, where, head, k))
			continue;
		if (++f->seen < (int)json_num(f->spec, "nth", 1))
			continue;
		f->used++;
		fill(f->spec, a);
		return true;
	}
	return false;
}

void
action_free(struct action *a)
{
	free(a->name);
	free(a->body);
	free(a->content_type);
	free(a->headers);
	free(a->outcome);
	free(a->hold);
	free(a->doctype);
	free(a->order);
	memset(a, 0, sizeof(*a));
}

struct faults *
faults_new(void)
{
	return x_alloc(sizeof(struct faults));
}

void
faults_free(struct faults *f)
{
	free(f);
}
