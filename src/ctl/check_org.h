/*
 * check_org.h: the second half of spokectl check N: "Check my setup" of an organization
 * (texting/setup.h), and with --text a test text (texting/trial.h).
 */
#ifndef SPOKE_CHECK_ORG_H
#define SPOKE_CHECK_ORG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

struct ctl;

struct check_request {
	uint32_t org;
	int64_t wait;	  /* seconds, for the check, and again for the text */
	const char *text; /* the phone that gets a test text, or NULL */
};

/*
 * Has the check made, waits for it, prints everything; rows are the installation's (taken
 * over), bad tells that one of them is wrong.  Exit status: 0 all is fine, 1 something is wrong
 * or could not be found out, 4 the credentials have not been entered.
 */
int check_organization(struct ctl *, const struct check_request *, json *rows, bool bad);

#endif
