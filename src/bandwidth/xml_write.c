/*
 * xml_write.c: writing XML (xml.h), over libxml2's writer, which escapes.
 *
 * Bodies may hold callback passwords: the memory they were made in is wiped.
 */
#include <libxml/xmlwriter.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/parse.h"
#include "bandwidth/xml.h"

#define FIRST_SIZE 16384 /* bodies with passwords never outgrow it, so no copy stays behind */
#define VALUE_MAX ((size_t)64 * 1024)

struct xml_writer {
	xmlBufferPtr buffer;
	xmlTextWriterPtr writer;
};

/* libxml2 fails here only for want of memory. */
static void
need(bool good)
{
	if (!good)
		log_panic("out of memory while writing XML");
}

struct xml_writer *
xml_writer_new(void)
{
	struct xml_writer *w = calloc(1, sizeof(*w));

	need(w != NULL);
	w->buffer = xmlBufferCreateSize(FIRST_SIZE);
	need(w->buffer != NULL);
	w->writer = xmlNewTextWriterMemory(w->buffer, 0);
	need(w->writer != NULL);
	need(xmlTextWriterWriteRaw(
		 w->writer, (const xmlChar *)"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") >= 0);
	return w;
}

void
xml_open(struct xml_writer *w, const char *name)
{
	need(xmlTextWriterStartElement(w->writer, (const xmlChar *)name) >= 0);
}

void
xml_close(struct xml_writer *w)
{
	need(xmlTextWriterEndElement(w->writer) >= 0);
}

/* A code point as XML can hold it (XML 1.0 section 2.2; C1 is allowed there, but not wanted). */
static uint32_t
storable(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return ' ';
	return cp == 0xfffe || cp == 0xffff ? 0xfffd : cp;
}

void
xml_put(struct xml_writer *w, const char *name, const char *value, size_t max)
{
	struct buf out = BUF_INIT(VALUE_MAX);
	const char *p = value, *end;
	size_t count;

	if (value == NULL || *value == '\0')
		return;
	end = value + strlen(value);
	for (count = 0; p < end && count < max; count++)
		utf8_add(&out, storable(utf8_next(&p, end)));
	need(xmlTextWriterWriteElement(
		 w->writer, (const xmlChar *)name, (const xmlChar *)buf_str(&out)) >= 0);
	buf_wipe(&out);
}

void
xml_put_bool(struct xml_writer *w, const char *name, bool value)
{
	xml_put(w, name, value ? "true" : "false", 5);
}

void
xml_put_int(struct xml_writer *w, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	xml_put(w, name, text, sizeof(text));
}

const char *
xml_finish(struct xml_writer *w, struct arena *arena, size_t *length)
{
	const char *text;

	need(xmlTextWriterEndDocument(w->writer) >= 0);
	xmlFreeTextWriter(w->writer);
	*length = (size_t)xmlBufferLength(w->buffer);
	text = arena_dup(arena, xmlBufferContent(w->buffer), *length);
	/* Made and given out as const, but it is the writer's own. */
	crypto_wipe((void *)(uintptr_t)xmlBufferContent(w->buffer), *length);
	xmlBufferFree(w->buffer);
	free(w);
	return text;
}
