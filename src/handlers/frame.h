/*
 * frame.h: what every page of an organization says before its own content: is sending on, what
 * needs a look, and the most serious thing with its action.
 */
#ifndef SPOKE_FRAME_H
#define SPOKE_FRAME_H

#include "handlers/handlers.h"
#include "http/page.h"
#include "store/kv.h"
#include "texting/config.h"

#define FRAME_COUNT_MAX 100 /* counted up to this; shown as "99+" */

struct frame {
	struct config_view view;
	size_t queued, sending, held, unknown; /* messages */
	size_t people;			       /* contacts on hold */
	size_t tray;
	bool copied; /* texts are held that the installation which this is a copy of may have sent */
	int64_t now;
	/* Why nobody can tell who asked to be forgotten, or NULL; texts to strangers wait then. */
	const char *forgotten;
};

/*
 * Reads the frame and whatever more a page shows (more may be NULL) in one reading transaction.
 * False: the
 * answer is an error already (404, 503 …).
 */
bool frame_read(
    const struct app *, struct request *, struct response *, struct frame *, tx_fn more, void *arg);

/*
 * page_begin with organization, pause, counts and banner filled in; the caller sets title, active,
 * wide, refresh and
 * may set a banner of its own.  A query done=… or saved=… of a redirect becomes the banner.
 */
void frame_begin(const struct app *, const struct request *, struct response *,
    const struct frame *, struct page *);

/* Runs a change, makes it durable; anything but OK has become an error answer, unless told lets it
 * through. */
enum result frame_change(
    const struct app *, const struct request *, struct response *, tx_fn, void *arg);
/* The error answer for a result; OK and REFUSED are not for here. */
void frame_error(const struct request *, struct response *, enum result);

/* "/admin/12/<rest>" in the request's arena: for redirects (response_redirect adds the base
 * address). */
const char *frame_route(const struct request *, const char *rest);
/* The same with the path of BASE_URL, for href and action. */
const char *frame_path(const struct app *, const struct request *, const char *rest);
/* Back to the page a form was on (its field "back"), else to rest; done (may be NULL) names the
 * banner. */
void frame_back(const struct app *, const struct request *, struct response *, const char *rest,
    const char *done);

/* <form method=post action=…> with the csrf field; html_raw "</form>" ends it. */
void frame_form(const struct app *, const struct request *, struct buf *, const char *rest);
/* One button that is a form of its own: posts name=value and where to come back to. */
void frame_button(const struct app *, const struct request *, struct buf *, const char *rest,
    const char *name, const char *value, const char *class_, const char *label);
/* <a href=…>label</a> */
void frame_link(const struct app *, const struct request *, struct buf *, const char *rest,
    const char *class_, const char *label);
/* "This page looks again every 5 seconds. Stop": after a list; rest is the page's own address with
 * its query. */
void frame_refresh_note(
    const struct app *, const struct request *, struct buf *, int seconds, const char *rest);
/* 0 when the person has asked the page to keep still. */
int frame_refresh(const struct request *, int seconds);

#endif
