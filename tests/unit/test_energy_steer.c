/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The controller: the active CPUs by themselves, as properties over many seeds, and all of it
 * against a plant whose power follows another law than the model's.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "energy_plant.h"

#define SEEDS 30

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

/* Runs plant and controller together; seconds until the order was right and stayed so, or -1. */
static int learn(struct plant *plant, struct steer *steer, u32 seconds, const u8 *right)
{
	int since = -1;

	for (u32 i = 0; i < seconds; i++) {
		struct policy policy;
		struct energy_sample sample;

		steer_policy(steer, plant->now_ns, &policy);
		sample = plant_run(plant, &policy, NSEC_PER_SEC);
		steer_take(steer, &sample);
		if (memcmp(steer->model.order, right, steer->model.nr_kinds))
			since = -1;
		else if (since < 0)
			since = i + 1;
	}
	return since;
}

static void start_saving(struct steer *steer, struct plant *plant)
{
	assert_int_equal(steer_start(steer, &plant->machine), 0);
	steer_set_mode(steer, TOPO_MODE_POWERSAVE);
}

static void check_ranking(double small_w, double big_w, const u8 *right)
{
	u32 seconds = 60, slowest = 0;

	for (u64 seed = 1; seed <= SEEDS; seed++) {
		struct plant plant;
		struct steer steer;
		int since;

		plant_make(&plant, 614, seed);
		plant.noise = 0.08;
		plant.watts[0] = small_w;
		plant.watts[1] = big_w;
		plant.load = 0.4 + plant_random(&plant) * 0.8;
		start_saving(&steer, &plant);
		since = learn(&plant, &steer, seconds, right);
		if (since < 0)
			fail_msg("seed %u: wrong after %u s: %s", (u32)seed, seconds,
				 steer.explanation);
		slowest = (u32)since > slowest ? (u32)since : slowest;
		assert_true(steer.model.nr_probes > 0);
		steer_end(&steer);
	}
	print_message("E %.1f W, P %.1f W: right in %u of %u seeds, after %u s at most\n", small_w,
		      big_w, SEEDS, SEEDS, slowest);
}

static void test_ranking_where_the_prior_is_right(void **state)
{
	static const u8 right[] = { 0, 1 };

	(void)state;
	check_ranking(1.6, 6.0, right);
	check_ranking(3.0, 8.0, right);
}

/* Small cores that cost more for the same work than big ones. */
static void test_ranking_where_the_prior_is_wrong(void **state)
{
	static const u8 right[] = { 1, 0 };

	(void)state;
	check_ranking(6.0, 5.0, right);
	check_ranking(4.0, 4.0, right);
}

/* Readings without probes may move the numbers, never the ranking. */
static void test_readings_never_rank(void **state)
{
	struct plant plant;
	struct cost_model model;

	(void)state;
	plant_make(&plant, 614, 1);
	model_start(&model, &plant.machine);
	for (u32 i = 0; i < 3600; i++) {
		double busy[TOPO_MAX_KINDS] = { i % 5 * 0.2, i % 7 * 0.1 };

		model_read(&model, busy, 1.0 + 9.0 * busy[0] + 3.0 * busy[1], 1.0);
	}
	assert_true(model_cost_uj(&model, 0, MODEL_FULL) > model_cost_uj(&model, 1, MODEL_FULL));
	assert_int_equal(model.order[0], 0);
	assert_true(model.confidence[0] > 0.5 && model.confidence[0] < 1);
}

static void test_costs_close_together_keep_their_order(void **state)
{
	double more_busy[TOPO_MAX_KINDS] = { 1024.0 / 614, -1.0 };
	struct plant plant;
	struct cost_model model;

	(void)state;
	plant_make(&plant, 614, 1);
	model_start(&model, &plant.machine);
	for (u32 i = 0; i < 20; i++)
		model_probe(&model, more_busy, 0.2, 0.02); /* E a little dearer */
	assert_int_equal(model.order[0], 0);
	for (u32 i = 0; i < 20; i++)
		model_probe(&model, more_busy, 4.0, 0.02);
	assert_int_equal(model.order[0], 1);
}

