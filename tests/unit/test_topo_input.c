/* SPDX-License-Identifier: GPL-2.0-only */
/* Inputs that are no topology, or too much of one: a reason of one line, and nothing on stderr. */
#include "invariants.h"
#include "tree.h"

#include <fcntl.h>
#include <time.h>

static struct tree files;

static int make_files(void **state)
{
	(void)state;
	tree_make(&files);
	return 0;
}

static int remove_files(void **state)
{
	(void)state;
	tree_remove(&files);
	return 0;
}

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", files.root, name);
	return path;
}

static const char *file_with(const char *name, const char *text)
{
	tree_write(&files, name, text);
	return path_of(name);
}

/* Runs topo_load() with stderr in a file, which must stay empty. */
static int load_quietly(struct topo_source source, struct topo **topo, char *reason, size_t size)
{
	int saved = dup(STDERR_FILENO);
	char path[256];
	int log, ret;

	snprintf(path, sizeof(path), "%s/stderr", files.root);
	log = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(saved >= 0 && log >= 0);
	dup2(log, STDERR_FILENO);
	ret = topo_load(&source, topo, reason, size);
	dup2(saved, STDERR_FILENO);
	assert_int_equal(lseek(log, 0, SEEK_END), 0);
	close(saved);
	close(log);
	return ret;
}

static void refuse(enum topo_source_type type, const char *arg, int error, const char *words)
{
	struct topo *topo = (struct topo *)1;
	char reason[512];

	assert_int_equal(load_quietly((struct topo_source){ .type = type, .arg = arg }, &topo,
				      reason, sizeof(reason)),
			 -error);
	assert_null(topo);
	if (!strstr(reason, words))
		fail_msg("\"%s\" does not say \"%s\"", reason, words);
	assert_null(strchr(reason, '\n'));
}

static void files_that_are_no_topology(void **state)
{
	(void)state;
	refuse(TOPO_XML, "/nonexistent/machine.xml", ENOENT, "No such file");
	refuse(TOPO_XML, files.root, EISDIR, "directory");
	refuse(TOPO_XML, "/dev/zero", EINVAL, "not a regular file");
	refuse(TOPO_XML, file_with("empty", ""), EINVAL, "empty");
	refuse(TOPO_XML, file_with("junk", "hello\nworld\n"), EINVAL, "no hwloc XML");
	refuse(TOPO_XML, file_with("other", "<?xml version=\"1.0\"?>\n<html></html>\n"), EINVAL,
	       "no hwloc XML");
	refuse(TOPO_XML, file_with("new", "<?xml version=\"1.0\"?>\n<topology version=\"3.0\">\n"),
	       EINVAL, HWLOC_API_VERSION < 0x30000 ? "hwloc 3" : "no hwloc XML");
}

/* Opening a FIFO without a writer would wait for ever. */
static void a_fifo_does_not_block(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
	refuse(TOPO_XML, path_of("fifo"), EINVAL, "not a regular file");
}

