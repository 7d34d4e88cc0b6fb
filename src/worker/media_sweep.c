/*
 * media_sweep.c: files in DATA_DIR/media that no record knows, as a restored backup or a
 * killed worker leaves them: one folder at a time, the next one each time, whichever
 * worker it is (worker/media.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/settings.h"
#include "store/media.h"
#include "store/meta.h"
#include "store/store.h"
#include "worker/media.h"
#include "worker/media_file.h"
#include "worker/worker.h"

#define SWEPT "swept-media" /* in META: the folder done last */
#define PIECE 200	    /* names looked up in one transaction */

struct sweep {
	struct worker *w;
	char place[MEDIA_NAME];
	struct media_ref refs[PIECE];
	bool unknown[PIECE];
	size_t count, removed;
};

static enum result
read_place(struct tx *tx, void *arg)
{
	struct sweep *s = arg;
	const char *text = NULL;
	enum result r = meta_get(tx, SWEPT, tx_arena(tx), &text);

	s->place[0] = '\0';
	if (text != NULL && strlen(text) < sizeof(s->place))
		memcpy(s->place, text, strlen(text) + 1);
	return r == NOT_FOUND ? OK : r;
}

static enum result
write_place(struct tx *tx, void *arg)
{
	const struct sweep *s = arg;

	return meta_put(tx, SWEPT, s->place);
}

/* One that waits may have its file: it is replaced when it is fetched again. */
static enum result
look_up(struct tx *tx, void *arg)
{
	struct sweep *s = arg;
	struct media m;
	enum result r = OK;
	size_t i;

	for (i = 0; i < s->count && (r == OK || r == NOT_FOUND || r == DAMAGED); i++) {
		const struct media_ref *ref = &s->refs[i];

		r = media_get(tx, ref->org, ref->message, ref->place, false, tx_arena(tx), &m);
		s->unknown[i] =
		    r == NOT_FOUND || (r == OK && !media_stored(&m) && !media_waiting(&m));
	}
	return r == NOT_FOUND || r == DAMAGED ? OK : r;
}

static void
remove_unknown(struct sweep *s)
{
	struct store *store = s->w->app->store;
	size_t i;

	/* What was read must be durable before a file goes because of it. */
	if (s->count > 0 && store_read(store, look_up, s) == OK && store_flush(store) == OK)
		for (i = 0; i < s->count; i++)
			s->removed +=
			    s->unknown[i] &&
			    media_file_remove(s->w->app->settings->data_dir, &s->refs[i]) == 0;
	s->count = 0;
}

static void
take_name(void *arg, const struct media_ref *ref)
{
	struct sweep *s = arg;

	s->refs[s->count++] = *ref;
	if (s->count == PIECE)
		remove_unknown(s);
}

void
media_sweep(struct worker *w)
{
	struct sweep s = {.w = w};
	bool nothing;
	const char *dir = w->app->settings->data_dir;

	if (store_read(w->app->store, read_place, &s) != OK)
		return;
	nothing = s.place[0] == '\0';
	if (media_folder_next(dir, s.place, take_name, &s) < 0)
		s.place[0] = '\0'; /* from the first one the next time */
	remove_unknown(&s);
	if (s.removed > 0)
		log_warn("%zu attachments that no text has were removed", s.removed);
	nothing = nothing && s.place[0] == '\0';
	if (!nothing && store_run(w->app->store, write_place, &s) != OK)
		log_warn("how far the attachments were looked over could not be noted");
}
