/*
 * response.c: an answer in memory, and the head that every answer gets.
 */
#include "http/response.h"

#include <string.h>
#include <unistd.h>

#include "base/html.h"
#include "base/json.h"
#include "base/log.h"
#include "base/parse.h"
#include "http/page.h"

#define HEADERS_MAX ((size_t)16 * 1024)

static const char html_type[] = "text/html; charset=utf-8";
static const char json_type[] = "application/json; charset=utf-8";

static const char page_policy[] =
    "Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'\r\n";

/* A picture or a film opened by itself may still load itself. */
static const char file_policy[] =
    "Content-Security-Policy: sandbox; default-src 'none'; img-src 'self'; media-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

/* Sent with every answer, whatever it is. */
static const char security_headers[] =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n";

void
response_init(struct response *response)
{
	*response = (struct response){0};
	response->status = 200;
	response->content_type = html_type;
	response->file = -1;
	buf_init(&response->body, RESPONSE_MAX);
	buf_init(&response->headers, HEADERS_MAX);
}

static void
drop_file(struct response *response)
{
	if (response->file >= 0)
		close(response->file);
	response->file = -1;
}

void
response_free(struct response *response)
{
	drop_file(response);
	buf_wipe(&response->body);
	buf_wipe(&response->headers);
}

void
response_reset(struct response *response)
{
	response->status = 200;
	response->content_type = html_type;
	response->cacheable = false;
	drop_file(response);
	buf_reset(&response->body);
	buf_reset(&response->headers);
}

void
response_file(struct response *response, int fd, int64_t from, int64_t length)
{
	drop_file(response);
	response->file = fd;
	response->file_from = from;
	response->file_length = length;
}

int64_t
response_length(const struct response *response)
{
	return response->file >= 0 ? response->file_length : (int64_t)response->body.len;
}

static bool
name_valid(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-";
	return name[0] != '\0' && name[strspn(name, letters)] == '\0';
}

void
response_header(struct response *response, const char *name, const char *value)
{
	if (!name_valid(name) || !text_valid(value, strlen(value), false)) {
		log_error("a header was left out of the answer: its name or value is not valid");
		return;
	}
	buf_addf(&response->headers, "%s: %s\r\n", name, value);
}

void
response_redirect(struct response *response, const char *base, const char *path)
{
	buf_reset(&response->body);
	response->status = 303;
	struct buf location = BUF_INIT(HEADERS_MAX);
	buf_adds(&location, base);
	buf_adds(&location, path);
	response_header(response, "Location", buf_str(&location));
	html_raw(&response->body, "<!doctype html><title>See other</title><p><a");
	html_url_attr(&response->body, "href", buf_str(&location));
	html_raw(&response->body, ">Go on</a>\n");
	buf_free(&location);
}

/* Without the frame of page.h: an error must be shown whatever else does not work. */
static void
error_page(const struct request *request, struct buf *out, int status, const char *message)
{
	const char *base = request->base_path != NULL ? request->base_path : "";
	struct buf link = BUF_INIT(4096);
	html_raw(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	html_text(out, status_reason(status));
	html_raw(out, "</title>\n<link rel=\"stylesheet\"");
	buf_addf(&link, "%s%s", base, asset_path_css());
	html_url_attr(out, "href", buf_str(&link));
	html_raw(out, ">\n<main>\n<h1>");
	html_text(out, status_reason(status));
	html_raw(out, "</h1>\n<p>");
	html_text(out, message);
	html_raw(out, "</p>\n<p><a");
	buf_reset(&link);
	buf_addf(&link, "%s/admin", base);
	html_url_attr(out, "href", buf_str(&link));
	html_raw(out, ">Back to your organizations</a></p>\n<p><small>Request ");
	html_text(out, request->id);
	html_raw(out, "</small></p>\n</main>\n</html>\n");
	buf_free(&link);
}

void
response_error(const struct request *request, struct response *response, int status,
    const char *code, const char *message, const char *field)
{
	buf_reset(&response->body);
	drop_file(response);
	response->status = status;
	response->cacheable = false;
	if (status == 503)
		response_header(response, "Retry-After", "2");
	if (request->wants_html) {
		response->content_type = html_type;
		error_page(request, &response->body, status, message);
		return;
	}
	json *top = json_object_new();
	json *error = json_object_new();
	json_put_text(error, "code", code);
	json_put_text(error, "message", message);
	json_put_text(error, "field", field);
	json_put(top, "error", error);
	response_json(response, status, top);
	json_free(top);
}

void
response_failed(const struct request *request, struct response *response, enum result result)
{
	if (result == BUSY) {
		response_error(request, response, 503, "busy",
		    "The data directory is busy just now. Try again in a few seconds.", NULL);
		return;
	}
	response_header(response, "Retry-After", "10");
	response_error(request, response, 500, "failed",
	    "This could not be done. The log of the web server says why, with the request id.",
	    NULL);
}

void
response_json(struct response *response, int status, const struct json_object *value)
{
	buf_reset(&response->body);
	response->status = status;
	response->content_type = json_type;
	json_write(value, &response->body);
	buf_addc(&response->body, '\n');
}

const char *
status_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
	    {200, "OK"},
	    {202, "Accepted"},
	    {204, "No Content"},
	    {206, "Partial Content"},
	    {303, "See Other"},
	    {304, "Not Modified"},
	    {400, "Bad Request"},
	    {401, "Unauthorized"},
	    {403, "Forbidden"},
	    {404, "Not Found"},
	    {405, "Method Not Allowed"},
	    {409, "Conflict"},
	    {411, "Length Required"},
	    {413, "Content Too Large"},
	    {415, "Unsupported Media Type"},
	    {416, "Range Not Satisfiable"},
	    {422, "Unprocessable Content"},
	    {429, "Too Many Requests"},
	    {500, "Internal Server Error"},
	    {503, "Service Unavailable"},
	};
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Answer";
}

void
response_head(
    const struct response *response, const struct request *request, bool https, struct buf *out)
{
	buf_addf(out, "Status: %d %s\r\n", response->status, status_reason(response->status));
	if (response->status != 204 && response->status != 304)
		buf_addf(out, "Content-Type: %s\r\nContent-Length: %lld\r\n",
		    response->content_type, (long long)response_length(response));
	buf_adds(out, response->file >= 0 ? file_policy : page_policy);
	buf_adds(out, security_headers);
	if (https)
		buf_adds(out, "Strict-Transport-Security: max-age=31536000\r\n");
	if (!response->cacheable)
		buf_adds(out, "Cache-Control: no-store\r\n");
	buf_addf(out, "X-Request-Id: %s\r\n", request->id);
	buf_add(out, buf_str(&response->headers), response->headers.len);
	buf_adds(out, "\r\n");
}