static void test_model_stays_within_bounds(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 100; seed++) {
		struct plant plant;
		struct cost_model model;

		plant_make(&plant, 300 + seed * 5, seed);
		model_start(&model, &plant.machine);
		for (u32 i = 0; i < 50; i++) {
			double row[TOPO_MAX_KINDS] = { plant_random(&plant) * 8 - 4,
						       plant_random(&plant) * 8 - 4 };

			model_probe(&model, row, plant_random(&plant) * 200 - 100,
				    0.001 + plant_random(&plant));
			for (u32 k = 0; k < model.nr_kinds; k++) {
				double change = model.watts[k] / model.prior_w[k];

				assert_true(change >= 0.199 && change <= 5.001);
				assert_true(model.confidence[k] >= 0 && model.confidence[k] < 1);
			}
			assert_true(model.order[0] + model.order[1] == 1);
		}
	}
}

/* Counts how often a text was among the explanations. */
static u32 run_and_count(struct plant *plant, struct steer *steer, u32 seconds, const char *text)
{
	u32 found = 0;

	for (u32 i = 0; i < seconds; i++) {
		struct policy policy;
		struct energy_sample sample;

		steer_policy(steer, plant->now_ns, &policy);
		sample = plant_run(plant, &policy, NSEC_PER_SEC);
		if (steer_take(steer, &sample) && strstr(steer->explanation, text))
			found++;
	}
	return found;
}

static void test_veto_where_packing_does_not_pay(void **state)
{
	struct plant plant;
	struct steer steer;
	struct policy policy;
	u32 vetoes;

	(void)state;
	plant_make(&plant, 1024, 3);
	plant.watts[0] = 5;
	plant.load = 1.0;
	plant.noise = 0.01;
	start_saving(&steer, &plant);
	assert_int_equal(run_and_count(&plant, &steer, 55, "veto"), 1);
	steer_policy(&steer, plant.now_ns, &policy);
	assert_int_equal(policy.reason, POLICY_VETO);
	assert_int_equal(policy.nr_active, 0);
	/* Back-off: 30 s, 60 s, 120 s ... with 20 s to try again in between. */
	vetoes = run_and_count(&plant, &steer, 1200, "veto");
	assert_in_range(vetoes, 3, 5);
	steer_end(&steer);
}

static void test_no_veto_where_packing_pays(void **state)
{
	struct plant plant;
	struct steer steer;
	struct policy policy;

	(void)state;
	plant_make(&plant, 1024, 3);
	plant.watts[0] = 5;
	plant.load = 0.5;
	plant.noise = 0.01;
	start_saving(&steer, &plant);
	steer.active.nr_cpus = 0;
	assert_int_equal(run_and_count(&plant, &steer, 10, "active"), 1);
	steer_policy(&steer, plant.now_ns, &policy);
	assert_true(policy.nr_active > 0 && policy.nr_active < PLANT_CPUS);
	assert_int_equal(__builtin_popcountll(policy.active[0]), policy.nr_active);
	steer_end(&steer);
}

static void test_perf_wants_nothing(void **state)
{
	struct plant plant;
	struct steer steer;
	struct policy policy;
	struct energy_sample sample = { .interval_ns = 1, .now_ns = 1 };

	(void)state;
	plant_make(&plant, 614, 1);
	steer_start(&steer, &plant.machine);
	assert_int_equal(steer_period_ns(&steer), 0);
	assert_false(steer_take(&steer, &sample));
	steer_policy(&steer, 5, &policy);
	assert_int_equal(policy.expires_ns, 0);
	assert_int_equal(policy.nr_active, 0);
	assert_int_equal(policy.kind_order[0], 1);
	steer_set_mode(&steer, TOPO_MODE_POWERSAVE);
	steer_policy(&steer, 5, &policy);
	assert_int_equal(policy.expires_ns, 5 + STEER_LIFETIME_NS);
	assert_int_equal(policy.kind_order[0], 0);
	steer_end(&steer);
}

