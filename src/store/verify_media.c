/*
 * verify_media.c: attachments, their files, and what is still to be fetched.
 */
#include <sys/stat.h>

#include "base/arena.h"
#include "store/media.h"
#include "store/verify_private.h"

static bool
get_media(const struct entry *e, uint32_t org, const char *message, uint8_t place, struct media *m)
{
	struct bytes value;
	struct key k;

	key_org(&k, org);
	key_id(&k, message);
	key_u8(&k, place);
	return verify_has(e, T_MEDIA, &k, &value) &&
	       record_read(media_fields, value.p, value.n, e->arena, m) == 0;
}

/* What is wrong with its file in a store's directory; NULL: nothing. */
static const char *
file_fault(const char *dir, const struct entry *e, const struct media *m)
{
	struct stat st;

	if (stat(media_path(e->arena, dir, m), &st) != 0)
		return "is missing";
	return st.st_size != m->size ? "has another length" : NULL;
}

static void
look_for_file(struct entry *e, const struct media *m)
{
	struct verify *v = e->v;
	const char *fault = file_fault(v->dir, e, m);

	if (fault == NULL)
		return;
	verify_fault(v,
	    "attachment %lld of message %s of organization %lld is stored, but its file %s.",
	    (long long)m->place, m->message, (long long)m->org, fault);
	v->lost += v->from != NULL && file_fault(v->from, e, m) != NULL;
}

enum result
verify_attachment(struct entry *e)
{
	struct media m;
	struct key k;
	const char *id;
	uint32_t org;
	uint8_t place;

	if (!verify_key(e, "oib", &org, &id, &place) ||
	    !verify_record(e, media_fields, &m,
		arena_fmt(e->arena, "attachment %d of message %s of organization %lu", place, id,
		    (unsigned long)org)))
		return OK;
	if (m.org != org || !verify_same(m.message, id) || m.place != place) {
		verify_fault(e->v,
		    "media: the record under attachment %d of message %s of organization %lu is another's.",
		    place, id, (unsigned long)org);
		return OK;
	}
	key_org(&k, org);
	key_id(&k, id);
	if (!verify_has(e, T_MESSAGES, &k, NULL))
		verify_fault(e->v,
		    "attachment %d is of message %s of organization %lu, which is not there.",
		    place, id, (unsigned long)org);
	key_org(&k, org);
	key_u64(&k, m.due > 0 ? (uint64_t)m.due : 0);
	key_id(&k, id);
	key_u8(&k, place);
	if (media_waiting(&m) && !verify_has(e, T_MEDIA_DUE, &k, NULL))
		verify_fault(e->v,
		    "attachment %d of message %s of organization %lu waits, but is missing from the list.",
		    place, id, (unsigned long)org);
	if (media_stored(&m))
		look_for_file(e, &m);
	else if (!media_waiting(&m) && !verify_same(m.state, "failed"))
		verify_fault(e->v,
		    "attachment %d of message %s of organization %lu is in no state that there is (%s).",
		    place, id, (unsigned long)org, m.state != NULL ? m.state : "none");
	return OK;
}

enum result
verify_media_due(struct entry *e)
{
	struct media m;
	const char *id;
	uint64_t due;
	uint32_t org;
	uint8_t place;

	if (!verify_key(e, "ouib", &org, &due, &id, &place))
		return OK;
	if (!get_media(e, org, id, place, &m) || !media_waiting(&m) || m.due != (int64_t)due)
		verify_fault(e->v,
		    "the list of attachments to be fetched names one of message %s of organization "
		    "%lu that does not wait.",
		    id, (unsigned long)org);
	return OK;
}
