/*
 * message_json.c: a message as the messages API and spokectl show it.
 */
#include "org/message_json.h"

#include <stdio.h>

#include "base/clock.h"

static void
put_time(json *object, const char *key, int64_t when)
{
	char text[CLOCK_TEXT];

	json_put_text(object, key, when == 0 ? NULL : clock_text(when, text));
}

static json *
list_json(const struct text_list *list)
{
	json *array = json_array_new();
	size_t i;

	for (i = 0; i < list->count; i++)
		json_add_text(array, list->items[i]);
	return array;
}

/* Bandwidth's code when there is one, else our own name of the reason. */
static void
put_error(json *object, const struct message *m)
{
	char code[32];
	json *error;

	if (m->error_code == 0 && m->error == NULL) {
		json_put_null(object, "error");
		return;
	}
	error = json_object_new();
	if (m->error_code != 0) {
		snprintf(code, sizeof code, "%lld", (long long)m->error_code);
		json_put_text(error, "code", code);
	} else {
		json_put_text(error, "code", m->error);
	}
	json_put_text(error, "meaning", m->error_meaning);
	json_put_text(error, "who_acts", m->error_who);
	json_put(object, "error", error);
}

json *
message_json(const struct message *m)
{
	json *object = json_object_new();

	json_put_text(object, "id", m->id);
	json_put_text(object, "direction", m->out ? "out" : "in");
	json_put_text(object, "state", m->state);
	json_put_text(object, "contact_number", m->contact_number);
	json_put_text(object, "to", m->out ? m->contact_number : m->user_number);
	json_put_text(object, "user_number", m->user_number);
	json_put_text(object, "text", m->text);
	put_time(object, "text_removed", m->text_removed);
	json_put(object, "media", list_json(&m->media));
	put_time(object, "attachments_removed", m->media_removed);
	if (m->group.count > 0)
		json_put(object, "group", list_json(&m->group));
	json_put_int(object, "segments", m->segments);
	json_put_text(object, "service_id", m->service_id);
	put_error(object, m);
	json_put_text(object, "held", m->held_why);
	json_put_text(object, "held_meaning", m->held_why != NULL ? held_words(m->held_why) : NULL);
	json_put_text(object, "reference", m->reference);
	put_time(object, "created", m->created);
	put_time(object, "updated", m->updated);
	put_time(object, "sent", m->sent);
	put_time(object, "finished", m->finished);
	put_time(object, "send_before", m->send_before);
	return object;
}
