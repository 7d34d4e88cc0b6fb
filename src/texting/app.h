/*
 * app.h: what every part of a running program shares; read-only once started.
 */
#ifndef SPOKE_APP_H
#define SPOKE_APP_H

#include "base/settings.h"
#include "managers/pipeline.h"

struct store;

struct app {
	const struct settings *settings;
	struct store *store;
	const struct pipeline *pipeline;
};

#endif
