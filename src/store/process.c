/*
 * process.c: start time, state and death of processes, read from /proc.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/parse.h"
#include "store/process.h"

/* Reads a small file; returns its length, 0 when it cannot be read. */
static size_t
slurp(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, size - 1) : -1;
	if (fd >= 0)
		(void)close(fd);
	if (n < 0)
		n = 0;
	text[n] = '\0';
	return (size_t)n;
}

#define COMMAND "(spokectl)" /* in the stat file of one */

/* What is seen of a process. */
struct sight {
	char state;
	bool command;	/* it is spokectl */
	uint64_t start; /* 0 when there is none */
};

static struct sight
look(pid_t pid)
{
	char path[64], text[1024];
	struct sight seen = {'?', false, 0};
	(void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	(void)slurp(path, text, sizeof text);
	/*
	 * The name stands in brackets and may hold anything; what follows its last one are
	 * fields 3 and up.
	 */
	char *rest = strrchr(text, ')');
	if (rest == NULL || rest[1] != ' ')
		return seen;
	seen.command = strstr(text, COMMAND) != NULL;
	rest += 2;
	seen.state = *rest;
	const char *word = NULL;
	for (int field = 3; field <= 22; field++)
		word = rest != NULL ? strsep(&rest, " ") : NULL;
	if (word != NULL && parse_u64(word, strlen(word), 1, UINT64_MAX, &seen.start) != 0)
		seen.start = 0;
	return seen;
}

void
process_self(struct process *p)
{
	struct stat st;
	p->pid = getpid();
	p->start = look(p->pid).start;
	p->pid_ns = stat("/proc/self/ns/pid", &st) == 0 ? (uint64_t)st.st_ino : 0;
}

bool
process_kill(const struct process *p)
{
	uint64_t start;
	bool sent = false;
	if (p->start == 0 || p->pid <= 1)
		return false;
	/*
	 * With a descriptor of the process its number cannot be used again between look
	 * and kill.
	 */
	int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	start = look(p->pid).start;
	if (start == p->start && fd >= 0)
		sent = syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0;
	else if (start == p->start)
		sent = kill(p->pid, SIGKILL) == 0;
	if (fd >= 0)
		(void)close(fd);
	return sent;
}

bool
process_stopped(const struct process *p)
{
	if (p->start == 0)
		return false;
	struct sight seen = look(p->pid);
	return seen.start == p->start && (seen.state == 'T' || seen.state == 't');
}

/* The sum of the numbers that stand behind "ctxt_switches:" in a status file. */
static uint64_t
switches(const char *text)
{
	static const char word[] = "ctxt_switches:";
	uint64_t sum = 0, n;
	while ((text = strstr(text, word)) != NULL) {
		text += sizeof word - 1;
		text += strspn(text, " \t");
		if (parse_u64(text, strcspn(text, "\n"), 0, UINT64_MAX, &n) == 0)
			sum += n;
	}
	return sum;
}

bool
process_halted(const struct process *p, uint64_t *runs)
{
	char path[64], text[8192];
	if (p->start == 0)
		return false;
	struct sight seen = look(p->pid);
	if (seen.start != p->start || seen.state != 'T' || seen.command)
		return false;
	(void)snprintf(path, sizeof path, "/proc/%ld/status", (long)p->pid);
	(void)slurp(path, text, sizeof text);
	*runs = switches(text);
	return true;
}

void
process_boot(char *id, size_t size)
{
	size_t n = slurp("/proc/sys/kernel/random/boot_id", id, size);
	while (n > 0 && id[n - 1] == '\n')
		id[--n] = '\0';
}
