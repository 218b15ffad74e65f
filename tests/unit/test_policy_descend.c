/* SPDX-License-Identifier: GPL-2.0-only */
/* Work comes down from dear cores: CPUs 0 and 1 are powerful, 2 and 3 small, of one domain. */
#include "fake_env.h"
#include "bpf/sched.h"

static int saving(void **state)
{
	fake_hybrid(state);
	fake_powersave();
	return 0;
}

static void runs(u32 cpu)
{
	fake.cpus[cpu].run_start_ns = 999 * MS + cpu;
}

static void assert_called(u32 cpu, u32 by)
{
	assert_int_equal(fake.nr_kicks, 1);
	assert_int_equal(fake.kicks[0].cpu, cpu);
	assert_int_equal(fake.kicks[0].how, ENV_KICK_PREEMPT);
	assert_int_equal(fake.cpus[cpu].called_by, by);
	assert_int_equal(counted(STAT_KICK_PREEMPT), 1);
}

static void an_idle_small_core_calls(void **state)
{
	(void)state;
	runs(1);
	runs(2);
	sched_dispatch(3, NULL);
	assert_called(1, 3);
	assert_true(fake_is_idle(3));
}

static void each_stint_is_called_once(void **state)
{
	(void)state;
	runs(0);
	assert_true(descend_call(3));
	assert_false(descend_call(2));
	assert_int_equal(fake.cpus[0].called_by, 3);
	fake.cpus[0].run_start_ns += MS;
	assert_true(descend_call(2));
	assert_int_equal(fake.nr_kicks, 2);
	fake.cpus[0].run_start_ns = 0; /* that stint is over */
	assert_false(descend_call(3));
	fake.cpus[0].run_start_ns = 1ULL << 32;
	assert_true(descend_call(3));
}

static void nobody_is_called(void **state)
{
	(void)state;
	sched_dispatch(3, NULL); /* nothing of ours runs */
	runs(2);
	sched_dispatch(3, NULL); /* as dear as that is this one */
	sched_dispatch(0, NULL); /* dearer */
	runs(4);
	sched_dispatch(3, NULL); /* far away */
	assert_int_equal(fake.nr_kicks, 0);
	runs(1);
	fake.conf.sets_speed = 1;
	sched_dispatch(3, NULL);
	fake.conf.sets_speed = 0;
	fake.policy.mode = TOPO_MODE_PERF;
	sched_dispatch(3, NULL);
	fake.no_policy = true;
	sched_dispatch(3, NULL);
	assert_int_equal(fake.nr_kicks, 0);
}

static void idle_dear_cores_are_not_called(void **state)
{
	(void)state;
	runs(0);
	runs(1);
	idle_set_cpu(&fake.cpus[0]); /* its task has ended, but for the bookkeeping */
	assert_true(descend_call(3));
	assert_called(1, 3);
}

/* What cost most first, by the order that was learned. */
static void the_order_decides_what_is_dear(void **state)
{
	(void)state;
	fake.policy.kind_order[0] = 1;
	fake.policy.kind_order[1] = 0;
	runs(1);
	runs(2);
	assert_false(descend_call(3));
	assert_true(descend_call(0));
	assert_called(2, 0);
}

/* --- The task --- */

static bool comes_down(struct task_struct *p, u32 cpu)
{
	fake.nr_kicks = fake.nr_inserts = 0;
	runs(cpu);
	sched_dispatch(3, NULL);
	sched_dispatch(cpu, p);
	if (p->ctx.escaping == TASK_STAYS)
		return false;
	assert_int_equal(p->ctx.escaping, TASK_DESCENDS);
	sched_enqueue(p, ENV_ENQ_QUEUEING);
	assert_int_equal(p->ctx.escaping, TASK_STAYS);
	return counted(STAT_FIT_DESCEND);
}

static void the_task_goes_to_who_called(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	idle_set_cpu(&fake.cpus[2]);
	p.ctx.awake_ns = 5 * MS - 1;
	assert_true(comes_down(&p, 0));
	assert_inserted_local(&p, 3, 20 * MS);
	assert_false(fake_is_idle(3));
	assert_true(fake_is_idle(2));
	assert_int_equal(fake.nr_kicks, 1); /* that by which it was called */
	assert_int_equal(counted(STAT_DSP_KEEP), 0);
	assert_int_equal(counted(STAT_ENQ_IDLE), 1);
}

static void who_has_computed_for_long_stays(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	p.ctx.awake_ns = 5 * MS;
	assert_false(comes_down(&p, 0));
	assert_int_equal(counted(STAT_DSP_KEEP), 1);
	p.ctx.awake_ns = 0;
	p.pinned = true;
	assert_false(comes_down(&p, 0));
}

static void where_we_set_clocks_it_stays(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	runs(0);
	sched_dispatch(3, NULL);
	fake.conf.sets_speed = 1;
	sched_dispatch(0, &p);
	assert_int_equal(p.ctx.escaping, TASK_STAYS);
}

