/*
 * parts.c: icons, states, notes and fields, the same on every page.
 */
#include <string.h>

#include "base/buf.h"
#include "base/phone.h"
#include "http/parts.h"

static const char *const icon_names[] = {
    [ICON_FINE] = "#i-fine",
    [ICON_LOOK] = "#i-look",
    [ICON_BROKEN] = "#i-broken",
    [ICON_WAIT] = "#i-wait",
    [ICON_TURN] = "#i-turn",
    [ICON_TODO] = "#i-todo",
    [ICON_IN] = "#i-in",
    [ICON_OUT] = "#i-out",
    [ICON_PAUSE] = "#i-pause",
    [ICON_PLAY] = "#i-play",
    [ICON_TALK] = "#i-talk",
};

static const char *const tone_classes[] = {
    [TONE_PLAIN] = "",
    [TONE_FINE] = "fine",
    [TONE_LOOK] = "look",
    [TONE_BROKEN] = "broken",
    [TONE_BUSY] = "busy",
};

static const enum icon tone_icons[] = {
    [TONE_PLAIN] = ICON_TODO,
    [TONE_FINE] = ICON_FINE,
    [TONE_LOOK] = ICON_LOOK,
    [TONE_BROKEN] = ICON_BROKEN,
    [TONE_BUSY] = ICON_TURN,
};

const char *
tone_class(enum tone tone)
{
	return tone_classes[tone];
}

void
part_icon(struct buf *b, enum icon icon)
{
	html_raw(b, "<svg class=\"i\" aria-hidden=\"true\"><use");
	html_url_attr(b, "href", icon_names[icon]);
	html_raw(b, "/></svg>");
}

void
part_state(struct buf *b, enum tone tone, enum icon icon, const char *word)
{
	html_raw(b, "<span class=\"state ");
	html_raw(b, tone_class(tone));
	html_raw(b, "\">");
	part_icon(b, icon);
	html_text(b, word);
	html_raw(b, "</span>\n");
}

void
part_note_begin(struct buf *b, enum tone tone, const char *id)
{
	html_raw(b, "<div class=\"note ");
	html_raw(b, tone_class(tone));
	html_raw(b, "\"");
	if (id)
		html_attr(b, "id", id);
	/* Read out as the page appears: what came of it, and what was refused. */
	if (id && strcmp(id, "banner") == 0)
		html_raw(b, " role=\"status\"");
	if (id && strcmp(id, "faults") == 0)
		html_raw(b, " role=\"alert\"");
	html_raw(b, ">");
	part_icon(b, tone_icons[tone]);
}

void
part_note_end(struct buf *b)
{
	html_raw(b, "</div>\n");
}

void
part_phone(struct buf *b, const char *e164)
{
	char shown[PHONE_MAX];

	if (!e164) {
		html_raw(b, "no number yet");
		return;
	}
	html_raw(b, "<span class=\"num\">");
	html_text(b, phone_display(e164, shown));
	html_raw(b, "</span>");
}

void
part_count(struct buf *b, long long n, const char *one, const char *many)
{
	html_rawf(b, "%lld ", n);
	html_text(b, n == 1 ? one : many);
}

void
part_hidden(struct buf *b, const char *name, const char *value)
{
	html_raw(b, "<input type=\"hidden\"");
	html_attr(b, "name", name);
	html_attr(b, "value", value);
	html_raw(b, ">");
}

/* Writes ` aria-describedby="x-help x-fault"` as far as they exist. */
static void
write_described(struct buf *b, const struct part_field *f)
{
	if (!f->help && !f->fault && !f->counted)
		return;
	html_raw(b, " aria-describedby=\"");
	if (f->fault) {
		html_text(b, f->name);
		html_raw(b, "-fault ");
	}
	if (f->help) {
		html_text(b, f->name);
		html_raw(b, "-help ");
	}
	if (f->counted)
		html_text(b, f->counted);
	html_raw(b, "\"");
}

static void
write_common(struct buf *b, const struct part_field *f)
{
	html_attr(b, "id", f->name);
	html_attr(b, "name", f->name);
	if (f->inputmode)
		html_attr(b, "inputmode", f->inputmode);
	if (f->autocomplete)
		html_attr(b, "autocomplete", f->autocomplete);
	if (f->placeholder)
		html_attr(b, "placeholder", f->placeholder);
	/* <main> switches the checking of spelling off. */
	html_raw(b, f->spelling ? " dir=\"auto\" spellcheck=\"true\"" : " autocapitalize=\"off\"");
	if (f->required)
		html_raw(b, " aria-required=\"true\"");
	if (f->fault)
		html_raw(b, " aria-invalid=\"true\"");
	write_described(b, f);
}