static void test_idle_is_left_alone(void **state)
{
	struct plant plant;
	struct steer steer;

	(void)state;
	plant_make(&plant, 614, 1);
	plant.load = 0.01;
	start_saving(&steer, &plant);
	assert_int_equal(run_and_count(&plant, &steer, 60, "probe"), 0);
	assert_int_equal(steer_period_ns(&steer), STEER_IDLE_PERIOD_NS);
	plant.load = 2.0;
	run_and_count(&plant, &steer, 1, "");
	assert_int_equal(steer_period_ns(&steer), STEER_PERIOD_NS);
	steer_end(&steer);
}

/* Twice in a row it may be late; and nobody is woken up more often than there are readings. */
static void test_a_policy_lives_for_less_than_a_second_where_there_is_load(void **state)
{
	struct plant plant;
	struct steer steer;

	(void)state;
	plant_make(&plant, 614, 1);
	plant.load = 2.0;
	start_saving(&steer, &plant);
	for (u32 i = 0; i < 30; i++) {
		run_and_count(&plant, &steer, 1, "");
		assert_true(steer_expires_ns(&steer, 7) < 7 + NSEC_PER_SEC);
		assert_true(2 * steer_renewal_ns(&steer) < steer_expires_ns(&steer, 0));
	}
	plant.load = 0.01;
	for (u32 i = 0; i < 30; i++) {
		run_and_count(&plant, &steer, 1, "");
		assert_int_equal(steer_renewal_ns(&steer), steer_period_ns(&steer));
		assert_true(steer_expires_ns(&steer, 0) >=
			    steer_period_ns(&steer) + NSEC_PER_SEC / 2);
	}
	steer_end(&steer);
}

static void test_a_change_of_load_spoils_a_probe(void **state)
{
	struct plant plant;
	struct steer steer;

	(void)state;
	plant_make(&plant, 614, 1);
	plant.watts[0] = 2;
	plant.watts[1] = 6;
	plant.load = 0.8;
	start_saving(&steer, &plant);
	assert_int_equal(run_and_count(&plant, &steer, 24, "probe: does"), 1);
	plant.load = 6;
	assert_int_equal(run_and_count(&plant, &steer, 5, "spoilt"), 1);
	assert_int_equal(steer.model.nr_probes, 0);
	steer_end(&steer);
}

static void test_without_energy_the_order_is_static(void **state)
{
	struct plant plant;
	struct steer steer;
	struct policy policy;

	(void)state;
	plant_make(&plant, 614, 1);
	plant.load = 0.8;
	start_saving(&steer, &plant);
	for (u32 i = 0; i < 100; i++) {
		struct energy_sample sample;

		steer_policy(&steer, plant.now_ns, &policy);
		sample = plant_run(&plant, &policy, NSEC_PER_SEC);
		sample.has_energy = false;
		steer_take(&steer, &sample);
		assert_null(strstr(steer.explanation, "probe"));
	}
	assert_int_equal(policy.kind_order[0], 0);
	assert_true(policy.nr_active > 0);
	assert_int_equal(policy.confidence[0], 0);
	steer_end(&steer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefix_is_the_shortest_that_holds),
		cmocka_unit_test(test_prefix_takes_whole_cores),
		cmocka_unit_test(test_growth_is_instant_and_shrinking_slow),
		cmocka_unit_test(test_a_load_at_the_border_does_not_flutter),
		cmocka_unit_test(test_waits_grow_it_and_keep_it),
		cmocka_unit_test(test_ranking_where_the_prior_is_right),
		cmocka_unit_test(test_ranking_where_the_prior_is_wrong),
		cmocka_unit_test(test_readings_never_rank),
		cmocka_unit_test(test_costs_close_together_keep_their_order),
		cmocka_unit_test(test_model_stays_within_bounds),
		cmocka_unit_test(test_veto_where_packing_does_not_pay),
		cmocka_unit_test(test_no_veto_where_packing_pays),
		cmocka_unit_test(test_perf_wants_nothing),
		cmocka_unit_test(test_idle_is_left_alone),
		cmocka_unit_test(test_a_policy_lives_for_less_than_a_second_where_there_is_load),
		cmocka_unit_test(test_a_change_of_load_spoils_a_probe),
		cmocka_unit_test(test_without_energy_the_order_is_static),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
