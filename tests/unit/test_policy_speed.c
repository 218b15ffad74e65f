/* SPDX-License-Identifier: GPL-2.0-only */
/* How fast CPUs are asked to run, and work that is spread so that they need not run faster. */
#include "fake_env.h"
#include "bpf/sched.h"

#define BIG   0 /* CPU numbers of fake_hybrid() */
#define SMALL 2

static int set_up(void **state)
{
	fake_hybrid(state);
	fake_powersave();
	fake.conf.sets_speed = 1;
	fake.cpus[SMALL].capacity = 512;
	fake.policy.nr_active = 1;
	fake.policy.active[0] = bit(fake.cpus[1].slot); /* which is never idle here */
	return 0;
}

static void assert_asked(u32 nr, u32 cpu, u32 speed)
{
	assert_int_equal(fake.nr_speeds, nr);
	assert_int_equal(fake.speed_cpu, cpu);
	assert_int_equal(fake.speed_asked, speed);
	assert_int_equal(fake.cpus[cpu].speed, speed);
}

/* --- The formula --- */

static u32 wanted(u32 cpu, u32 cpu_util, u32 task_util)
{
	return speed_wanted(&fake.policy, &fake.cpus[cpu], cpu_util, task_util);
}

static void wants_the_larger_use_and_a_quarter(void **state)
{
	(void)state;
	assert_int_equal(wanted(BIG, 400, 200), 501);
	assert_int_equal(wanted(BIG, 100, 200), 251);
	assert_int_equal(wanted(SMALL, 100, 200), 501); /* twice as much of the small one */
	assert_int_equal(wanted(BIG, 0, 0), 1);		/* 0 means something else */
	assert_int_equal(wanted(BIG, 818, 0), 1023);
	assert_int_equal(wanted(BIG, 820, 0), 1024);
	assert_int_equal(wanted(SMALL, 0, 1024), 1024);
}

static void wants_no_less_than_the_floor_of_its_kind(void **state)
{
	(void)state;
	fake.policy.min_speed[0] = 614;
	assert_int_equal(wanted(SMALL, 100, 0), 614);
	assert_int_equal(wanted(SMALL, 800, 0), 1001);
	assert_int_equal(wanted(BIG, 100, 0), 126);
}

static void less_has_to_be_clearly_less(void **state)
{
	(void)state;
	assert_true(speed_differs(0, 0));
	assert_true(speed_differs(0, 1024));
	assert_true(speed_differs(800, 801));
	assert_false(speed_differs(800, 800));
	assert_false(speed_differs(800, 700));
	assert_true(speed_differs(800, 699));
}

/* --- When it asks --- */

static struct task_struct starts(u32 cpu, u32 util)
{
	struct task_struct p = fake_task(cpu);

	p.ctx.util = util;
	p.ctx.util_ns = fake.now_ns;
	sched_running(&p);
	return p;
}

static void asks_when_a_task_gets_on(void **state)
{
	(void)state;
	starts(SMALL, 200);
	assert_asked(1, SMALL, 501);
	assert_int_equal(counted(STAT_SPEED_UP), 1);
	starts(SMALL, 190); /* not clearly less */
	assert_asked(1, SMALL, 501);
	starts(SMALL, 100);
	assert_asked(2, SMALL, 251);
	assert_int_equal(counted(STAT_SPEED_UP), 1);
	assert_int_equal(counted(STAT_SPEED_DOWN), 1);
}

static void what_lies_back_counts_less(void **state)
{
	struct task_struct p = fake_task(BIG);

	(void)state;
	p.ctx.util = 400;
	p.ctx.util_ns = fake.now_ns - 32 * MS;
	sched_running(&p);
	assert_asked(1, BIG, 251);
}

static void a_new_task_counts_as_a_half(void **state)
{
	struct task_struct p = fake_task(SMALL);

	(void)state;
	sched_running(&p);
	assert_asked(1, SMALL, 641);
}

static void runs_at_full_speed_in_perf(void **state)
{
	struct task_struct p;

	(void)state;
	fake.policy.mode = TOPO_MODE_PERF;
	p = starts(SMALL, 1);
	assert_asked(1, SMALL, 1024);
	starts(SMALL, 1);
	assert_int_equal(fake.nr_speeds, 1);
	sched_tick(&p); /* the governor may have dropped it */
	assert_asked(2, SMALL, 1024);
	fake.cpus[SMALL].l2_mask = fake.cpus[3].l2_mask = 3 << 2;
	sched_dispatch(SMALL, NULL);
	assert_int_equal(fake.nr_speeds, 2);
	assert_int_equal(counted(STAT_SPEED_UP), 1);
	assert_int_equal(counted(STAT_SPEED_DOWN), 0);
}

