/*
 * page.h: the frame of every page: top bar, banner, content, as pages for people share it.
 */
#ifndef SPOKE_PAGE_H
#define SPOKE_PAGE_H

#include <stdbool.h>
#include "base/html.h"
#include "http/request.h"
#include "http/response.h"

struct settings;

enum banner_kind { BANNER_NONE, BANNER_FINE, BANNER_LOOK, BANNER_BROKEN };

struct page {
	const char *title;
	const char *org_name; /* NULL: no organization (sign-in, list) */
	uint32_t org;
	/* "messages", "settings", "look", … which entry of the bar */
	const char *active;
	bool paused;		/* shows RESUME SENDING instead of PAUSE SENDING */
	const char *paused_why; /* sentence */
	bool sending_held;	/* in the whole installation: it was moved or restored */
	size_t look_count;	/* "Needs a look (3)" */
	enum banner_kind banner;
	const char *banner_text;
	const char *banner_action; /* text of the link, or NULL */
	const char *banner_href;   /* path below BASE_URL */
	/* seconds; 0: none (meta refresh, works without the script) */
	int refresh;
	bool wide; /* for tables */
	/* has a field to type in: only the script refreshes it, and waits */
	bool typing;
};

/* Everything up to and including <main>; then the handler writes its content; then page_end. */
void page_begin(
    const struct settings *, const struct request *, struct response *, const struct page *);
void page_end(struct response *);
/* <input type=hidden name=csrf …> of the session, for every form that posts. */
void page_csrf(const struct request *, struct buf *);
/* Absolute path for href/action: path of BASE_URL + path. In the request's arena. */
const char *page_path(const struct settings *, const struct request *, const char *path);
/* <time datetime=… title=exact>3 minutes ago</time>; "never" for 0. */
void page_time(struct buf *, int64_t when, int64_t now);

/* The style sheet, the script, the icon: content and the hashed name under which they are served
 * ("/static/spoke-1f2e3d4c.css"). */
struct asset {
	const char *path;
	const char *content_type;
	const char *text;
	size_t len;
};
const struct asset *asset_find(const char *path); /* NULL: no such */
const char *asset_path_css(void);
const char *asset_path_js(void);
const char *asset_path_icon(void);

#endif
