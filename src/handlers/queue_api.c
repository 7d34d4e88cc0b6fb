/*
 * queue_api.c: GET /api/orgs/{org}/queue: how much waits, and when it is out.
 *
 * Not part of the answer to a POST: that one is kept for repeated requests, and what it said of the
 * queue would be of another hour then.
 */
#include "base/settings.h"
#include "handlers/api.h"
#include "handlers/handlers.h"
#include "store/store.h"
#include "texting/forecast.h"

struct asked {
	const struct app *app;
	const struct request *request;
	struct forecast forecast;
};

static enum result
read_queue(struct tx *tx, void *arg)
{
	struct asked *a = arg;
	return forecast_read(a->app, tx, a->request->org, a->request->arena, &a->forecast);
}

void
handle_queue(const struct app *app, struct request *request, struct response *response)
{
	struct asked a = {.app = app, .request = request};
	enum result r = store_read(app->store, read_queue, &a);
	if (r != OK) {
		response_failed(request, response, r);
		return;
	}
	json *answer = forecast_json(&a.forecast);
	if (app->settings->rehearsal)
		json_put_bool(answer, "rehearsal", true);
	response_json(response, 200, answer);
	json_free(answer);
}
