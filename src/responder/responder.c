/*
 * responder.c: the life of a FastCGI process: get ready, serve, end in order.
 *
 * The main thread serves nothing: it takes the signals, looks after the settings, and tries again
 * while something is not in order.
 */
#include "responder/responder.h"

#include <errno.h>
#include <malloc.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "responder/leaving.h"
#include "responder/pool.h"
#include "responder/serve.h"
#include "responder/start.h"
#include "store/store.h"
#include "store/wake.h"

#define LISTEN_FD 0    /* FCGI_LISTENSOCK_FILENO */
#define RETRY_MS 3000  /* while settings or store are not in order */
#define LOOK_MS 5000   /* between looks at the settings file, and for stopped processes */
#define HALTED_MS 1000 /* while one is stopped */

/* The store's, and SIGUSR1, with which some FastCGI managers ask a process to end. */
static void
stop_signals(sigset_t *set)
{
	store_deferred_signals(set);
	(void)sigaddset(set, SIGUSR1);
}

void
responder_signals(void)
{
	sigset_t set;
	struct sigaction ignore;
	stop_signals(&set);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	memset(&ignore, 0, sizeof ignore);
	ignore.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &ignore, NULL);
}

bool
responder_is_fastcgi(void)
{
	return !FCGX_IsCGI();
}

/* A stop signal within ms?  (-1: a failure is taken for one.) */
static int
wait_signal(int fd, int ms)
{
	struct signalfd_siginfo info;
	struct pollfd p = {fd, POLLIN, 0};
	int n = poll(&p, 1, ms);
	if (n == 0 || (n < 0 && errno == EINTR))
		return 0;
	if (n < 0 || read(fd, &info, sizeof info) != (ssize_t)sizeof info)
		return -1;
	log_info("signal %d: finishing the answers under way", (int)info.ssi_signo);
	return (int)info.ssi_signo;
}

enum ending { ENDING_STOP, ENDING_AGAIN };

static void
set_ready(struct server *server, struct pool *pool, const struct start *start)
{
	atomic_store(&server->app, &start->app);
	pool_limit(pool, start->settings.threads);
	log_info("ready: up to %d threads%s%s", start->settings.threads,
	    store_was_recovered(start->app.store) ? "; the store was recovered" : "",
	    start->settings.rehearsal ? "; REHEARSAL" : "");
}

/* Until a signal comes or the settings have changed. */
static enum ending
look_after(int signals, struct start *start, struct server *server, struct pool *pool,
    struct leaving *leaving)
{
	bool ready = start->app.store != NULL, halted = false;
	for (;;) {
		if (wait_signal(signals, halted ? HALTED_MS : ready ? LOOK_MS : RETRY_MS) != 0)
			return ENDING_STOP;
		if (!ready && start_try(start, leaving_now, leaving)) {
			set_ready(server, pool, start);
			ready = true;
		} else if (ready && start_outdated(start)) {
			log_info("the settings have changed: starting again");
			return ENDING_AGAIN;
		}
		if (ready) {
			wake_again(&start->settings, start->app.store);
			halted = store_end_halted(start->app.store);
		}
	}
}

int
responder_run(char **argv)
{
	static struct server server;
	static struct leaving leaving;
	static struct pool pool;
	static struct start start;
	sigset_t set;

	/*
	 * One heap for all threads: a heap for each would keep megabytes that nobody uses, and with
	 * two the largest use of each crept up for as long as callbacks came (tests/fire/soak.pl).
	 */
	(void)mallopt(M_ARENA_MAX, 1);
	stop_signals(&set);
	int signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0 || leaving_init(&leaving, argv) != 0 || FCGX_Init() != 0) {
		log_error("the program cannot run here: %s", log_errno(errno));
		return 1;
	}
	server_init(&server);
	start_init(&start);
	bool ready = start_try(&start, leaving_now, &leaving);
	/* Before the first request is accepted, so that none is turned away for nothing. */
	if (ready)
		atomic_store(&server.app, &start.app);
	if (pool_start(&pool, &server, &leaving, LISTEN_FD) != 0) {
		start_end(&start);
		return 1;
	}
	if (ready)
		set_ready(&server, &pool, &start);
	enum ending ending = look_after(signals, &start, &server, &pool, &leaving);

	pool_stop(&pool);
	start_end(&start);
	close(signals);
	if (ending == ENDING_AGAIN)
		leaving_execute(&leaving);
	log_info("ended");
	return 0;
}
