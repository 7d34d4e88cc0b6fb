/*
 * assets.c: the files that browsers fetch: style sheet, script and icon.  Real files in
 * this folder; make turns them into headers (embed.awk), each with a hash of its bytes, which
 * is part of the name under which it is served: so it may be cached for good.
 */
#include <string.h>

#include "http/page.h"
#include "http/spoke_css.h"
#include "http/spoke_js.h"
#include "http/spoke_svg.h"

enum { CSS, JS, SVG, ASSETS };

static const struct asset assets[ASSETS] = {
    [CSS] = {"/static/spoke-" SPOKE_CSS_HASH ".css", "text/css; charset=utf-8", spoke_css_text,
	sizeof(spoke_css_text) - 1},
    [JS] = {"/static/spoke-" SPOKE_JS_HASH ".js", "text/javascript; charset=utf-8", spoke_js_text,
	sizeof(spoke_js_text) - 1},
    [SVG] = {"/static/spoke-" SPOKE_SVG_HASH ".svg", "image/svg+xml", spoke_svg_text,
	sizeof(spoke_svg_text) - 1},
};

const struct asset *
asset_find(const char *path)
{
	for (size_t i = 0; path && i < ASSETS; i++)
		if (strcmp(path, assets[i].path) == 0)
			return &assets[i];
	return NULL;
}

const char *
asset_path_css(void)
{
	return assets[CSS].path;
}

const char *
asset_path_js(void)
{
	return assets[JS].path;
}

const char *
asset_path_icon(void)
{
	return assets[SVG].path;
}
