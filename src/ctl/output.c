/*
 * output.c: what spokectl prints, as text or JSON, and its sentences on standard error.
 *
 * Texts come from strangers: what a terminal could take as a command never reaches it.
 */
#include "ctl/ctl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"

#define OUTPUT_MAX ((size_t)256 << 20)

/* ---- text from strangers ---------------------------------------------- */

/* Appends text with a blank for each such character; newlines stay when lines is true. */
static void
add_clean(struct buf *out, const char *s, size_t n, bool lines)
{
	const char *end = s + n;
	uint32_t c;

	while (s < end) {
		c = utf8_next(&s, end);
		if (utf8_commands(c) && !(lines && c == '\n'))
			c = ' ';
		utf8_add(out, c);
	}
}

static void __attribute__((format(printf, 2, 0)))
print_clean(FILE *where, const char *fmt, va_list ap)
{
	struct buf raw = BUF_INIT(OUTPUT_MAX), clean = BUF_INIT(OUTPUT_MAX);

	buf_vaddf(&raw, fmt, ap);
	add_clean(&clean, buf_str(&raw), raw.len, true);
	fwrite(buf_str(&clean), 1, clean.len, where);
	buf_wipe(&raw);
	buf_wipe(&clean);
}

void
ctl_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_clean(stdout, fmt, ap);
	va_end(ap);
}

int
ctl_fail(int code, const char *fmt, ...)
{
	va_list ap;

	fputs("spokectl: ", stderr);
	va_start(ap, fmt);
	print_clean(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return code;
}

/* ---- output ---------------------------------------------------------- */

/* Such characters stand only inside texts, where JSON lets them be written as \uXXXX. */
static void
print_json(const json *value)
{
	struct buf raw = BUF_INIT(OUTPUT_MAX), out = BUF_INIT(OUTPUT_MAX);
	const char *s, *end;
	uint32_t c;

	json_write(value, &raw);
	s = buf_str(&raw);
	end = s + raw.len;
	while (s < end) {
		c = utf8_next(&s, end);
		if (utf8_commands(c))
			buf_addf(&out, "\\u%04x", (unsigned)c);
		else
			utf8_add(&out, c);
	}
	printf("%s\n", buf_str(&out));
	buf_wipe(&raw);
	buf_wipe(&out);
}

int
ctl_say(struct ctl *ctl, json *value, const char *fmt, ...)
{
	va_list ap;

	if (ctl->json) {
		print_json(value);
	} else {
		va_start(ap, fmt);
		print_clean(stdout, fmt, ap);
		va_end(ap);
		putchar('\n');
	}
	json_free(value);
	return EXIT_DONE;
}

/* Text for one line of a table. */
static const char *
one_line(struct ctl *ctl, const char *s)
{
	struct buf clean = BUF_INIT(OUTPUT_MAX);
	const char *result;

	add_clean(&clean, s, strlen(s), false);
	result = arena_str(ctl->arena, buf_str(&clean));
	buf_free(&clean);
	return result;
}

/* One cell as text. */
static const char *
cell(struct ctl *ctl, const json *row, const struct ctl_column *c)
{
	char time[CLOCK_TEXT];
	json *v = json_get(row, c->member);

	switch (json_kind(v)) {
	case JSON_STRING:
		return one_line(ctl, json_copy_text(v, ctl->arena));
	case JSON_INT:
		if (c->is_time)
			return (arena_fmt(ctl->arena, "%.19s",
			    json_int(v, 0) == 0 ? "never" : clock_text(json_int(v, 0), time)));
		return arena_fmt(ctl->arena, "%lld", (long long)json_int(v, 0));
	case JSON_BOOL:
		return json_get_bool(row, c->member, false) ? "yes" : "no";
	default:
		return "-";
	}
}

static void
print_table(struct ctl *ctl, const json *rows, const struct ctl_column *columns, size_t n)
{
	size_t width[16] = {0}, i, j, len;
	const char *s;

	for (i = 0; i <= json_len(rows); i++)
		for (j = 0; j < n; j++) {
			s = i == 0 ? columns[j].title
				   : cell(ctl, json_at(rows, i - 1), &columns[j]);
			len = utf8_length(s, strlen(s));
			if (len > width[j])
				width[j] = len;
		}
	for (i = 0; i <= json_len(rows); i++) {
		for (j = 0; j < n; j++) {
			s = i == 0 ? columns[j].title
				   : cell(ctl, json_at(rows, i - 1), &columns[j]);
			len = utf8_length(s, strlen(s));
			printf("%s%s%*s", j > 0 ? "  " : "", s,
			    j + 1 < n ? (int)(width[j] - len) : 0, "");
		}
		putchar('\n');
	}
}

int
ctl_table(struct ctl *ctl, const char *name, json *rows, const char *next,
    const struct ctl_column *columns, size_t n, const char *empty)
{
	json *all;

	if (ctl->json) {
		all = json_object_new();
		json_put(all, name, rows);
		json_put_text(all, "next", next);
		print_json(all);
		json_free(all);
		return EXIT_DONE;
	}
	if (json_len(rows) == 0)
		printf("%s\n", empty);
	else
		print_table(ctl, rows, columns, n);
	if (next != NULL)
		printf("More: add --cursor %s\n", next);
	json_free(rows);
	return EXIT_DONE;
}
