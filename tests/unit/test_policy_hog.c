/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is a hog, and that a task which wakes pushes a hog off rather than others. */
#include "fake_env.h"
#include "bpf/sched.h"

static bool is_hog(u32 cpu)
{
	const struct cpu_ctx *c = &fake.cpus[cpu];

	return c->hog && fake.tiles[c->tile].hogs >> c->slot & 1;
}

static void a_task_that_has_computed_for_10_ms_is_a_hog(void **state)
{
	struct cpu_ctx *c = &fake.cpus[5];
	struct task_ctx t = { .awake_ns = 10 * MS };

	(void)state;
	hog_begins(&t, c, fake.now_ns);
	assert_true(is_hog(5));
	assert_int_equal(c->hog_ns, 0);
	hog_ends(c);
	assert_false(is_hog(5));
	assert_int_equal(fake.tiles[1].hogs, 0);

	t.awake_ns--;
	hog_begins(&t, c, fake.now_ns);
	assert_false(is_hog(5));
	assert_int_equal(c->hog_ns, 1000 * MS + 1);
	hog_tick(c);
	assert_false(is_hog(5));
	fake.now_ns++;
	hog_tick(c);
	assert_true(is_hog(5));
	assert_int_equal(c->hog_ns, 0);
}

static void who_sleeps_often_is_none(void **state)
{
	struct cpu_ctx *c = &fake.cpus[5];
	struct task_ctx t = { .awake_ns = 10 * MS, .sleep_freq = 4 * SLEEP_FREQ_SCALE };

	(void)state;
	c->hog_ns = 1; /* of the task before */
	hog_begins(&t, c, fake.now_ns);
	assert_false(is_hog(5));
	assert_int_equal(c->hog_ns, 0);
	hog_tick(c);
	assert_false(is_hog(5));
	t.sleep_freq--;
	hog_begins(&t, c, fake.now_ns);
	assert_true(is_hog(5));
}

static void it_ends_with_the_stint(void **state)
{
	struct cpu_ctx *c = &fake.cpus[5];
	struct task_ctx t = { 0 };

	(void)state;
	fake.tiles[1].hogs = bit(fake.cpus[6].slot);
	hog_begins(&t, c, fake.now_ns);
	hog_ends(c);
	assert_int_equal(c->hog_ns, 0);
	t.awake_ns = 10 * MS;
	hog_begins(&t, c, fake.now_ns);
	hog_ends(c);
	assert_int_equal(c->hog, 0);
	assert_int_equal(fake.tiles[1].hogs, bit(fake.cpus[6].slot)); /* another's */
}

static void a_hog_of_its_own_domain_is_the_victim(void **state)
{
	struct task_struct p = fake_task(5);
	const struct cpu_ctx *c = &fake.cpus[5];

	(void)state;
	assert_int_equal(hog_victim(&p.ctx, c, 5), 5);
	hog_show(&fake.cpus[0]); /* of another domain */
	assert_int_equal(hog_victim(&p.ctx, c, 5), 5);
	hog_show(&fake.cpus[4]);
	assert_int_equal(hog_victim(&p.ctx, c, 5), 4);
	hog_show(&fake.cpus[7]);
	assert_int_equal(hog_victim(&p.ctx, c, 5), 7); /* from the previous CPU on */
	hog_show(&fake.cpus[5]);
	assert_int_equal(hog_victim(&p.ctx, c, 5), 5);
}

static void nobody_is_pushed_off_where_the_task_may_not_run(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	hog_show(&fake.cpus[7]);
	memset(p.ctx.allowed, 0, sizeof(p.ctx.allowed));
	p.ctx.allowed[fake.tiles[1].word] = bit(fake.cpus[5].slot) | bit(fake.cpus[6].slot);
	assert_int_equal(hog_victim(&p.ctx, &fake.cpus[5], 5), 5);
	hog_show(&fake.cpus[6]);
	assert_int_equal(hog_victim(&p.ctx, &fake.cpus[5], 5), 6);
}

/* All four CPUs of the domain are busy; 7 runs a hog whose deadline is later. */
static void make_busy(void)
{
	u32 cpu;

	for (cpu = 4; cpu < 8; cpu++) {
		fake.cpus[cpu].run_start_ns = 990 * MS;
		fake.cpus[cpu].deadline_ns = 4900 * MS;
	}
	fake.cpus[7].deadline_ns = 5100 * MS;
	hog_show(&fake.cpus[7]);
}

