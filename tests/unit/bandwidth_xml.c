/*
 * bandwidth_xml.c: XML is read whole or not at all, whatever a stranger puts in it, and what is
 * written is always well-formed.
 */
#include "numbers_kit.h"

static const char *
why_not(const char *text, size_t n)
{
	const char *why;

	return xml_read(text, n, arena, &why) == NULL ? why : NULL;
}

static void
refused(const char *text, const char *words, const char *what)
{
	is_str(why_not(text, strlen(text)), words, "refused: %s", what);
}

static void
reads(void)
{
	const char *text = "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			   "<b:A xmlns:b=\"urn:x\" b:k=\"v\"><!-- no --><?pi no?>\n"
			   " <b:One> a &amp; b&lt;&gt;&quot;&apos;&#x41;&#233; </b:One>"
			   "<one>2</one><Two><![CDATA[<&]]></Two><Three/>"
			   "<Four>x<Five>y</Five>z</Four></b:A>";
	const char *why;
	const struct xml *root = xml_read(text, strlen(text), arena, &why);

	ok(root != NULL && why == NULL, "a document is read");
	is_str(root->name, "A", "names come without namespace");
	is_str(xml_text(root, "One"), "a & b<>\"'A\xc3\xa9", "the entities of XML, trimmed");
	is_str(xml_next(xml_child(root, "ONE"), "One")->text, "2",
	    "the next one of a name, in any case");
	is_str(xml_text(root, "Two"), "<&", "CDATA");
	ok(xml_text(root, "Three") == NULL && xml_child(root, "Three") != NULL,
	    "empty has no text");
	is_str(xml_text(root, "Four"), "xz", "text round a child");
	is_str(xml_find(root, "Five")->text, "y", "found at any depth");
	ok(xml_find(root, "Six") == NULL && xml_child(NULL, "A") == NULL &&
		xml_next(NULL, "A") == NULL && xml_text(NULL, "A") == NULL &&
		xml_find(NULL, "A") == NULL && !xml_is(NULL, "A"),
	    "nothing is found in nothing");
	text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><A>\xc3\xa9</A>";
	root = xml_read(text, strlen(text), arena, &why);
	is_str(root != NULL ? root->text : why, "\xc3\xa9", "a wrong encoding is not believed");
}

static void
refuses(void)
{
	const char *why;

	refused("", "it is empty", "nothing");
	refused("  \n", "it is not well-formed XML", "blanks");
	refused("<!DOCTYPE a><a/>", "it has a DOCTYPE", "a DOCTYPE");
	refused("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
	    "it has a DOCTYPE", "an entity");
	refused("<!DOCTYPE a [<!ENTITY b \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
		"<!ENTITY c \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY d \"dddddddddd\">]>"
		"<a>&b;&b;&b;</a>",
	    "it has a DOCTYPE", "a bomb of entities");
	refused("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
	    "it has a DOCTYPE", "a file as an entity");
	refused("<!DOCTYPE a [<!ENTITY % b SYSTEM \"http://127.0.0.1:1/x\"> %b;]><a/>",
	    "it has a DOCTYPE", "a parameter entity elsewhere");
	refused("<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x.dtd\"><a/>", "it has a DOCTYPE",
	    "a DTD elsewhere");
	refused("<!DOCTYPE html><html><body>502 Bad Gateway<br></body></html>", "it has a DOCTYPE",
	    "a page in HTML");
	refused("<html><body>Bad<br></body></html>", "it is not well-formed XML",
	    "a page in HTML without one");
	refused("<a>&b;</a>", "it is not well-formed XML", "an entity that nobody declared");
	refused("<a><b></a>", "it is not well-formed XML", "elements across");
	refused("<a/><b/>", "it is not well-formed XML", "two roots");
	refused("<a/>x", "it is not well-formed XML", "something behind the root");
	refused("x<a/>", "it is not well-formed XML", "something before the root");
	refused("{\"a\": 1}", "it is not well-formed XML", "JSON");
	refused("<a>\x01</a>", "it is not well-formed XML", "a control character");
	refused("<a>&#1;</a>", "it is not well-formed XML", "an escaped control character");
	refused("<a>&#0;</a>", "it is not well-formed XML", "an escaped NUL");
	refused("<a>\xff</a>", "it is not UTF-8", "a byte that is not UTF-8");
	refused("<a>\xed\xa0\x80</a>", "it is not UTF-8", "a surrogate");
	refused("<a>\xc0\xbc</a>", "it is not UTF-8", "an overlong form");
	is_str(why_not("<a>\0</a>", 8), "it is not UTF-8", "refused: a NUL");
	is_str(why_not("\xff\xfe<\0a\0/\0>\0", 10), "it is not UTF-8", "refused: UTF-16");
	ok(xml_read("<a/>xx", 4, arena, &why) != NULL, "bytes behind the end are not read");
}

