/*
 * common.c: see common.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "common.h"

static char dir[256];
static pid_t maker;

static void
remove_dir(void)
{
	const char *const argv[] = {"rm", "-rf", dir, NULL};
	if (getpid() == maker && getenv("SPOKE_TEST_KEEP") == NULL)
		(void)test_command(argv);
}

const char *
test_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	if (dir[0] != '\0')
		return dir;
	(void)snprintf(dir, sizeof dir, "%s/spoke-store.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL) {
		(void)fprintf(stderr, "no directory %s\n", dir);
		exit(2);
	}
	maker = getpid();
	(void)atexit(remove_dir);
	return dir;
}

const char *
test_path(const char *name)
{
	static char paths[8][512];
	static unsigned n;
	char *p = paths[n++ % 8];
	(void)snprintf(p, sizeof paths[0], "%s/%s", test_dir(), name);
	return p;
}

struct store_options
test_options(void)
{
	static char data[512];
	(void)snprintf(data, sizeof data, "%s/data", test_dir());
	struct store_options o = {.dir = data, .cache_bytes = 2 << 20, .stall_seconds = 30};
	return o;
}

struct store *
test_open(const struct store_options *o)
{
	struct buf why = BUF_INIT(2000);
	struct store *st = NULL;
	int64_t end = test_ms() + 10000;
	enum result r;
	do
		r = store_open(o, &st, &why);
	while (r == BUSY && test_ms() < end);
	if (r != OK) {
		(void)fprintf(stderr, "store_open %s: %d: %s\n", o->dir, (int)r, buf_str(&why));
		exit(2);
	}
	buf_free(&why);
	return st;
}

void
test_create(const struct store_options *o)
{
	struct store_options create = *o;
	create.create = true;
	store_close(test_open(&create));
}

int
test_command(const char *const argv[])
{
	int status = -1;
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);
		(void)dup2(null, 1);
		(void)dup2(null, 2);
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void *
test_board(const char *path, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *p = MAP_FAILED;
	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0)
		p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		(void)fprintf(stderr, "no board %s\n", path);
		exit(2);
	}
	(void)close(fd);
	return p;
}

int
test_times(int everyday, int longer)
{
	return getenv("SPOKE_TEST_LONG") != NULL ? longer : everyday;
}

int64_t
test_ms(void)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct key
test_key(uint64_t a, uint64_t b)
{
	struct key k;
	key_start(&k);
	key_u64(&k, a);
	key_u64(&k, b);
	return k;
}
