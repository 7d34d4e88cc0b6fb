/*
 * xml.h: XML read with libxml2, and written a piece at a time.
 *
 * The bottom floor of the Numbers API: numbers.c reads a request's body with
 * it, every handler writes its answer with it.
 */
#ifndef SIM_NUMBERS_XML_H
#define SIM_NUMBERS_XML_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "util.h"

/*
 * The document in n bytes, or NULL: malformed, not UTF-8, or with a DOCTYPE.
 * No network, no entity is loaded.  Free with xmlFreeDoc.
 */
xmlDoc *xml_read(const char *p, size_t n);

/* The next element of that name among the siblings from node on, or NULL. */
xmlNode *xml_named(xmlNode *node, const char *name);

/* The element at "A/B/C" below node, each the first of its name, or NULL. */
xmlNode *xml_at(xmlNode *node, const char *path);

/* The text of the element at path without blanks around it, owned, or NULL. */
char *xml_text(xmlNode *node, const char *path);

/* The same as a truth; *bad is set if it is there and neither true nor false. */
bool xml_flag(xmlNode *node, const char *path, bool dflt, bool *bad);

/* The element with all that is in it, as it was written; owned. */
char *xml_copy(xmlNode *node);

/* Writing.  A NULL text writes nothing at all. */
void xml_head(struct buf *);
void xml_open(struct buf *, const char *name);
void xml_close(struct buf *, const char *name);
void xml_leaf(struct buf *, const char *name, const char *text);
void xml_int(struct buf *, const char *name, long long n);
void xml_truth(struct buf *, const char *name, bool v);
void xml_stamp(struct buf *, const char *name, int64_t us);

/* The text with &, <, > and " escaped. */
void xml_escape(struct buf *, const char *text);

#endif
