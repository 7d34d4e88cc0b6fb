/*
 * arena.h: memory that is freed in one place.
 *
 * What belongs to one request, one transaction or one job is taken from one
 * arena and goes with it; records read from the store keep their strings
 * there, so that nothing is freed field by field.
 */
#ifndef SPOKE_ARENA_H
#define SPOKE_ARENA_H

#include <stddef.h>

struct arena;

/* Returns a new arena.  Never NULL: see arena_alloc. */
struct arena *arena_new(void);

/* Wipes and frees everything taken from the arena.  NULL is allowed. */
void arena_free(struct arena *);

/* Wipes and forgets everything taken; keeps the first block for reuse. */
void arena_reset(struct arena *);

/*
 * Return n bytes (zeroed, aligned for any type), or a copy of the bytes or of
 * the string with a NUL behind it.  They never return NULL: every size that a
 * stranger chooses is bounded by the route's body limit before it gets here,
 * so failing to allocate means that the machine is out of memory, and the
 * process says so and aborts; the store survives that as it survives a kill.
 */
void *arena_alloc(struct arena *, size_t n);
char *arena_dup(struct arena *, const void *p, size_t n);
char *arena_str(struct arena *, const char *s); /* NULL gives NULL */
char *arena_fmt(struct arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Bytes taken so far. */
size_t arena_used(const struct arena *);

#endif
