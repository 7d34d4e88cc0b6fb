/*
 * texts.c: spokectl send, messages and message.  Deciding about them is decide.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/phone.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "org/message_json.h"
#include "store/media.h"
#include "store/messages.h"
#include "store/store.h"
#include "store/wake.h"
#include "texting/outbox.h"
#include "texting/submit.h"

/* ---- send ------------------------------------------------------------ */

struct send {
	struct ctl *ctl;
	struct submission ask;
	struct submit_fault fault;
	struct message *list;
	size_t count;
	int64_t wait; /* seconds, 0: only queue */
};

static enum result
send_queue(struct tx *tx, void *arg)
{
	struct send *s = arg;

	enum result r =
	    submit_queue(&s->ctl->app, tx, &s->ask, s->ctl->arena, &s->list, &s->count, &s->fault);

	return r == OK ? outbox_show_held(&s->ctl->app, tx, s->ask.org, s->list, s->count) : r;
}

static enum result
send_look(struct tx *tx, void *arg)
{
	struct send *s = arg;
	struct message m;
	enum result r;
	size_t i;

	for (i = 0; i < s->count; i++) {
		r = messages_get(tx, s->ask.org, s->list[i].id, false, s->ctl->arena, &m);
		if (r != OK)
			return r;
		s->list[i] = m;
	}
	return outbox_show_held(&s->ctl->app, tx, s->ask.org, s->list, s->count);
}

/* Nothing more will happen to it by itself. */
static bool
settled(const struct message *m)
{
	enum message_state state = message_state(m);

	return state_final(state) || state == STATE_HELD;
}

static void
send_wait(struct send *s)
{
	int64_t end = clock_mono() + s->wait * CLOCK_SECOND;
	size_t i, done;

	do {
		if (store_read(s->ctl->app.store, send_look, s) != OK)
			return;
		for (done = i = 0; i < s->count; i++)
			done += settled(&s->list[i]);
	} while (done < s->count && clock_mono() < end && !ctl_interrupted() &&
		 (clock_sleep(100), true));
}

static json *
messages_json(const struct message *list, size_t count)
{
	json *rows = json_array_new();
	size_t i;

	for (i = 0; i < count; i++)
		json_add(rows, message_json(&list[i]));
	return rows;
}

/* As good as can be told: sent, or without --wait at least not refused. */
static bool
went_well(const struct send *s, const struct message *m)
{
	enum message_state state = message_state(m);

	return s->wait > 0 ? state == STATE_SENT || state == STATE_DELIVERED
			   : state != STATE_FAILED;
}

/* "Failed: this number can't receive texts", "Waiting for Bandwidth: Sending is paused." */
static const char *
state_and_why(struct arena *arena, const struct message *m)
{
	const char *words = state_words(message_state(m));
	const char *why = m->error_meaning != NULL ? m->error_meaning
			  : m->held_why != NULL	   ? held_words(m->held_why)
						   : NULL;

	return why == NULL ? words : arena_fmt(arena, "%s: %s", words, why);
}

