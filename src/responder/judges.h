/*
 * judges.h: what the three files of access share; nobody else includes it.
 */
#ifndef SPOKE_JUDGES_H
#define SPOKE_JUDGES_H

#include <stdbool.h>

#include "base/result.h"

struct exchange;

/* Each returns true to go on, or false with the answer ready. */
bool judge_person(struct exchange *); /* access_person.c: a session */
bool judge_token(struct exchange *);  /* access_token.c: an API token */

/* Answers, returning false. */
bool access_not_found(struct exchange *);
bool access_failed(struct exchange *, enum result);

#endif
