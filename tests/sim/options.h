/*
 * options.h: the command line, as a configuration object.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <json-c/json.h>

struct options {
	int port;
	const char *port_file;
	json_object *config;		/* for world_apply */
};

/* Reads the arguments; 0 to go on, else the exit code + 1. */
int options_read(struct options *, int argc, char **argv);
void options_free(struct options *);

#endif
