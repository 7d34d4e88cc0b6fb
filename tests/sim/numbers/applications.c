/*
 * applications.c: messaging applications: where callbacks go.
 *
 * PUT replaces everything (credentials left out are lost), PATCH merges,
 * passwords never come back, the type cannot change.  The older fields for
 * one URL and one pair of credentials stand for both directions.
 */
#include "numbers/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define PASSWORD_MAX 63

/* As world.h has it: 0 outbound status, 1 inbound messages. */
static const char *const urls[2] = { "OutboundCallbackUrl",
    "InboundCallbackUrl" };
static const char *const creds[2] = { "OutboundCallbackCreds",
    "InboundCallbackCreds" };

static void
write_creds(struct buf *b, const char *name, const char *user)
{
	if (user == NULL)
		return;
	xml_open(b, name);
	xml_leaf(b, "UserId", user);
	xml_close(b, name);
}

static void
write_types(struct buf *b, const struct application *a)
{
	const char *name;
	unsigned bit;
	int i;

	xml_open(b, "RequestedCallbackTypes");
	for (i = 0; (name = callback_name(i, &bit)) != NULL; i++)
		if ((a->types & bit) != 0)
			xml_leaf(b, "CallbackType", name);
	xml_close(b, "RequestedCallbackTypes");
}

static void
write_application(struct buf *b, const struct application *a)
{
	xml_open(b, "Application");
	xml_leaf(b, "ApplicationId", a->id);
	xml_leaf(b, "ServiceType", "Messaging-V2");
	xml_leaf(b, "AppName", a->name == NULL ? "app" : a->name);
	xml_leaf(b, "MsgCallbackUrl", a->url[1]);
	xml_leaf(b, urls[1], a->url[1]);
	xml_leaf(b, urls[0], a->url[0]);
	write_creds(b, "MsgCallbackCreds", a->user[1]);
	write_creds(b, creds[1], a->user[1]);
	write_creds(b, creds[0], a->user[0]);
	write_types(b, a);
	xml_close(b, "Application");
}

static void
answer_one(struct request *r, int status, const struct application *a)
{
	struct buf b = { 0 };

	xml_head(&b);
	xml_open(&b, "ApplicationProvisioningResponse");
	write_application(&b, a);
	xml_close(&b, "ApplicationProvisioningResponse");
	request_answer(r, status, &b);
}

/* The application of the path, or NULL after an answer. */
static struct application *
named(struct request *r)
{
	struct application *a = world_application(r->sim, r->arg[0]);

	if (a != NULL && same(a->account, r->account))
		return a;
	request_fail(r, 13629, r->arg[0]);
	return NULL;
}

void
applications_list(struct request *r)
{
	const struct application *a = r->sim->world->applications;
	struct buf b = { 0 };

	xml_head(&b);
	xml_open(&b, "ApplicationProvisioningResponse");
	xml_open(&b, "ApplicationList");
	for (; a != NULL; a = a->next)
		if (same(a->account, r->account))
			write_application(&b, a);
	xml_close(&b, "ApplicationList");
	xml_close(&b, "ApplicationProvisioningResponse");
	request_answer(r, 200, &b);
}

void
applications_get(struct request *r)
{
	const struct application *a = named(r);

	if (a != NULL)
		answer_one(r, 200, a);
}

/* https, or http to this machine. */
static bool
good_url(const char *s)
{
	static const char *const loopback[] = { "http://127.0.0.1",
	    "http://localhost", "http://[::1]" };
	size_t i, n;

	if (!text_is_url(s))
		return false;
	for (i = 0; i < 3; i++) {
		n = strlen(loopback[i]);
		if (strncmp(s, loopback[i], n) == 0 &&
		    (s[n] == '\0' || strchr(":/?", s[n]) != NULL))
			return true;
	}
	return strncmp(s, "https://", 8) == 0;
}

/* Reads one pair of credentials; false if it is not whole. */
static bool
take_creds(struct application *a, int way, xmlNode *node)
{
	char *user, *password;
	bool ok;

	if (node == NULL)
		return true;
	user = xml_text(node, "UserId");
	password = xml_text(node, "Password");
	ok = user != NULL && *user != '\0' && strchr(user, ':') == NULL &&
	    password != NULL && *password != '\0' &&
	    strlen(password) <= PASSWORD_MAX;
	if (ok) {
		x_set(&a->user[way], user);
		x_set(&a->password[way], password);
	}
	free(user);
	free(password);
	return ok;
}

/* Reads one URL; false if it is not good. */
static bool
take_url(struct application *a, int way, xmlNode *body, const char *name)
{
	char *s = xml_text(body, name);
	bool ok = s == NULL || good_url(s);

	if (s != NULL && ok)
		x_set(&a->url[way], s);
	free(s);
	return ok;
}

