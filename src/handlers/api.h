/*
 * api.h: what the handlers of the messages API share: JSON in, JSON out.
 */
#ifndef SPOKE_API_H
#define SPOKE_API_H

#include "base/json.h"
#include "http/request.h"
#include "http/response.h"
#include "org/message.h"
#include "texting/submit.h"

struct settings;

/*
 * Fills a submission from a request's body: {"to", "text", "media", "from", "send_before",
 * "reference", "group"}.  Every member must be of its kind, and no other may be there, so that a
 * misspelt one is not overlooked.  -1 with the fault.  Strings live in the arena.  What the
 * values may be is submit_check's business.
 */
int api_read_submission(
    const json *body, struct arena *, struct submission *, struct submit_fault *);

/*
 * A message as the answer to its submission tells it: the names are message_json's, without what
 * the caller has just said.  The caller's.
 */
json *api_submitted(const struct message *);

/* {"messages": […]} begun; says so when it is a rehearsal.  The caller's. */
json *api_answer(const struct settings *);

/*
 * A message as message_json shows it, with "attachments": those that came in with it
 * (org/media.h), each with the address where it is served.  The caller's.
 */
struct media;
json *api_message(
    const struct settings *, const struct message *, const struct media *, size_t count);

/* 400 with a submission's fault. */
void api_fault(const struct request *, struct response *, const struct submit_fault *);

#endif
