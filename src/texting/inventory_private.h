/*
 * inventory_private.h: how something that is asked for about numbers goes into the store; for
 * inventory_ask.c and inventory_release.c.
 */
#ifndef SPOKE_INVENTORY_PRIVATE_H
#define SPOKE_INVENTORY_PRIVATE_H

#include "org/organization.h"
#include "store/kv.h"
#include "texting/inventory.h"

struct asking {
	const struct app *app;
	uint32_t org;
	const char *who, *from;
	const char *kind;
	const char *once, *key; /* one of them */
	const char *step;
	struct inventory_job detail; /* what the job starts with */
	const char *audit, *audit_detail;
	int64_t due;
	const struct release_input *release;
	const struct text_list *numbers;
	bool on;
	struct picker_settings picker;

	struct organization o;
	char job[INVENTORY_ID];
	bool again;	 /* the job is from before */
	const char *why; /* of a refusal: static, or in the arena */
	struct arena *arena;
};

enum result asking_refuse(struct asking *, const char *why);
enum result asking_audit(struct tx *, const struct asking *, const char *what, const char *detail);
/* An order or a release: checked, and stored once for each form. */
enum result asking_once(
    struct tx *, struct asking *, enum result (*check)(struct tx *, struct asking *));
/* Runs the transaction and makes it durable. */
enum result asking_run(struct asking *, tx_fn);
/* Hands over what came of it, and frees the arena. */
enum result asking_finish(struct asking *, enum result, struct inventory_answer *);

#endif
