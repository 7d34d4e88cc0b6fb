/*
 * org/media.c: an attachment's record, and its state in words (org/media.h).
 */
#include "org/media.h"

#include <string.h>

const struct field media_fields[] = {
    FIELD(struct media, FIELD_INT, org),
    FIELD(struct media, FIELD_TEXT, message),
    FIELD(struct media, FIELD_INT, place),
    FIELD(struct media, FIELD_TEXT, url),
    FIELD(struct media, FIELD_TEXT, state),
    FIELD(struct media, FIELD_TEXT, why),
    FIELD(struct media, FIELD_TEXT, words),
    FIELD(struct media, FIELD_INT, size),
    FIELD(struct media, FIELD_TEXT, sha256),
    FIELD(struct media, FIELD_TEXT, type),
    FIELD(struct media, FIELD_INT, created),
    FIELD(struct media, FIELD_INT, due),
    FIELD(struct media, FIELD_INT, tries),
    FIELD(struct media, FIELD_INT, finished),
    FIELD_END,
};

static const struct {
	const char *why, *sentence;
} reasons[] = {
    {"foreign", "It does not lie at Bandwidth, so it was not fetched."},
    {"other-account", "It lies in another Bandwidth account than the one in the settings, so it "
		      "was not fetched."},
    {"too-many", "The text has more attachments than are kept here, so this one was not fetched. "
		 "MEDIA_PER_MESSAGE sets how many are."},
    {"too-large", "It is larger than is kept here, so it was not fetched. MEDIA_FILE_BYTES sets "
		  "the limit."},
    {"expired", "It could not be fetched within the 48 hours for which Bandwidth keeps it."},
};

static bool
is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

bool
media_waiting(const struct media *m)
{
	return is(m->state, "waiting");
}

bool
media_stored(const struct media *m)
{
	return is(m->state, "stored");
}

const char *
media_sentence(const struct media *m)
{
	size_t i;

	if (media_stored(m))
		return NULL;
	if (media_waiting(m))
		return m->tries == 0 ? "It is being fetched from Bandwidth."
				     : "It could not be fetched yet; it is tried again.";
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (is(m->why, reasons[i].why))
			return reasons[i].sentence;
	return "It could not be fetched.";
}

json *
media_json(const struct media *m, const char *url)
{
	json *object = json_object_new();

	json_put_int(object, "place", m->place);
	json_put_text(object, "state", m->state);
	json_put_text(object, "type", m->type);
	if (media_stored(m))
		json_put_int(object, "size", m->size);
	else
		json_put_null(object, "size");
	json_put_text(object, "sha256", m->sha256);
	json_put_text(object, "url", url);
	json_put_text(object, "why", m->why);
	json_put_text(
	    object, "meaning", m->words != NULL && media_waiting(m) ? m->words : media_sentence(m));
	return object;
}
