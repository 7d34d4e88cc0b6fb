/*
 * store_media.c: the promises of store/media.h.
 */
#include "store/media.h"
#include "base/clock.h"
#include "store_try.h"

#define ID "0192f0c1a2b3c4d5"
#define ID2 "0192f0c1a2b3c4d6"

static struct arena *arena;

static struct message
with_media(int64_t org, const char *id, size_t count)
{
	struct message m = {.org = org, .id = id};
	size_t i;

	for (i = 0; i < count; i++)
		m.media = text_list_add(arena, m.media, arena_fmt(arena, "https://x/%zu", i));
	return m;
}

static enum result
adding(struct tx *tx, void *arg)
{
	struct message m = with_media(1, ID, 3), none = with_media(1, ID2, 0);
	struct media *list, one;
	struct media_ref ref, first;
	size_t n;
	bool waiting;

	(void)arg;
	is_int(media_next_org(tx, 0, &first), NOT_FOUND, "nothing waits at first");
	ok(media_add(tx, &none, 20, &waiting) == OK && !waiting, "a text without attachments");
	is_int(media_add(tx, &m, 2, &waiting), OK, "one with three, of which two are kept");
	ok(waiting, "there is something to fetch");
	ok(media_list(tx, 1, ID, arena, &list, &n) == OK && n == 3, "three records");
	ok(media_waiting(&list[0]) && media_waiting(&list[1]), "two wait");
	is_str(list[2].why, "too-many", "the third is one too many");
	is_str(list[1].url, "https://x/1", "each with its address");
	ok(media_next_org(tx, 0, &first) == OK && first.due == tx_now(tx), "due at once");
	ok(media_first(tx, 1, NULL, &ref) == OK && ref.place == 0 && strcmp(ref.message, ID) == 0,
	    "the first");
	ok(media_first(tx, 1, &ref, &ref) == OK && ref.place == 1, "the second behind it");
	is_int(media_first(tx, 1, &ref, &ref), NOT_FOUND, "and no third");
	is_int(media_get(tx, 2, ID, 0, false, arena, &one), NOT_FOUND, "nobody else's");
	is_int(media_get(tx, 1, ID, 3, false, arena, &one), NOT_FOUND, "no fourth");
	is_int(media_get(tx, 1, "x", 0, false, arena, &one), NOT_FOUND, "no id");
	is_int(media_list(tx, 1, "x", arena, &list, &n), NOT_FOUND, "nor in lists");
	is_int(media_get(tx, 1, ID, 5000, false, arena, &one), NOT_FOUND, "no such place");
	return OK;
}

static enum result
changing(struct tx *tx, void *arg)
{
	struct media old, now;
	struct media_ref ref, first;

	(void)arg;
	is_int(media_get(tx, 1, ID, 0, true, arena, &old), OK, "the first");
	now = old;
	now.due = old.due + 5000;
	is_int(media_put(tx, &old, &now), OK, "is put off");
	ok(media_first(tx, 1, NULL, &ref) == OK && ref.place == 1, "so the second comes first");
	ok(media_first(tx, 1, &ref, &ref) == OK && ref.place == 0 && ref.due == now.due,
	    "then the first, when it is due");
	old = now;
	now.state = "stored";
	now.due = 0;
	is_int(media_put(tx, &old, &now), OK, "it is stored");
	is_int(media_get(tx, 1, ID, 1, true, arena, &old), OK, "the second");
	now = old;
	now.state = "failed";
	is_int(media_put(tx, &old, &now), OK, "failed");
	is_int(media_next_org(tx, 0, &first), NOT_FOUND, "nothing waits any more");
	return OK;
}

static enum result
organizations(struct tx *tx, void *arg)
{
	struct message a = with_media(7, ID, 1), b = with_media(UINT32_MAX, ID, 1);
	struct media_ref ref;
	bool waiting;

	(void)arg;
	is_int(media_add(tx, &a, 9, &waiting), OK, "for another organization");
	is_int(media_add(tx, &b, 9, &waiting), OK, "for the last there can be");
	ok(media_next_org(tx, 0, &ref) == OK && ref.org == 7, "the first with something");
	ok(media_next_org(tx, 7, &ref) == OK && ref.org == UINT32_MAX, "the next");
	is_int(media_next_org(tx, UINT32_MAX, &ref), NOT_FOUND, "the end");
	is_int(media_first(tx, 7, NULL, &ref), OK, "an entry");
	is_int(media_drop(tx, &ref), OK, "is dropped");
	is_int(media_first(tx, 7, NULL, &ref), NOT_FOUND, "and gone");
	is_int(media_drop(tx, &ref), OK, "a second time is no fault");
	return OK;
}

static enum result
removing(struct tx *tx, void *arg)
{
	struct message m = with_media(1, ID2, 2);
	struct media_ref ref;
	struct media *list;
	bool waiting;
	size_t n;
	int i;

	(void)arg;
	is_int(media_add(tx, &m, 1, &waiting), OK, "another text");
	is_int(media_gone_first(tx, &ref), NOT_FOUND, "no file is to go");
	is_int(media_remove(tx, 1, ID2), OK, "it is removed");
	ok(media_list(tx, 1, ID2, arena, &list, &n) == OK && n == 0, "with its records");
	is_int(media_first(tx, 1, NULL, &ref), NOT_FOUND, "and what waited");
	for (i = 0; i < 2; i++) {
		ok(media_gone_first(tx, &ref) == OK && ref.place == (unsigned)i && ref.org == 1 &&
			strcmp(ref.message, ID2) == 0,
		    "file %d is to go", i);
		is_int(media_gone_done(tx, &ref), OK, "and went");
	}
	is_int(media_gone_first(tx, &ref), NOT_FOUND, "that was all");
	ok(media_list(tx, 1, ID, arena, &list, &n) == OK && n == 3, "other texts keep theirs");
	is_int(media_remove(tx, 1, "0192f0c1a2b3ffff"), OK, "one without attachments");
	return OK;
}

static void
names(void)
{
	static const char *const wrong[] = {"", "12", "12/0192/" ID, "12/0192/" ID ".",
	    "0/0192/" ID ".0", "12/0193/" ID ".0", "12/0192/" ID ".200", "12/0192/" ID ".00",
	    "12/0192/" ID ".0.txt", "012/0192/" ID ".0", "12/0192/0192F0C1A2B3C4D5.0",
	    "../0192/" ID ".0", "12/0192/" ID ".-1"};
	const struct media m = {.org = 12, .message = ID, .place = 7};
	struct media_ref ref;
	char name[MEDIA_NAME];
	size_t i;

	media_name(UINT32_MAX, ID, MEDIA_PLACES - 1, name);
	is_str(name, "4294967295/0192/" ID ".199", "the longest name");
	ok(media_name_read(name, &ref) == 0 && ref.org == UINT32_MAX && ref.place == 199 &&
		strcmp(ref.message, ID) == 0,
	    "and back");
	is_str(media_path(arena, "/var/lib/spoke", &m), "/var/lib/spoke/media/12/0192/" ID ".7",
	    "a whole path");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		is_int(media_name_read(wrong[i], &ref), -1, "\"%s\" is no name of ours", wrong[i]);
}

int
main(void)
{
	arena = arena_new();
	try_open();
	try_run(adding, NULL);
	try_run(changing, NULL);
	try_run(organizations, NULL);
	try_run(removing, NULL);
	names();
	try_close();
	arena_free(arena);
	return done_testing();
}
