/*
 * settings_file.c: finds the settings file, takes its lines and the
 * environment apart.
 *
 * What a value must look like is settings.c's business.  Nothing here shows a
 * value, and of an unknown key only what cannot be half of a secret.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/settings.h"
#include "base/settings_file.h"

#define FILE_MAX 65536

/* ---- the file ---- */

const char *
settings_program_dir(struct arena *a)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash = NULL;

	if (n <= 0)
		return ".";
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL)
		return ".";
	if (slash == path)
		slash++;
	*slash = '\0';
	return arena_str(a, path);
}

/* Appends the whole of a file; -1 with errno. */
static int
read_all(int fd, struct buf *out)
{
	char chunk[4096];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		buf_add(out, chunk, (size_t)n);
	}
	explicit_bzero(chunk, sizeof(chunk));
	if (out->failed)
		errno = EFBIG;
	return out->failed ? -1 : 0;
}

/* 1 read, 0 there is no such file, -1 with a line in problems. */
static int
read_file(const char *path, struct buf *out, struct buf *problems)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc = -1;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		rc = 0;
		goto done;
	}
	if (fd < 0 || fstat(fd, &st) < 0) {
		buf_addf(
		    problems, "The settings file %s cannot be read: %s.\n", path, log_errno(errno));
		goto done;
	}
	if (!S_ISREG(st.st_mode)) {
		buf_addf(problems, "The settings file %s is not a regular file.\n", path);
		goto done;
	}
	if (read_all(fd, out) < 0) {
		buf_addf(
		    problems, "The settings file %s cannot be read: %s.\n", path, log_errno(errno));
		goto done;
	}
	rc = 1;
done:
	if (fd >= 0)
		close(fd);
	return rc;
}

int
settings_find(struct arena *a, const char *sysconfdir, const char **path, struct buf *text,
    struct buf *problems)
{
	const char *dir = settings_program_dir(a), *named = getenv("SPOKE_CONF");
	const char *candidates[] = {arena_fmt(a, "%s/spoke.conf", dir),
	    arena_fmt(a, "%s/../spoke.conf", dir), arena_fmt(a, "%s/spoke/spoke.conf", sysconfdir)};
	size_t i;
	int rc;

	*path = NULL;
	buf_init(text, FILE_MAX);
	if (named != NULL && named[0] != '\0') {
		*path = arena_str(a, named);
		rc = read_file(named, text, problems);
		if (rc == 0)
			buf_addf(problems,
			    "The settings file %s, which SPOKE_CONF names, does "
			    "not exist.\n",
			    named);
		return rc == 1 ? 0 : -1;
	}
	for (i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		rc = read_file(candidates[i], text, problems);
		if (rc != 0) {
			*path = candidates[i];
			return rc == 1 ? 0 : -1;
		}
	}
	return 0;
}

/* ---- lines ---- */

void
settings_where(struct buf *out, const char *label, const struct given *g)
{
	if (g->value != NULL && g->line == 0)
		buf_adds(out, "the environment: ");
	else if (g->value != NULL)
		buf_addf(out, "%s%sline %d: ", label != NULL ? label : "",
		    label != NULL ? ", " : "", g->line);
	else if (label != NULL)
		buf_addf(out, "%s: ", label);
}

static void line_fault(struct buf *problems, const char *label, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void
line_fault(struct buf *problems, const char *label, int line, const char *fmt, ...)
{
	const struct given here = {"", line};
	va_list ap;

	settings_where(problems, label, &here);
	va_start(ap, fmt);
	buf_vaddf(problems, fmt, ap);
	va_end(ap);
	buf_addc(problems, '\n');
}

static void
trim(const char **p, size_t *n)
{
	while (*n > 0 && strchr(" \t\r", **p) != NULL && **p != '\0') {
		(*p)++;
		(*n)--;
	}
	while (*n > 0 && (*p)[*n - 1] != '\0' && strchr(" \t\r", (*p)[*n - 1]) != NULL)
		(*n)--;
}

static size_t
index_of(const char *name, size_t n, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strlen(settings_name(i)) == n && memcmp(settings_name(i), name, n) == 0)
			break;
	}
	return i;
}

