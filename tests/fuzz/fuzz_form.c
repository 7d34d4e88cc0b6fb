/*
 * fuzz_form.c: form bodies.  What form_parse takes is clean text, and written
 * as a form again it is the same form.  Its values also go through the HTML
 * escaper and the segment counter, which see the same strangers' text.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/form.h"
#include "base/html.h"
#include "base/parse.h"
#include "base/segments.h"
#include "base/url.h"
#include "fuzz.h"

/* Escaped text holds no markup and no character that could begin some. */
static void
check_html(const char *s, size_t n)
{
	struct buf b = BUF_INIT(SIZE_MAX);
	const char *p = NULL;

	html_textn(&b, s, n);
	MUST(!b.failed && utf8_valid(buf_str(&b), b.len));
	MUST(text_valid(buf_str(&b), b.len, true));
	MUST(strpbrk(buf_str(&b), "<>\"'") == NULL);
	for (p = buf_str(&b); (p = strchr(p, '&')) != NULL; p++)
		MUST(strncmp(p, "&amp;", 5) == 0 || strncmp(p, "&lt;", 4) == 0 ||
		     strncmp(p, "&gt;", 4) == 0 || strncmp(p, "&quot;", 6) == 0 ||
		     strncmp(p, "&#39;", 5) == 0);
	buf_free(&b);
}

static void
check_segments(const char *s, size_t n)
{
	struct segments c = segments_count(s, n);
	int part = c.count < 2 ? (c.ucs2 ? 70 : 160) : (c.ucs2 ? 67 : 153);

	MUST((c.count == 0) == (n == 0));
	MUST(c.left >= 0 && c.left <= part);
	MUST((size_t)c.units >= utf8_length(s, n));
	if (c.count > 0)
		MUST(c.units + c.left <= c.count * part &&
		     c.units + c.left >= c.count * part - c.count);
}

static void
check_again(const struct form *form, struct arena *a)
{
	struct buf b = BUF_INIT(SIZE_MAX);
	const char *why = NULL;
	struct form again;
	size_t i;

	for (i = 0; i < form->count; i++) {
		buf_addc(&b, '&');
		url_escape(&b, form->fields[i].name, strlen(form->fields[i].name));
		buf_addc(&b, '=');
		url_escape(&b, form->fields[i].value, form->fields[i].len);
	}
	MUST(form_parse(buf_str(&b), b.len, a, &again, &why) == 0);
	MUST(again.count == form->count);
	for (i = 0; i < form->count; i++) {
		MUST(strcmp(again.fields[i].name, form->fields[i].name) == 0);
		MUST(strcmp(again.fields[i].value, form->fields[i].value) == 0);
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *why = NULL;
	struct form form;
	size_t i;

	check_html((const char *)data, size);
	if (form_parse((const char *)data, size, a, &form, &why) < 0) {
		MUST(why != NULL && why[strlen(why) - 1] == '.');
		goto done;
	}
	MUST(form.count <= FORM_MAX_FIELDS);
	for (i = 0; i < form.count; i++) {
		MUST(strlen(form.fields[i].value) == form.fields[i].len);
		MUST(text_valid(form.fields[i].value, form.fields[i].len, true));
		MUST(form_get(&form, form.fields[i].name) == form.fields[i].value);
		check_segments(form.fields[i].value, form.fields[i].len);
	}
	check_again(&form, a);
done:
	arena_free(a);
	return 0;
}
