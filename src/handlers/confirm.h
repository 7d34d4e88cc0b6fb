/*
 * confirm.h: is it really the signed-in person?  The password asked again before something
 * dangerous.
 */
#ifndef SPOKE_CONFIRM_H
#define SPOKE_CONFIRM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"
#include "http/request.h"
#include "texting/app.h"

/* It was asked for within the last five minutes. */
bool confirm_recent(const struct request *, int64_t now);
/*
 * OK: confirmed within the last five minutes or by the form's currentPassword; REFUSED with
 * *fault; anything else is an error of the store.
 */
enum result confirm_person(const struct app *, const struct request *, const char **fault);

/* The field that asks for it, unless it was asked for a moment ago; fault may be NULL. */
void confirm_field(const struct request *, struct buf *, int64_t now, const char *fault);

#endif
