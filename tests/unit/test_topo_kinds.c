/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kinds of core, from files of /sys that say it well, badly or not at all, and from what hwloc
 * wrote into XML. Where no version of hwloc gets a machine right, the machine is here.
 */
#include "invariants.h"
#include "tree.h"

#define CPU "sys/devices/system/cpu/"

/* A machine of single-threaded cores as files. Lists of numbers have one for each CPU, 0 is none.
 */
struct files {
	const char *name;
	const char *vendor;	      /* NULL: not x86 */
	const char *online, *l3, *l2; /* lists of CPUs; caches are separated by spaces */
	const char *capacity, *max_mhz, *highest_perf, *ranking;
	const char *core, *atom, *lowpower; /* lists of CPUs */
	const char *kinds; /* expected: sets, names, capacities, the least powerful first */
	const char *names, *capacities;
};

static const struct files machines[] = {
	{ .name = "three tiers, CPU 1 offline",
	  .online = "0,2-7",
	  .l3 = "0-7",
	  .capacity = "250 250 250 250 855 855 855 1024",
	  .kinds = "0,2-3 4-6 7",
	  .names = "little mid big",
	  .capacities = "250 855 1024" },
	{ .name = "four designs in three tiers",
	  .online = "0-7",
	  .l3 = "0-7",
	  .capacity = "280 280 280 855 855 855 855 1024",
	  .kinds = "0-2 3-6 7",
	  .names = "little mid big",
	  .capacities = "280 855 1024" },
	{ .name = "favoured P cores",
	  .vendor = "GenuineIntel",
	  .online = "0-7",
	  .l3 = "0-7",
	  .l2 = "0 1 2 3 4-7",
	  .capacity = "985 985 1024 985 640 640 640 640",
	  .core = "0-3",
	  .atom = "4-7",
	  .kinds = "4-7 0-3",
	  .names = "E P",
	  .capacities = "640 1024" },
	{ .name = "E cores as fast as P cores",
	  .vendor = "GenuineIntel",
	  .online = "0-3",
	  .l3 = "0-3",
	  .capacity = "1024 1024 1000 1000",
	  .core = "0-1",
	  .atom = "2-3",
	  .kinds = "2-3 0-1",
	  .names = "E P",
	  .capacities = "1000 1024" },
	{ .name = "atoms outside of the L3",
	  .vendor = "GenuineIntel",
	  .online = "0-7",
	  .l3 = "0-5",
	  .l2 = "0 1 2-5 6-7",
	  .max_mhz = "4800 4800 3800 3800 3800 3800 2500 2500",
	  .core = "0-1",
	  .atom = "2-7",
	  .kinds = "6-7 2-5 0-1",
	  .names = "LP-E E P",
	  .capacities = "373 649 1024" },
	{ .name = "a list of low-power cores",
	  .vendor = "GenuineIntel",
	  .online = "0-5",
	  .l3 = "0-5",
	  .core = "0-1",
	  .atom = "2-5",
	  .lowpower = "4-5",
	  .kinds = "4-5 2-3 0-1",
	  .names = "LP-E E P",
	  .capacities = "420 640 1024" },
	{ .name = "an old kernel on a hybrid",
	  .vendor = "GenuineIntel",
	  .online = "0-7",
	  .l3 = "0-7",
	  .l2 = "0 1 2 3 4-7",
	  .highest_perf = "64 64 67 64 39 39 39 39",
	  .max_mhz = "5000 5000 5200 5000 3900 3900 3900 3900",
	  .kinds = "4-7 0-3",
	  .names = "E P",
	  .capacities = "596 1024" },
	{ .name = "equal cores in steps of frequency",
	  .vendor = "AuthenticAMD",
	  .online = "0-7",
	  .l3 = "0-7",
	  .max_mhz = "5759 5678 5531 5382 5233 5084 4935 4786",
	  .highest_perf = "236 231 226 221 216 211 206 201",
	  .kinds = "0-7",
	  .names = "",
	  .capacities = "1024" },
	{ .name = "dense cores in an L3 of their own",
	  .vendor = "AuthenticAMD",
	  .online = "0-5",
	  .l3 = "0-1 2-5",
	  .max_mhz = "5157 5157 3300 3300 3300 3300",
	  .kinds = "2-5 0-1",
	  .names = "E P",
	  .capacities = "655 1024" },
	{ .name = "a server with turbo steps",
	  .vendor = "GenuineIntel",
	  .online = "0-3",
	  .l3 = "0-3",
	  .highest_perf = "40 42 40 40",
	  .max_mhz = "4000 4200 4000 4000",
	  .kinds = "0-3",
	  .names = "",
	  .capacities = "1024" },
	{ .name = "capacities that say nothing",
	  .online = "0-3",
	  .l3 = "0-3",
	  .capacity = "1024 1024 1024 1024",
	  .max_mhz = "1800 1800 2400 2400",
	  .kinds = "0-1 2-3",
	  .names = "little big",
	  .capacities = "768 1024" },
	{ .name = "just one kind of capacity",
	  .online = "0-1",
	  .l3 = "0-1",
	  .capacity = "902 1024",
	  .kinds = "0-1",
	  .names = "",
	  .capacities = "1024" },
	{ .name = "just two kinds of capacity",
	  .online = "0-1",
	  .l3 = "0-1",
	  .capacity = "901 1024",
	  .kinds = "0 1",
	  .names = "little big",
	  .capacities = "901 1024" },
	{ .name = "just one step of frequency",
	  .online = "0-1",
	  .l3 = "0-1",
	  .max_mhz = "4250 5000",
	  .kinds = "0-1",
	  .names = "",
	  .capacities = "1024" },
	{ .name = "just two steps of frequency",
	  .online = "0-1",
	  .l3 = "0-1",
	  .max_mhz = "4249 5000",
	  .kinds = "0 1",
	  .names = "little big",
	  .capacities = "870 1024" },
	{ .name = "a capacity is missing",
	  .online = "0-3",
	  .l3 = "0-3",
	  .capacity = "400 0 1024 1024",
	  .kinds = "0-3",
	  .names = "",
	  .capacities = "1024" },
	{ .name = "more kinds than there may be",
	  .online = "0-9",
	  .l3 = "0-9",
	  .capacity = "100 130 160 200 300 400 500 600 800 1024",
	  .kinds = "0-2 3 4 5 6 7 8 9",
	  .names = "little mid6 mid5 mid4 mid3 mid2 mid big",
	  .capacities = "160 200 300 400 500 600 800 1024" },
	{ .name = "nothing at all",
	  .online = "0-3",
	  .kinds = "0-3",
	  .names = "",
	  .capacities = "1024" },
};

