/*
 * api_show.c: what the API answers, apart from the message itself, which org/message_json.c writes.
 */
#include "handlers/api.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/settings.h"
#include "org/media.h"
#include "org/message_json.h"

static json *
list(const struct text_list *items)
{
	json *array = json_array_new();
	for (size_t i = 0; i < items->count; i++)
		json_add_text(array, items->items[i]);
	return array;
}

/*
 * As message_json writes it; a message just queued has no code of Bandwidth's but a dead
 * number's.
 */
static json *
error_of(const struct message *m)
{
	char code[32];
	if (m->error_code == 0 && m->error == NULL)
		return NULL;
	json *error = json_object_new();
	(void)snprintf(code, sizeof code, "%lld", (long long)m->error_code);
	json_put_text(error, "code", m->error_code != 0 ? code : m->error);
	json_put_text(error, "meaning", m->error_meaning);
	json_put_text(error, "who_acts", m->error_who);
	return error;
}

json *
api_submitted(const struct message *m)
{
	char time[CLOCK_TEXT];
	json *o = json_object_new();
	json_put_text(o, "id", m->id);
	if (m->group.count > 0)
		json_put(o, "to", list(&m->group));
	else
		json_put_text(o, "to", m->contact_number);
	json_put_text(o, "state", m->state);
	json_put_int(o, "segments", m->segments);
	json_put(o, "error", error_of(m));
	json_put_text(o, "held", m->held_why);
	json_put_text(o, "held_meaning", m->held_why != NULL ? held_words(m->held_why) : NULL);
	json_put_text(o, "reference", m->reference);
	json_put_text(o, "created", clock_text(m->created, time));
	json_put_text(o, "send_before", clock_text(m->send_before, time));
	return o;
}

json *
api_message(const struct settings *settings, const struct message *m, const struct media *media,
    size_t count)
{
	char url[2048];
	json *object = message_json(m), *array = json_array_new();
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(url, sizeof url, "%s/api/orgs/%lld/messages/%s/media/%lld",
		    settings->base_url.text, (long long)m->org, m->id, (long long)media[i].place);
		json_add(array, media_json(&media[i], media_stored(&media[i]) ? url : NULL));
	}
	json_put(object, "attachments", array);
	return object;
}

json *
api_answer(const struct settings *settings)
{
	json *answer = json_object_new();
	if (settings->rehearsal)
		json_put_bool(answer, "rehearsal", true);
	return answer;
}

void
api_fault(const struct request *request, struct response *response, const struct submit_fault *f)
{
	response_error(request, response, 400, f->code, f->message, f->field);
}
