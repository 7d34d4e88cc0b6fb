/*
 * sign_in.h: the part of signing in that is no page: is the password right, and a session if so.
 */
#ifndef SPOKE_SIGN_IN_H
#define SPOKE_SIGN_IN_H

#include <stdint.h>

#include "http/request.h"
#include "texting/app.h"

enum sign_in_outcome {
	SIGN_IN_DONE,
	SIGN_IN_WRONG, /* no such user, wrong password, or disabled: nobody is told which */
	SIGN_IN_WAIT,  /* too many failures: try again after wait_ms */
	SIGN_IN_BUSY,  /* too many passwords are being checked, or the store is busy */
	SIGN_IN_FAILED
};

struct sign_in {
	const char *email; /* as entered; NULL counts as "" */
	const char *password;
	char token[64]; /* DONE: the cookie's value; wiped by the caller */
	int64_t wait_ms;
};

/*
 * Judges what was entered, counting failures for the account and for the client's network, and on
 * success ends the session that the browser had, begins a new one and writes the audit.  Takes
 * about 0.1 s.
 */
enum sign_in_outcome sign_in_check(const struct app *, const struct request *, struct sign_in *);

#endif
