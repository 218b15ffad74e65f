/* SPDX-License-Identifier: GPL-2.0-only */
#include "text.h"

#include <stdarg.h>
#include <string.h>

static const char *sgr(enum text_style style)
{
	static const char *const kinds[] = { "31", "32", "36", "35", "33", "34" };

	switch (style) {
	case STYLE_PLAIN:
		return NULL;
	case STYLE_BOLD:
		return "1";
	case STYLE_DIM:
		return "2";
	default:
		return kinds[(style - STYLE_KIND) % (sizeof(kinds) / sizeof(kinds[0]))];
	}
}

static void spaces(struct text *text, int n)
{
	fprintf(text->out, "%*s", n > 0 ? n : 0, "");
	text->column += n > 0 ? n : 0;
}

void text_begin(struct text *text, int indent, int hanging)
{
	text->column = 0;
	text->gap = 0;
	text->lines = 1;
	text->indent = hanging;
	spaces(text, indent);
}

static void put(struct text *text, enum text_style style, const char *word)
{
	const char *code = text->color ? sgr(style) : NULL;

	if (code)
		fprintf(text->out, "\033[%sm%s\033[0m", code, word);
	else
		fputs(word, text->out);
	text->column += strlen(word);
}

static bool cut_off(const struct text *text)
{
	return text->max_lines && text->lines > text->max_lines;
}

/* Room for a word of that length and the space before it, on this line or the next one. */
static void make_room(struct text *text, int length)
{
	bool begun = text->column > text->indent;
	bool last = text->max_lines && text->lines == text->max_lines;
	int end = TEXT_COLUMNS - (last ? 4 : 0); /* " ..." */

	if (begun && text->column + 1 + text->gap + length > end) {
		text->lines++;
		if (cut_off(text)) {
			fputs(" ...", text->out);
			return;
		}
		fputc('\n', text->out);
		text->column = 0;
		spaces(text, text->indent);
	} else if (begun) {
		spaces(text, 1 + text->gap);
	}
	text->gap = 0;
}

void text_word(struct text *text, enum text_style style, const char *format, ...)
{
	char word[TEXT_COLUMNS + 1];
	va_list args;

	va_start(args, format);
	vsnprintf(word, sizeof(word), format, args);
	va_end(args);
	if (!word[0] || cut_off(text))
		return;
	make_room(text, strlen(word));
	if (cut_off(text))
		return;
	word[TEXT_COLUMNS - text->column] = '\0';
	put(text, style, word);
}

void text_gap(struct text *text)
{
	text->gap = 1;
}

void text_tab(struct text *text, int column)
{
	if (!cut_off(text))
		spaces(text, column - text->column);
}

void text_end(struct text *text)
{
	fputc('\n', text->out);
	text->max_lines = 0;
}

/* The last of the numbers that follow `first` at equal steps, and the step. */
static int run_end(hwloc_const_bitmap_t cpus, int first, int *step)
{
	int second = hwloc_bitmap_next(cpus, first), last = second;

	*step = second - first;
	if (second < 0)
		return first;
	while (hwloc_bitmap_isset(cpus, last + *step) &&
	       hwloc_bitmap_next(cpus, last) == last + *step)
		last += *step;
	/* Two numbers are no row, unless they are neighbours. */
	return *step == 1 || last > second ? last : first;
}

void text_cpulist(char *buffer, size_t size, hwloc_const_bitmap_t cpus)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (int cpu = hwloc_bitmap_first(cpus); cpu >= 0;) {
		int step, last = run_end(cpus, cpu, &step), length;
		char item[48];

		if (last == cpu)
			length = snprintf(item, sizeof(item), ",%d", cpu);
		else if (step == 1)
			length = snprintf(item, sizeof(item), ",%d-%d", cpu, last);
		else
			length = snprintf(item, sizeof(item), ",%d-%d:%d", cpu, last, step);
		if (used + length + sizeof(",...") > size) {
			snprintf(buffer + used, size - used, ",...");
			return;
		}
		used += snprintf(buffer + used, size - used, "%s", item + !used);
		cpu = hwloc_bitmap_next(cpus, last);
	}
}

void text_size(char *buffer, size_t size, unsigned long long bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	double value = bytes;
	size_t unit = 0;

	while (value >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1024;
		unit++;
	}
	if (!bytes)
		buffer[0] = '\0';
	else
		snprintf(buffer, size, "%.4g %s", value, units[unit]);
}

void text_name(char *buffer, size_t size, const char *name)
{
	size_t n = 0;

	for (; name && *name && n + 1 < size; name++)
		buffer[n++] = *name >= ' ' && *name <= '~' ? *name : '?';
	while (n && buffer[n - 1] == ' ')
		n--;
	buffer[n] = '\0';
}
