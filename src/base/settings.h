/*
 * settings.h: the settings of an installation, read once, checked whole.
 *
 * A table (settings.c) names each with type, minimum, maximum and default;
 * conf/spoke.conf.example documents them and a test compares the two.
 */
#ifndef SPOKE_SETTINGS_H
#define SPOKE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/url.h"

struct arena;
struct buf;

#define SETTINGS_LIST 8

struct settings {
	struct url base_url;
	struct url base_url_previous[SETTINGS_LIST];
	size_t base_url_previous_count;
	const char *session_secret;
	const char *session_secret_previous; /* NULL if none */
	const char *default_service;	     /* "bandwidth" */
	const char *service_managers;	     /* as given; pipeline_check judges it */
	const char *data_dir;		     /* absolute, without trailing slash */
	bool rehearsal;
	const char *messaging_url; /* without trailing slash */
	const char *numbers_url;
	const char *token_url;
	const char *trusted_proxies; /* as inet_ntop writes them, one blank between, or "" */
	const char *worker_path;     /* absolute path of spoke-worker */
	int log_level;		     /* enum log_level */
	int threads;		     /* most threads of a responder */
	int64_t cache_bytes;	     /* Berkeley DB cache */
	int store_stall_s;	     /* an operation inside the store may last this long */
	int daily_segments;	     /* default limit for an organization and a day */
	int segments_per_second;     /* pace for a Bandwidth account */
	int order_numbers_max;	     /* most telephone numbers in one order */
	int64_t media_file_bytes;    /* largest attachment that is kept */
	int media_per_message;	     /* most attachments of a message that are kept */
	int64_t media_free_bytes;    /* so much of the disk is left free by them */
	int api_rate;		     /* requests a second for a token (0 = no limit) */
	bool unknown_resend;
	const char *backup_dir;	 /* where backups asked for on a page go, or NULL */
	int64_t backup_keep;	 /* so many of them stay */
	int retain_events_days;	 /* 0: for ever, as of the two below */
	int retain_text_days;
	int retain_media_days;
	const char *conf_path; /* the file that was read, or NULL */
};

/*
 * Reads the settings: the environment over the file.  The file is, in this
 * order, what SPOKE_CONF names, "spoke.conf" in the program's directory or the
 * one above it, sysconfdir "/spoke/spoke.conf"; none at all is no fault when
 * the environment holds what is needed.
 * Returns 0, or -1 with every fault, one sentence a line, in problems; the
 * struct is then usable only as far as its fields are non-NULL.  Strings live
 * in the arena.  No fault shows the value of a secret.
 *
 * The file has KEY=value lines and lines beginning with "#"; blanks round key
 * and value are dropped, double quotes round the value too.  Unknown and
 * repeated keys are faults.  An empty value, here or in the environment, means
 * the default.
 */
int settings_load(struct arena *, const char *sysconfdir, struct settings *, struct buf *problems);

/* The same from a given text and environment (for tests and the fuzzer): env is
 * a NULL-terminated array of "KEY=value", or NULL. */
int settings_read(const char *text, size_t n, const char *const *env, struct arena *,
    struct settings *, struct buf *problems);

/* Directory of the running program (from /proc/self/exe); "." if unknown. */
const char *settings_program_dir(struct arena *);

/* The table, for the documentation test: name of setting i, or NULL. */
const char *settings_name(size_t i);

#endif
