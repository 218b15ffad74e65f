/* SPDX-License-Identifier: GPL-2.0-only */
#include "machine.h"
#include "topo/text.h"

static void check_list(const char *list, size_t room, const char *expected)
{
	hwloc_bitmap_t cpus = hwloc_bitmap_alloc();
	char text[128];

	hwloc_bitmap_list_sscanf(cpus, list);
	text_cpulist(text, room, cpus);
	assert_string_equal(text, expected);
	hwloc_bitmap_free(cpus);
}

static void cpu_lists(void **state)
{
	(void)state;
	check_list("", 128, "");
	check_list("5", 128, "5");
	check_list("0-1", 128, "0-1");
	check_list("0,2", 128, "0,2");
	check_list("0,2,4", 128, "0-4:2");
	check_list("0-3,192-195", 128, "0-3,192-195");
	check_list("0,4,8,12,13,14", 128, "0-12:4,13-14");
	check_list("1,3,4,9", 128, "1,3-4,9");
	check_list("1,3,6,10,15,21,28", 16, "1,3,6,10,15,...");
	check_list("1,3,6,10,15,21,28", 15, "1,3,6,10,...");
}

static void sizes(void **state)
{
	static const struct {
		unsigned long long bytes;
		const char *text;
	} cases[] = { { 0, "" },
		      { 512, "512 B" },
		      { 1310720, "1.25 MiB" },
		      { 28835840, "27.5 MiB" },
		      { 1ULL << 34, "16 GiB" } };
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_size(text, sizeof(text), cases[i].bytes);
		assert_string_equal(text, cases[i].text);
	}
}

/* A name in a file must not reach the terminal as a command. */
static void names_are_harmless(void **state)
{
	char text[12];

	(void)state;
	text_name(text, sizeof(text), "a\033[2Jb\n");
	assert_string_equal(text, "a?[2Jb?");
	text_name(text, sizeof(text), "0123456789abcdef");
	assert_string_equal(text, "0123456789a");
	text_name(text, sizeof(text), "Xeon   ");
	assert_string_equal(text, "Xeon");
	text_name(text, sizeof(text), NULL);
	assert_string_equal(text, "");
}

/* What a paragraph of these words looks like. */
static void check_paragraph(int max_lines, int words, const char *expected)
{
	char *result;
	size_t size;
	struct text text = { .out = open_memstream(&result, &size) };

	text_begin(&text, 0, 4);
	text.max_lines = max_lines;
	for (int i = 0; i < words; i++)
		text_word(&text, STYLE_BOLD, "%039d", i);
	text_end(&text);
	fclose(text.out);
	assert_string_equal(result, expected);
	free(result);
}

#define ZEROS "00000000000000000000000000000000000000"

static void words_fill_lines(void **state)
{
	(void)state;
	check_paragraph(0, 1, ZEROS "0\n");
	check_paragraph(0, 2, ZEROS "0 " ZEROS "1\n");
	check_paragraph(0, 3, ZEROS "0 " ZEROS "1\n    " ZEROS "2\n");
	check_paragraph(1, 3, ZEROS "0 " ZEROS "1 ...\n");
	check_paragraph(1, 2, ZEROS "0 " ZEROS "1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpu_lists),
		cmocka_unit_test(sizes),
		cmocka_unit_test(names_are_harmless),
		cmocka_unit_test(words_fill_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
