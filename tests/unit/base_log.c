/*
 * base_log.c: the promises of log.h.  Standard error goes to a pipe of packets
 * (O_DIRECT), in which each write(2) stays by itself.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_DIRECT */
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/parse.h"
#include "tap.h"

static int packets[2], terminal;
static char line[4096];

/* What the last call wrote at once; "" if nothing. */
static const char *
written(void)
{
	ssize_t n = read(packets[0], line, sizeof(line) - 1);

	line[n > 0 ? n : 0] = '\0';
	return line;
}

/* The line behind its time. */
static const char *
behind_time(void)
{
	return strlen(written()) > 25 ? line + 25 : line;
}

static void
form_of_a_line(void)
{
	char when[25] = {0};
	int64_t ms = 0;

	errno = EDOM;
	log_info("number %d", 42);
	is_int(errno, EDOM, "errno stays");
	is_str(behind_time(), "info - number 42\n", "level, no request, text");
	memcpy(when, line, 24);
	ok(clock_parse(when, &ms) == 0 && llabs(ms - clock_now()) < 10000 && line[24] == ' ',
	    "a line begins with the time");
	log_set_request("4f2a9c01");
	log_warn("x");
	is_str(behind_time(), "warn 4f2a9c01 x\n", "then the request of this thread");
	is_str(log_request(), "4f2a9c01", "which can be asked for");
	log_set_request("0123456789abcdefXYZ");
	is_str(log_request(), "0123456789abcdef", "at most 16 bytes of it are kept");
	log_set_request("a b\nc");
	log_error("x");
	is_str(behind_time(), "error a b?c x\n", "nor can it forge a line");
	log_set_request(NULL);
	is_str(log_request(), "", "NULL clears it");
	log_set_program("spokectl");
	log_error("x");
	is_str(behind_time(), "error - spokectl: x\n", "the program's name stands before the text");
	log_set_program(NULL);
}

static void
levels(void)
{
	log_debug("x");
	is_str(written(), "", "debug is dropped at first");
	log_set_level(LOG_DEBUG);
	log_debug("x");
	is_str(behind_time(), "debug - x\n", "and written when asked for");
	log_set_level(LOG_ERROR);
	log_warn("x");
	log_info("x");
	is_str(written(), "", "what is above the level is dropped");
	log_error("x");
	is_str(behind_time(), "error - x\n", "what is not, is not");
	log_set_level(LOG_INFO);
}

static void
cleaning(void)
{
	log_info("a\nb\rc\td\x1b[2Je\x7f");
	is_str(behind_time(), "info - a?b?c?d?[2Je?\n", "control characters are replaced");
	log_info("%s", "\xc3\xa9\xf0\x9f\x98\x80");
	is_str(behind_time(), "info - \xc3\xa9\xf0\x9f\x98\x80\n", "UTF-8 is not");
	log_info("%s", "a\xff\xc3z\xc2\x85|\xe2\x80\xa8|\xe2\x80\xae|\xed\xa0\x80");
	is_str(behind_time(), "info - a??z?|?|?|???\n",
	    "bad UTF-8, C1, line separators and turns of direction are");
}

static void
length(void)
{
	char text[3000];
	size_t n;
	int i;

	memset(text, 'x', sizeof(text));
	for (n = 900; n < 2000; n += n < 1010 ? 1 : 100) {
		log_info("%.*s", (int)n, text);
		written();
		if (strlen(line) > 1000 || line[strlen(line) - 1] != '\n')
			break;
	}
	ok(n >= 2000, "no line is longer than 1,000 bytes, and each has its newline");
	is_int(strlen(line), 1000, "a long one is as long as that");
	is_str(line + 996, "...\n", "and ends in dots");
	for (i = 0; i < 4; i++) {
		memset(text, 'x', sizeof(text));
		for (n = (size_t)i; n + 4 < sizeof(text); n += 4)
			memcpy(text + n, "\xf0\x9f\x98\x80", 4);
		log_info("%.*s", 2000 + i, text);
		written();
		ok(utf8_valid(line, strlen(line)) && strchr(line, '?') == NULL &&
			strlen(line) > 990,
		    "no character is cut in two (%d)", i);
	}
}

static void *
one_thread(void *arg)
{
	char id[8];
	int i;

	snprintf(id, sizeof(id), "t%d", *(int *)arg);
	log_set_request(id);
	for (i = 0; i < 20; i++)
		log_info("%s", id);
	return NULL;
}

static void
threads(void)
{
	pthread_t thread[4];
	int number[4], i;
	bool whole = true;
	char want[40];

	for (i = 0; i < 4; i++) {
		number[i] = i;
		pthread_create(&thread[i], NULL, one_thread, &number[i]);
	}
	for (i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < 80; i++) {
		behind_time();
		snprintf(want, sizeof(want), "info t%c t%c\n", line[31], line[31]);
		whole = whole && strcmp(line + 25, want) == 0;
	}
	ok(whole, "each thread has its own request, and each line is one write");
	is_str(log_request(), "", "and this one still has none");
}

static void
errors_and_panic(void)
{
	struct rlimit none = {0, 0};
	int status = 0;
	pid_t pid;

	is_str(log_errno(ENOENT), "No such file or directory", "log_errno gives the text");
	ok(strlen(log_errno(987654)) > 0, "also of a number that there is not");
	pid = fork();
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		log_panic("broken: %d", 7);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "log_panic aborts");
	is_str(behind_time(), "error - broken: 7\n", "and says why");
}

int
main(void)
{
	if (pipe2(packets, O_DIRECT | O_NONBLOCK | O_CLOEXEC) < 0)
		return 1;
	terminal = dup(STDERR_FILENO);
	dup2(packets[1], STDERR_FILENO);
	form_of_a_line();
	levels();
	cleaning();
	length();
	threads();
	errors_and_panic();
	dup2(terminal, STDERR_FILENO);
	return done_testing();
}