static void another_stint_was_not_meant(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	runs(0);
	sched_dispatch(3, NULL);
	fake.cpus[0].run_start_ns += MS;
	sched_dispatch(0, &p);
	assert_int_equal(p.ctx.escaping, TASK_STAYS);
	fake.cpus[0].run_start_ns = 0;
	fake.cpus[0].called_stint = 0;
	sched_dispatch(0, &p);
	assert_int_equal(p.ctx.escaping, TASK_STAYS);
}

static void one_that_does_not_fit_goes_on(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	p.ctx.util = 410;
	p.ctx.util_ns = 1000 * MS;
	assert_false(comes_down(&p, 0));
	assert_int_equal(counted(STAT_DSP_KEEP), 1);
	p.ctx.util = 0;
	memset(p.ctx.allowed, 0, sizeof(p.ctx.allowed));
	p.ctx.allowed[0] = bit(fake.cpus[0].slot) | bit(fake.cpus[1].slot);
	fake.cpus[0].called_stint = 0;
	assert_false(comes_down(&p, 0));
	assert_int_equal(counted(STAT_DSP_KEEP), 2);
}

/* Or it would wait, or be sent anywhere, for nothing. */
static void one_whose_caller_is_busy_again_goes_on(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	runs(0);
	assert_true(descend_call(3));
	sched_dispatch(0, &p);
	assert_int_equal(p.ctx.escaping, TASK_STAYS);
	assert_int_equal(counted(STAT_DSP_KEEP), 1);
}

static void who_came_first_has_the_cpu(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	runs(0);
	sched_dispatch(3, NULL);
	sched_dispatch(0, &p);
	assert_true(idle_claim_cpu(&fake.cpus[3]));
	sched_enqueue(&p, ENV_ENQ_QUEUEING);
	assert_int_equal(p.ctx.escaping, TASK_STAYS);
	assert_int_equal(counted(STAT_FIT_DESCEND), 0);
	assert_int_equal(fake.nr_inserts, 1);
}

static void leaves(u32 enq)
{
	struct task_struct p = fake_task(0);

	fake.nr_kicks = 0;
	fake.cpus[0].called_by = 3;
	p.ctx.escaping = TASK_DESCENDS;
	idle_set_cpu(&fake.cpus[3]);
	sched_enqueue(&p, enq);
	assert_inserted_local(&p, 3, 20 * MS);
	fake.nr_inserts = 0;
}

/* Where nobody follows the task its CPU goes idle, and has not looked for work elsewhere. */
static void the_cpu_it_leaves_goes_idle(void **state)
{
	(void)state;
	leaves(ENV_ENQ_QUEUEING); /* somebody follows */
	assert_false(fake_is_idle(0));
	leaves(ENV_ENQ_QUEUEING | ENV_ENQ_LAST);
	assert_true(fake_is_idle(0));
	assert_int_equal(fake.cpus[0].idle, 1);
	assert_int_equal(fake.nr_kicks, 0);
	runs(0);
	fake.policy.kind_order[0] = 1;
	fake.policy.kind_order[1] = 0;
	runs(1);
	runs(2);
	leaves(ENV_ENQ_QUEUEING | ENV_ENQ_LAST);
	assert_called(2, 0); /* the small core is the dear one now */
	fake.machine.waiting_domains[0] = bit(1);
	leaves(ENV_ENQ_QUEUEING | ENV_ENQ_LAST);
	assert_int_equal(fake.kicks[0].cpu, 0);
	assert_int_equal(fake.kicks[0].how, ENV_KICK_IDLE);
}

static void whom_a_higher_class_took_has_not_called(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	fake.cpus[0].called_by = 3;
	idle_set_cpu(&fake.cpus[3]);
	fake.taken[3] = true;
	assert_false(descend_ends(&p, &p.ctx, 0, ENV_ENQ_QUEUEING));
	assert_int_equal(fake.nr_inserts, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_idle_small_core_calls, saving),
		cmocka_unit_test_setup(each_stint_is_called_once, saving),
		cmocka_unit_test_setup(nobody_is_called, saving),
		cmocka_unit_test_setup(idle_dear_cores_are_not_called, saving),
		cmocka_unit_test_setup(the_order_decides_what_is_dear, saving),
		cmocka_unit_test_setup(the_task_goes_to_who_called, saving),
		cmocka_unit_test_setup(who_has_computed_for_long_stays, saving),
		cmocka_unit_test_setup(where_we_set_clocks_it_stays, saving),
		cmocka_unit_test_setup(another_stint_was_not_meant, saving),
		cmocka_unit_test_setup(one_that_does_not_fit_goes_on, saving),
		cmocka_unit_test_setup(one_whose_caller_is_busy_again_goes_on, saving),
		cmocka_unit_test_setup(who_came_first_has_the_cpu, saving),
		cmocka_unit_test_setup(the_cpu_it_leaves_goes_idle, saving),
		cmocka_unit_test_setup(whom_a_higher_class_took_has_not_called, saving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
