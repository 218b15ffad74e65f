/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recorded machines against what libhwloc says of them: counts, last-level caches clipped to nodes,
 * and the kinds that their makers say they have. Run from the top of the repository.
 */
#include "invariants.h"

struct machine_facts {
	const char *file;
	int cpus, cores, l2, llcs, nodes, packages, kinds, offline, smt;
	const char *llc_sets;  /* of CPUs; NULL where the list would be long */
	const char *kind_sets; /* NULL where there is but one */
	const char *domains;   /* NULL: the LLCs */
	int remote_distance;   /* the largest */
};

static const struct machine_facts machines[] = {
	{ "01-intel-rpl-1370p-hybrid", 20, 14, 8, 1, 1, 1, 2, 0, 2, "0-19", "12-19 0-11", NULL,
	  10 },
	{ "02-intel-arl-225u-lpe", 14, 12, 5, 2, 1, 1, 3, 0, 2, "0-11 12-13", "12-13 4-11 0-3",
	  NULL, 10 },
	{ "04-arm-gb10-two-llc", 20, 20, 20, 2, 1, 1, 2, 0, 1, "0-9 10-19", "0-4,10-14 5-9,15-19",
	  NULL, 10 },
	{ "06-amd-2x9654-24ccx", 384, 192, 192, 24, 1, 2, 1, 0, 2,
	  "0-7,192-199 8-15,200-207 16-23,208-215 24-31,216-223 32-39,224-231 40-47,232-239 "
	  "48-55,240-247 56-63,248-255 64-71,256-263 72-79,264-271 80-87,272-279 88-95,280-287 "
	  "96-103,288-295 104-111,296-303 112-119,304-311 120-127,312-319 128-135,320-327 "
	  "136-143,328-335 144-151,336-343 152-159,344-351 160-167,352-359 168-175,360-367 "
	  "176-183,368-375 184-191,376-383",
	  NULL, NULL, 10 },
	{ "09-power9-smt4-asym-gpu-nodes", 176, 44, 24, 24, 2, 2, 1, 0, 4, NULL, NULL,
	  "0-7 8-15 16-19,44-47 20-27 28-35 36-43 48-55 56-63 64-71 72-79 80-87 88-91,164-167 "
	  "92-99 100-107 108-115 116-123 124-131 132-139 140-147 148-155 156-163 168-175",
	  40 },
	{ "12-x86-offline-cpu0-node0", 17, 17, 17, 2, 1, 2, 1, 7, 1,
	  "4,6,8,10,12,14,16,18,20 5,7,9,11,13,15,17,19", NULL, NULL, 10 },
	{ "16-intel-clx-snc2-2lm-memcache", 80, 40, 40, 4, 4, 2, 1, 0, 2,
	  "0,4,8,12,16,20,24,28,32,36,40,44,48,52,56,60,64,68,72,76 "
	  "2,6,10,14,18,22,26,30,34,38,42,46,50,54,58,62,66,70,74,78 "
	  "1,5,9,13,17,21,25,29,33,37,41,45,49,53,57,61,65,69,73,77 "
	  "3,7,11,15,19,23,27,31,35,39,43,47,51,55,59,63,67,71,75,79",
	  NULL, NULL, 21 },
	{ "25-synth-snapdragon-x-elite-no-l3", 12, 12, 3, 3, 1, 1, 1, 0, 1, "0-3 4-7 8-11", NULL,
	  NULL, 10 },
};

static void check_counts(const struct topo *topo, const struct machine_facts *machine)
{
	assert_int_equal(topo->nr_cpus, machine->cpus);
	assert_int_equal(topo->nr_cores, machine->cores);
	assert_int_equal(topo->nr_l2, machine->l2);
	assert_int_equal(topo->nr_llcs, machine->llcs);
	assert_int_equal(topo->nr_nodes, machine->nodes);
	assert_int_equal(topo->nr_packages, machine->packages);
	assert_int_equal(topo->nr_kinds, machine->kinds);
	assert_int_equal(topo->nr_offline, machine->offline);
	assert_int_equal(topo->smt_width, machine->smt);
	assert_false(topo->this_system);
}

static void check_far(const struct topo *topo, int expected)
{
	int far = 0;

	for (int i = 0; i < topo->nr_nodes * topo->nr_nodes; i++)
		far = topo->distances[i] > far ? topo->distances[i] : far;
	assert_int_equal(far, expected);
}

static void recorded_machines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		const struct machine_facts *machine = &machines[i];
		struct topo *topo;
		char path[128];

		print_message("%s\n", machine->file);
		snprintf(path, sizeof(path), "tests/fixtures/topologies/%s.xml", machine->file);
		topo = load_ok(TOPO_XML, path);
		check_counts(topo, machine);
		if (machine->llc_sets)
			CHECK_LLCS(topo, machine->llc_sets);
		if (machine->kind_sets)
			CHECK_KINDS(topo, machine->kind_sets);
		CHECK_DOMAINS(topo, machine->domains ? machine->domains : machine->llc_sets);
		check_far(topo, machine->remote_distance);
		check_invariants(topo);
		topo_free(topo);
	}
}

/* A container that may use two CPUs only: the scheduler still gets tasks for all of them. */
static void disallowed_cpus_are_in(void **state)
{
	struct topo *topo = load_ok(TOPO_XML, "tests/fixtures/topologies/01-disallowed.xml");

	(void)state;
	assert_int_equal(topo->nr_cpus, 20);
	assert_int_equal(topo->nr_offline, 0);
	for (int i = 0; i < topo->nr_cpus; i++)
		assert_int_equal(topo->cpus[i].disallowed, topo->cpus[i].cpu > 1);
	CHECK_DOMAINS(topo, "0-19");
	check_invariants(topo);
	topo_free(topo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_machines),
		cmocka_unit_test(disallowed_cpus_are_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