static void runs_at_full_speed_when_others_wait(void **state)
{
	struct task_struct p;

	(void)state;
	fake_queue(DOMAIN_DSQ(0), 1, 9000 * MS);
	p = starts(BIG, 10);
	assert_asked(1, BIG, 1024);
	fake.domains[0].line = 0;
	sched_tick(&p);
	assert_asked(2, BIG, 13);
	fake_queue(CPU_DSQ(BIG), 1, 9000 * MS);
	sched_tick(&p);
	assert_asked(3, BIG, 1024);
}

static void is_faster_the_longer_a_task_computes(void **state)
{
	struct task_struct p;

	(void)state;
	p = starts(BIG, 0);
	fake.now_ns += 32 * MS;
	sched_tick(&p);
	assert_asked(2, BIG, 641); /* a half and a quarter of it */
	fake.now_ns += 64 * MS;
	sched_tick(&p);
	assert_asked(3, BIG, 961);
	fake.speed = 512; /* slow as it is it has done less */
	sched_tick(&p);
	assert_asked(4, BIG, 481);
}

static void the_use_of_a_cpu_is_noted(void **state)
{
	struct cpu_ctx *c = &fake.cpus[SMALL];
	struct task_struct p;

	(void)state;
	c->util_ns = fake.now_ns;
	p = starts(SMALL, 0);
	fake.speed = 768;
	fake.now_ns += 32 * MS;
	sched_stopping(&p, true);
	assert_int_equal(c->util, 384); /* of its own full speed */
	assert_int_equal(c->util_ns, fake.now_ns);
	assert_int_equal(p.ctx.util, 192); /* half of what the small core did at that speed */
	assert_int_equal(fake.stats.busy_ns, 32 * MS);
	assert_int_equal(fake.stats.slow_ns, 8 * MS);
}

static void idle_cpus_let_shared_clocks_go(void **state)
{
	struct cpu_ctx *c = &fake.cpus[SMALL];

	(void)state;
	starts(SMALL, 400);
	c->util = 800;
	c->util_ns = fake.now_ns;
	sched_dispatch(SMALL, NULL); /* its clock is its own */
	assert_int_equal(fake.nr_speeds, 1);
	c->l2_mask |= fake.cpus[3].l2_mask;
	fake.policy.min_speed[0] = 900;
	sched_dispatch(SMALL, NULL);
	assert_asked(2, SMALL, 512);
	c->util = 100;
	sched_dispatch(SMALL, NULL);
	assert_asked(3, SMALL, 126);
	assert_true(fake_is_idle(SMALL));
}

static void nothing_is_asked_elsewhere(void **state)
{
	struct task_struct p;

	(void)state;
	fake.conf.sets_speed = 0;
	fake.cpus[SMALL].l2_mask |= fake.cpus[3].l2_mask;
	p = starts(SMALL, 400);
	fake.now_ns += 8 * MS;
	sched_tick(&p);
	sched_stopping(&p, true);
	sched_dispatch(SMALL, NULL);
	assert_int_equal(fake.nr_speeds, 0);
	assert_int_equal(fake.cpus[SMALL].util, 0);
	assert_int_equal(fake.stats.slow_ns, 0);
}

/* --- Hot CPUs --- */

static u64 hot(void)
{
	return fake.tiles[0].hot;
}

static void runs(u32 cpu, u64 run_ns)
{
	struct task_struct p = fake_task(cpu);

	sched_running(&p);
	fake.now_ns += run_ns;
	sched_stopping(&p, true);
}

static void a_cpu_gets_hot_and_cools_down(void **state)
{
	struct task_struct p = fake_task(BIG);

	(void)state;
	fake.cpus[SMALL].util_ns = fake.now_ns;
	runs(SMALL, 10 * MS); /* 243 and a quarter */
	assert_int_equal(hot(), 0);
	runs(SMALL, 10 * MS); /* 429 */
	assert_int_equal(hot(), bit(fake.cpus[SMALL].slot));
	sched_dispatch(SMALL, NULL);
	sched_running(&p);
	sched_tick(&p);
	assert_int_equal(hot(), bit(fake.cpus[SMALL].slot));
	fake.now_ns += 40 * MS;
	sched_tick(&p); /* of another CPU */
	assert_int_equal(hot(), 0);
}

static void the_floor_is_not_hot(void **state)
{
	(void)state;
	assert_true(speed_is_hot(&fake.policy, &fake.cpus[SMALL], 328));
	assert_false(speed_is_hot(&fake.policy, &fake.cpus[SMALL], 326));
	fake.policy.min_speed[0] = 614;
	assert_false(speed_is_hot(&fake.policy, &fake.cpus[SMALL], 490));
	assert_true(speed_is_hot(&fake.policy, &fake.cpus[SMALL], 492));
	assert_true(speed_is_hot(&fake.policy, &fake.cpus[BIG], 328));
	fake.policy.mode = TOPO_MODE_PERF;
	speed_show_hot(&fake.cpus[BIG], 1024);
	assert_int_equal(hot(), 0);
}

