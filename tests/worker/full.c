/*
 * full.c: a worker whose disk is full while the file that FULL names is there: nothing becomes
 * durable then.  Linked with --wrap=store_flush.
 */
#include <stdlib.h>
#include <unistd.h>

#include "store/kv.h"

enum result __real_store_flush(struct store *);
enum result __wrap_store_flush(struct store *);

enum result
__wrap_store_flush(struct store *store)
{
	const char *full = getenv("FULL");

	if (full != NULL && access(full, F_OK) == 0)
		return FAILED;
	return __real_store_flush(store);
}
