/*
 * xml.h: XML documents of the Numbers API, read into a tree and written.
 *
 * Over libxml2, which appears in xml.c and xml_write.c alone, with everything dangerous left
 * out: what has a DOCTYPE is refused before a declaration in it is looked at, so there are no
 * entities but the five of XML itself; nothing is ever fetched or opened; size, depth and number
 * of elements are bounded.
 */
#ifndef SPOKE_XML_H
#define SPOKE_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* ---- reading --------------------------------------------------------- */

#define XML_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define XML_DEPTH_MAX 40
#define XML_ELEMENTS_MAX 300000 /* a page of 5,000 numbers with attributes has some 60,000 */

/* An element.  Attributes, namespaces, comments and processing instructions are not kept. */
struct xml {
	const char *name;	 /* without namespace */
	const char *text;	 /* its own characters, without blanks round them; never NULL */
	const struct xml *child; /* the first, or NULL */
	const struct xml *next;	 /* sibling, or NULL */
};

/*
 * Reads n bytes as one document in UTF-8 (whatever its declaration says) into the arena.
 * Returns the root, or NULL with *why set to the end of a sentence ("it has a DOCTYPE").
 */
const struct xml *xml_read(const char *p, size_t n, struct arena *, const char **why);

/*
 * Looking; all take NULL and then find nothing.  Names are compared without regard to case:
 * Bandwidth writes <Id> and <id>, <Protocol> and <protocol> in the same places.
 */
bool xml_is(const struct xml *, const char *name);
const struct xml *xml_child(const struct xml *, const char *name); /* the first of that name */
const struct xml *xml_next(const struct xml *, const char *name);  /* next sibling of that name */
/* The first of that name in the tree, the element itself included, in the document's order. */
const struct xml *xml_find(const struct xml *, const char *name);
/* The text of xml_child; NULL when there is no such child or it is empty. */
const char *xml_text(const struct xml *, const char *name);

/* ---- writing --------------------------------------------------------- */

struct xml_writer;

/* Begins a document.  Never NULL: out of memory panics, as in arena.h. */
struct xml_writer *xml_writer_new(void);
void xml_open(struct xml_writer *, const char *name);
void xml_close(struct xml_writer *); /* the one opened last; without content: <Name/> */
/*
 * <name>value</name>, cut after max characters; nothing for NULL or "".  What XML cannot hold
 * (control characters, bytes that are not UTF-8) becomes a blank or U+FFFD.
 */
void xml_put(struct xml_writer *, const char *name, const char *value, size_t max);
void xml_put_bool(struct xml_writer *, const char *name, bool);
void xml_put_int(struct xml_writer *, const char *name, int64_t);
/* Ends the document, frees the writer, and returns the text with its length. */
const char *xml_finish(struct xml_writer *, struct arena *, size_t *length);

#endif
