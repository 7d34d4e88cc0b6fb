/*
 * check_page.h: the page "Check my setup" between its parts: check.c takes what was asked for,
 * check_view.c writes how things stand.
 */
#ifndef SPOKE_CHECK_PAGE_H
#define SPOKE_CHECK_PAGE_H

#include "handlers/frame.h"
#include "texting/setup.h"
#include "texting/trial.h"

struct check_page {
	const struct app *app;
	struct request *req;
	struct frame frame;
	struct setup_view setup;
	struct job repair;	/* the last repair of the application; id NULL: none */
	const char *base_fault; /* why the application cannot be repaired, or NULL */
	struct trial trial;	/* the last test text … */
	bool has_trial;		/* … if there was one */
	const char *to, *fault; /* of the form for a test text */
};

/* check_view.c */
void check_summary(const struct check_page *, struct buf *);
void check_steps(const struct check_page *, struct buf *);
void check_trial(const struct check_page *, struct buf *);

#endif