static void a_huge_file_is_not_read(void **state)
{
	int fd = open(path_of("huge.xml"), O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_int_equal(ftruncate(fd, 1L << 30), 0);
	close(fd);
	refuse(TOPO_XML, path_of("huge.xml"), E2BIG, "1024 MiB");
}

static void a_zero_byte_hides_nothing(void **state)
{
	FILE *out = fopen(path_of("zero.xml"), "w");

	(void)state;
	assert_non_null(out);
	fwrite("<topology\0 version", 1, 18, out);
	fclose(out);
	refuse(TOPO_XML, path_of("zero.xml"), EINVAL, "no hwloc XML");
}

static void topologies_without_cpus(void **state)
{
	static const char none[] =
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n<topology version=\"2.0\">\n"
		"<object type=\"Machine\" os_index=\"0\" cpuset=\"0x0\" complete_cpuset=\"0x0\" "
		"allowed_cpuset=\"0x0\" nodeset=\"0x1\" complete_nodeset=\"0x1\" "
		"allowed_nodeset=\"0x1\" gp_index=\"1\">\n"
		"<object type=\"NUMANode\" os_index=\"0\" cpuset=\"0x0\" complete_cpuset=\"0x0\" "
		"nodeset=\"0x1\" complete_nodeset=\"0x1\" gp_index=\"2\"/>\n"
		"</object>\n</topology>\n";

	(void)state;
	refuse(TOPO_XML, file_with("none.xml", none), EINVAL, "topology");
}

static void synthetic_nonsense(void **state)
{
	(void)state;
	refuse(TOPO_SYNTHETIC, "nonsense", EINVAL, "synthetic");
	refuse(TOPO_SYNTHETIC, "", EINVAL, "synthetic");
	refuse(TOPO_SYNTHETIC, "pu:0", EINVAL, "synthetic");
	refuse(TOPO_SYNTHETIC, "core:-1 pu:1", EINVAL, "synthetic");
	refuse(TOPO_SYNTHETIC, "core:4097 pu:1", E2BIG, "4096");
	refuse(TOPO_SYNTHETIC, "numa:100000 core:100000 pu:100000", E2BIG, "4096");
	refuse(TOPO_SYNTHETIC, "4 4 99999999999999999999", E2BIG, "4096");
	refuse(TOPO_SYNTHETIC, "core:2 pu:1(indexes=0,4096)", E2BIG, "4096");
}

static void synthetic_machines(void **state)
{
	static const struct {
		const char *description;
		int cpus;
	} cases[] = { { "2 2 2", 8 },
		      { "pu:4096", 4096 },
		      { "numa:2(memory=16GB) l3:1(size=800000000) core:4 pu:2", 16 },
		      { "package:2 [numa(memory=64GB)] l2:2 core:2 pu:2(indexes=core:numa)", 16 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct topo *topo = load_ok(TOPO_SYNTHETIC, cases[i].description);

		assert_int_equal(topo->nr_cpus, cases[i].cpus);
		check_invariants(topo);
		topo_free(topo);
	}
}

static void snapshots_without_a_machine(void **state)
{
	(void)state;
	refuse(TOPO_SYSFS, "/nonexistent", ENOENT, "No such file");
	refuse(TOPO_SYSFS, file_with("file", "text"), ENOTDIR, "Not a directory");
	refuse(TOPO_SYSFS, files.root, ENOENT, "sys/devices/system/cpu");
}

/* Nobody talks us into another machine, or into a crash, through the environment. */
static void the_environment_has_no_influence(void **state)
{
	struct topo *topo;
	char reason[512];

	(void)state;
	setenv("HWLOC_SYNTHETIC", "core:16 pu:4", 1);
	setenv("HWLOC_XMLFILE", "/nonexistent", 1);
	setenv("HWLOC_FSROOT", "/nonexistent", 1);
	setenv("HWLOC_COMPONENTS", "synthetic,stop", 1);
	setenv("HWLOC_THISSYSTEM", "0", 1);
	setenv("HWLOC_XML_VERBOSE", "1", 1);
	assert_int_equal(load_quietly((struct topo_source){ .type = TOPO_LIVE, .arg = NULL }, &topo,
				      reason, sizeof(reason)),
			 0);
	assert_int_equal(topo->nr_cpus, sysconf(_SC_NPROCESSORS_ONLN));
	assert_true(topo->this_system);
	assert_string_equal(topo->source_name, "live");
	check_invariants(topo);
	topo_free(topo);
	refuse(TOPO_XML, file_with("junk", "hello"), EINVAL, "no hwloc XML");
}

static void loading_moves_nobody(void **state)
{
	cpu_set_t before, after;
	struct topo *topo;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	topo = load_ok(TOPO_LIVE, NULL);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	topo_free(topo);
}

static void inputs_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(topo_source_of_input("package:2 core:4").type, TOPO_SYNTHETIC);
	assert_int_equal(topo_source_of_input("nothing-of-this-name.xml").type, TOPO_XML);
	assert_int_equal(topo_source_of_input("./x").type, TOPO_XML);
	assert_int_equal(topo_source_of_input(".xml").type, TOPO_SYNTHETIC);
	assert_int_equal(topo_source_of_input(file_with("named", "")).type, TOPO_XML);
}

/* The bound is generous: sanitizers and slow machines; the aim is 0.1 s for 2000 CPUs. */
static void large_machines_load_fast(void **state)
{
	struct timespec begin, end;
	struct topo *topo;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	topo = load_ok(TOPO_SYNTHETIC, "package:4 numa:8 l3:8 l2:8 core:1 pu:2");
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_int_equal(topo->nr_cpus, 4096);
	assert_int_equal(topo->nr_domains, 256);
	assert_int_equal(topo->nr_nodes, 32);
	assert_in_range(end.tv_sec - begin.tv_sec, 0, 2);
	check_invariants(topo);
	topo_free(topo);
	topo = load_ok(TOPO_SYNTHETIC, "numa:1024 core:4 pu:1");
	assert_int_equal(topo->nr_nodes, 1024);
	check_invariants(topo);
	topo_free(topo);
	topo = load_ok(TOPO_SYNTHETIC, "core:4096 pu:1");
	assert_int_equal(topo->nr_domains, 1);
	check_invariants(topo);
	topo_free(topo);
}

static void too_many_nodes(void **state)
{
	(void)state;
	refuse(TOPO_SYNTHETIC, "numa:1025 pu:1", E2BIG, "NUMA nodes");
}

/* As if the kernel had said so, whatever hwloc knows. */
static void cpus_can_be_taken_as_offline(void **state)
{
	struct topo_source source = { .type = TOPO_SYNTHETIC, .arg = "pack:2 l3:1 core:2 pu:2" };
	hwloc_bitmap_t offline = hwloc_bitmap_alloc();
	struct topo *topo;
	char reason[200];

	(void)state;
	source.offline = offline;
	hwloc_bitmap_set_range(offline, 3, 7);
	assert_int_equal(topo_load(&source, &topo, reason, sizeof(reason)), 0);
	assert_int_equal(topo->nr_cpus, 3);
	assert_int_equal(topo->nr_offline, 5);
	assert_int_equal(topo->nr_cpu_ids, 8);
	assert_int_equal(topo->nr_domains, 1);
	assert_null(topo_cpu(topo, 3));
	assert_int_equal(topo_cpu(topo, 2)->core, 1);
	topo_free(topo);
	hwloc_bitmap_set_range(offline, 0, 7);
	assert_int_equal(topo_load(&source, &topo, reason, sizeof(reason)), -EINVAL);
	assert_string_equal(reason, "no CPU would be left");
	hwloc_bitmap_free(offline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpus_can_be_taken_as_offline),
		cmocka_unit_test(files_that_are_no_topology),
		cmocka_unit_test(a_fifo_does_not_block),
		cmocka_unit_test(a_huge_file_is_not_read),
		cmocka_unit_test(a_zero_byte_hides_nothing),
		cmocka_unit_test(topologies_without_cpus),
		cmocka_unit_test(synthetic_nonsense),
		cmocka_unit_test(synthetic_machines),
		cmocka_unit_test(snapshots_without_a_machine),
		cmocka_unit_test(the_environment_has_no_influence),
		cmocka_unit_test(loading_moves_nobody),
		cmocka_unit_test(inputs_are_told_apart),
		cmocka_unit_test(large_machines_load_fast),
		cmocka_unit_test(too_many_nodes),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
