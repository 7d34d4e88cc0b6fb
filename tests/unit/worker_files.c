/*
 * worker_files.c: attachments on disk: the promises of worker/media_file.h, without a store.
 */
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/media_file.h"
#include "tap.h"

#define ID "0192f0c1a2b3c4d5"

static char dir[1000];

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static const char *
in(const char *name)
{
	static char path[2000];

	snprintf(path, sizeof(path), "%s/media/%s", dir, name);
	return path;
}

static bool
there(const char *name)
{
	struct stat st;

	return lstat(in(name), &st) == 0;
}

static struct media_ref
ref(uint32_t org, const char *id, unsigned place)
{
	struct media_ref r = {.org = org, .place = place};

	memcpy(r.message, id, MESSAGE_ID);
	return r;
}

static void
put(uint32_t org, const char *id, unsigned place, const char *text)
{
	struct media_ref r = ref(org, id, place);
	struct media_file *f = media_file_begin(dir, &r);

	if (f == NULL || !media_file_add(f, text, strlen(text)) || media_file_keep(f) != 0)
		ok(false, "a file is written");
}

static bool
holds(const char *name, const char *text)
{
	char got[100] = "";
	FILE *f = fopen(in(name), "r");
	size_t n = f != NULL ? fread(got, 1, sizeof(got) - 1, f) : 0;

	if (f != NULL)
		fclose(f);
	return f != NULL && n == strlen(text) && strcmp(got, text) == 0;
}

static void
one(void)
{
	struct media_ref r = ref(12, ID, 3);
	struct media_file *f = media_file_begin(dir, &r);
	struct stat st;

	ok(f != NULL && there("part/12-" ID ".3"), "a new file lies aside");
	ok(media_file_add(f, "ab", 2) && media_file_add(f, "", 0) && media_file_add(f, "c", 1),
	    "it is written in pieces");
	ok(!there("12/0192/" ID ".3"), "and not under its name meanwhile");
	is_int(media_file_keep(f), 0, "it is kept");
	ok(holds("12/0192/" ID ".3", "abc") && !there("part/12-" ID ".3"), "then it is there");
	ok(stat(in("12/0192/" ID ".3"), &st) == 0 && (st.st_mode & 07777) == 0600, "for us alone");
	ok(stat(in("12/0192"), &st) == 0 && (st.st_mode & 07777) == 0700, "in a folder of ours");
	put(12, ID, 3, "another");
	ok(holds("12/0192/" ID ".3", "another"), "one of the same name replaces it");
	f = media_file_begin(dir, &r);
	media_file_add(f, "x", 1);
	media_file_drop(f);
	ok(holds("12/0192/" ID ".3", "another") && !there("part/12-" ID ".3"),
	    "one that is dropped leaves nothing");
	media_file_drop(NULL);
	f = media_file_begin(dir, &r);
	media_file_add(f, "x", 1);
	ok(symlink("/etc/passwd", in("part/link")) == 0, "and something else beside it");
	media_files_clear(dir);
	ok(!there("part/12-" ID ".3") && !there("part/link"), "what is half written is cleared");
	is_int(media_file_keep(f), -1, "and cannot be kept any more");
	ok(media_room(dir) > 0, "there is room");
}

static void
removal(void)
{
	struct media_ref r = ref(12, ID, 3), other = ref(12, ID, 4);

	put(12, ID, 4, "b");
	is_int(media_file_remove(dir, &r), 0, "one is removed");
	ok(!there("12/0192/" ID ".3") && there("12/0192/" ID ".4"), "alone");
	is_int(media_file_remove(dir, &r), 0, "what is not there is removed");
	is_int(media_file_remove(dir, &other), 0, "the last one");
	ok(!there("12/0192"), "goes with its folder");
	r = ref(99, ID, 0);
	is_int(media_file_remove(dir, &r), 0, "one of which there is not even a folder");
	is_int(media_file_remove("/nonexistent", &r), 0, "nor a data directory");
}

/* The names that a walk finds, in a text. */
static void
note(void *arg, const struct media_ref *r)
{
	char *all = arg, name[MEDIA_NAME];

	media_name(r->org, r->message, r->place, name);
	snprintf(all + strlen(all), 900 - strlen(all), "%s ", name);
}

static void
walk(void)
{
	char place[MEDIA_NAME] = "", all[1000] = "";
	int n = 0, folders = 0;

	put(1, "0192f0c1a2b3c4d5", 0, "a");
	put(1, "0193f0c1a2b3c4d5", 0, "b");
	put(20, "0192f0c1a2b3c4d5", 7, "c");
	put(3, "0192f0c1a2b3c4d5", 199, "d");
	close(mkstemp(strcpy(all, in("1/0192/note-XXXXXX"))));
	all[0] = '\0';
	while ((n = media_folder_next(dir, place, note, all)) >= 0)
		folders += n == 1;
	is_int(folders, 4, "four folders with one name of ours each");
	is_str(all,
	    "1/0192/0192f0c1a2b3c4d5.0 1/0193/0193f0c1a2b3c4d5.0 20/0192/0192f0c1a2b3c4d5.7 "
	    "3/0192/0192f0c1a2b3c4d5.199 ",
	    "each once, folder by folder");
	strcpy(place, "1/0192");
	all[0] = '\0';
	media_folder_next(dir, place, note, all);
	is_str(all, "1/0193/0193f0c1a2b3c4d5.0 ", "it goes on behind a place");
	strcpy(place, "2/zzzz");
	all[0] = '\0';
	media_folder_next(dir, place, note, all);
	is_str(all, "20/0192/0192f0c1a2b3c4d5.7 ", "which need not be there any more");
	strcpy(place, "");
	is_int(media_folder_next("/nonexistent", place, note, all), -1, "nothing to walk");
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");

	log_set_level(LOG_ERROR);
	snprintf(dir, sizeof(dir), "%s/spoke-files-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL)
		return 1;
	media_files_clear(dir);
	ok(!there(""), "clearing makes no folder");
	one();
	removal();
	walk();
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return done_testing();
}