static int
send_report(struct send *s)
{
	json *out;
	size_t i, bad = 0;

	for (i = 0; i < s->count; i++)
		bad += !went_well(s, &s->list[i]);
	if (s->ctl->json) {
		out = json_object_new();
		json_put(out, "messages", messages_json(s->list, s->count));
		ctl_say(s->ctl, out, "%s", "");
	} else {
		for (i = 0; i < s->count; i++)
			ctl_print("%s  %s  %s\n", s->list[i].id, s->list[i].contact_number,
			    state_and_why(s->ctl->arena, &s->list[i]));
	}
	return bad > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int
send_arguments(struct ctl *ctl, struct submission *ask)
{
	const char *before = ctl_option(ctl, "before"), *value;
	int i;

	if (!ctl_org(ctl, -1, &ask->org))
		return EXIT_USAGE;
	for (i = 0; (value = ctl_nth(ctl, "to", i)) != NULL; i++)
		ask->to = text_list_add(ctl->arena, ask->to, value);
	for (i = 0; (value = ctl_nth(ctl, "media", i)) != NULL; i++)
		ask->media = text_list_add(ctl->arena, ask->media, value);
	ask->text = ctl_option(ctl, "text");
	ask->from = ctl_option(ctl, "from");
	ask->reference = ctl_option(ctl, "reference");
	ask->group = ctl_flag(ctl, "group");
	ask->by = ctl_who(ctl);
	if (before != NULL && clock_parse(before, &ask->send_before) != 0)
		return ctl_fail(EXIT_USAGE, "--before needs a time such as 2026-12-01T21:00:00Z");
	return 0;
}

int
cmd_send(struct ctl *ctl)
{
	struct send s = {.ctl = ctl};
	enum result r;
	int code;

	if ((code = send_arguments(ctl, &s.ask)) != 0)
		return code;
	if (!ctl_number(ctl, "wait", 0, 3600, 0, &s.wait))
		return EXIT_USAGE;
	if (submit_check(&s.ask, ctl->arena, &s.fault) != 0)
		return ctl_fail(EXIT_USAGE, "%s: %s", s.fault.field, s.fault.message);
	r = ctl_commit(ctl, send_queue, &s);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s: %s", s.fault.field, s.fault.message);
	if (r != OK)
		return ctl_result(r, "organization");
	wake_worker(&ctl->settings, ctl->app.store, s.ask.org);
	if (s.wait > 0)
		send_wait(&s);
	return send_report(&s);
}

/* ---- looking --------------------------------------------------------- */

struct list_messages {
	struct arena *arena;
	struct message_filter filter;
	struct message *list;
	size_t count;
	const char *next;
};

static enum result
list_messages(struct tx *tx, void *arg)
{
	struct list_messages *l = arg;

	return messages_list(tx, &l->filter, l->arena, &l->list, &l->count, &l->next);
}

static int
filter_arguments(struct ctl *ctl, struct message_filter *f)
{
	const char *direction = ctl_option(ctl, "direction"), *contact = ctl_option(ctl, "contact"),
		   *why;
	const char *since = ctl_option(ctl, "since");
	char number[PHONE_MAX];
	enum message_state state;
	int64_t limit;

	if (!ctl_org(ctl, 0, &f->org) || !ctl_number(ctl, "limit", 1, 200, 50, &limit))
		return EXIT_USAGE;
	f->limit = (size_t)limit;
	f->state = ctl_option(ctl, "state");
	f->before = ctl_option(ctl, "cursor");
	if (direction != NULL && strcmp(direction, "in") != 0 && strcmp(direction, "out") != 0)
		return ctl_fail(EXIT_USAGE, "--direction is in or out");
	f->direction = direction != NULL ? direction[0] : 0;
	if (f->state != NULL && state_parse(f->state, &state) != 0)
		return ctl_fail(EXIT_USAGE, "there is no state \"%s\"", f->state);
	if (f->before != NULL && !message_id_valid(f->before))
		return ctl_fail(EXIT_USAGE, "--cursor takes what the page before printed");
	if (since != NULL && clock_parse(since, &f->since) != 0)
		return ctl_fail(EXIT_USAGE, "--since needs a time such as 2026-12-01T00:00:00Z");
	if (contact != NULL) {
		if (phone_normalize(contact, number, &why) != 0)
			return ctl_fail(EXIT_USAGE, "--contact: %s", why);
		f->contact = arena_str(ctl->arena, number);
	}
	return 0;
}

/* What stands in the last column: the words, or that they were removed. */
static json *
message_rows(const struct ctl *ctl, const struct list_messages *l)
{
	json *rows = messages_json(l->list, l->count);
	char gone[MESSAGE_GONE];
	size_t i;

	for (i = 0; i < l->count && !ctl->json; i++)
		if (l->list[i].text_removed != 0)
			json_put_text(
			    json_at(rows, i), "text", message_text_gone(&l->list[i], gone));
	return rows;
}

int
cmd_messages(struct ctl *ctl)
{
	static const struct ctl_column columns[] = {{"ID", "id", false},
	    {"CREATED", "created", false}, {"DIR", "direction", false},
	    {"CONTACT", "contact_number", false}, {"OURS", "user_number", false},
	    {"STATE", "state", false}, {"TEXT", "text", false}};
	struct list_messages l = {.arena = ctl->arena};
	enum result r;
	int code;

	if ((code = filter_arguments(ctl, &l.filter)) != 0)
		return code;
	if ((r = store_read(ctl->app.store, list_messages, &l)) != OK)
		return ctl_result(r, "messages");
	return ctl_table(
	    ctl, "messages", message_rows(ctl, &l), l.next, columns, 7, "No messages.");
}

struct one {
	struct ctl *ctl;
	uint32_t org;
	struct message message;
	struct media *media; /* that came in with it */
	size_t media_count;
};

static enum result
get_message(struct tx *tx, void *arg)
{
	struct one *o = arg;

	enum result r =
	    messages_get(tx, o->org, o->ctl->args[1], false, o->ctl->arena, &o->message);

	if (r == OK)
		r = media_list(
		    tx, o->org, o->message.id, o->ctl->arena, &o->media, &o->media_count);
	return r == OK ? outbox_show_held(&o->ctl->app, tx, o->org, &o->message, 1) : r;
}

/* Where its bytes lie; NULL: nowhere. */
static const char *
file_of(const struct one *o, const struct media *m)
{
	return media_stored(m) ? media_path(o->ctl->arena, o->ctl->app.settings->data_dir, m)
			       : NULL;
}

static json *
attachments_json(const struct one *o)
{
	json *array = json_array_new(), *one;
	size_t i;

	for (i = 0; i < o->media_count; i++) {
		one = media_json(&o->media[i], NULL);
		json_put_text(one, "file", file_of(o, &o->media[i]));
		json_add(array, one);
	}
	return array;
}

/* A line for each, each beginning with a line's end. */
static const char *
attachments_text(const struct one *o)
{
	char gone[MESSAGE_GONE];
	const char *text = message_media_gone(&o->message, gone), *file;
	size_t i;

	text = text != NULL ? arena_fmt(o->ctl->arena, "\n%s", text) : "";
	for (i = 0; i < o->media_count; i++) {
		const struct media *m = &o->media[i];

		file = file_of(o, m);
		text = arena_fmt(o->ctl->arena, "%s\nAttachment %lld: %s", text,
		    (long long)m->place, file != NULL ? file : media_sentence(m));
	}
	return text;
}

int
cmd_message(struct ctl *ctl)
{
	struct one o = {.ctl = ctl};
	const struct message *m = &o.message;
	char gone[MESSAGE_GONE];
	const char *words;
	json *out;
	enum result r;

	if (!ctl_org(ctl, 0, &o.org))
		return EXIT_USAGE;
	if (!message_id_valid(ctl->args[1]))
		return ctl_fail(EXIT_NOT_FOUND, "there is no message \"%s\"", ctl->args[1]);
	if ((r = store_read(ctl->app.store, get_message, &o)) != OK)
		return ctl_result(r, "message");
	out = message_json(m);
	json_put(out, "attachments", attachments_json(&o));
	words = m->text != NULL ? m->text : message_text_gone(m, gone);
	return ctl_say(ctl, out, "%s %s %s\n%s\n\n%s%s", m->id, m->out ? "to" : "from",
	    m->contact_number, state_and_why(ctl->arena, m), words != NULL ? words : "",
	    attachments_text(&o));
}