static void
write_input(struct buf *b, const struct part_field *f)
{
	html_raw(b, "<input");
	html_attr(b, "type", f->type ? f->type : "text");
	write_common(b, f);
	/* A secret is never shown, whatever the caller has. */
	if (f->value && (!f->type || strcmp(f->type, "password") != 0))
		html_attr(b, "value", f->value);
	html_raw(b, ">");
}

static void
write_control(struct buf *b, const struct part_field *f)
{
	if (f->type && strcmp(f->type, "textarea") == 0) {
		html_raw(b, "<textarea rows=\"4\"");
		write_common(b, f);
		/* The parser drops a newline right after the tag. */
		html_raw(b, ">\n");
		html_text(b, f->value);
		html_raw(b, "</textarea>\n");
		return;
	}
	if (!f->show) {
		write_input(b, f);
		return;
	}
	html_raw(b, "<div class=\"with\">");
	write_input(b, f);
	html_raw(b, "<button type=\"button\" class=\"show\" hidden");
	html_attr(b, "aria-controls", f->name);
	html_raw(b, ">Show</button></div>\n");
}

/* <p class=help id=name-help> or the same for a fault. */
static void
write_beside(struct buf *b, const char *kind, const char *name, const char *text)
{
	if (!text)
		return;
	html_raw(b, "<p");
	html_attr(b, "class", kind);
	html_raw(b, " id=\"");
	html_text(b, name);
	html_raw(b, "-");
	html_text(b, kind);
	html_raw(b, "\">");
	if (strcmp(kind, "fault") == 0) {
		part_icon(b, ICON_BROKEN);
		html_raw(b, " ");
	}
	html_text(b, text);
	html_raw(b, "</p>\n");
}

void
part_field(struct buf *b, const struct part_field *f)
{
	html_raw(b, f->narrow ? "<div class=\"field short" : "<div class=\"field");
	html_raw(b, f->fault ? " bad\">\n<label" : "\">\n<label");
	html_attr(b, "for", f->name);
	html_raw(b, ">");
	html_text(b, f->label);
	html_raw(b, "</label>\n");
	write_beside(b, "help", f->name, f->help);
	write_beside(b, "fault", f->name, f->fault);
	write_control(b, f);
	if (f->status) {
		html_raw(b, "<p class=\"help\">");
		part_state(b, f->status_tone, tone_icons[f->status_tone], f->status);
		html_raw(b, "</p>\n");
	}
	if (f->counted) {
		html_raw(b, "<p class=\"help\"");
		html_attr(b, "id", f->counted);
		html_attr(b, "data-count", f->name);
		html_raw(b, "></p>\n");
	}
	html_raw(b, "</div>\n");
}

void
part_copy(struct buf *b, const char *id, const char *label, const char *help, const char *value)
{
	html_raw(b, "<div class=\"field\">\n<label");
	html_attr(b, "for", id);
	html_raw(b, ">");
	html_text(b, label);
	html_raw(b, "</label>\n");
	write_beside(b, "help", id, help);
	html_raw(b, "<div class=\"with\"><input type=\"text\" readonly autocomplete=\"off\"");
	html_attr(b, "id", id);
	if (help) {
		html_raw(b, " aria-describedby=\"");
		html_text(b, id);
		html_raw(b, "-help\"");
	}
	html_attr(b, "value", value);
	html_raw(b, "><button type=\"button\" class=\"copy\" aria-live=\"polite\" hidden");
	html_attr(b, "aria-controls", id);
	html_raw(b, ">Copy</button></div>\n</div>\n");
}

void
part_check(struct buf *b, const char *name, const char *label, const char *help, bool on)
{
	html_raw(b, "<div class=\"check\"><input type=\"checkbox\" value=\"yes\"");
	html_attr(b, "id", name);
	html_attr(b, "name", name);
	html_raw(b, on ? " checked" : "");
	html_raw(b, "><div><label");
	html_attr(b, "for", name);
	html_raw(b, ">");
	html_text(b, label);
	html_raw(b, "</label>\n<p class=\"help\">");
	html_text(b, help);
	html_raw(b, "</p></div></div>\n");
}

void
part_summary(struct buf *b, const struct part_fault *faults, size_t count)
{
	if (!count)
		return;
	part_note_begin(b, TONE_BROKEN, "faults");
	html_raw(b, "<p><b>Nothing was saved.</b> ");
	html_raw(b, count == 1 ? "One entry needs another look:</p>\n<ul class=\"plain\">"
			       : "These entries need another look:</p>\n<ul class=\"plain\">");
	for (size_t i = 0; i < count; i++) {
		html_raw(b, "<li><a href=\"#");
		html_text(b, faults[i].name);
		html_raw(b, "\">");
		html_text(b, faults[i].label);
		html_raw(b, "</a>: ");
		html_text(b, faults[i].fault);
		html_raw(b, "</li>\n");
	}
	html_raw(b, "</ul>");
	part_note_end(b);
}