static void a_waking_task_kicks_the_hog(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	make_busy();
	sched_enqueue(&p, ENV_ENQ_WAKEUP);
	assert_inserted_dsq(&p, DOMAIN_DSQ(1), 20 * MS, 5000 * MS);
	assert_int_equal(fake.nr_kicks, 1);
	assert_kicked(0, 7, ENV_KICK_PREEMPT);
	/* Not one whose deadline is earlier. */
	fake.nr_inserts = 0;
	fake.cpus[7].deadline_ns = 4900 * MS;
	sched_enqueue(&p, ENV_ENQ_WAKEUP);
	assert_int_equal(fake.nr_kicks, 1);
}

static void the_whole_cycle_marks_hogs(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.ctx.awake_ns = 2 * MS;
	sched_running(&p);
	assert_int_equal(fake.cpus[5].hog_ns, 1008 * MS);
	fake.now_ns += 8 * MS;
	sched_tick(&p);
	assert_true(is_hog(5));
	sched_stopping(&p, true);
	assert_false(is_hog(5));
}

/* --- Instead of an idle CPU --- */

#define SLEEPY (4 * SLEEP_FREQ_SCALE)

static s32 select_for(u32 prev, u32 sleep_freq, u32 how)
{
	struct task_struct p = fake_task(prev);

	p.ctx.sleep_freq = sleep_freq;
	return select_idle_cpu(&p.ctx, prev, how);
}

static void a_hog_at_home_comes_before_another_domain(void **state)
{
	(void)state;
	hog_show(&fake.cpus[7]);
	idle_set_cpu(&fake.cpus[0]);
	assert_int_equal(select_for(5, SLEEPY, SELECT_FAR | SELECT_PUSH), SELECT_HOG);
	assert_true(fake_is_idle(0));
	assert_int_equal(select_for(5, SLEEPY - 1, SELECT_FAR | SELECT_PUSH), 0);
	idle_set_cpu(&fake.cpus[0]);
	assert_int_equal(select_for(5, SLEEPY, SELECT_FAR), 0);
	idle_set_cpu(&fake.cpus[0]);
	fake.policy.mode = TOPO_MODE_POWERSAVE;
	assert_int_equal(select_for(5, SLEEPY, SELECT_FAR | SELECT_PUSH), 0);
	assert_int_equal(select_for(5, SLEEPY, SELECT_FAR | SELECT_PUSH), SELECT_NONE);
}

static void an_idle_cpu_at_home_comes_before_a_hog(void **state)
{
	(void)state;
	hog_show(&fake.cpus[7]);
	idle_set_cpu(&fake.cpus[0]);
	idle_set_cpu(&fake.cpus[6]);
	assert_int_equal(select_for(5, SLEEPY, SELECT_FAR | SELECT_PUSH), 6);
}

/* Two domains of two cores of two threads: one thread is idle at home, a core elsewhere. */
static void a_whole_core_elsewhere_comes_before_a_thread_and_a_hog(void **state)
{
	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 1, .domains = 2, .tiles = 1, .cores = 2, .smt = 2 });
	hog_show(&fake.cpus[4]);
	idle_set_cpu(&fake.cpus[6]);
	idle_set_cpu(&fake.cpus[0]), idle_set_cpu(&fake.cpus[1]);
	assert_int_equal(select_for(7, SLEEPY, SELECT_FAR | SELECT_PUSH), 0);
}

static void who_may_not_go_far_stays(void **state)
{
	(void)state;
	idle_set_cpu(&fake.cpus[0]);
	assert_int_equal(select_for(5, SLEEPY, 0), SELECT_NONE);
	fake.policy.mode = TOPO_MODE_POWERSAVE;
	assert_int_equal(select_for(5, SLEEPY, 0), SELECT_NONE);
	idle_set_cpu(&fake.cpus[6]);
	assert_int_equal(select_for(5, SLEEPY, 0), 6);
}

/* CPUs 4 and 5 are powerful, 6 and 7 small. */
static void a_hog_on_a_better_core_comes_before_a_lesser_one(void **state)
{
	const struct cpu_ctx *c = &fake.cpus[6];
	struct task_struct p = fake_task(6);

	(void)state;
	idle_set_cpu(&fake.cpus[7]);
	hog_show(&fake.cpus[6]); /* as small itself */
	assert_int_equal(select_for(6, SLEEPY, SELECT_FAR | SELECT_PUSH), 7);
	assert_int_equal(hog_victim(&p.ctx, c, 6), 6);
	idle_set_cpu(&fake.cpus[7]);
	hog_show(&fake.cpus[5]);
	assert_int_equal(select_for(6, SLEEPY, SELECT_FAR | SELECT_PUSH), SELECT_HOG);
	assert_int_equal(hog_victim(&p.ctx, c, 6), 5);
	fake.policy.mode = TOPO_MODE_POWERSAVE;
	assert_int_equal(hog_victim(&p.ctx, c, 6), 6);
	fake.policy.mode = TOPO_MODE_PERF;
	idle_set_cpu(&fake.cpus[4]);
	assert_int_equal(select_for(6, SLEEPY, SELECT_FAR | SELECT_PUSH), 4);
}

