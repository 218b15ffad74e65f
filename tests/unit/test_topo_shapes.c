/* SPDX-License-Identifier: GPL-2.0-only */
/* Domains of machines of every shape that is known to trip somebody up. */
#include "invariants.h"

struct shape {
	const char *name;
	const char *words;
	const char *domains;
	const char *rules; /* one letter a domain: l(lc) c(lipped) j(oined) n(o cache) */
	int nodes, packages;
};

static const struct shape shapes[] = {
	{ "one CPU", "P { N C }", "0", "n", 1, 1 },
	{ "a core with a cache and another one", "P { N L2:512 { C } L2:512 { C } }", "0-1", "j", 1,
	  1 },
	{ "hybrid: two kinds below an L3, low-power cores beside it",
	  "P { N L3:12288 { L2:2048 { C2 } L2:2048 { C2 } L2:4096 { C C C C } } L2:2048 { C C } }",
	  "0-7 8-9", "ll", 1, 1 },
	{ "no L3", "P { N L2:12288 { C C C C } L2:12288 { C C C C } }", "0-3 4-7", "ll", 1, 1 },
	{ "no cache known, clusters", "P { N G { C C C C } G { C C C C } }", "0-3 4-7", "nn", 1,
	  1 },
	{ "no cache known, a cluster that lost all cores but one",
	  "P { N G { C } G { C C C C } G { C C C } }", "0 1-4 5-7", "nnn", 1, 1 },
	{ "no cache known, lone cores in several clusters", "P { N G { C } G { C C } G { C } }",
	  "0,3 1-2", "nn", 1, 1 },
	{ "no cache known, no clusters", "P { N C2 C2 } P { N C2 C2 }", "0-3 4-7", "nn", 2, 2 },
	{ "L3s of one core each", "P { N L3:8192 { C8 } L3:8192 { C8 } L3:8192 { C8 } }", "0-23",
	  "j", 1, 1 },
	{ "L3s of one core in two nodes",
	  "P { N L3:8192 { C4 } L3:8192 { C4 } } P { N L3:8192 { C4 } L3:8192 { C4 } }", "0-7 8-15",
	  "jj", 2, 2 },
	{ "pairs of cores, and some alone",
	  "P { N L3:8192 { C4 C4 } L3:8192 { C4 } L3:8192 { C4 C4 } L3:8192 { C4 } }",
	  "0-7 8-11,20-23 12-19", "ljl", 1, 1 },
	{ "an L3 with one core left beside a full one",
	  "P { N L3:8192 { C2 C2 C2 } L3:8192 { C2 } }", "0-5 6-7", "ll", 1, 1 },
	{ "private L2s below nothing",
	  "P { N L2:512 { C } L2:512 { C } } P { N L2:512 { C } L2:512 "
	  "{ C } }",
	  "0-1 2-3", "jj", 2, 2 },
	{ "two nodes inside an L3", "P { L3:32768 { G { N C C } G { N C C } } }", "0-1 2-3", "cc",
	  2, 1 },
	{ "two nodes inside an L3, one core each", "P { L3:32768 { G { N C2 } G { N C2 } } }",
	  "0-1 2-3", "cc", 2, 1 },
	{ "several L3s in a node", "P { N L3:8192 { C C } L3:8192 { C C } L3:4096 { C C C } }",
	  "0-1 2-3 4-6", "lll", 1, 1 },
	{ "several nodes in a package",
	  "P { G { N L3:8192 { C C } L3:8192 { C C } } G { N L3:8192 { C C } L3:8192 { C C } } }",
	  "0-1 2-3 4-5 6-7", "llll", 2, 1 },
	{ "packages below an L3", "N L3:4096 { P { L2:512 { C C } C C } P { C } P { C } }", "0-5",
	  "l", 1, 3 },
	{ "an L3 of unknown size", "P { N L3:0 { C C C } }", "0-2", "l", 1, 1 },
	{ "a memory-side cache that poses as an L3",
	  "P { N K:16777216 { L2:1024 { C4 C4 } L2:1024 { C4 C4 } } }", "0-7 8-15", "ll", 1, 1 },
	{ "memory-only nodes with the CPUs of others",
	  "P { N N L3:8192 { C C } } P { N N L3:8192 { C C } }", "0-1 2-3", "ll", 2, 2 },
	{ "a memory-only node of the whole machine",
	  "N P { N L3:8192 { C C } } P { N L3:8192 { C C } }", "0-1 2-3", "ll", 2, 2 },
	{ "some CPUs without an L3, private L2s",
	  "P { N L3:8192 { L2:512 { C } L2:512 { C } } L2:512 { C } L2:512 { C } L2:512 { C } }",
	  "0-1 2-4", "lj", 1, 1 },
	{ "some CPUs without any cache", "P { N L2:4096 { C C } C C L2:4096 { C C } }",
	  "0-1 2-3 4-5", "lnl", 1, 1 },
	{ "clusters inside an L3", "P { N L3:65536 { G { C C C C } G { C C C C } } }", "0-7", "l",
	  1, 1 },
	{ "dies of lone cores",
	  "P { N D { L3:8192 { C2 } L3:8192 { C2 } } D { L3:8192 { C2 } L3:8192 "
	  "{ C2 } } }",
	  "0-3 4-7", "jj", 1, 1 },
	{ "holes in the numbering, no CPU 0",
	  "@3 P { N L3:8192 { C C @9 C } } @100 P { L3:8192 { C C } }", "3-4,9 100-101", "ll", 1,
	  2 },
	{ "threads without cores", "P { N L3:8192 { U U U } }", "0-2", "l", 1, 1 },
	{ "no packages", "N L3:8192 { C C } L3:8192 { C C }", "0-1 2-3", "ll", 1, 0 },
	{ "one P core and four E cores, no SMT",
	  "P { N L3:4096 { L2:512 { C } L2:1536 { C C C C } } }", "0-4", "l", 1, 1 },
	{ "the second threads offline on half of the cores", "P { N L3:8192 { C2 C C2 C } }", "0-5",
	  "l", 1, 1 },
	{ "an L4 above two L3s", "P { N L4:131072 { L3:8192 { C C } L3:8192 { C C } } }", "0-3",
	  "l", 1, 1 },
};