static void write_list(struct tree *tree, const char *path, const char *list)
{
	if (list)
		tree_write(tree, path, list);
}

static void write_numbers(struct tree *tree, const char *name, const char *numbers, int factor)
{
	char *end;

	for (int cpu = 0; numbers && *numbers; cpu++, numbers = end + strspn(end, " ")) {
		long number = strtol(numbers, &end, 10);
		char path[128];

		snprintf(path, sizeof(path), CPU "cpu%d/%s", cpu, name);
		if (number)
			tree_number(tree, path, (unsigned long long)number * factor);
	}
}

static void write_mask(struct tree *tree, const char *path, hwloc_const_bitmap_t cpus)
{
	char text[32];

	snprintf(text, sizeof(text), "%lx\n", hwloc_bitmap_to_ulong(cpus));
	tree_write(tree, path, text);
}

/* Caches are told by each of their CPUs. */
static void write_caches(struct tree *tree, const char *lists, int level, const char *size)
{
	hwloc_bitmap_t cpus = hwloc_bitmap_alloc();
	char copy[256] = "", path[128];
	int cpu;

	snprintf(copy, sizeof(copy), "%s", lists ? lists : "");
	for (char *list = strtok(copy, " "); list; list = strtok(NULL, " ")) {
		hwloc_bitmap_list_sscanf(cpus, list);
		hwloc_bitmap_foreach_begin(cpu, cpus) {
			char *name = path + snprintf(path, sizeof(path), CPU "cpu%d/cache/index%d/",
						     cpu, level);

			strcpy(name, "level");
			tree_number(tree, path, level);
			strcpy(name, "type");
			tree_write(tree, path, "Unified\n");
			strcpy(name, "size");
			tree_write(tree, path, size);
			strcpy(name, "shared_cpu_map");
			write_mask(tree, path, cpus);
		}
		hwloc_bitmap_foreach_end();
	}
	hwloc_bitmap_free(cpus);
}

