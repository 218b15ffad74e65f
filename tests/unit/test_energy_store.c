/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was learned survives the program, and nothing else does.
 */
#include "tree.h"
#include "energy_plant.h"
#include "../../energy/store.h"

static struct tree tree;
static char path[128];

static int setup(void **state)
{
	(void)state;
	tree_make(&tree);
	snprintf(path, sizeof(path), "%s/cost", tree.root);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_remove(&tree);
	return 0;
}

static void learn(struct cost_model *model, const struct plant *plant)
{
	double more_busy[TOPO_MAX_KINDS] = { 1024.0 / 614, -1.0 };

	model_start(model, &plant->machine);
	model_probe(model, more_busy, 5.0, 0.1);
}

static void test_goes_on_where_it_stopped(void **state)
{
	struct model_store store = { 0 }, again;
	struct cost_model model, recalled;
	struct plant plant;

	(void)state;
	plant_make(&plant, 614, 1);
	learn(&model, &plant);
	assert_int_equal(model.order[0], 1);
	store_keep(&store, &model, 77);
	assert_int_equal(store_write(path, &store), 0);
	assert_int_equal(store_read(path, &again), 0);
	model_start(&recalled, &plant.machine);
	assert_true(store_recall(&again, &recalled, 77));
	assert_memory_equal(recalled.order, model.order, sizeof(model.order));
	assert_int_equal(recalled.nr_probes, 1);
	for (u32 k = 0; k < 2; k++)
		assert_int_equal(model_cost_uj(&recalled, k, MODEL_FULL),
				 model_cost_uj(&model, k, MODEL_FULL));
}

static void test_another_machine_starts_anew(void **state)
{
	struct model_store store = { 0 };
	struct cost_model model, fresh;
	struct plant plant;

	(void)state;
	plant_make(&plant, 614, 1);
	learn(&model, &plant);
	store_keep(&store, &model, 77);
	model_start(&fresh, &plant.machine);
	assert_false(store_recall(&store, &fresh, 78));
	assert_int_equal(fresh.order[0], 0);
	assert_int_equal(fresh.nr_probes, 0);
}

static void test_damaged_files_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"scx_topo cost 2\n1 1 0\n0\n1 2 3\n4 5 6\n",
		"scx_topo cost 1\n1 1 0\n0\n1 2 3\n4 5\n",
		"scx_topo cost 1\n1 1 0\n0\n1 2 3\n4 5 6\n7\n",
		"scx_topo cost 1\n1 1 0\n0\n1 nan 3\n4 5 6\n",
		"scx_topo cost 1\n1 1 0\n0\n1 2x 3\n4 5 6\n",
		"scx_topo cost 1\n1 9 0\n0\n1 2 3\n4 5 6\n",
		"scx_topo cost 1\n1 0 0\n0\n1 2 3\n4 5 6\n",
		"scx_topo cost 1\n1 2 0\n0 0\n1 2 3 4\n4 5 6 7\n1 2 3 4\n",
	};
	struct model_store store;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		tree_write(&tree, "cost", bad[i]);
		assert_int_equal(store_read(path, &store), -EINVAL);
		assert_int_equal(store.signature, 0);
	}
	tree_write(&tree, "cost", "scx_topo cost 1\n1 1 0\n0\n1 2 3\n4 5 6\n");
	assert_int_equal(store_read(path, &store), 0);
	tree_delete(&tree, "cost");
	assert_int_equal(store_read(path, &store), -ENOENT);
}

static void test_nonsense_is_not_recalled(void **state)
{
	struct model_store store = { .signature = 77, .nr_kinds = 2, .order = { 1, 0 } };
	struct cost_model model;
	struct plant plant;

	(void)state;
	plant_make(&plant, 614, 1);
	model_start(&model, &plant.machine);
	store.matrix[0][0] = -1; /* no evidence can be negative: this divides by nothing */
	assert_false(store_recall(&store, &model, 77));
	assert_int_equal(model.order[0], 0);
	assert_true(model.watts[0] > 0);
}

static void test_nothing_learned_writes_nothing(void **state)
{
	struct model_store store = { 0 };

	(void)state;
	assert_int_equal(store_write(path, &store), 0);
	assert_int_equal(access(path, F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(goes_on_where_it_stopped),	      TEST(another_machine_starts_anew),
		TEST(damaged_files_are_refused),      TEST(nonsense_is_not_recalled),
		TEST(nothing_learned_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
