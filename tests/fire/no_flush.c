/*
 * no_flush.c: linked into a responder that is wrong on purpose: it answers before the disk has the
 * event. The torture must see that events get lost.
 */
#include "store/kv.h"

enum result __wrap_store_flush(struct store *);

enum result
__wrap_store_flush(struct store *st)
{
	(void)st;
	return OK;
}
