/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is shown of each recorded machine, compared with what was shown when somebody last looked at
 * it. After a change that is meant to show: UPDATE=1 make check-quick, and look at the difference.
 * Run from the top of the repository.
 */
#include "invariants.h"
#include "topo/print.h"
#include "topo/text.h"
#include "tree.h"

#include <glob.h>

#define MACHINES "tests/fixtures/topologies/"
#define GOLDEN	 "tests/golden/topology/"

enum format { TREE, CPUS, JSON, XML };

static char *print(const struct topo *topo, enum format format)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int ret = -1;

	assert_non_null(out);
	switch (format) {
	case TREE:
		ret = topo_print_tree(out, topo, false);
		break;
	case CPUS:
		ret = topo_print_cpus(out, topo);
		break;
	case JSON:
		ret = topo_print_json(out, topo);
		break;
	case XML:
		ret = topo_print_xml(out, topo);
		break;
	}
	assert_int_equal(ret, 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, strlen(text), out), strlen(text));
	assert_int_equal(fclose(out), 0);
}

static char *read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text;
	size_t size = 0;

	if (!in)
		fail_msg("%s is missing: run with UPDATE=1", path);
	text = calloc(1, 1 << 20);
	size = fread(text, 1, (1 << 20) - 1, in);
	assert_true(size < (1 << 20) - 1);
	fclose(in);
	return text;
}

/* Says where the first line differs. */
static void check_same(const char *path, const char *have, const char *want)
{
	int line = 1;

	for (; *have && *have == *want; have++, want++)
		line += *have == '\n';
	if (*have != *want)
		fail_msg("%s: line %d differs from \"%.60s\" at \"%.60s\"", path, line, want, have);
}

static void check_golden(const struct topo *topo, const char *name, enum format format)
{
	static const char *const suffixes[] = { "tree", "cpus", "json" };
	char *text = print(topo, format), *golden, path[256];

	snprintf(path, sizeof(path), GOLDEN "%s.%s", name, suffixes[format]);
	if (getenv("UPDATE"))
		write_file(path, text);
	golden = read_file(path);
	check_same(path, text, golden);
	free(golden);
	free(text);
}

/* Nothing wider than the terminal, no space at the end, nothing but ASCII. */
static void check_tree(const struct topo *topo)
{
	char *text = print(topo, TREE), *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		assert_in_range(strlen(line), 1, TEXT_COLUMNS);
		assert_int_not_equal(line[strlen(line) - 1], ' ');
		for (; *line; line++)
			assert_in_range(*line, ' ', '~');
	}
	free(text);
}

/* The part of the JSON that an XML file holds all of: not the source, nor "possible" CPUs. */
static const char *lasting(const char *json)
{
	const char *lasting = strstr(json, "\"smt_width\"");

	assert_non_null(lasting);
	return lasting;
}

/* Our own XML brings everything along. */
static void check_round_trip(const struct topo *topo, const char *name)
{
	char *xml = print(topo, XML), *before = print(topo, JSON), *after;
	struct topo *again;
	struct tree tree;
	char path[256];

	tree_make(&tree);
	snprintf(path, sizeof(path), "%s/again.xml", tree.root);
	write_file(path, xml);
	again = load_ok(TOPO_XML, path);
	after = print(again, JSON);
	check_same(name, lasting(after), lasting(before));
	topo_free(again);
	tree_remove(&tree);
	free(after);
	free(before);
	free(xml);
}

static void check_machine(enum topo_source_type type, const char *arg, const char *name)
{
	struct topo *topo = load_ok(type, arg);

	print_message("%s\n", name);
	check_golden(topo, name, TREE);
	check_golden(topo, name, CPUS);
	check_golden(topo, name, JSON);
	check_tree(topo);
	check_round_trip(topo, name);
	topo_free(topo);
}

/* "tests/.../01-machine.xml" -> "01-machine" */
static void name_of(const char *path, const char *suffix, char *name, size_t size)
{
	const char *base = strrchr(path, '/') + 1;

	snprintf(name, size, "%.*s", (int)(strlen(base) - strlen(suffix)), base);
}

static void xml_files(void **state)
{
	char name[128];
	glob_t files;

	(void)state;
	assert_int_equal(glob(MACHINES "*.xml", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		name_of(files.gl_pathv[i], ".xml", name, sizeof(name));
		check_machine(TOPO_XML, files.gl_pathv[i], name);
	}
	assert_true(files.gl_pathc >= 9);
	globfree(&files);
}

static void sysfs_snapshots(void **state)
{
	char name[128], command[512], path[256];
	struct tree tree;
	glob_t files;

	(void)state;
	tree_make(&tree);
	assert_int_equal(glob(MACHINES "sysfs/*.tar.xz", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		snprintf(command, sizeof(command), "tar -xf %s -C %s", files.gl_pathv[i],
			 tree.root);
		assert_int_equal(system(command), 0);
		name_of(files.gl_pathv[i], ".tar.xz", name, sizeof(name));
		snprintf(path, sizeof(path), "%s/%s", tree.root, name);
		snprintf(command, sizeof(command), "sysfs-%s", name);
		check_machine(TOPO_SYSFS, path, command);
	}
	assert_true(files.gl_pathc >= 5);
	globfree(&files);
	tree_remove(&tree);
}

static void a_large_machine(void **state)
{
	struct topo *topo = load_ok(TOPO_SYNTHETIC, "package:4 numa:4 l3:8 core:16 pu:2");

	(void)state;
	check_golden(topo, "synthetic-4096", TREE);
	check_tree(topo);
	check_round_trip(topo, "synthetic-4096");
	topo_free(topo);
}

static void colors_are_only_added(void **state)
{
	struct topo *topo = load_ok(TOPO_XML, MACHINES "02-intel-arl-225u-lpe.xml");
	char *plain = print(topo, TREE), *colored, *to, *from;
	size_t size;
	FILE *out = open_memstream(&colored, &size);

	(void)state;
	assert_int_equal(topo_print_tree(out, topo, true), 0);
	fclose(out);
	assert_non_null(strstr(colored, "\033[1m"));
	for (from = to = colored; *from; from++)
		if (*from == '\033')
			from = strchr(from, 'm');
		else
			*to++ = *from;
	*to = '\0';
	assert_string_equal(colored, plain);
	free(colored);
	free(plain);
	topo_free(topo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xml_files),
		cmocka_unit_test(sysfs_snapshots),
		cmocka_unit_test(a_large_machine),
		cmocka_unit_test(colors_are_only_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
