/*
 * arena.c: the arena of arena.h.
 *
 * A list of zeroed blocks, newest first.  What was handed out is wiped when it
 * is given back, so a block is all zero again and can be handed out as it is.
 * Under AddressSanitizer what is not handed out is poisoned.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define GAP 16 /* between two pieces, so that running over one is seen */
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define GAP 0
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN _Alignof(max_align_t)
#define FIRST_BLOCK ((size_t)4096)
#define LAST_BLOCK ((size_t)65536)

struct block {
	struct block *older;
	size_t size;
	size_t used;
	max_align_t data[];
};

struct arena {
	struct block *newest;
	size_t used; /* in all blocks */
	size_t next; /* size of the next block */
};

static struct block *
block_new(size_t size, struct block *older)
{
	struct block *b = NULL;

	if (size > SIZE_MAX / 2)
		log_panic("arena: a piece of %zu bytes was asked for", size);
	b = calloc(1, sizeof(*b) + size);
	if (b == NULL)
		log_panic("out of memory (%zu bytes)", size);
	b->older = older;
	b->size = size;
	POISON(b->data, size);
	return b;
}

static void
block_wipe(struct block *b)
{
	UNPOISON(b->data, b->size);
	explicit_bzero(b->data, b->used);
	POISON(b->data, b->size);
	b->used = 0;
}

static void
block_free(struct block *b)
{
	block_wipe(b);
	UNPOISON(b->data, b->size);
	free(b);
}

struct arena *
arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		log_panic("out of memory (arena)");
	a->newest = block_new(FIRST_BLOCK, NULL);
	a->next = 2 * FIRST_BLOCK;
	return a;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	block_free(a->newest);
	free(a);
}

void
arena_reset(struct arena *a)
{
	struct block *older = NULL;

	while (a->newest->older != NULL) {
		older = a->newest->older;
		block_free(a->newest);
		a->newest = older;
	}
	block_wipe(a->newest);
	a->used = 0;
	a->next = 2 * FIRST_BLOCK;
}

/* A block with room for n bytes, the newest from now on. */
static struct block *
block_with_room(struct arena *a, size_t n)
{
	size_t size = a->next;

	if (n <= a->newest->size - a->newest->used)
		return a->newest;
	if (size < n)
		size = n;
	if (a->next < LAST_BLOCK)
		a->next *= 2;
	a->newest = block_new(size, a->newest);
	return a->newest;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct block *b = NULL;
	char *p = NULL;
	size_t whole;

	if (n > SIZE_MAX / 4)
		log_panic("arena: a piece of %zu bytes was asked for", n);
	/* An empty piece has an address of its own too. */
	whole = ((n > 0 ? n : 1) + GAP + ALIGN - 1) / ALIGN * ALIGN;
	b = block_with_room(a, whole);
	p = (char *)b->data + b->used;
	b->used += whole;
	a->used += whole;
	UNPOISON(p, n);
	return p;
}

char *
arena_dup(struct arena *a, const void *p, size_t n)
{
	char *copy = NULL;

	if (n == SIZE_MAX)
		log_panic("arena: a piece of %zu bytes was asked for", n);
	copy = arena_alloc(a, n + 1);
	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

char *
arena_str(struct arena *a, const char *s)
{
	return s != NULL ? arena_dup(a, s, strlen(s)) : NULL;
}

char *
arena_fmt(struct arena *a, const char *fmt, ...)
{
	char *out = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		log_panic("arena: bad format");
	out = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(out, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return out;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}
