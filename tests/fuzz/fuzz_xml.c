/*
 * fuzz_xml.c: a stranger's XML: read within its bounds or refused with a reason; and any text,
 * written, is read back as what it was, but for what XML cannot hold.
 */
#include "base/arena.h"
#include "base/parse.h"
#include "bandwidth/xml.h"
#include "fuzz.h"

static size_t
check_tree(const struct xml *e, int depth)
{
	size_t count = 0;

	MUST(depth <= XML_DEPTH_MAX);
	for (; e != NULL; e = e->next) {
		size_t n = strlen(e->text);

		MUST(e->name != NULL && *e->name != '\0');
		MUST(utf8_valid(e->name, strlen(e->name)) && utf8_valid(e->text, n));
		MUST(n == 0 || strchr(" \t\r\n", e->text[0]) == NULL);
		MUST(n == 0 || strchr(" \t\r\n", e->text[n - 1]) == NULL);
		count += 1 + check_tree(e->child, depth + 1);
	}
	return count;
}

static void
check_writing(struct arena *arena, const char *value)
{
	struct xml_writer *w = xml_writer_new();
	const struct xml *root, *b;
	const char *text, *why;
	size_t n;

	xml_open(w, "A");
	xml_put(w, "B", value, 1000);
	xml_put(w, "C", "end", 3);
	xml_close(w);
	text = xml_finish(w, arena, &n);
	MUST(n == strlen(text));
	root = xml_read(text, n, arena, &why);
	MUST(root != NULL && xml_text(root, "C") != NULL);
	b = xml_child(root, "B");
	MUST((b == NULL) == (*value == '\0'));
	MUST(b == NULL || (b->child == NULL && xml_is(b->next, "C") && b->next->next == NULL));
	if (strlen(value) < 1000 && text_valid(value, strlen(value), false) && *value != '\0' &&
	    *value != ' ' && value[strlen(value) - 1] != ' ' && strstr(value, "\xef\xbf") == NULL)
		MUST(strcmp(b->text, value) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *why, *value = arena_dup(arena, data, size);
	const struct xml *root = xml_read((const char *)data, size, arena, &why);

	MUST((root == NULL) == (why != NULL));
	if (root != NULL) {
		MUST(root->next == NULL);
		MUST(check_tree(root, 1) <= XML_ELEMENTS_MAX);
		MUST(memchr(data, '\0', size) == NULL);
	}
	check_writing(arena, value);
	arena_free(arena);
	return 0;
}
