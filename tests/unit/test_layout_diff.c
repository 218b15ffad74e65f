/* SPDX-License-Identifier: GPL-2.0-only */
/* What `topology --check` finds: tables that do not describe the machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "src/layout_diff.h"

struct machine_pair {
	struct topo *topo;
	struct layout wanted, found;
	char *text;
	size_t size;
	FILE *out;
};

static int set_up(void **state)
{
	const struct topo_source source = { .type = TOPO_SYNTHETIC,
					    .arg = "pack:2 l3:2 core:4 pu:2" };
	struct machine_pair *pair = calloc(1, sizeof(*pair));
	char why[256];

	assert_non_null(pair);
	assert_int_equal(topo_load(&source, &pair->topo, why, sizeof(why)), 0);
	assert_int_equal(layout_build(pair->topo, &pair->wanted), 0);
	assert_int_equal(layout_build(pair->topo, &pair->found), 0);
	pair->out = open_memstream(&pair->text, &pair->size);
	assert_non_null(pair->out);
	*state = pair;
	return 0;
}

static int tear_down(void **state)
{
	struct machine_pair *pair = *state;

	fclose(pair->out);
	free(pair->text);
	layout_free(&pair->wanted);
	layout_free(&pair->found);
	topo_free(pair->topo);
	free(pair);
	return 0;
}

static int diff(struct machine_pair *pair)
{
	int nr = layout_diff(pair->out, &pair->wanted, &pair->found);

	fflush(pair->out);
	return nr;
}

static void test_equal(void **state)
{
	struct machine_pair *pair = *state;

	assert_int_equal(diff(pair), 0);
	assert_int_equal(pair->size, 0);
}

/* A scheduler that runs has written clocks, loads, queues and idle CPUs. */
static void test_state_does_not_count(void **state)
{
	struct machine_pair *pair = *state;

	pair->found.domains[1].clock_ns = 123;
	pair->found.domains[1].idle_tiles = 1;
	pair->found.domains[1].line = 7;
	pair->found.tiles[1].idle = 5;
	pair->found.cpus[3].deadline_ns = 99;
	assert_int_equal(diff(pair), 0);
}

static void test_each_table(void **state)
{
	struct machine_pair *pair = *state;

	pair->found.conf.smt_width++;
	pair->found.cpus[3].domain = 2;
	pair->found.domains[1].nr_cpus = 3;
	pair->found.domains[1].rings[0].distance = 11;
	pair->found.tiles[0].slots ^= 1;
	pair->found.tiles[0].kind[0] ^= 1;
	pair->found.tiles[0].cpu[1] = 9;
	assert_int_equal(diff(pair), 7);
	assert_non_null(strstr(pair->text, "CPU 3: domain is 2, should be 0\n"));
	assert_non_null(strstr(pair->text, "domain 1: nr_cpus is 3, should be 8\n"));
	assert_non_null(strstr(pair->text, "domain 1, ring 0: distance is 11, should be 10\n"));
	assert_non_null(strstr(pair->text, "tile 0: slots is 0xfe, should be 0xff\n"));
	assert_non_null(strstr(pair->text, "tile 0: slot 1 is CPU 9, should be 1\n"));
}

/* A smaller machine: only what both have is compared, and the sizes differ. */
static void test_smaller(void **state)
{
	const struct topo_source source = { .type = TOPO_SYNTHETIC,
					    .arg = "pack:1 l3:1 core:1 pu:1" };
	struct machine_pair *pair = *state;
	struct topo *topo;
	char why[256];

	assert_int_equal(topo_load(&source, &topo, why, sizeof(why)), 0);
	layout_free(&pair->found);
	assert_int_equal(layout_build(topo, &pair->found), 0);
	topo_free(topo);
	assert_true(diff(pair) > 0);
	assert_non_null(strstr(pair->text, "machine: nr_cpus is 1, should be 32\n"));
}

static void test_domains(void **state)
{
	struct machine_pair *pair = *state;

	pair->found.cpus[5].online = 0;
	layout_list_domains(pair->out, &pair->found);
	fflush(pair->out);
	assert_string_equal(pair->text, "domain 0 node 0 cpus 0-4,6-7\n"
					"domain 1 node 0 cpus 8-15\n"
					"domain 2 node 0 cpus 16-23\n"
					"domain 3 node 0 cpus 24-31\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_equal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_state_does_not_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_each_table, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_smaller, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_domains, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
