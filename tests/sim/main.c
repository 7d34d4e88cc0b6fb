/*
 * main.c: bandwidth-sim, Bandwidth's messaging and Numbers APIs on loopback.
 *
 * options.c reads the command line, world.c takes it, server.c serves,
 * http.c speaks HTTP, route.c finds the handler (token.c, messages.c, list.c,
 * media.c, numbers/, control.c), outcome.c decides what becomes of a message, and
 * callbacks.c tells the customer.  Only tests and the quick start use it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>
#include <libxml/parser.h>

#include "callbacks.h"
#include "faults.h"
#include "ledger.h"
#include "media.h"
#include "numbers/estate.h"
#include "options.h"
#include "server.h"
#include "sim.h"
#include "token.h"
#include "util.h"
#include "world.h"

struct waiter {
	struct sim *sim;
	int write_fd;
};

/* Takes the signals; everything else waits for the pipe it closes. */
static void *
signals_main(void *arg)
{
	struct waiter *w = arg;
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigwait(&set, &sig);
	pthread_mutex_lock(&w->sim->lock);
	w->sim->stopping = true;
	pthread_cond_broadcast(&w->sim->changed);
	pthread_mutex_unlock(&w->sim->lock);
	close(w->write_fd);
	return NULL;
}

static void
block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void
sim_init(struct sim *sim)
{
	memset(sim, 0, sizeof(*sim));
	pthread_mutex_init(&sim->lock, NULL);
	pthread_cond_init(&sim->changed, NULL);
	settings_default(&sim->set);
	sim->world = world_new();
	sim->estate = estate_new();
	sim->ledger = ledger_new();
	sim->callbacks = callbacks_new();
	sim->faults = faults_new();
}

static void
sim_free(struct sim *sim)
{
	pthread_mutex_lock(&sim->lock);
	sim->stopping = true;
	pthread_mutex_unlock(&sim->lock);
	callbacks_stop(sim);
	faults_clear(sim);
	faults_free(sim->faults);
	media_clear(sim);
	token_clear(sim);
	ledger_free(sim);
	estate_free(sim);
	world_free(sim->world);
	server_free(sim);
	pthread_cond_destroy(&sim->changed);
	pthread_mutex_destroy(&sim->lock);
}

/* Applies the file of --config and then the options; 0 or -1. */
static int
configure(struct sim *sim, json_object *config)
{
	json_object *file = NULL;
	char *why = NULL;

	if (json_object_object_get_ex(config, "file", &file)) {
		why = world_apply(sim, file);
		json_object_object_del(config, "file");
	}
	if (why == NULL)
		why = world_apply(sim, config);
	if (why == NULL)
		return 0;
	fprintf(stderr, "bandwidth-sim: %s\n", why);
	free(why);
	return -1;
}

/* Says where it listens: on standard output and in the port file. */
static int
announce(const struct sim *sim, const char *path)
{
	char why[80];
	FILE *f;

	if (path != NULL) {
		f = fopen(path, "we");
		if (f == NULL || fprintf(f, "%s\n",
		    strrchr(sim->base_url, ':') + 1) < 0 || fclose(f) != 0) {
			fprintf(stderr, "bandwidth-sim: %s: %s\n", path,
			    error_text(errno, why, sizeof(why)));
			return -1;
		}
	}
	printf("listening on %s\n", sim->base_url);
	return fflush(stdout);
}

static int
serve(struct sim *sim, const struct options *o)
{
	struct waiter w = { sim, -1 };
	pthread_t signals;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		return -1;
	sim->stop_fd = fds[0];
	w.write_fd = fds[1];
	if (configure(sim, o->config) != 0 ||
	    server_open(sim, o->port) != 0 ||
	    announce(sim, o->port_file) != 0 ||
	    pthread_create(&signals, NULL, signals_main, &w) != 0)
		return -1;
	server_run(sim);
	pthread_join(signals, NULL);
	return 0;
}

int
main(int argc, char **argv)
{
	struct options o;
	struct sim sim;
	int rc = options_read(&o, argc, argv);

	if (rc == 0) {
		block_signals();
		curl_global_init(CURL_GLOBAL_DEFAULT);
		xmlInitParser();
		sim_init(&sim);
		rc = serve(&sim, &o) == 0 ? 0 : 2;
		sim_free(&sim);
		xmlCleanupParser();
		curl_global_cleanup();
	} else {
		rc--;
	}
	options_free(&o);
	return rc;
}
