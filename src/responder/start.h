/*
 * start.h: settings, service managers and store: all that must be in order before a request can
 * be answered.
 */
#ifndef SPOKE_RESPONDER_START_H
#define SPOKE_RESPONDER_START_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/settings.h"
#include "managers/pipeline.h"
#include "texting/app.h"

/* A started application; one for each process. */
struct start {
	struct app app;
	struct settings settings;
	struct pipeline pipeline;
	struct arena *arena;
	struct stat conf; /* of the settings file when it was read; zero if there was none */
	struct buf said;  /* the last fault that was logged */
	int64_t said_at;
};

void start_init(struct start *);

/*
 * Tries to read the settings and to open the store.  leave is called as store_options say.  true:
 * app is complete.  false: logged what to mend, the same fault at most once a minute; try again
 * later. Takes up to 5 s while others recover the store.
 */
bool start_try(struct start *, void (*leave)(void *, const char *), void *leave_arg);

/* Has the settings file been changed since, and is it in order?  (A faulty one is logged once.) */
bool start_outdated(struct start *);

/* Closes the store; no thread may be inside. */
void start_end(struct start *);

#endif
