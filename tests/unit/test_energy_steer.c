/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The controller against a plant whose power follows another law than the model's.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "energy_plant.h"

#define SEEDS 30

/* A second of plant and controller; false: nothing was decided. */
static bool run_second(struct plant *plant, struct steer *steer, bool has_energy)
{
	struct policy policy;
	struct energy_sample sample;

	steer_policy(steer, plant->now_ns, &policy);
	sample = plant_run(plant, &policy, NSEC_PER_SEC);
	sample.has_energy = has_energy;
	return steer_take(steer, &sample);
}

/* Runs plant and controller together; seconds until the order was right and stayed so, or -1. */
static int learn(struct plant *plant, struct steer *steer, u32 seconds, const u8 *right)
{
	int since = -1;

	for (u32 i = 0; i < seconds; i++) {
		run_second(plant, steer, true);
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

/* Counts how often a text was among the explanations. */
static u32 run_and_count(struct plant *plant, struct steer *steer, u32 seconds, const char *text)
{
	u32 found = 0;

	for (u32 i = 0; i < seconds; i++)
		if (run_second(plant, steer, true) && strstr(steer->explanation, text))
			found++;
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

/* Of which the kinds can be probed. */
static void start_even_load(struct plant *plant, struct steer *steer)
{
	plant_make(plant, 614, 1);
	plant->watts[0] = 2;
	plant->watts[1] = 6;
	plant->load = 0.8;
	start_saving(steer, plant);
}

static void test_a_change_of_load_spoils_a_probe(void **state)
{
	struct plant plant;
	struct steer steer;

	(void)state;
	start_even_load(&plant, &steer);
	assert_int_equal(run_and_count(&plant, &steer, 24, "probe: does"), 1);
	plant.load = 6;
	assert_int_equal(run_and_count(&plant, &steer, 5, "spoilt"), 1);
	assert_int_equal(steer.model.nr_probes, 0);
	steer_end(&steer);
}

static void test_a_lost_reading_spoils_a_probe_and_is_counted(void **state)
{
	struct plant plant;
	struct steer steer;
	struct policy policy;

	(void)state;
	start_even_load(&plant, &steer);
	run_second(&plant, &steer, false);
	assert_int_equal(run_and_count(&plant, &steer, 24, "probe: does"), 1);
	steer_policy(&steer, plant.now_ns, &policy);
	assert_int_equal(policy.lost_readings, 0);
	run_second(&plant, &steer, false);
	assert_string_equal(steer.explanation, "probe: spoilt by a lost reading of energy");
	steer_policy(&steer, plant.now_ns, &policy);
	assert_int_equal(policy.lost_readings, 1);
	assert_int_equal(policy.spoilt_probes, 1);
	assert_int_equal(run_and_count(&plant, &steer, 60, "learned"), 1);
	steer_end(&steer);
}

/* After 30 s, 60 s, 120 s ...; once one went well, the next to be spoilt counts as the first. */
static void test_only_probes_spoilt_in_a_row_delay_the_next(void **state)
{
	struct plant plant;
	struct steer steer;

	(void)state;
	start_even_load(&plant, &steer);
	for (u32 round = 0; round < 3; round++) {
		u32 waited = 0;

		while (!run_and_count(&plant, &steer, 1, "probe: does"))
			assert_true(++waited <= (round ? 60 : 25));
		run_second(&plant, &steer, false);
	}
	assert_int_equal(run_and_count(&plant, &steer, 115, "probe: does"), 0);
	assert_int_equal(run_and_count(&plant, &steer, 30, "learned"), 1);
	while (!run_and_count(&plant, &steer, 1, "probe: does"))
		;
	run_second(&plant, &steer, false);
	assert_int_equal(run_and_count(&plant, &steer, 35, "probe: does"), 1);
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
		run_second(&plant, &steer, false);
		assert_null(strstr(steer.explanation, "probe"));
	}
	steer_policy(&steer, plant.now_ns, &policy);
	assert_int_equal(policy.lost_readings, 0);
	assert_int_equal(policy.kind_order[0], 0);
	assert_true(policy.nr_active > 0);
	assert_int_equal(policy.confidence[0], 0);
	steer_end(&steer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranking_where_the_prior_is_right),
		cmocka_unit_test(test_ranking_where_the_prior_is_wrong),
		cmocka_unit_test(test_veto_where_packing_does_not_pay),
		cmocka_unit_test(test_no_veto_where_packing_pays),
		cmocka_unit_test(test_perf_wants_nothing),
		cmocka_unit_test(test_idle_is_left_alone),
		cmocka_unit_test(test_a_policy_lives_for_less_than_a_second_where_there_is_load),
		cmocka_unit_test(test_a_change_of_load_spoils_a_probe),
		cmocka_unit_test(test_a_lost_reading_spoils_a_probe_and_is_counted),
		cmocka_unit_test(test_only_probes_spoilt_in_a_row_delay_the_next),
		cmocka_unit_test(test_without_energy_the_order_is_static),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
