/* SPDX-License-Identifier: GPL-2.0-only */
/* Leaving a core that is too small. */
#include "fake_env.h"
#include "bpf/escape.h"

static void idle_range(u32 first, u32 last)
{
	while (first <= last)
		idle_set_cpu(&fake.cpus[first++]);
}

static void escape_is_due_after_10_ms_of_computing(void **state)
{
	struct task_struct p = fake_task(4);
	struct cpu_ctx *c = &fake.cpus[4];

	(void)state;
	c->run_start_ns = 1000 * MS;
	idle_set_cpu(&fake.cpus[0]);
	assert_false(escape_is_due(&p, &p.ctx, c, 1010 * MS - 1));
	assert_true(escape_is_due(&p, &p.ctx, c, 1010 * MS));
	p.ctx.run_ns = 7 * MS;
	assert_true(escape_is_due(&p, &p.ctx, c, 1003 * MS));
	assert_false(escape_is_due(&p, &p.ctx, c, 1003 * MS - 1));
	assert_false(escape_is_due(&p, &p.ctx, c, 999 * MS));
	p.pinned = true;
	assert_false(escape_is_due(&p, &p.ctx, c, 1010 * MS));
	p.pinned = false;
	/* Nice work stays in powersave. */
	p.weight = 99;
	assert_true(escape_is_due(&p, &p.ctx, c, 1010 * MS));
	fake_powersave();
	assert_false(escape_is_due(&p, &p.ctx, c, 1010 * MS));
	p.weight = 100;
	assert_true(escape_is_due(&p, &p.ctx, c, 1010 * MS));
	assert_true(idle_claim_cpu(&fake.cpus[0]));
	assert_false(escape_is_due(&p, &p.ctx, c, 1010 * MS));
}

static void escape_begins_once_and_on_lesser_kinds_only(void **state)
{
	struct task_struct p = fake_task(4);
	struct cpu_ctx *c = &fake.cpus[4];

	(void)state;
	idle_set_cpu(&fake.cpus[0]);
	fake.now_ns = 1005 * MS;
	assert_false(escape_begins(&p, c)); /* nothing runs */
	c->run_start_ns = 1000 * MS;
	assert_false(escape_begins(&p, c));
	assert_false(p.ctx.escaping);
	fake.now_ns = 1010 * MS;
	fake.cpus[0].run_start_ns = 1000 * MS;
	assert_false(escape_begins(&p, &fake.cpus[0])); /* the best kind */
	fake.conf.nr_kinds = 1;
	assert_false(escape_begins(&p, c));
	fake.conf.nr_kinds = 2;
	p.no_ctx = true;
	assert_false(escape_begins(&p, c));
	p.no_ctx = false;
	assert_true(escape_begins(&p, c));
	assert_true(p.ctx.escaping);
	assert_false(escape_begins(&p, c));
}

static void escape_finds_whole_better_cores(void **state)
{
	struct task_struct p = fake_task(4);

	(void)state;
	idle_set_cpu(&fake.cpus[0]), idle_range(6, 7), idle_range(18, 19);
	assert_int_equal(escape_find_cpu(&p.ctx, 0), -1); /* it is on the best kind */
	assert_int_equal(escape_find_cpu(&p.ctx, 4), -1); /* it has such cores at home */
	fake.domains[0].kinds = 1;
	assert_int_equal(escape_find_cpu(&p.ctx, 0), -1);
	assert_int_equal(escape_find_cpu(&p.ctx, 4), 18);
	assert_int_equal(escape_find_cpu(&p.ctx, 4), -1);
	assert_int_equal(escape_find_cpu(NULL, 4), -1);
	assert_int_equal(escape_find_cpu(&p.ctx, 1000), -1);
	/* Three kinds: the best first, then the one in between. */
	fake.conf.nr_kinds = 3;
	idle_range(10, 11);
	fake.tiles[0].kind[2] = fake.tiles[0].kind[1];
	fake.tiles[0].kind[1] = 0;
	idle_range(0, 1);
	assert_int_equal(escape_find_cpu(&p.ctx, 4), 0);
	assert_int_equal(escape_find_cpu(&p.ctx, 4), 10);
}

static void escape_ends_on_a_better_core(void **state)
{
	struct task_struct p = fake_task(4);

	(void)state;
	p.ctx.escaping = 1;
	p.ctx.run_ns = 5;
	idle_range(0, 1);
	assert_true(escape_ends(&p, &p.ctx, 4, 2));
	assert_int_equal(p.ctx.escaping, 0);
	assert_int_equal(p.ctx.run_ns, 0);
	assert_inserted_local(&p, 0, 20 * MS);
	assert_int_equal(fake.nr_kicks, 0);
	assert_int_equal(counted(STAT_FIT_ESCAPE), 1);
	assert_int_equal(counted(STAT_ENQ_IDLE), 1);
}

static void without_a_better_core_it_stays(void **state)
{
	struct task_struct p = fake_task(4);

	(void)state;
	p.ctx.escaping = 1;
	p.ctx.run_ns = 5;
	idle_set_cpu(&fake.cpus[0]);
	assert_false(escape_ends(&p, &p.ctx, 4, 2));
	assert_int_equal(p.ctx.escaping, 0);
	assert_int_equal(p.ctx.run_ns, 0);
	assert_int_equal(fake.nr_inserts, 0);
	assert_int_equal(fake.nr_kicks, 0);
	assert_int_equal(counted(STAT_FIT_STAY), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(escape_is_due_after_10_ms_of_computing, fake_hybrid_smt),
		cmocka_unit_test_setup(escape_begins_once_and_on_lesser_kinds_only,
				       fake_hybrid_smt),
		cmocka_unit_test_setup(escape_finds_whole_better_cores, fake_hybrid_smt),
		cmocka_unit_test_setup(escape_ends_on_a_better_core, fake_hybrid_smt),
		cmocka_unit_test_setup(without_a_better_core_it_stays, fake_hybrid_smt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
