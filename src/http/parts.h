/*
 * parts.h: what pages are put together from: icons, states, notes, fields.
 *
 * Markup only: nothing here knows the store or the request.  Texts given are plain text and get
 * escaped.
 */
#ifndef SPOKE_PARTS_H
#define SPOKE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/html.h"

/* Colours mean something, and never alone: a tone comes with an icon or a word. */
enum tone { TONE_PLAIN, TONE_FINE, TONE_LOOK, TONE_BROKEN, TONE_BUSY };

enum icon {
	ICON_FINE,
	ICON_LOOK,
	ICON_BROKEN,
	ICON_WAIT,
	ICON_TURN,
	ICON_TODO,
	ICON_IN,
	ICON_OUT,
	ICON_PAUSE,
	ICON_PLAY,
	ICON_TALK
};

/* Class of a tone: "fine", …; "" for TONE_PLAIN. */
const char *tone_class(enum tone);
/* Hidden from screen readers: the word beside it speaks. */
void part_icon(struct buf *, enum icon);
/* Icon and word in the tone's colour. */
void part_state(struct buf *, enum tone, enum icon, const char *word);
/* A box for one statement; id may be NULL.  What stands between begin and end is the caller's
 * markup. */
void part_note_begin(struct buf *, enum tone, const char *id);
void part_note_end(struct buf *);
/* "(919) 555-0123"; "no number yet" for NULL. */
void part_phone(struct buf *, const char *e164);
/* "1 segment", "3 segments". */
void part_count(struct buf *, long long n, const char *one, const char *many);

void part_hidden(struct buf *, const char *name, const char *value);

/* A labelled field.  NULL members are left out. */
struct part_field {
	const char *name; /* also its id */
	const char *label;
	const char *help;
	const char *value;
	const char *fault;
	const char *type; /* "text" if NULL; "textarea" */
	const char *inputmode;
	const char *autocomplete;
	const char *placeholder;
	bool spelling; /* words of a person: spell checking on, direction by content */
	bool show;     /* secret: a "Show" button where scripts run */
	bool narrow;
	bool required;
	const char *status; /* how what is stored there stands: "Saved, not yet checked" */
	enum tone status_tone;
	const char *counted; /* id of the paragraph in which the script counts segments */
};
void part_field(struct buf *, const struct part_field *);

/* A read-only field with a copy button; it can be selected without the button. */
void part_copy(
    struct buf *, const char *id, const char *label, const char *help, const char *value);

/* A box to tick, with help. */
void part_check(struct buf *, const char *name, const char *label, const char *help, bool on);

/* The summary of faults at the top of a page: entries are links to the fields. */
struct part_fault {
	const char *name, *label, *fault;
};
void part_summary(struct buf *, const struct part_fault *, size_t count);

#endif
