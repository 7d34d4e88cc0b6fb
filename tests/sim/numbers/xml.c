/*
 * xml.c: XML read with libxml2, and written a piece at a time.
 *
 * Contracts in xml.h.
 */
#include "numbers/xml.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

xmlDoc *
xml_read(const char *p, size_t n)
{
	xmlDoc *doc;

	if (n == 0 || n > 1024 * 1024)
		return NULL;
	doc = xmlReadMemory(p, (int)n, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (doc != NULL && (xmlGetIntSubset(doc) != NULL ||
	    xmlDocGetRootElement(doc) == NULL)) {
		xmlFreeDoc(doc);
		return NULL;
	}
	return doc;
}

xmlNode *
xml_named(xmlNode *node, const char *name)
{
	while (node != NULL && (node->type != XML_ELEMENT_NODE ||
	    strcmp((const char *)node->name, name) != 0))
		node = node->next;
	return node;
}

xmlNode *
xml_at(xmlNode *node, const char *path)
{
	char *names = x_dup(path), *save = NULL, *name;

	for (name = strtok_r(names, "/", &save); name != NULL && node != NULL;
	    name = strtok_r(NULL, "/", &save))
		node = xml_named(node->children, name);
	free(names);
	return node;
}

char *
xml_text(xmlNode *node, const char *path)
{
	static const char blanks[] = " \t\r\n";
	xmlChar *all;
	const char *s;
	char *out;
	size_t n;

	node = *path == '\0' ? node : xml_at(node, path);
	if (node == NULL)
		return NULL;
	all = xmlNodeGetContent(node);
	if (all == NULL)
		return x_dup("");
	s = (const char *)all + strspn((const char *)all, blanks);
	n = strlen(s);
	while (n > 0 && strchr(blanks, s[n - 1]) != NULL)
		n--;
	out = x_ndup(s, n);
	xmlFree(all);
	return out;
}

bool
xml_flag(xmlNode *node, const char *path, bool dflt, bool *bad)
{
	char *s = xml_text(node, path);
	bool v = dflt;

	if (s != NULL) {
		v = same(s, "true");
		if (!v && !same(s, "false"))
			*bad = true;
	}
	free(s);
	return v;
}

char *
xml_copy(xmlNode *node)
{
	xmlBuffer *b = xmlBufferCreate();
	char *out;

	if (b == NULL || xmlNodeDump(b, node->doc, node, 0, 0) < 0)
		abort();
	out = x_dup((const char *)xmlBufferContent(b));
	xmlBufferFree(b);
	return out;
}

void
xml_escape(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '&':
			buf_str(b, "&amp;");
			break;
		case '<':
			buf_str(b, "&lt;");
			break;
		case '>':
			buf_str(b, "&gt;");
			break;
		case '"':
			buf_str(b, "&quot;");
			break;
		default:
			buf_add(b, s, 1);
		}
	}
}

void
xml_head(struct buf *b)
{
	buf_str(b, "<?xml version=\"1.0\" encoding=\"UTF-8\" "
	    "standalone=\"yes\"?>\n");
}

void
xml_open(struct buf *b, const char *name)
{
	buf_fmt(b, "<%s>", name);
}

void
xml_close(struct buf *b, const char *name)
{
	buf_fmt(b, "</%s>", name);
}

void
xml_leaf(struct buf *b, const char *name, const char *text)
{
	if (text == NULL)
		return;
	xml_open(b, name);
	xml_escape(b, text);
	xml_close(b, name);
}

void
xml_int(struct buf *b, const char *name, long long n)
{
	buf_fmt(b, "<%s>%lld</%s>", name, n, name);
}

void
xml_truth(struct buf *b, const char *name, bool v)
{
	xml_leaf(b, name, v ? "true" : "false");
}

void
xml_stamp(struct buf *b, const char *name, int64_t us)
{
	char t[40];

	if (us == 0)
		return;
	stamp(t, us, 3);
	xml_leaf(b, name, t);
}
