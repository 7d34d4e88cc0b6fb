/*
 * media_type.h: what a stranger's file is, by its first bytes.
 *
 * Only kinds that browsers show without running anything are known here; whatever else it
 * is (html, svg, xml, pdf, a contact card) is none, and is served as a download.
 */
#ifndef SPOKE_MEDIA_TYPE_H
#define SPOKE_MEDIA_TYPE_H

#include <stddef.h>

enum media_show { SHOW_PICTURE, SHOW_VIDEO, SHOW_SOUND };

struct media_type {
	const char *name;      /* "image/png" */
	const char *extension; /* "png" */
	enum media_show show;
};

/* That many bytes, or all there are, are looked at. */
#define MEDIA_HEAD 4096

/* From the first bytes of a file; NULL: none of these. */
const struct media_type *media_sniff(const void *head, size_t n);

/* By its name; NULL for NULL and for others. */
const struct media_type *media_type_find(const char *name);

#endif
