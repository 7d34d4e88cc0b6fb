/*
 * seed_media.c: a text that came in with a picture, a file, one that is being fetched, one that
 * could not be yet, one that lies elsewhere and one too many (seed_media.h).
 */
#include "seed_media.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "store/media.h"
#include "store/messages.h"

#define ORG 3
#define PICTURE                                                                            \
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA" \
	"AABJRU5ErkJggg=="

/* The file of a stored one, with the folders above it. */
static void
write_file(const char *path, const struct buf *bytes)
{
	char folder[2000];
	const char *p;
	FILE *f;

	for (p = strstr(path, "/media/"); p != NULL; p = strchr(p + 1, '/')) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(p - path), path);
		mkdir(folder, 0700);
	}
	f = fopen(path, "wbe");
	if (f == NULL || fwrite(bytes->data, 1, bytes->len, f) != bytes->len)
		perror(path);
	if (f != NULL)
		fclose(f);
}

static void
store(struct media *m, struct arena *a, const char *data_dir, const struct buf *bytes,
    const char *type)
{
	unsigned char hash[SHA256_BYTES];
	char *hex = arena_alloc(a, SHA256_HEX);

	crypto_sha256(bytes->data, bytes->len, hash);
	hex_text(hash, sizeof(hash), hex);
	write_file(media_path(a, data_dir, m), bytes);
	m->state = "stored";
	m->type = type;
	m->size = (int64_t)bytes->len;
	m->sha256 = hex;
}

static void
fail_one(struct media *m, const char *why)
{
	m->state = "failed";
	m->why = why;
}

/* Each place has its own fate. */
static void
decide(struct media *m, struct arena *a, const char *data_dir, const char *hostile, int64_t now)
{
	struct buf bytes = BUF_INIT(10000);

	if (m->place == 0 && base64_decode(PICTURE, strlen(PICTURE), &bytes) == 0)
		store(m, a, data_dir, &bytes, "image/png");
	if (m->place == 1) {
		buf_adds(&bytes, hostile);
		store(m, a, data_dir, &bytes, NULL);
	}
	if (m->place == 3) {
		m->tries = 4;
		m->words = hostile;
		m->due = now + 10 * CLOCK_MINUTE;
	}
	if (m->place == 4)
		fail_one(m, "foreign");
	buf_free(&bytes);
}

enum result
seed_media(struct tx *tx, struct arena *a, const char *data_dir, const char *hostile, int64_t now)
{
	char id[MESSAGE_ID];
	struct message msg = {.org = ORG,
	    .contact_number = "+19195550151",
	    .user_number = "+19195550100",
	    .text = hostile,
	    .segments = 1,
	    .created = now - 2 * CLOCK_MINUTE};
	struct media old, m;
	unsigned place;
	bool waiting;
	enum result r;

	message_id_new(msg.created, id);
	msg.id = arena_str(a, id);
	message_set_state(&msg, STATE_RECEIVED);
	for (place = 0; place < 6; place++)
		msg.media = text_list_add(a, msg.media, hostile);
	r = media_add(tx, &msg, 5, &waiting);
	for (place = 0; r == OK && place < 5; place++) {
		r = media_get(tx, ORG, msg.id, place, true, a, &old);
		m = old;
		if (r == OK) {
			decide(&m, a, data_dir, hostile, now);
			r = media_put(tx, &old, &m);
		}
	}
	return r == OK ? messages_put(tx, NULL, &msg) : r;
}