static void write_cores(struct tree *tree, const struct files *files)
{
	hwloc_bitmap_t online = hwloc_bitmap_alloc(), self = hwloc_bitmap_alloc();
	char path[128];
	int cpu;

	hwloc_bitmap_list_sscanf(online, files->online);
	hwloc_bitmap_foreach_begin(cpu, online) {
		char *name = path + snprintf(path, sizeof(path), CPU "cpu%d/topology/", cpu);

		hwloc_bitmap_only(self, cpu);
		strcpy(name, "core_id");
		tree_number(tree, path, cpu);
		strcpy(name, "physical_package_id");
		tree_number(tree, path, 0);
		strcpy(name, "thread_siblings");
		write_mask(tree, path, self);
		strcpy(name, "core_siblings");
		write_mask(tree, path, online);
	}
	hwloc_bitmap_foreach_end();
	hwloc_bitmap_free(online);
	hwloc_bitmap_free(self);
}

/* hwloc takes the vendor from the first CPUs of each package. */
static void write_cpuinfo(struct tree *tree, const struct files *files)
{
	hwloc_bitmap_t online = hwloc_bitmap_alloc();
	char text[4096] = "";
	size_t used = 0;
	int cpu;

	hwloc_bitmap_list_sscanf(online, files->online);
	hwloc_bitmap_foreach_begin(cpu, online) {
		used += snprintf(text + used, sizeof(text) - used,
				 "processor\t: %d\nvendor_id\t: %s\ncpu family\t: 6\nmodel\t\t: 1\n"
				 "model name\t: Test\n\n",
				 cpu, files->vendor);
	}
	hwloc_bitmap_foreach_end();
	tree_write(tree, "proc/cpuinfo", files->vendor ? text : "");
	tree_write(tree, "proc/hwloc-nofile-info",
		   files->vendor ? "OSName: Linux\nArchitecture: x86_64\n"
				 : "OSName: Linux\nArchitecture: aarch64\n");
	hwloc_bitmap_free(online);
}

static void write_machine(struct tree *tree, const struct files *files)
{
	write_list(tree, CPU "online", files->online);
	write_list(tree, CPU "possible", "0-15");
	write_list(tree, "sys/devices/cpu_core/cpus", files->core);
	write_list(tree, "sys/devices/cpu_atom/cpus", files->atom);
	write_list(tree, "sys/devices/cpu_lowpower/cpus", files->lowpower);
	write_cores(tree, files);
	write_cpuinfo(tree, files);
	write_caches(tree, files->l2, 2, "2048K\n");
	write_caches(tree, files->l3, 3, "8192K\n");
	write_numbers(tree, "cpu_capacity", files->capacity, 1);
	write_numbers(tree, "cpufreq/cpuinfo_max_freq", files->max_mhz, 1000);
	write_numbers(tree, "acpi_cppc/highest_perf", files->highest_perf, 1);
	write_numbers(tree, "cpufreq/amd_pstate_prefcore_ranking", files->ranking, 1);
}

static void check_names(const struct topo *topo, const char *names, const char *capacities)
{
	char have_names[256] = "", have_capacities[256] = "";

	for (int i = 0; i < topo->nr_kinds; i++) {
		sprintf(have_names + strlen(have_names), "%s%s", i ? " " : "", topo->kinds[i].name);
		sprintf(have_capacities + strlen(have_capacities), "%s%d", i ? " " : "",
			topo->kinds[i].capacity);
	}
	assert_string_equal(have_names, names);
	assert_string_equal(have_capacities, capacities);
}

static void kinds_from_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		struct topo *topo;
		struct tree tree;

		print_message("%s\n", machines[i].name);
		tree_make(&tree);
		write_machine(&tree, &machines[i]);
		topo = load_ok(TOPO_SYSFS, tree.root);
		CHECK_KINDS(topo, machines[i].kinds);
		check_names(topo, machines[i].names, machines[i].capacities);
		assert_int_equal(topo->nr_cpu_ids, 16);
		assert_false(topo->this_system);
		check_invariants(topo);
		topo_free(topo);
		tree_remove(&tree);
	}
}

