/*
 * settings_file.h: what was set where, before it is judged (for settings.c only).
 */
#ifndef SPOKE_SETTINGS_FILE_H
#define SPOKE_SETTINGS_FILE_H

#include <stddef.h>

struct arena;
struct buf;

struct given {
	const char *value; /* NULL: not set */
	int line;	   /* of the file; 0: from the environment */
};

/*
 * Finds the settings file as settings_load (settings.h) describes and reads it.
 * 0 with *path and *text (both NULL when there is none), or -1 with a line in
 * problems.
 */
int settings_find(struct arena *, const char *sysconfdir, const char **path, struct buf *text,
    struct buf *problems);

/*
 * Fills given[i] for settings_name(i), i < count: first the file's lines, then
 * the environment (NULL allowed) over them.  Faults go to problems, each line
 * beginning with label (the file's name, or NULL).
 */
void settings_collect(const char *text, size_t n, const char *const *env, const char *label,
    struct arena *, struct given *given, size_t count, struct buf *problems);

/* Appends "FILE, line 3: ", "the environment: " or the like. */
void settings_where(struct buf *, const char *label, const struct given *);

#endif
