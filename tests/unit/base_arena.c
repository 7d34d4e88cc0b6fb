/*
 * base_arena.c: the promises of arena.h.
 */
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "tap.h"

static bool
all_zero(const unsigned char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] != 0)
			return false;
	}
	return true;
}

static void
pieces(void)
{
	struct arena *a = arena_new();
	bool zero = true, aligned = true;
	unsigned char *p = NULL;
	size_t i, round;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < 3000; i++) {
			p = arena_alloc(a, i);
			zero = zero && all_zero(p, i);
			aligned = aligned && (uintptr_t)p % _Alignof(max_align_t) == 0;
			memset(p, 0xaa, i);
		}
		arena_reset(a);
		is_int(arena_used(a), 0, "arena_reset forgets everything (round %zu)", round);
	}
	ok(zero, "every piece is zeroed, also after a reset");
	ok(aligned, "every piece is aligned for any type");
	p = arena_alloc(a, 10 << 20);
	ok(all_zero(p, 10 << 20), "a large piece is zeroed");
	p[(10 << 20) - 1] = 1;
	ok(arena_used(a) >= 10 << 20, "arena_used counts it");
	ok(arena_alloc(a, 0) != arena_alloc(a, 0), "empty pieces have addresses of their own");
	arena_free(a);
	arena_free(NULL);
	ok(true, "arena_free takes NULL");
}

static void
texts(void)
{
	struct arena *a = arena_new();
	char *p = arena_dup(a, "ab\0cd", 5);

	ok(memcmp(p, "ab\0cd", 6) == 0, "arena_dup copies the bytes and puts a NUL behind");
	is_str(arena_dup(a, NULL, 0), "", "arena_dup of nothing is the empty string");
	is_str(arena_str(a, "text"), "text", "arena_str copies a string");
	ok(arena_str(a, NULL) == NULL, "arena_str of NULL is NULL");
	is_str(arena_fmt(a, "%s-%05d", "n", 42), "n-00042", "arena_fmt formats");
	p = arena_fmt(a, "%8000d", 7);
	ok(strlen(p) == 8000 && p[7999] == '7', "arena_fmt has no limit of its own");
	arena_free(a);
}

/* Does an allocation that cannot be had end the process, and not return? */
static void
out_of_memory(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct rlimit none = {0, 0};

		setrlimit(RLIMIT_CORE, &none);
		close(STDERR_FILENO);
		arena_alloc(arena_new(), SIZE_MAX / 8);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(!WIFEXITED(status) || WEXITSTATUS(status) != 0,
	    "an arena without memory ends the process and never returns NULL");
}

int
main(void)
{
	pieces();
	texts();
	out_of_memory();
	return done_testing();
}
