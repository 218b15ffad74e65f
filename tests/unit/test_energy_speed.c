/* SPDX-License-Identifier: GPL-2.0-only */
/* Clocks: whether they are ours to set, and which level of them the cost model chooses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "energy_plant.h"
#include "tree.h"
#include "../../energy/cpufreq.h"

#define POLICY "sys/devices/system/cpu/cpufreq/policy"

static void schedutil_is_found(void **state)
{
	struct tree tree;

	(void)state;
	tree_make(&tree);
	assert_false(cpufreq_is_schedutil(tree.root));
	tree_write(&tree, POLICY "0/scaling_governor", "performance\n");
	tree_write(&tree, POLICY "4/scaling_governor", "schedutil2\n");
	tree_write(&tree, "sys/devices/system/cpu/cpufreq/other/scaling_governor", "schedutil\n");
	assert_false(cpufreq_is_schedutil(tree.root));
	tree_write(&tree, POLICY "4/scaling_governor", "schedutil\n");
	assert_true(cpufreq_is_schedutil(tree.root));
	tree_remove(&tree);
	assert_false(cpufreq_is_schedutil(tree.root));
}

/* --- The model --- */

static void power_falls_faster_than_speed(void **state)
{
	(void)state;
	assert_true(fabs(model_level_power(1) - 1) < 1e-9);
	for (double speed = 0.4; speed < 0.99; speed += 0.1) {
		assert_true(model_level_power(speed) < speed);
		assert_true(model_level_power(speed) > 0.12);
		assert_true(model_level_power(speed) < model_level_power(speed + 0.1));
	}
	assert_true(model_level_speed(0) == 0.4 && model_level_speed(MODEL_FULL) == 1);
}

static void start(struct plant *plant, struct cost_model *model, bool sets_speed)
{
	plant_make(plant, 614, 1);
	plant->machine.sets_speed = sets_speed;
	model_start(model, &plant->machine);
}

static void little_work_is_done_fast_and_much_slowly(void **state)
{
	struct cost_model model;
	struct plant plant;

	(void)state;
	start(&plant, &model, true);
	model_choose_levels(&model, 0.05);
	assert_in_range(model.level[0], 2, MODEL_FULL);	    /* the floor is what costs */
	assert_in_range(model.level[1], 0, model.level[0]); /* less so with big cores */
	model_choose_levels(&model, 3);
	assert_int_equal(model.level[0], 0);
	assert_int_equal(model.level[1], 0);
}

/* By hand: a floor of 1.5 W and E cores of 2.3 W at 0.6 of P; which level takes the least power? */
static void the_level_chosen_is_the_best(void **state)
{
	static const double loads[] = { 0.01, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 4 };
	struct cost_model model;
	struct plant plant;

	(void)state;
	start(&plant, &model, true);
	for (u32 i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		double least = 1e9, chosen = 0;

		model_choose_levels(&model, loads[i]);
		for (u32 level = 0; level < MODEL_LEVELS; level++) {
			double busy = loads[i] / (model.capacity[0] * model_level_speed(level));
			double power =
				model.watts[2] * (1 - exp(-busy)) +
				busy * model.watts[0] * model_level_power(model_level_speed(level));

			least = fmin(least, power);
			if (level == model.level[0])
				chosen = power;
		}
		assert_true(chosen <=
			    least * 1.03001); /* if it is faster it may cost a little more */
	}
}

/* Full speed is chosen as long as it takes less than 3 % more than the best. */
static void the_faster_of_equals_is_chosen(void **state)
{
	struct cost_model model;
	struct plant plant;

	(void)state;
	start(&plant, &model, true);
	model.watts[0] = 1;
	model.watts[2] = 0.8; /* a little work: 1.80 at full speed, 1.77 at 0.8 */
	model_choose_levels(&model, 0.001);
	assert_int_equal(model.level[0], MODEL_FULL);
	model.watts[2] = 0.7; /* 1.70, 1.64 */
	model_choose_levels(&model, 0.001);
	assert_int_equal(model.level[0], MODEL_FULL - 1);
}

