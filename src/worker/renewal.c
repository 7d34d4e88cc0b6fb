/*
 * renewal.c: the time of each account's last forced renewal, in META (renewal.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/parse.h"
#include "store/meta.h"
#include "store/store.h"
#include "worker/renewal.h"
#include "worker/worker.h"

struct renewing {
	const char *account;
	int64_t wait;
};

static const char *
name_of(struct tx *tx, const char *account)
{
	return arena_fmt(tx_arena(tx), "token-renewal %.100s", account);
}

static enum result
read_wait(struct tx *tx, void *arg)
{
	struct renewing *x = arg;
	int64_t now = tx_now(tx), last = 0;
	const char *text = NULL;
	enum result r = meta_get(tx, name_of(tx, x->account), tx_arena(tx), &text);

	x->wait = 0;
	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	if (text == NULL || parse_i64(text, strlen(text), 0, INT64_MAX / 2, &last) != 0)
		return OK;
	/* Not when it lies in the future: the clock was set back. */
	if (last + RENEWAL_GAP > now && last <= now)
		x->wait = last + RENEWAL_GAP - now;
	return OK;
}

static enum result
take_turn(struct tx *tx, void *arg)
{
	struct renewing *x = arg;
	enum result r = read_wait(tx, arg);

	if (r != OK || x->wait > 0)
		return r;
	return meta_put(
	    tx, name_of(tx, x->account), arena_fmt(tx_arena(tx), "%lld", (long long)tx_now(tx)));
}

int64_t
renewal_take(struct worker *w, const char *account)
{
	struct renewing x = {account, 0};

	if (store_run(w->app->store, take_turn, &x) != OK) {
		log_warn("when account %s renewed its token could not be stored", account);
		return 0;
	}
	return x.wait;
}

int64_t
renewal_wait(struct worker *w, const char *account)
{
	struct renewing x = {account, 0};

	return store_read(w->app->store, read_wait, &x) == OK ? x.wait : 0;
}
