/*
 * xml.c: reading XML into a tree (xml.h).
 *
 * libxml2 reports what it meets and the tree is built here, so that libxml2 never holds a
 * document, and every bound is kept while reading, not after it.
 */
#include <libxml/parser.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/parse.h"
#include "bandwidth/xml.h"

struct open {
	struct xml *element;
	const struct xml **tail; /* where its next child goes */
	size_t text;		 /* where its text begins in the buffer */
};

struct reading {
	xmlParserCtxtPtr parser;
	struct arena *arena;
	struct buf text; /* of all open elements, one behind the other */
	struct open open[XML_DEPTH_MAX];
	size_t depth, count;
	const struct xml *root;
	const char *why; /* NULL: nothing is wrong so far */
};

static void
refuse(struct reading *r, const char *why)
{
	if (r->why == NULL)
		r->why = why;
	xmlStopParser(r->parser);
}

static void
on_doctype(void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	refuse(arg, "it has a DOCTYPE");
}

static void
on_start(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
    const xmlChar **namespace, int attributes, int defaulted, const xmlChar **attribute)
{
	struct reading *r = arg;
	struct xml *element;
	struct open *o;

	(void)prefix;
	(void)uri;
	(void)namespaces;
	(void)namespace;
	(void)attributes;
	(void)defaulted;
	(void)attribute;
	if (r->why != NULL)
		return;
	if (r->depth == XML_DEPTH_MAX || r->count == XML_ELEMENTS_MAX) {
		refuse(r, r->depth == XML_DEPTH_MAX ? "it is nested too deeply"
						    : "it has too many elements");
		return;
	}
	element = arena_alloc(r->arena, sizeof(*element));
	element->name = arena_str(r->arena, (const char *)name);
	element->text = "";
	if (r->depth > 0) {
		*r->open[r->depth - 1].tail = element;
		r->open[r->depth - 1].tail = &element->next;
	} else {
		r->root = element;
	}
	o = &r->open[r->depth++];
	o->element = element;
	o->tail = &element->child;
	o->text = r->text.len;
	r->count++;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
on_end(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *r = arg;
	const char *p, *end;
	struct open *o;

	(void)name;
	(void)prefix;
	(void)uri;
	if (r->why != NULL || r->depth == 0)
		return;
	o = &r->open[--r->depth];
	p = buf_str(&r->text) + o->text;
	end = buf_str(&r->text) + r->text.len;
	while (p < end && blank(*p))
		p++;
	while (end > p && blank(end[-1]))
		end--;
	if (end > p)
		o->element->text = arena_dup(r->arena, p, (size_t)(end - p));
	buf_cut(&r->text, o->text);
}

static void
on_text(void *arg, const xmlChar *p, int n)
{
	struct reading *r = arg;

	if (r->why == NULL && r->depth > 0 && n > 0)
		buf_add(&r->text, p, (size_t)n);
}

/* libxml2 works on the n bytes; false when they are not well-formed. */
static bool
parse(struct reading *r, const char *p, size_t n)
{
	bool good;

	r->parser = xmlNewParserCtxt();
	if (r->parser == NULL)
		log_panic("out of memory");
	memset(r->parser->sax, 0, sizeof(*r->parser->sax));
	r->parser->sax->initialized = XML_SAX2_MAGIC;
	r->parser->sax->internalSubset = on_doctype;
	r->parser->sax->startElementNs = on_start;
	r->parser->sax->endElementNs = on_end;
	r->parser->sax->characters = on_text;
	r->parser->sax->ignorableWhitespace = on_text;
	r->parser->sax->cdataBlock = on_text;
	r->parser->userData = r;
	/* The bytes are known to be UTF-8: no other encoding is believed, or loaded. */
	xmlCtxtReadMemory(r->parser, p, (int)n, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
	good = r->parser->wellFormed == 1;
	xmlFreeDoc(r->parser->myDoc);
	r->parser->myDoc = NULL;
	xmlFreeParserCtxt(r->parser);
	return good;
}

const struct xml *
xml_read(const char *p, size_t n, struct arena *arena, const char **why)
{
	struct reading r = {.arena = arena};
	bool good;

	*why = NULL;
	if (n == 0)
		*why = "it is empty";
	else if (n > XML_BYTES_MAX)
		*why = "it is too large";
	else if (memchr(p, '\0', n) != NULL || !utf8_valid(p, n))
		*why = "it is not UTF-8";
	if (*why != NULL)
		return NULL;
	buf_init(&r.text, n);
	good = parse(&r, p, n);
	if (r.why == NULL && (!good || r.depth > 0 || r.root == NULL || r.text.failed))
		r.why = "it is not well-formed XML";
	buf_wipe(&r.text);
	*why = r.why;
	return r.why == NULL ? r.root : NULL;
}

bool
xml_is(const struct xml *element, const char *name)
{
	return element != NULL && strcasecmp(element->name, name) == 0;
}

static const struct xml *
first_of(const struct xml *element, const char *name)
{
	while (element != NULL && !xml_is(element, name))
		element = element->next;
	return element;
}

const struct xml *
xml_child(const struct xml *element, const char *name)
{
	return element != NULL ? first_of(element->child, name) : NULL;
}

const struct xml *
xml_next(const struct xml *element, const char *name)
{
	return element != NULL ? first_of(element->next, name) : NULL;
}

const struct xml *
xml_find(const struct xml *element, const char *name)
{
	const struct xml *child, *found = NULL;

	if (element == NULL || xml_is(element, name))
		return element;
	for (child = element->child; child != NULL && found == NULL; child = child->next)
		found = xml_find(child, name);
	return found;
}

const char *
xml_text(const struct xml *element, const char *name)
{
	const struct xml *child = xml_child(element, name);

	return child != NULL && *child->text != '\0' ? child->text : NULL;
}