/* n times one text, then n times another. */
static const char *
times(size_t n, const char *before, const char *after)
{
	struct buf out = BUF_INIT(XML_BYTES_MAX * 2);
	const char *text;
	size_t i;

	for (i = 0; i < n; i++)
		buf_adds(&out, before);
	for (i = 0; i < n; i++)
		buf_adds(&out, after);
	text = arena_str(arena, buf_str(&out));
	buf_free(&out);
	return text;
}

static void
bounds(void)
{
	const char *text = times(XML_DEPTH_MAX, "<a>", "</a>");
	const char *many = times(XML_ELEMENTS_MAX, "<a/>", "");

	ok(why_not(text, strlen(text)) == NULL, "as deep as may be");
	refused(times(XML_DEPTH_MAX + 1, "<a>", "</a>"), "it is nested too deeply", "deeper");
	refused(times(100000, "<a>", ""), "it is nested too deeply", "as deep as it likes");
	refused(times(XML_BYTES_MAX / 4 + 1, "xxxx", ""), "it is too large", "a large one");
	text = arena_fmt(arena, "<r>%s</r>", many);
	refused(text, "it has too many elements", "one with too many elements");
	text = arena_fmt(arena, "<r>%s</r>", many + strlen("<a/>"));
	ok(why_not(text, strlen(text)) == NULL, "as many elements as may be");
}

/* No beginning of a document is taken for the whole. */
static void
cut(void)
{
	const char *text = fixture("v2spec-tns-200-example");
	size_t n = strlen(text), end = n, i, taken = 0;

	while (end > 0 && strchr(" \n", text[end - 1]) != NULL)
		end--;
	for (i = 0; i < end; i++)
		taken += why_not(arena_dup(arena, text, i), i) == NULL;
	ok(n > 3000 && taken == 0, "cut anywhere, it is refused");
	ok(why_not(text, end) == NULL, "and whole it is read");
}

static const char *
written(const char *value, size_t max)
{
	struct xml_writer *w = xml_writer_new();
	size_t n;

	xml_open(w, "A");
	xml_put(w, "B", value, max);
	xml_close(w);
	return xml_finish(w, arena, &n);
}

static const char *
there_and_back(const char *value)
{
	const char *why, *text = written(value, 1000);
	const struct xml *root = xml_read(text, strlen(text), arena, &why);

	return root != NULL ? xml_text(root, "B") : why;
}

static void
writes(void)
{
	struct xml_writer *w = xml_writer_new();
	const char *text;
	size_t n;

	xml_open(w, "A");
	xml_put(w, "B", "x", 10);
	xml_put(w, "None", NULL, 10);
	xml_put(w, "Empty", "", 10);
	xml_open(w, "C");
	xml_close(w);
	xml_put_bool(w, "D", true);
	xml_put_bool(w, "E", false);
	xml_put_int(w, "F", -12);
	xml_close(w);
	text = xml_finish(w, arena, &n);
	is_str(text,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<A><B>x</B><C/><D>true</D><E>false</E><F>-12</F></A>\n",
	    "a document, byte by byte");
	is_int(n, strlen(text), "with its length");
	is_str(there_and_back("&<>\"'"), "&<>\"'", "marks of XML are escaped");
	is_str(there_and_back("]]></B><Evil/>"), "]]></B><Evil/>", "and nothing gets out");
	is_str(there_and_back("&lt;"), "&lt;", "what is escaped is escaped again");
	is_str(there_and_back("a\x01\x08\x0b\x1f\x7f\xc2\x85z"), "a      z",
	    "control characters are blanks");
	is_str(there_and_back("a\tb\r\nc"), "a b  c", "line ends too");
	is_str(there_and_back("a\xff\xed\xa0\x80\xef\xbf\xbe"),
	    "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
	    "what is no character is U+FFFD");
	is_str(there_and_back("\xc3\x89lections \xf0\x9f\x97\xb3"),
	    "\xc3\x89lections \xf0\x9f\x97\xb3", "other scripts and emoji stay");
	text = written("\xc3\xa9\xc3\xa9\xc3\xa9&&", 4);
	ok(strstr(text, "<B>\xc3\xa9\xc3\xa9\xc3\xa9&amp;</B>") != NULL,
	    "cut between characters, before escaping");
}

int
main(void)
{
	arena = arena_new();
	reads();
	refuses();
	bounds();
	cut();
	writes();
	arena_free(arena);
	return done_testing();
}