static void a_better_core_elsewhere_comes_before_a_hog(void **state)
{
	(void)state;
	fake.domains[1].kinds = 1; /* nothing but small cores at home */
	hog_show(&fake.cpus[7]);
	idle_set_cpu(&fake.cpus[0]);
	assert_int_equal(select_for(6, SLEEPY, SELECT_FAR | SELECT_PUSH), 0);
}

static void waking_it_waits_for_the_hog_to_give_way(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	make_busy();
	idle_set_cpu(&fake.cpus[0]);
	p.ctx.sleep_freq = SLEEPY;
	assert_int_equal(sched_select_cpu(&p, 5, ENV_ENQ_WAKEUP), 5);
	assert_int_equal(counted(STAT_SEL_HOG), 1);
	assert_int_equal(counted(STAT_SEL_NONE), 0);
	assert_int_equal(fake.nr_inserts, 0);
	sched_enqueue(&p, ENV_ENQ_WAKEUP);
	assert_inserted_dsq(&p, DOMAIN_DSQ(1), 20 * MS, 5000 * MS);
	assert_kicked(0, 7, ENV_KICK_PREEMPT);
}

static void a_hog_with_the_earlier_deadline_stays(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	make_busy();
	idle_set_cpu(&fake.cpus[0]);
	p.ctx.sleep_freq = SLEEPY;
	p.ctx.deadline_ns = 1; /* of its last turn */
	fake.cpus[7].deadline_ns = 4900 * MS;
	sched_enqueue(&p, ENV_ENQ_WAKEUP);
	assert_inserted_local(&p, 0, 20 * MS);
}

static void who_was_put_back_goes_far_when_it_has_settled(void **state)
{
	struct task_ctx t = { .joined_ns = 996 * MS + 1, .sleep_freq = HOG_SLEEP_FREQ };

	(void)state;
	assert_int_equal(enqueue_how(&t, ENV_ENQ_WAKEUP), SELECT_FAR | SELECT_PUSH);
	assert_int_equal(enqueue_how(&t, 0), 0);
	t.joined_ns--;
	assert_int_equal(enqueue_how(&t, 0), SELECT_FAR);
	t.joined_ns = 1000 * MS;
	fake.conf.nr_domains = 1;
	assert_int_equal(enqueue_how(&t, 0), SELECT_FAR);
}

static void coming_to_a_domain_is_noted(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	lineup_join(&p, &p.ctx, &fake.domains[1]);
	assert_int_equal(p.ctx.joined_ns, 0);
	lineup_join(&p, &p.ctx, &fake.domains[0]);
	assert_int_equal(p.ctx.joined_ns, 1000 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_task_that_has_computed_for_10_ms_is_a_hog,
				       fake_four_domains),
		cmocka_unit_test_setup(who_sleeps_often_is_none, fake_four_domains),
		cmocka_unit_test_setup(it_ends_with_the_stint, fake_four_domains),
		cmocka_unit_test_setup(a_hog_of_its_own_domain_is_the_victim, fake_four_domains),
		cmocka_unit_test_setup(nobody_is_pushed_off_where_the_task_may_not_run,
				       fake_four_domains),
		cmocka_unit_test_setup(a_waking_task_kicks_the_hog, fake_four_domains),
		cmocka_unit_test_setup(the_whole_cycle_marks_hogs, fake_four_domains),
		cmocka_unit_test_setup(a_hog_at_home_comes_before_another_domain,
				       fake_four_domains),
		cmocka_unit_test_setup(an_idle_cpu_at_home_comes_before_a_hog, fake_four_domains),
		cmocka_unit_test(a_whole_core_elsewhere_comes_before_a_thread_and_a_hog),
		cmocka_unit_test_setup(who_may_not_go_far_stays, fake_four_domains),
		cmocka_unit_test_setup(a_hog_on_a_better_core_comes_before_a_lesser_one,
				       fake_hybrid),
		cmocka_unit_test_setup(a_better_core_elsewhere_comes_before_a_hog, fake_hybrid),
		cmocka_unit_test_setup(waking_it_waits_for_the_hog_to_give_way, fake_four_domains),
		cmocka_unit_test_setup(a_hog_with_the_earlier_deadline_stays, fake_four_domains),
		cmocka_unit_test_setup(who_was_put_back_goes_far_when_it_has_settled,
				       fake_four_domains),
		cmocka_unit_test_setup(coming_to_a_domain_is_noted, fake_four_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
