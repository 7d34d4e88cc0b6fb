/*
 * static.c: the style sheet, the script and the icon: their names change with their content, so
 * browsers may keep them.
 */
#include "handlers/handlers.h"

#include "http/page.h"

void
handle_static(const struct app *app, struct request *request, struct response *response)
{
	(void)app;
	const struct asset *asset = asset_find(request->path);
	if (asset == NULL) {
		response_error(
		    request, response, 404, "not_found", "There is nothing at this address.", NULL);
		return;
	}
	response->content_type = asset->content_type;
	response->cacheable = true;
	response_header(response, "Cache-Control", "public, max-age=31536000, immutable");
	buf_add(&response->body, asset->text, asset->len);
}