static void check_order(const struct topo *topo, enum topo_mode mode, const char *expected)
{
	char text[512] = "";
	int order[64];

	topo_order(topo, mode, order);
	for (int i = 0; i < topo->nr_cpus; i++)
		sprintf(text + strlen(text), "%s%d", i ? " " : "", topo->cpus[order[i]].cpu);
	assert_string_equal(text, expected);
}

static void favoured_cores_come_first(void **state)
{
	const struct files files = { .vendor = "AuthenticAMD",
				     .online = "0-3",
				     .l3 = "0-1 2-3",
				     .highest_perf = "200 190 180 170",
				     .ranking = "10 20 30 40" };
	struct topo *topo;
	struct tree tree;

	(void)state;
	tree_make(&tree);
	write_machine(&tree, &files);
	topo = load_ok(TOPO_SYSFS, tree.root);
	assert_int_equal(topo->nr_kinds, 1);
	assert_int_equal(topo_cpu(topo, 3)->favour, 40);
	check_order(topo, TOPO_MODE_PERF, "3 2 1 0");
	check_order(topo, TOPO_MODE_POWERSAVE, "3 2 1 0");
	topo_free(topo);
	tree_remove(&tree);
}

static void unreadable_numbers_say_nothing(void **state)
{
	static const char *const junk[] = { "abc\n",  "-5\n", "0\n",
					    "12x\n",  "",     "99999999999999999999\n",
					    "0x400\n" };
	const struct files files = { .online = "0-1", .l3 = "0-1", .capacity = "512 1024" };

	(void)state;
	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		struct topo *topo;
		struct tree tree;

		tree_make(&tree);
		write_machine(&tree, &files);
		tree_write(&tree, CPU "cpu0/cpu_capacity", junk[i]);
		topo = load_ok(TOPO_SYSFS, tree.root);
		assert_int_equal(topo->nr_kinds, 1);
		topo_free(topo);
		tree_remove(&tree);
	}
}

/* CPU kinds as hwloc writes them. */
struct registered {
	const char *name, *words, *infos, *cpukinds, *kinds, *names;
};

#define KIND(cpus, attributes, infos) \
	"<cpukind cpuset=\"" cpus "\"" attributes ">" infos "</cpukind>\n"
#define INFO(name, value) "<info name=\"" name "\" value=\"" value "\"/>"
#define INTEL		  INFO("CPUVendor", "GenuineIntel")

static const struct registered registered[] = {
	{ "two designs of one capacity, unranked", "P { N L3:8192 { C C C C C C } }", "",
	  KIND("0x3", "", INFO("LinuxCapacity", "300") INFO("CPUPart", "0xd46"))
		  KIND("0x4", "", INFO("LinuxCapacity", "855") INFO("CPUPart", "0xd47")) KIND(
			  "0x8", "", INFO("LinuxCapacity", "855") INFO("CPUPart", "0xd4d"))
			  KIND("0x30", "", INFO("LinuxCapacity", "1024") INFO("CPUPart", "0xd4e")),
	  "0-1 2-3 4-5", "little mid big" },
	{ "a kind for each capacity", "P { N L3:8192 { C C C C C } }", "",
	  KIND("0x3", " forced_efficiency=\"718\"", INFO("LinuxCapacity", "718"))
		  KIND("0x4", " forced_efficiency=\"997\"", INFO("LinuxCapacity", "997")) KIND(
			  "0x18", " forced_efficiency=\"1024\"", INFO("LinuxCapacity", "1024")),
	  "0-1 2-4", "little big" },
	{ "steps of frequency", "P { N L3:8192 { C C C } }", "",
	  KIND("0x1", "", INFO("FrequencyMaxMHz", "5300"))
		  KIND("0x2", "", INFO("FrequencyMaxMHz", "5000"))
			  KIND("0x4", "", INFO("FrequencyMaxMHz", "4700")),
	  "0-2", "" },
	{ "types and frequencies", "P { N L3:8192 { C C C } }", INTEL,
	  KIND("0x1", "", INFO("CoreType", "IntelAtom") INFO("FrequencyMaxMHz", "4000"))
		  KIND("0x6", "", INFO("CoreType", "IntelCore") INFO("FrequencyMaxMHz", "4200")),
	  "0 1-2", "E P" },
	{ "an atom outside of the L3", "P { N L3:8192 { C C } L2:2048 { C C } }", INTEL,
	  KIND("0xe", "", INFO("CoreType", "IntelAtom"))
		  KIND("0x1", "", INFO("CoreType", "IntelCore")),
	  "2-3 1 0", "LP-E E P" },
	{ "a ranking is all there is", "P { N L3:8192 { C C C } }", "",
	  KIND("0x2", " forced_efficiency=\"1\"", "") KIND("0x1", " forced_efficiency=\"2\"", "")
		  KIND("0x4", " forced_efficiency=\"7\"", ""),
	  "1 0 2", "little mid big" },
	{ "unranked without a fact", "P { N L3:8192 { C C C } }", "",
	  KIND("0x1", "", INFO("Colour", "red")) KIND("0x6", "", INFO("Colour", "blue")), "0-2",
	  "" },
	{ "CPUs without a kind", "P { N L3:8192 { C C C } }", "",
	  KIND("0x1", "", INFO("LinuxCapacity", "9")), "0-2", "" },
	{ "capacities that are none", "P { N L3:8192 { C C } }", "",
	  KIND("0x1", "", INFO("LinuxCapacity", "-1"))
		  KIND("0x2", "", INFO("LinuxCapacity", "12 apples")),
	  "0-1", "" },
};