/* A word of letters of one case and underscores: no part of a random secret. */
static bool
may_be_shown(const char *name, size_t n)
{
	bool upper = false, lower = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (name[i] >= 'A' && name[i] <= 'Z')
			upper = true;
		else if (name[i] >= 'a' && name[i] <= 'z')
			lower = true;
		else if (name[i] != '_')
			return false;
	}
	return n > 0 && n <= 40 && !(upper && lower);
}

/* Takes a pair of quotes off; false when there is only one. */
static bool
unquote(const char **p, size_t *n)
{
	if (*n == 0 || (*p)[0] != '"')
		return true;
	if (*n < 2 || (*p)[*n - 1] != '"')
		return false;
	(*p)++;
	*n -= 2;
	return true;
}

struct lines {
	const char *label;
	struct arena *arena;
	struct given *given;
	size_t count;
	struct buf *problems;
};

static void
take_pair(
    const struct lines *l, int line, const char *key, size_t keylen, const char *value, size_t n)
{
	size_t i = index_of(key, keylen, l->count);

	if (i == l->count && may_be_shown(key, keylen))
		line_fault(l->problems, l->label, line,
		    "%.*s is not a setting; correct its name or remove the line.", (int)keylen,
		    key);
	else if (i == l->count)
		line_fault(l->problems, l->label, line,
		    "there is no setting of this name; correct it or remove the line.");
	else if (l->given[i].value != NULL)
		line_fault(l->problems, l->label, line,
		    "%s is set in line %d already; keep one of the two.", settings_name(i),
		    l->given[i].line);
	else if (!unquote(&value, &n))
		line_fault(l->problems, l->label, line,
		    "the value of %s begins with a double quote and must end with one.",
		    settings_name(i));
	else
		l->given[i] = (struct given){arena_dup(l->arena, value, n), line};
}

static void
take_line(const struct lines *l, int line, const char *p, size_t n)
{
	const char *equals = NULL, *value = NULL;
	size_t keylen, valuelen;

	trim(&p, &n);
	if (n == 0 || p[0] == '#')
		return;
	if (!text_valid(p, n, true)) {
		line_fault(l->problems, l->label, line,
		    "holds control characters or bytes that are not UTF-8; write it anew.");
		return;
	}
	equals = memchr(p, '=', n);
	if (equals == NULL) {
		line_fault(l->problems, l->label, line,
		    "needs the form KEY=value; a comment begins with \"#\".");
		return;
	}
	keylen = (size_t)(equals - p);
	value = equals + 1;
	valuelen = n - keylen - 1;
	trim(&p, &keylen);
	trim(&value, &valuelen);
	take_pair(l, line, p, keylen, value, valuelen);
}

static void
take_environment(const struct lines *l, const char *const *env)
{
	const char *equals = NULL;
	struct given *g = NULL;
	size_t i;

	for (; env != NULL && *env != NULL; env++) {
		equals = strchr(*env, '=');
		if (equals == NULL)
			continue;
		i = index_of(*env, (size_t)(equals - *env), l->count);
		if (i == l->count)
			continue;
		g = &l->given[i];
		/* Of a name given twice the first counts, as with getenv. */
		if (g->value != NULL && g->line == 0)
			continue;
		g->value = arena_str(l->arena, equals + 1);
		g->line = 0;
	}
}

/* The environment's values get the check that lines got above. */
static void
check_environment(const struct lines *l)
{
	size_t i;

	for (i = 0; i < l->count; i++) {
		if (l->given[i].value == NULL || l->given[i].line != 0)
			continue;
		if (text_valid(l->given[i].value, strlen(l->given[i].value), false))
			continue;
		buf_addf(l->problems,
		    "the environment: %s holds control characters or bytes that "
		    "are not UTF-8.\n",
		    settings_name(i));
		l->given[i].value = "";
	}
}

void
settings_collect(const char *text, size_t n, const char *const *env, const char *label,
    struct arena *a, struct given *given, size_t count, struct buf *problems)
{
	const struct lines l = {label, a, given, count, problems};
	const char *end = NULL, *newline = NULL;
	int line = 0;

	/* Editors of another system put a mark of three bytes before the first line. */
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	while (n > 0) {
		newline = memchr(text, '\n', n);
		end = newline != NULL ? newline : text + n;
		take_line(&l, ++line, text, (size_t)(end - text));
		n -= (size_t)(end - text) + (newline != NULL);
		text = end + (newline != NULL);
	}
	take_environment(&l, env);
	check_environment(&l);
}
