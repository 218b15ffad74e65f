/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cost model by itself: what may move its numbers, and what its ranking.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "energy_plant.h"

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

/* A light load: what there is beside the cores is clear after a few seconds, of them little is. */
static void test_light_load_shows_the_floor(void **state)
{
	double busy[TOPO_MAX_KINDS] = { 0.3, 0.05 };
	struct plant plant;
	struct cost_model model;
	double floor_w;

	(void)state;
	plant_make(&plant, 614, 1);
	model_start(&model, &plant.machine);
	floor_w = 2 * model.watts[model.nr_kinds];
	for (u32 i = 0; i < 5; i++)
		model_read(&model, busy, floor_w + 0.3 * model.prior_w[0] + 0.05 * model.prior_w[1],
			   1.0);
	assert_true(model.watts[model.nr_kinds] > 0.75 * floor_w);
	assert_true(model.watts[model.nr_kinds] < 1.1 * floor_w);
	assert_true(model.watts[0] < 1.4 * model.prior_w[0]);
}

/* After an hour of nothing to do it still takes a few seconds. */
static void test_idle_readings_do_not_hide_the_floor(void **state)
{
	double idle[TOPO_MAX_KINDS] = { 0 }, busy[TOPO_MAX_KINDS] = { 0.3, 0 };
	struct plant plant;
	struct cost_model model;

	(void)state;
	plant_make(&plant, 614, 1);
	model_start(&model, &plant.machine);
	for (u32 i = 0; i < 720; i++)
		model_read(&model, idle, 0.5, 5.0);
	for (u32 i = 0; i < 10; i++)
		model_read(&model, busy, 3.0 + 0.3 * model.prior_w[0], 1.0);
	assert_true(model.watts[model.nr_kinds] > 2);
	assert_true(model.watts[0] < 1.5 * model.prior_w[0]);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readings_never_rank),
		cmocka_unit_test(test_light_load_shows_the_floor),
		cmocka_unit_test(test_idle_readings_do_not_hide_the_floor),
		cmocka_unit_test(test_costs_close_together_keep_their_order),
		cmocka_unit_test(test_model_stays_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
