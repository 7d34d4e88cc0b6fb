/*
 * key.c: putting keys together and taking them apart.
 *
 * Numbers are big-endian, so that keys sort as their parts do.  Nothing here
 * knows of tables or of the engine.
 */
#include <string.h>

#include "store/kv.h"

void
key_start(struct key *k)
{
	k->n = 0;
	k->failed = false;
}

void
key_bytes(struct key *k, const void *p, size_t n)
{
	if (k->failed || n > KEY_MAX - k->n) {
		k->failed = true;
		return;
	}
	if (n > 0)
		memcpy(k->b + k->n, p, n);
	k->n += n;
}

/* Appends the n low bytes of v, the highest first. */
static void
key_number(struct key *k, uint64_t v, size_t n)
{
	unsigned char b[8];
	for (size_t i = 0; i < n; i++)
		b[i] = (unsigned char)(v >> (8 * (n - 1 - i)));
	key_bytes(k, b, n);
}

void
key_u8(struct key *k, uint8_t v)
{
	key_number(k, v, 1);
}

void
key_u32(struct key *k, uint32_t v)
{
	key_number(k, v, 4);
}

void
key_u64(struct key *k, uint64_t v)
{
	key_number(k, v, 8);
}

void
key_text(struct key *k, const char *s)
{
	if (s == NULL) {
		k->failed = true;
		return;
	}
	key_bytes(k, s, strlen(s) + 1);
}

int
key_read_bytes(struct key_reader *r, void *out, size_t n)
{
	if (n > r->left)
		return -1;
	if (n > 0)
		memcpy(out, r->p, n);
	r->p += n;
	r->left -= n;
	return 0;
}

/* Takes an n-byte number off the front. */
static int
key_read_number(struct key_reader *r, size_t n, uint64_t *v)
{
	unsigned char b[8];
	if (key_read_bytes(r, b, n) != 0)
		return -1;
	*v = 0;
	for (size_t i = 0; i < n; i++)
		*v = *v << 8 | b[i];
	return 0;
}

int
key_read_u8(struct key_reader *r, uint8_t *v)
{
	return key_read_bytes(r, v, 1);
}

int
key_read_u32(struct key_reader *r, uint32_t *v)
{
	uint64_t wide;
	if (key_read_number(r, 4, &wide) != 0)
		return -1;
	*v = (uint32_t)wide;
	return 0;
}

int
key_read_u64(struct key_reader *r, uint64_t *v)
{
	return key_read_number(r, 8, v);
}

int
key_read_text(struct key_reader *r, const char **s)
{
	const unsigned char *nul = r->left > 0 ? memchr(r->p, 0, r->left) : NULL;
	if (nul == NULL)
		return -1;
	*s = (const char *)r->p;
	r->left -= (size_t)(nul - r->p) + 1;
	r->p = nul + 1;
	return 0;
}
