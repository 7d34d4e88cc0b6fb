/*
 * blind.c: linked into a worker that is wrong on purpose: what may have been sent counts as not
 * sent, and goes out again. The torture must see that people get a text twice.
 */
#include "bandwidth/messaging.h"

void __real_messaging_read(const struct http_answer *, struct arena *, struct send_answer *);
void __wrap_messaging_read(const struct http_answer *, struct arena *, struct send_answer *);

void
__wrap_messaging_read(const struct http_answer *answer, struct arena *a, struct send_answer *out)
{
	__real_messaging_read(answer, a, out);
	if (out->outcome == SEND_UNKNOWN)
		out->outcome = SEND_NOT_SENT;
}
