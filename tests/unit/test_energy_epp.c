/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EPP is put back, whoever has to do it.
 */
#include "tree.h"
#include "../../energy/epp.h"

struct machine {
	struct tree tree;
	char state_file[128];
	struct epp epp;
};

static int setup(void **state)
{
	struct machine *m = calloc(1, sizeof(*m));

	tree_make(&m->tree);
	snprintf(m->state_file, sizeof(m->state_file), "%s/state", m->tree.root);
	*state = m;
	return 0;
}

static const char *epp_path(int policy)
{
	static char path[128];

	snprintf(path, sizeof(path),
		 "sys/devices/system/cpu/cpufreq/policy%d/energy_performance_preference", policy);
	return path;
}

static void set(struct machine *m, int policy, const char *value)
{
	tree_write(&m->tree, epp_path(policy), value);
}

/* Sysfs takes what is written for all there is; a plain file keeps the rest of what was longer. */
static void expect(struct machine *m, int policy, const char *start)
{
	char path[512], text[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", m->tree.root, epp_path(policy));
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	text[strlen(start)] = '\0';
	assert_string_equal(text, start);
}

static void open_epp(struct machine *m)
{
	set(m, 0, "balance_performance\n");
	set(m, 4, "128\n");
	assert_int_equal(epp_open(&m->epp, m->tree.root, m->state_file), 0);
	assert_int_equal(m->epp.nr, 2);
}

static void test_saving_and_back(void **state)
{
	struct machine *m = *state;

	open_epp(m);
	expect(m, 0, "balance_performance");
	assert_int_equal(epp_set_saving(&m->epp, false), 0); /* nothing to do */
	assert_int_equal(epp_set_saving(&m->epp, true), 0);
	expect(m, 0, "power");
	expect(m, 4, "power");
	assert_int_equal(epp_set_saving(&m->epp, false), 0);
	expect(m, 0, "balance_performance");
	expect(m, 4, "128");
	epp_close(&m->epp);
}

static void test_next_start_puts_back_after_a_kill(void **state)
{
	struct machine *m = *state;

	open_epp(m);
	epp_set_saving(&m->epp, true);
	epp_close(&m->epp);
	assert_int_equal(epp_restore(m->tree.root, m->state_file), 2);
	expect(m, 0, "balance_performance");
	expect(m, 4, "128");
	assert_int_equal(access(m->state_file, F_OK), -1);
	assert_int_equal(epp_restore(m->tree.root, m->state_file), 0);
}

static void test_state_of_others_is_left_alone(void **state)
{
	static const char *const junk[] = { "", "hello\n", "scx_topo epp 2\npolicy0 power\n" };
	struct machine *m = *state;

	set(m, 0, "performance\n");
	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		tree_write(&m->tree, "state", junk[i]);
		assert_int_equal(epp_restore(m->tree.root, m->state_file), -EINVAL);
		assert_int_equal(access(m->state_file, F_OK), 0);
		expect(m, 0, "performance");
	}
}

/* Only values, only into files of policies. */
static void test_bad_lines_do_nothing(void **state)
{
	struct machine *m = *state;

	set(m, 0, "performance\n");
	tree_write(&m->tree, "state",
		   "scx_topo epp 1\n../../policy0 power\npolicy0\npolicy0 po/wer\npolicy0 \n"
		   "policy00 power\npolicyx power\n");
	assert_int_equal(epp_restore(m->tree.root, m->state_file), 0);
	expect(m, 0, "performance");
}

static void test_machine_without_epp(void **state)
{
	struct machine *m = *state;

	assert_int_equal(epp_open(&m->epp, m->tree.root, m->state_file), -ENOENT);
	assert_int_equal(access(m->state_file, F_OK), -1);
	assert_int_equal(epp_restore(m->tree.root, m->state_file), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(saving_and_back),
		TEST(next_start_puts_back_after_a_kill),
		TEST(state_of_others_is_left_alone),
		TEST(bad_lines_do_nothing),
		TEST(machine_without_epp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
