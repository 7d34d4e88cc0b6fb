/*
 * base_buf.c: the promises of buf.h.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "tap.h"

static void
appending(void)
{
	struct buf b = BUF_INIT(1000);
	size_t i;

	is_str(buf_str(&b), "", "an empty buffer reads as the empty string");
	buf_adds(&b, "ab");
	buf_addc(&b, 'c');
	buf_add(&b, "d\0e", 3);
	buf_addf(&b, "-%d-%s", 42, "x");
	is_int(b.len, 11, "len counts every byte, NUL included");
	ok(memcmp(b.data, "abcd\0e-42-x", 12) == 0,
	    "what was appended follows each other, NUL behind");
	buf_reset(&b);
	is_str(buf_str(&b), "", "buf_reset forgets the contents");
	for (i = 0; i < 1000; i++)
		buf_addc(&b, (char)('a' + i % 26));
	ok(!b.failed && b.len == 1000, "exactly max bytes fit");
	ok(b.data[999] == 'a' + 999 % 26 && b.data[1000] == '\0', "growing keeps the contents");
	buf_addf(&b, "%s", "");
	ok(!b.failed, "appending nothing to a full buffer is no failure");
	buf_free(&b);
	is_int(b.max, 1000, "after buf_free the buffer can be used again");
	buf_adds(&b, "again");
	is_str(buf_str(&b), "again", "and is");
	buf_wipe(&b);
	ok(b.data == NULL && b.len == 0, "buf_wipe frees");
}

static void
the_maximum(void)
{
	struct buf b = BUF_INIT(10);

	buf_adds(&b, "12345678");
	buf_adds(&b, "abc");
	ok(b.failed, "an append past the maximum marks the buffer as failed");
	is_str(buf_str(&b), "12345678", "and is dropped whole");
	buf_addc(&b, 'x');
	buf_addf(&b, "%d", 1);
	is_str(buf_str(&b), "12345678", "later appends are dropped too, even if they would fit");
	ok(buf_space(&b, 1) == NULL, "buf_space on a failed buffer gives NULL");
	buf_reset(&b);
	ok(!b.failed, "buf_reset forgets the failed mark");
	buf_add(&b, "0123456789", 10);
	ok(!b.failed, "max bytes at once fit");
	buf_add(&b, "y", SIZE_MAX - 5);
	ok(b.failed && b.len == 10, "a size near SIZE_MAX does not wrap round");
	buf_free(&b);
	buf_init(&b, 0);
	buf_addc(&b, 'x');
	ok(b.failed, "a buffer of maximum 0 takes nothing");
	buf_free(&b);
}

static void
space_and_cut(void)
{
	struct buf b = BUF_INIT(SIZE_MAX);
	char *p = NULL;
	int i;

	p = buf_space(&b, 5);
	ok(p != NULL && b.len == 5, "buf_space appends bytes to be filled in");
	memcpy(p, "abcde", 5);
	is_str(buf_str(&b), "abcde", "and they are part of the contents");
	buf_cut(&b, 9);
	is_int(b.len, 5, "buf_cut beyond the end does nothing");
	buf_cut(&b, 2);
	is_str(buf_str(&b), "ab", "buf_cut shortens");
	ok(memcmp(b.data + 2, "\0\0\0", 3) == 0, "and overwrites the rest");
	for (i = 0; i < 12; i++)
		buf_add(&b, b.data, b.len);
	ok(b.len == 8192 && memcmp(b.data + 8190, "ab", 2) == 0,
	    "bytes of the buffer itself can be appended, also when it grows");
	buf_cut(&b, 300);
	buf_addf(&b, "%s", buf_str(&b));
	ok(b.len == 600 && memcmp(b.data, b.data + 300, 300) == 0, "and through a format");
	buf_free(&b);
	ok(buf_space(&b, 0) != NULL, "buf_space of nothing is no failure");
	buf_free(&b);
}

int
main(void)
{
	appending();
	the_maximum();
	space_and_cut();
	return done_testing();
}