static bool
take_types(struct application *a, xmlNode *list)
{
	xmlNode *one;
	unsigned bit;
	bool ok = true;
	char *s;

	if (list == NULL)
		return true;
	a->types = 0;
	for (one = xml_named(list->children, "CallbackType"); one != NULL;
	    one = xml_named(one->next, "CallbackType")) {
		s = xml_text(one, "");
		/* Nothing says that message-sent may be asked for. */
		bit = same(s, "message-sent") ? 0 : callback_bit(s);
		ok = ok && bit != 0;
		a->types |= bit;
		free(s);
	}
	return ok;
}

/* Reads the body into a; NULL, or what is wrong with it. */
static const char *
take(struct application *a, xmlNode *body)
{
	char *name = xml_text(body, "AppName");
	char *type = xml_text(body, "ServiceType");
	bool typed = type == NULL || same(type, "Messaging-V2");
	int i;

	if (name != NULL)
		x_set(&a->name, name);
	free(name);
	free(type);
	if (!typed)
		return "ServiceType is invalid or cannot be changed. Valid "
		    "value: Messaging-V2";
	if (a->name == NULL || *a->name == '\0')
		return "AppName is required";
	for (i = 0; i < 2; i++)
		if (!take_url(a, i, body, "MsgCallbackUrl") ||
		    !take_url(a, i, body, urls[i]))
			return "The callback URL is invalid: https is "
			    "required";
	if (a->url[1] == NULL)
		return "InboundCallbackUrl is required";
	for (i = 0; i < 2; i++)
		if (!take_creds(a, i, xml_at(body, "MsgCallbackCreds")) ||
		    !take_creds(a, i, xml_at(body, "CallbackCreds")) ||
		    !take_creds(a, i, xml_at(body, creds[i])))
			return "Callback credentials need a UserId and a "
			    "Password of at most 63 characters";
	if (!take_types(a, xml_at(body, "RequestedCallbackTypes")))
		return "CallbackType is invalid";
	return NULL;
}

/* A copy of what may be changed; with nothing of it if empty is set. */
static struct application *
draft_of(const struct application *a, bool empty)
{
	struct application *d = x_alloc(sizeof(*d));
	int i;

	d->id = x_dup(a->id);
	d->account = x_dup(a->account);
	d->assigned = a->assigned;
	d->challenge = a->challenge;
	d->types = CB_DELIVERED | CB_FAILED;
	if (empty)
		return d;
	d->types = a->types;
	d->name = x_dup(a->name == NULL ? "app" : a->name);
	for (i = 0; i < 2; i++) {
		d->url[i] = x_dup(a->url[i]);
		d->user[i] = x_dup(a->user[i]);
		d->password[i] = x_dup(a->password[i]);
	}
	return d;
}

/* Puts the draft's contents in the application's place. */
static void
adopt(struct application *a, struct application *draft)
{
	struct application old = *a;

	*a = *draft;
	a->next = old.next;
	*draft = old;
}

static void
change(struct request *r, bool replace)
{
	struct application *a = named(r), *draft;
	const char *why;

	if (a == NULL)
		return;
	draft = draft_of(a, replace);
	why = take(draft, r->body);
	if (why != NULL) {
		request_refuse(r, 400, why);
	} else {
		adopt(a, draft);
		answer_one(r, 200, a);
	}
	application_free(draft);
}

void
applications_put(struct request *r)
{
	change(r, true);
}

void
applications_patch(struct request *r)
{
	change(r, false);
}

void
applications_create(struct request *r)
{
	struct application *a = x_alloc(sizeof(*a)), *made;
	bool typed = xml_at(r->body, "ServiceType") != NULL;
	const char *why;

	a->types = CB_DELIVERED | CB_FAILED;
	why = typed ? take(a, r->body) : "ServiceType is required";
	if (why != NULL) {
		request_refuse(r, 400, why);
	} else {
		a->id = estate_guid();
		a->account = x_dup(r->account);
		made = world_add_application(r->sim, r->account, a->id);
		adopt(made, a);
		estate_count(r->sim->estate->made, "applications");
		request_location(r, "applications", made->id);
		answer_one(r, 201, made);
	}
	application_free(a);
}

void
applications_delete(struct request *r)
{
	struct application *a = named(r);

	if (a == NULL)
		return;
	if (estate_assigned(r->sim, r->account, a->id)) {
		request_refuse(r, 400, "The application is referenced by a "
		    "location");
		return;
	}
	world_drop_application(r->sim, a);
	request_empty(r, 200);
}
