/*
 * health.c: for monitors: does the store answer?  Nothing about what is in it.
 */
#include "handlers/handlers.h"

#include "base/json.h"
#include "store/meta.h"

static enum result
look(struct tx *tx, void *arg)
{
	const char *value = NULL;
	(void)arg;
	enum result r = meta_get(tx, "health", tx_arena(tx), &value);
	return r == NOT_FOUND ? OK : r;
}

void
handle_health(const struct app *app, struct request *request, struct response *response)
{
	request->wants_html = false;
	if (store_read(app->store, look, NULL) != OK) {
		response_error(
		    request, response, 503, "unavailable", "The store does not answer.", NULL);
		return;
	}
	json *answer = json_object_new();
	json_put_text(answer, "status", "ok");
	response_json(response, 200, answer);
	json_free(answer);
}
