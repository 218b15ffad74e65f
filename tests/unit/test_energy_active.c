/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The active CPUs by themselves, as properties over many seeds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "energy_plant.h"

/* The prefix holds the demand, and one core less would not. */
static void test_prefix_is_the_shortest_that_holds(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 200; seed++) {
		struct plant plant;
		double demand, held = 0, before = 0;
		u32 n;

		plant_make(&plant, 300 + seed * 3, seed);
		demand = plant_random(&plant) * 9;
		n = active_prefix(&plant.machine, plant.cpus, demand);
		assert_in_range(n, 1, PLANT_CPUS);
		for (u32 i = 0; i < n; i++) {
			before = held;
			held += plant.cpus[i].capacity / 1024.0 * 0.6;
		}
		assert_true(n == PLANT_CPUS || held >= demand * 1.25 - 1e-9);
		assert_true(n == 1 || before < demand * 1.25 + 1e-9);
	}
}

static void test_prefix_takes_whole_cores(void **state)
{
	struct plant plant;

	(void)state;
	plant_make(&plant, 1024, 1);
	for (u32 i = 0; i < PLANT_CPUS; i += 2)
		plant.cpus[i].ends_core = false;
	assert_int_equal(active_prefix(&plant.machine, plant.cpus, 0), 2);
	assert_int_equal(active_prefix(&plant.machine, plant.cpus, 1.0), 4);
}

/* Grows at once, by any amount; shrinks late, a kind at most; never to nothing. */
static void test_growth_is_instant_and_shrinking_slow(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 50; seed++) {
		struct plant plant;
		struct active active = { 0 };
		u64 now = 1000 * NSEC_PER_SEC, changed_ns = 0;

		plant_make(&plant, 614, seed);
		for (u32 i = 0; i < 500; i++) {
			double demand = plant_random(&plant) < 0.2 ? plant_random(&plant) * 6
								   : plant_random(&plant);
			u32 before = active.nr_cpus;
			u32 wanted = active_prefix(&plant.machine, plant.cpus, demand);

			now += (u64)(plant_random(&plant) * NSEC_PER_SEC);
			active_update(&active, &plant.machine, plant.cpus, demand, 100, 0, now);
			assert_true(active.nr_cpus >= wanted);
			assert_in_range(active.nr_cpus, 1, PLANT_CPUS);
			if (active.nr_cpus < before) {
				assert_true(now - changed_ns >= ACTIVE_SHRINK_HOLD_NS);
				assert_true(before <= 4 || active.nr_cpus >= 4);
			}
			if (active.nr_cpus > before)
				assert_true(active.nr_cpus == wanted);
			if (active.nr_cpus != before)
				changed_ns = now;
		}
	}
}

static void test_a_load_at_the_border_does_not_flutter(void **state)
{
	struct plant plant;
	struct active active = { 0 };
	u32 changes = 0;

	(void)state;
	plant_make(&plant, 614, 7);
	for (u32 i = 0; i < 1000; i++) {
		double demand = 0.576 * (0.9 + 0.2 * plant_random(&plant)); /* 2 CPUs or 3 */

		changes += active_update(&active, &plant.machine, plant.cpus, demand, 100, 0,
					 (1000 + i) * NSEC_PER_SEC);
	}
	assert_in_range(changes, 1, 3);
}

static void test_waits_grow_it_and_keep_it(void **state)
{
	struct plant plant;
	struct active active = { 0 };
	u64 now = 1000 * NSEC_PER_SEC;

	(void)state;
	plant_make(&plant, 614, 1);
	active_update(&active, &plant.machine, plant.cpus, 0.3, 1000, 10, now);
	assert_int_equal(active.nr_cpus, 2);
	assert_false(active_update(&active, &plant.machine, plant.cpus, 0.3, 1000, 10, now));
	assert_true(active_update(&active, &plant.machine, plant.cpus, 0.3, 1000, 11, now));
	assert_int_equal(active.nr_cpus, 4);
	assert_int_equal(active.reason, POLICY_WAITS);
	for (u32 i = 1; i < 10; i++)
		assert_false(active_update(&active, &plant.machine, plant.cpus, 0.3, 1000, 0,
					   now + i * NSEC_PER_SEC));
	active_update(&active, &plant.machine, plant.cpus, 0.3, 1000, 0, now + 11 * NSEC_PER_SEC);
	assert_true(active_update(&active, &plant.machine, plant.cpus, 0.3, 1000, 0,
				  now + 12 * NSEC_PER_SEC));
	assert_int_equal(active.nr_cpus, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefix_is_the_shortest_that_holds),
		cmocka_unit_test(test_prefix_takes_whole_cores),
		cmocka_unit_test(test_growth_is_instant_and_shrinking_slow),
		cmocka_unit_test(test_a_load_at_the_border_does_not_flutter),
		cmocka_unit_test(test_waits_grow_it_and_keep_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
