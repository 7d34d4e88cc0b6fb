/*
 * media_names.c: the names of attachments' files (store/media.h): ours alone, nothing of a
 * stranger's is in them.
 */
#include "store/media.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"

void
media_name(uint32_t org, const char *message, unsigned place, char out[MEDIA_NAME])
{
	snprintf(out, MEDIA_NAME, "%u/%.4s/%.16s.%u", org, message, message, place);
}

int
media_name_read(const char *name, struct media_ref *out)
{
	const char *slash = strchr(name, '/'), *dot = strrchr(name, '.');
	char again[MEDIA_NAME];
	uint64_t org, place;

	if (slash == NULL || dot == NULL || dot - slash != 22 ||
	    parse_u64(name, (size_t)(slash - name), 1, UINT32_MAX, &org) != 0 ||
	    parse_u64(dot + 1, strlen(dot + 1), 0, MEDIA_PLACES - 1, &place) != 0)
		return -1;
	*out = (struct media_ref){.org = (uint32_t)org, .place = (unsigned)place};
	memcpy(out->message, slash + 6, MESSAGE_ID - 1);
	if (!message_id_valid(out->message))
		return -1;
	media_name(out->org, out->message, out->place, again);
	return strcmp(again, name) == 0 ? 0 : -1;
}

const char *
media_path(struct arena *a, const char *data_dir, const struct media *m)
{
	char name[MEDIA_NAME];

	media_name((uint32_t)m->org, m->message, (unsigned)m->place, name);
	return arena_fmt(a, "%s/media/%s", data_dir, name);
}
