/*
 * settings_page.h: the settings page between its parts: settings.c takes what was posted,
 * settings_view.c says
 * how things stand, settings_setup.c how setting up at Bandwidth goes, settings_form.c writes the
 * forms, settings_limit.c judges a daily limit.
 */
#ifndef SPOKE_SETTINGS_PAGE_H
#define SPOKE_SETTINGS_PAGE_H

#include "handlers/frame.h"
#include "http/parts.h"

#define SETTINGS_FAULTS (CONFIG_FIELDS + 4)

/* Everything one showing of the page needs; values are what was posted, else what is stored. */
struct settings_page {
	const struct app *app;
	struct request *req;
	struct frame frame;

	struct config_input in;
	/* posted with a fault elsewhere: it has to be entered again */
	bool password_entered;
	bool confirmed; /* entered just now */
	/* the signed-in person's own: not entered within the last minutes */
	bool ask_password;
	const char *own_fault;

	bool help_reply, stop_reply;
	const char *help_text, *stop_text, *help_fault, *stop_fault;

	const char *limit, *limit_fault;
	int64_t segments; /* the limit as a number, 0: the installation's */
	bool raising;	  /* it was to be raised: own_fault belongs to its form */

	struct part_fault faults[SETTINGS_FAULTS];
	size_t faults_count;
};

/* settings_view.c */
void settings_steps(const struct settings_page *, struct buf *);
void settings_state(const struct settings_page *, struct buf *);
void settings_callbacks(const struct settings_page *, struct buf *);
/* The check with Bandwidth runs or was just asked for. */
bool settings_checking(const struct settings_page *);

/* settings_setup.c: how setting up at Bandwidth stands, and asking for it */
void settings_setup(const struct settings_page *, struct buf *);
bool settings_setting_up(const struct settings_page *);
/* Has Bandwidth confirmed this ID as it is stored now? */
bool settings_confirmed(const struct organization *, enum config_field);
/* REFUSED: the question that was answered is no longer asked. */
enum result settings_setup_ask(const struct app *, const struct request *);

/* settings_limit.c */
/* Sets limit and segments, or limit_fault; entered may be NULL. */
void settings_limit_read(struct settings_page *, const char *entered);
/*
 * May it be saved?  OK; REFUSED with own_fault: it is higher than the present one and the password
 * is missing or wrong; else an error of the store.
 */
enum result settings_limit_allow(struct settings_page *);

/* settings_form.c */
/* Name of the hidden field that says what an ID's field showed, for those that are made by us. */
const char *settings_shown_name(enum config_field);
void settings_config_form(const struct settings_page *, struct buf *);
void settings_config_facts(const struct settings_page *, struct buf *);
void settings_answers_form(const struct settings_page *, struct buf *);
void settings_limit_form(const struct settings_page *, struct buf *);

#endif