static void cool_cpus_are_taken_first(void **state)
{
	struct task_struct p = fake_task(SMALL);

	(void)state;
	idle_set_cpu(&fake.cpus[SMALL]);
	idle_set_cpu(&fake.cpus[3]);
	assert_int_equal(select_idle_cpu(&p.ctx, SMALL, SELECT_FAR), SMALL);
	idle_set_cpu(&fake.cpus[SMALL]);
	fake.cpus[SMALL].util = 700;
	fake.cpus[SMALL].util_ns = fake.now_ns;
	fake.tiles[0].hot = bit(fake.cpus[SMALL].slot);
	assert_int_equal(select_idle_cpu(&p.ctx, SMALL, SELECT_FAR), 3);
	assert_int_equal(select_idle_cpu(&p.ctx, SMALL, SELECT_FAR),
			 SMALL); /* better than to wait */
	assert_int_equal(select_idle_cpu(&p.ctx, SMALL, SELECT_FAR), -1);
}

/* Then it is kind by kind, hot or not. */
static void nothing_is_spread_unless_cpus_are_packed(void **state)
{
	struct task_struct p = fake_task(BIG);

	(void)state;
	fake.policy.nr_active = 0;
	idle_set_cpu(&fake.cpus[BIG]);
	idle_set_cpu(&fake.cpus[SMALL]);
	fake.tiles[0].hot = bit(fake.cpus[SMALL].slot);
	assert_int_equal(select_idle_cpu(&p.ctx, BIG, SELECT_FAR), SMALL);
}

/* Of the 600 of the CPU 500 are its own. */
static void a_task_is_not_driven_away_by_itself(void **state)
{
	struct task_struct p = fake_task(SMALL);

	(void)state;
	p.ctx.util = 250;
	idle_set_cpu(&fake.cpus[SMALL]);
	idle_set_cpu(&fake.cpus[3]);
	fake.cpus[SMALL].util = 600;
	fake.tiles[0].hot = bit(fake.cpus[SMALL].slot);
	assert_int_equal(select_idle_cpu(&p.ctx, SMALL, SELECT_FAR), SMALL);
}

static void active_cpus_come_before_others(void **state)
{
	struct task_struct p = fake_task(BIG);

	(void)state;
	idle_set_cpu(&fake.cpus[BIG]);
	idle_set_cpu(&fake.cpus[SMALL]);
	fake.policy.nr_active = 1;
	fake.policy.active[0] = bit(fake.cpus[SMALL].slot);
	assert_int_equal(select_idle_cpu(&p.ctx, BIG, SELECT_FAR), SMALL);
	assert_int_equal(counted(STAT_SEL_SPILL), 0);
	idle_set_cpu(&fake.cpus[SMALL]);
	fake.tiles[0].hot = bit(fake.cpus[SMALL].slot);
	assert_int_equal(select_idle_cpu(&p.ctx, BIG, SELECT_FAR), BIG);
	assert_int_equal(counted(STAT_SEL_SPILL), 1);
	assert_int_equal(select_idle_cpu(&p.ctx, BIG, SELECT_FAR), SMALL);
}

/* A heavy task still passes small kinds over. */
static void heavy_tasks_go_by_kind(void **state)
{
	struct task_struct p = fake_task(SMALL);

	(void)state;
	p.ctx.util = 900;
	p.ctx.util_ns = fake.now_ns;
	idle_set_cpu(&fake.cpus[SMALL]);
	idle_set_cpu(&fake.cpus[BIG]);
	assert_int_equal(select_idle_cpu(&p.ctx, SMALL, SELECT_FAR), BIG);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(wants_the_larger_use_and_a_quarter),
		TEST(wants_no_less_than_the_floor_of_its_kind),
		TEST(less_has_to_be_clearly_less),
		TEST(asks_when_a_task_gets_on),
		TEST(what_lies_back_counts_less),
		TEST(a_new_task_counts_as_a_half),
		TEST(runs_at_full_speed_in_perf),
		TEST(runs_at_full_speed_when_others_wait),
		TEST(is_faster_the_longer_a_task_computes),
		TEST(the_use_of_a_cpu_is_noted),
		TEST(idle_cpus_let_shared_clocks_go),
		TEST(nothing_is_asked_elsewhere),
		TEST(a_cpu_gets_hot_and_cools_down),
		TEST(the_floor_is_not_hot),
		TEST(cool_cpus_are_taken_first),
		TEST(nothing_is_spread_unless_cpus_are_packed),
		TEST(a_task_is_not_driven_away_by_itself),
		TEST(active_cpus_come_before_others),
		TEST(heavy_tasks_go_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