static void check_rules(const struct topo *topo, const char *expected)
{
	static const char letters[] = {
		[TOPO_RULE_LLC] = 'l',
		[TOPO_RULE_CLIPPED] = 'c',
		[TOPO_RULE_CLIMBED] = 'j',
		[TOPO_RULE_NOCACHE] = 'n',
	};

	assert_int_equal(strlen(expected), topo->nr_domains);
	for (int i = 0; i < topo->nr_domains; i++)
		assert_int_equal(letters[topo->domains[i].rule], expected[i]);
}

static void shapes_have_their_domains(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *shape = &shapes[i];
		struct topo *topo = machine_load(shape->words, "", "");

		print_message("%s\n", shape->name);
		CHECK_DOMAINS(topo, shape->domains);
		check_rules(topo, shape->rules);
		assert_int_equal(topo->nr_nodes, shape->nodes);
		assert_int_equal(topo->nr_packages, shape->packages);
		check_invariants(topo);
		topo_free(topo);
	}
}

/* Of the nodes that claim a CPU the smallest is its own, of equal ones the first. */
static void nodes_are_the_smallest(void **state)
{
	struct topo *topo =
		machine_load("N P { N L3:8192 { C C } } P { N N L3:8192 { C C } }", "", "");

	(void)state;
	assert_int_equal(topo->nr_nodes, 2);
	assert_int_equal(topo->nodes[0].os_index, 1);
	assert_int_equal(topo->nodes[1].os_index, 2);
	topo_free(topo);
}

/* Their own node is offline: they use the memory of the nearest one. */
static void cpus_without_a_node_join_the_nearest(void **state)
{
	struct topo *topo = machine_load("P { N L3:8192 { C C } } "
					 "P { G { N L3:8192 { C C } } G { L3:8192 { C C } } } "
					 "P { L3:8192 { C C } }",
					 "", "");

	(void)state;
	check_sets(topo->nodes, topo->nr_nodes, sizeof(*topo->nodes), "0-1,6-7 2-5");
	CHECK_DOMAINS(topo, "0-1 2-3 4-5 6-7");
	check_invariants(topo);
	topo_free(topo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_have_their_domains),
		cmocka_unit_test(nodes_are_the_smallest),
		cmocka_unit_test(cpus_without_a_node_join_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
