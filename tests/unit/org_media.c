/*
 * org_media.c: what files are by their bytes, and attachments in words: the promises of
 * media_type.h and org/media.h.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "org/media.h"
#include "org/media_type.h"
#include "tap.h"

#define SAMPLE(text, name)                   \
	{                                    \
		text, sizeof(text) - 1, name \
	}

static const struct {
	const char *p;
	size_t n;
	const char *name;
} samples[] = {
    SAMPLE("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "image/png"),
    SAMPLE("\x89PNG\r\n\x1a\n\0\0\0\rhtml\0\0", NULL),
    SAMPLE("\x89PNG\r\n\x1a\n", NULL),
    SAMPLE("\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    SAMPLE("\xff\xd8\xff\xe1\0\x10"
	   "Exif",
	"image/jpeg"),
    SAMPLE("\xff\xd8\xff", NULL),
    SAMPLE("GIF89a\1\0\1\0", "image/gif"),
    SAMPLE("GIF87a\1\0\1\0", "image/gif"),
    SAMPLE("GIF88a\1\0\1\0", NULL),
    SAMPLE("RIFF\x20\0\0\0WEBPVP8X", "image/webp"),
    SAMPLE("RIFF\x20\0\0\0WAVEfmt ", NULL),
    SAMPLE("\0\0\0\x20"
	   "ftypisom\0\0\2\0",
	"video/mp4"),
    SAMPLE("\0\0\0\x20"
	   "ftypmp42\0\0\2\0",
	"video/mp4"),
    SAMPLE("\0\0\0\x20"
	   "ftypheic\0\0\2\0",
	NULL),
    SAMPLE("\0\0\0\x20"
	   "ftypqt  \0\0\2\0",
	NULL),
    SAMPLE("\0\0\0\x20"
	   "ftyp",
	NULL),
    SAMPLE("<!--ftypisom--><html>", NULL),
    SAMPLE("ID3\4\0\0\0\0\2\1TSSE", "audio/mpeg"),
    SAMPLE("ID3\4\0\0\x80\0\2\1TSSE", NULL),
    SAMPLE("ID3 is a kind of tag.", NULL),
    SAMPLE("\xff\xfb\x90\0", NULL), /* one header alone proves nothing */
    SAMPLE("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", NULL),
    SAMPLE("<!doctype html><script>1</script>", NULL),
    SAMPLE("<?xml version=\"1.0\"?><smil/>", NULL),
    SAMPLE("%PDF-1.7", NULL),
    SAMPLE("BEGIN:VCARD", NULL),
    SAMPLE("\xff\xfeh\0i\0", NULL), /* UTF-16 */
    SAMPLE("", NULL),
};

static const char *
kind(const void *p, size_t n)
{
	const struct media_type *t = media_sniff(p, n);

	return t != NULL ? t->name : NULL;
}

/* Frames of MPEG 1, layer III, 128 kbit/s at 44,100 Hz: 417 bytes each. */
static void
sound(void)
{
	unsigned char two[1000] = {0};
	size_t n;

	memcpy(two, "\xff\xfb\x90\x64", 4);
	memcpy(two + 417, "\xff\xfb\x90\x64", 4);
	is_str(kind(two, sizeof(two)), "audio/mpeg", "two frames in a row are a sound");
	is_str(kind(two, 421), "audio/mpeg", "also where only the second's head is seen");
	is_str(kind(two, 420), NULL, "but not without it");
	two[418] = 0;
	is_str(kind(two, sizeof(two)), NULL, "nor when something else follows");
	for (n = 0; n < 4; n++) {
		memcpy(two, "\xff\xfb\x90\x64", 4);
		memcpy(two + 417, "\xff\xfb\x90\x64", 4);
		two[n] = n == 0 ? 0xfe : n == 1 ? 0xfd : n == 2 ? 0xf0 : 0x64;
		is_str(kind(two, sizeof(two)), n == 3 ? "audio/mpeg" : NULL,
		    "byte %zu of its head counts", n);
	}
}

static void
words(void)
{
	static const char *const whys[] = {
	    "foreign", "other-account", "too-many", "too-large", "expired", "unheard of"};
	struct media m = {.state = "waiting"};
	size_t i;

	ok(strstr(media_sentence(&m), "being fetched") != NULL, "one that waits is being fetched");
	m.tries = 1;
	ok(strstr(media_sentence(&m), "tried again") != NULL, "after a failure it is tried again");
	m.state = "failed";
	for (i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
		m.why = whys[i];
		ok(strlen(media_sentence(&m)) > 20, "%s: %s", whys[i], media_sentence(&m));
	}
	m = (struct media){.state = "stored", .place = 3, .size = 0, .type = "image/png"};
	is_str(media_sentence(&m), NULL, "nothing is to be said of one that is there");
	json *o = media_json(&m, "https://x/3");
	struct buf text = BUF_INIT(1000);
	json_write(o, &text);
	is_str(buf_str(&text),
	    "{\"place\":3,\"state\":\"stored\",\"type\":\"image/png\",\"size\":0,\"sha256\":null,"
	    "\"url\":\"https://x/3\",\"why\":null,\"meaning\":null}",
	    "as the API shows it");
	buf_free(&text);
	json_free(o);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		/* On the heap, so that reading past the end shows under a sanitizer. */
		char *copy = malloc(samples[i].n + 1);

		memcpy(copy, samples[i].p, samples[i].n);
		copy = realloc(copy, samples[i].n > 0 ? samples[i].n : 1);
		is_str(kind(copy, samples[i].n), samples[i].name, "sample %zu: %s", i,
		    samples[i].name != NULL ? samples[i].name : "none of these");
		free(copy);
	}
	sound();
	is_str(media_type_find("image/gif")->extension, "gif", "a kind by its name");
	ok(media_type_find("text/html") == NULL && media_type_find(NULL) == NULL, "and no other");
	words();
	return done_testing();
}