/* The cost that kinds are ranked by is that of the level they run at. */
static void cost_depends_on_level(void **state)
{
	struct cost_model model;
	struct plant plant;

	(void)state;
	start(&plant, &model, false);
	assert_int_equal(model.level[0], MODEL_FULL);
	assert_true(model_cost_uj(&model, 0, 0) < model_cost_uj(&model, 0, MODEL_FULL) * 6 / 10);
	assert_true(model_cost_uj(&model, 0, 1) < model_cost_uj(&model, 0, 2));
	/* A probe that says that both cost the same decides nothing at one level, and does at two.
	 */
	model_probe(&model, (double[TOPO_MAX_KINDS]){ 1 / model.capacity[0], -1 }, 0, 0.05);
	assert_int_equal(model.order[0], 0);
	model.level[1] = 0;
	model_probe(&model, (double[TOPO_MAX_KINDS]){ 1 / model.capacity[0], -1 }, 0, 0.05);
	assert_int_equal(model.order[0], 1);
}

/* --- Readings --- */

static void slow_work_counts_for_less(void **state)
{
	struct energy_counters before = { 0 }, now = { 0 };
	struct cpu_stats stats = { .busy_ns = 2 * NSEC_PER_SEC, .slow_ns = NSEC_PER_SEC };
	static const double capacity[TOPO_MAX_KINDS] = { 0.5, 1 };
	struct energy_sample sample = { 0 };

	(void)state;
	energy_counters_add(&now, 0, &stats);
	energy_sample_counters(&sample, &before, &now);
	assert_true(fabs(energy_sample_work(&sample, capacity) - 0.5) < 1e-9);
	assert_true(fabs(energy_sample_busy(&sample, 0) - 2 * model_level_power(0.5)) < 1e-9);
	assert_true(energy_sample_busy(&sample, 1) == 0);
	sample.slow_ns[0] = 0;
	assert_true(fabs(energy_sample_busy(&sample, 0) - 2) < 1e-9);
}

static void policy_of(bool sets_speed, double load, struct policy *policy)
{
	struct energy_sample sample;
	struct plant plant;
	struct steer steer;

	plant_make(&plant, 614, 1);
	plant.machine.sets_speed = sets_speed;
	plant.watts[0] = 2;
	plant.watts[1] = 8;
	plant.load = load;
	assert_int_equal(steer_start(&steer, &plant.machine), 0);
	steer_set_mode(&steer, TOPO_MODE_POWERSAVE);
	steer_policy(&steer, plant.now_ns, policy);
	assert_int_equal(policy->min_speed[0], 0); /* nothing is known of the load */
	assert_int_equal(policy->nr_active, sets_speed ? PLANT_CPUS : 0);
	for (u32 i = 0; i < 3; i++) {
		sample = plant_run(&plant, policy, NSEC_PER_SEC);
		steer_take(&steer, &sample);
		steer_policy(&steer, plant.now_ns, policy);
	}
	steer_end(&steer);
}

static void the_policy_has_a_floor(void **state)
{
	struct policy policy;

	(void)state;
	policy_of(true, 0.1, &policy);
	assert_in_range(policy.min_speed[0], 614, 1024);
	policy_of(true, 3, &policy);
	assert_int_equal(policy.min_speed[0], 0);
	policy_of(false, 0.1, &policy);
	assert_int_equal(policy.min_speed[0], 0);
	assert_int_equal(policy.min_speed[1], 0);
}

/* Without a controller, too: on few CPUs it would be done fast. */
static void unknown_work_is_spread_over_all(void **state)
{
	struct cost_model model;
	struct plant plant;
	struct policy policy;
	u64 slots = 0;

	(void)state;
	start(&plant, &model, true);
	energy_machine_policy(&plant.machine, TOPO_MODE_POWERSAVE, &policy);
	assert_int_equal(policy.nr_active, PLANT_CPUS);
	for (u32 i = 0; i < TOPO_MAX_WORDS; i++)
		slots += __builtin_popcountll(policy.active[i]);
	assert_int_equal(slots, PLANT_CPUS);
	energy_machine_policy(&plant.machine, TOPO_MODE_PERF, &policy);
	assert_int_equal(policy.nr_active, 0);
	start(&plant, &model, false);
	energy_machine_policy(&plant.machine, TOPO_MODE_POWERSAVE, &policy);
	assert_int_equal(policy.nr_active, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schedutil_is_found),
		cmocka_unit_test(power_falls_faster_than_speed),
		cmocka_unit_test(little_work_is_done_fast_and_much_slowly),
		cmocka_unit_test(the_level_chosen_is_the_best),
		cmocka_unit_test(the_faster_of_equals_is_chosen),
		cmocka_unit_test(cost_depends_on_level),
		cmocka_unit_test(slow_work_counts_for_less),
		cmocka_unit_test(the_policy_has_a_floor),
		cmocka_unit_test(unknown_work_is_spread_over_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