static void kinds_from_xml(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(registered) / sizeof(registered[0]); i++) {
		const struct registered *r = &registered[i];
		struct topo *topo = machine_load(r->words, r->infos, r->cpukinds);
		char names[256] = "";

		print_message("%s\n", r->name);
		for (int k = 0; k < topo->nr_kinds; k++)
			sprintf(names + strlen(names), "%s%s", k ? " " : "", topo->kinds[k].name);
		CHECK_KINDS(topo, r->kinds);
		assert_string_equal(names, r->names);
		check_invariants(topo);
		topo_free(topo);
	}
}

static void orders_of_a_hybrid(void **state)
{
	struct topo *topo =
		machine_load("P { N L3:8192 { C2 C2 L2:2048 { C C } } L2:2048 { C C } }", INTEL,
			     KIND("0xf0", "", INFO("CoreType", "IntelAtom"))
				     KIND("0xf", "", INFO("CoreType", "IntelCore")));

	(void)state;
	/* Second threads come after E cores and before low-power ones. */
	check_order(topo, TOPO_MODE_PERF, "0 2 4 5 1 3 6 7");
	check_order(topo, TOPO_MODE_POWERSAVE, "6 7 4 5 0 1 2 3");
	topo_free(topo);
}

/* A second thread counts half of its core. */
static void second_threads_against_lesser_cores(void **state)
{
	static const struct {
		const char *kinds, *order;
	} cases[] = {
		{ KIND("0x4", "", INFO("LinuxCapacity", "513"))
			  KIND("0x3", "", INFO("LinuxCapacity", "1024")),
		  "0 2 1" },
		{ KIND("0x4", "", INFO("LinuxCapacity", "511"))
			  KIND("0x3", "", INFO("LinuxCapacity", "1024")),
		  "0 1 2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct topo *topo = machine_load("P { N L3:8192 { C2 C } }", "", cases[i].kinds);

		check_order(topo, TOPO_MODE_PERF, cases[i].order);
		check_order(topo, TOPO_MODE_POWERSAVE, "2 0 1");
		topo_free(topo);
	}
}

static void orders_of_a_server(void **state)
{
	struct topo *topo = machine_load("P { N L3:8192 { C2 C2 } L3:8192 { C2 C2 } } "
					 "P { N L3:8192 { C2 C2 } L3:8192 { C2 C2 } }",
					 "", "");

	(void)state;
	assert_int_equal(topo_distance(topo, 0, 1), 20); /* nothing is known */
	/* Nodes take turns, then domains, then cores, then threads. */
	check_order(topo, TOPO_MODE_PERF, "0 8 4 12 2 10 6 14 1 9 5 13 3 11 7 15");
	check_order(topo, TOPO_MODE_POWERSAVE, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15");
	topo_free(topo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_from_files),
		cmocka_unit_test(favoured_cores_come_first),
		cmocka_unit_test(unreadable_numbers_say_nothing),
		cmocka_unit_test(kinds_from_xml),
		cmocka_unit_test(orders_of_a_hybrid),
		cmocka_unit_test(second_threads_against_lesser_cores),
		cmocka_unit_test(orders_of_a_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
