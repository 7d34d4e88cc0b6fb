/*
 * want.c: what a job wants, as the Numbers API takes it.
 */
#include "worker/want.h"

int
want_search(const struct inventory_job *d, struct number_search *s)
{
	static const enum search_kind kinds[] = {
	    [WANT_AREA] = SEARCH_AREA_CODE,
	    [WANT_STATE] = SEARCH_STATE,
	    [WANT_CITY] = SEARCH_CITY,
	    [WANT_ZIP] = SEARCH_ZIP,
	    [WANT_TOLL_FREE] = SEARCH_TOLL_FREE,
	};
	enum want_kind kind;

	if (want_parse(d->kind, &kind) != 0 || kind == WANT_NUMBERS)
		return -1;
	*s = (struct number_search){.kind = kinds[kind],
	    .area_code = d->area,
	    .state = d->state,
	    .city = d->city,
	    .zip = d->zip,
	    .pattern = d->pattern,
	    .quantity = (int)d->quantity};
	return 0;
}
