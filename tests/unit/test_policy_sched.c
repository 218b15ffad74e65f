/* SPDX-License-Identifier: GPL-2.0-only */
/* The cycle of a task after it has lined up: dispatch, running, tick, yield, sleep. */
#include "fake_env.h"
#include "bpf/sched.h"

/* --- Dispatch --- */

static void dispatch_takes_the_earlier_deadline(void **state)
{
	(void)state;
	fake_queue(CPU_DSQ(5), 1, 700);
	fake_queue(DOMAIN_DSQ(1), 1, 600);
	sched_dispatch(5, NULL);
	assert_int_equal(fake.nr_moves, 1);
	assert_int_equal(fake.moves[0], DOMAIN_DSQ(1));
	sched_dispatch(5, NULL);
	assert_int_equal(fake.moves[fake.nr_moves - 1], CPU_DSQ(5));
	assert_false(fake_is_idle(5));
}

static void dispatch_keeps_what_is_first(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.ctx.run_start_ns = 1000 * MS;
	fake_queue(DOMAIN_DSQ(1), 1, 5000 * MS);
	sched_dispatch(5, &p);
	assert_int_equal(fake.nr_moves, 0);
	assert_int_equal(counted(STAT_DSP_KEEP), 1);
	fake_dsq(DOMAIN_DSQ(1))->deadline_ns--;
	sched_dispatch(5, &p);
	assert_int_equal(fake.nr_moves, 1);
	assert_int_equal(counted(STAT_DSP_KEEP), 1);
}

/* Who waits was told that this CPU would be free, and so has left idle ones alone. */
static void an_idle_cpu_comes_when_a_hog_stays(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.ctx.run_start_ns = 1000 * MS;
	fake_queue(DOMAIN_DSQ(1), 1, 5000 * MS);
	sched_dispatch(5, &p);
	assert_int_equal(fake.nr_kicks, 0); /* none is idle */
	idle_set_cpu(&fake.cpus[6]);
	sched_dispatch(5, &p);
	assert_int_equal(counted(STAT_DSP_KEEP), 2);
	assert_int_equal(counted(STAT_DSP_CALL), 1);
	assert_int_equal(fake.nr_kicks, 1);
	assert_kicked(0, 6, ENV_KICK_IDLE);
	assert_false(fake_is_idle(6)); /* the next one calls another */
	idle_set_cpu(&fake.cpus[6]);
	fake.taken[6] = true;
	sched_dispatch(5, &p);
	assert_int_equal(counted(STAT_DSP_CALL), 1);
	fake.taken[6] = false;
	idle_set_cpu(&fake.cpus[6]);
	fake.nr_kicks = 0;
	fake_queue(DOMAIN_DSQ(1), 0, 0);
	fake_queue(CPU_DSQ(5), 1, 5000 * MS); /* may run nowhere else */
	sched_dispatch(5, &p);
	assert_int_equal(counted(STAT_DSP_KEEP), 4);
	assert_int_equal(fake.nr_kicks, 0);
}

static void a_yielding_task_goes_on_only_if_nobody_waits(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	fake.cpus[5].yielded = 1;
	fake_queue(DOMAIN_DSQ(1), 1, 9000 * MS);
	sched_dispatch(5, &p);
	assert_int_equal(counted(STAT_DSP_DOMAIN), 1);
	assert_int_equal(counted(STAT_DSP_KEEP), 0);
	/* Counted but not landed. */
	sched_dispatch(5, &p);
	assert_int_equal(counted(STAT_DSP_KEEP), 1);
	assert_int_equal(fake.cpus[5].yielded, 0);
	fake.domains[1].line = 0;
	fake.cpus[5].yielded = 1;
	sched_dispatch(5, &p);
	assert_int_equal(counted(STAT_DSP_KEEP), 2);
	assert_int_equal(counted(STAT_DSP_IDLE), 0);
}

static void dispatch_steals_before_idling_but_not_before_keeping(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	fake_queue(DOMAIN_DSQ(0), 1, 0);
	sched_dispatch(5, &p);
	assert_int_equal(counted(STAT_DSP_KEEP), 1);
	sched_dispatch(5, NULL);
	assert_int_equal(counted(STAT_DSP_STEAL_NODE), 1);
	assert_int_equal(counted(STAT_DSP_IDLE), 0);
	sched_dispatch(5, NULL);
	assert_int_equal(counted(STAT_DSP_IDLE), 1);
	assert_true(fake_is_idle(5));
}

static void dispatch_without_tables_does_nothing(void **state)
{
	(void)state;
	sched_dispatch(1000, NULL);
	fake.cpus[5].online = 0;
	fake_queue(DOMAIN_DSQ(1), 1, 0);
	sched_dispatch(5, NULL);
	assert_int_equal(counted(STAT_BAD_CPU), 2);
	assert_int_equal(fake.nr_moves, 0);
}

static void an_escaping_task_does_not_go_on(void **state)
{
	struct task_struct p = fake_task(6);

	(void)state;
	p.ctx.escaping = 1;
	sched_dispatch(6, &p);
	assert_int_equal(counted(STAT_DSP_KEEP), 0);
	assert_int_equal(counted(STAT_DSP_IDLE), 0);
	fake_queue(DOMAIN_DSQ(1), 1, 9000 * MS);
	sched_dispatch(6, &p);
	assert_int_equal(counted(STAT_DSP_DOMAIN), 1);
	assert_int_equal(counted(STAT_DSP_KEEP), 0);
	assert_int_equal(fake.domains[1].balance_ns, 0); /* nor is it a time to compare domains */
}

/* --- Running, stopping, sleep --- */

static void running_starts_a_stint(void **state)
{
	struct task_struct p = fake_task(5);
	struct cpu_ctx *c = &fake.cpus[5];

	(void)state;
	fake.domains[0].clock_ns = 9000 * MS;
	p.ctx.last_cpu = 0;
	p.ctx.domain = 0;
	p.ctx.vruntime_ns = 9003 * MS;
	p.ctx.deadline_ns = 9004 * MS;
	p.ctx.wait_start_ns = 996 * MS;
	c->yielded = 1;
	queue_enter_domain(&p.ctx, &fake.domains[0]);
	sched_running(&p);
	assert_int_equal(line_waiting(&fake.domains[0].line), 0);
	assert_int_equal(p.ctx.domain, 1);
	assert_int_equal(p.ctx.vruntime_ns, 5003 * MS);
	assert_int_equal(fake.domains[1].load, 100);
	assert_int_equal(fake.stats.wait_ns, 4 * MS);
	assert_int_equal(counted(STAT_RUN_MIGRATE_NODE), 1);
	assert_int_equal(counted(STAT_RUN_SWITCH), 1);
	assert_int_equal(p.ctx.last_cpu, 5);
	assert_int_equal(p.ctx.run_start_ns, 1000 * MS);
	assert_int_equal(c->run_start_ns, 1000 * MS);
	assert_int_equal(c->deadline_ns, 5004 * MS);
	assert_int_equal(c->yielded, 0);
	p.no_ctx = true;
	sched_running(&p);
	assert_int_equal(counted(STAT_RUN_SWITCH), 1);
}

/* The CPU did not ask whose turn it is, so it is told if somebody more urgent came meanwhile. */
static void check_was_next(enum task_queue queue, u64 first_ns, bool kicked)
{
	struct task_struct p = fake_task(5);

	fake.nr_kicks = 0;
	p.ctx.deadline_ns = 5000 * MS;
	queue_enter_cpu(&p.ctx, &fake.cpus[5], 5);
	p.ctx.queue = queue;
	fake_queue(DOMAIN_DSQ(1), first_ns != 0, first_ns);
	sched_running(&p);
	assert_int_equal(line_waiting(&fake.cpus[5].line), 0);
	assert_int_equal(fake.nr_kicks, kicked);
	if (!kicked)
		return;
	assert_int_equal(fake.kicks[0].cpu, 5);
	assert_int_equal(fake.kicks[0].how, ENV_KICK_PREEMPT);
}

/* A kick is lost where a higher class has the CPU, which then goes on with what it had. */
static void a_push_that_was_lost_is_made_again(void **state)
{
	struct task_struct p = fake_task(5), waker = fake_task(5);

	(void)state;
	fake.cpus[5].run_start_ns = 990 * MS;
	fake.cpus[5].deadline_ns = 6000 * MS;
	waker.ctx.deadline_ns = 5000 * MS;
	enqueue_preempt(&waker.ctx, &fake.cpus[5], 5);
	assert_int_equal(fake.nr_kicks, 1);
	p.ctx.deadline_ns = 6000 * MS;
	sched_running(&p);
	assert_int_equal(fake.nr_kicks, 2);
	assert_kicked(1, 5, ENV_KICK_PREEMPT);
	assert_int_equal(counted(STAT_KICK_AGAIN), 1);
	assert_int_equal(counted(STAT_KICK_PREEMPT), 2);
	sched_running(&p); /* once */
	assert_int_equal(fake.nr_kicks, 2);
	fake.cpus[5].run_start_ns = 990 * MS;
	fake.cpus[5].deadline_ns = 6000 * MS;
	enqueue_preempt(&waker.ctx, &fake.cpus[5], 5);
	sched_dispatch(5, NULL); /* the CPU asks */
	sched_running(&p);
	assert_int_equal(fake.nr_kicks, 3);
	enqueue_preempt(&waker.ctx, &fake.cpus[5], 5);
	p.ctx.deadline_ns--; /* another task, that was to run here next */
	sched_running(&p);
	assert_int_equal(fake.nr_kicks, 4);
	assert_int_equal(counted(STAT_KICK_AGAIN), 1);
}

static void who_came_meanwhile_is_not_passed(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	check_was_next(QUEUE_NEXT, 0, false);
	check_was_next(QUEUE_NEXT, 4999 * MS - 1, true);
	check_was_next(QUEUE_NEXT, 4999 * MS, false);
	check_was_next(QUEUE_CPU, 4000 * MS, false);
	assert_int_equal(counted(STAT_KICK_PREEMPT), 1);
	fake_queue(DOMAIN_DSQ(1), 0, 0);
	fake.machine.waiting_domains[0] = 0;
	fake_queue(CPU_DSQ(5), 1, 4000 * MS); /* another pinned one */
	p.ctx.deadline_ns = 5000 * MS;
	queue_enter_next(&p.ctx, &fake.cpus[5], 5);
	sched_running(&p);
	assert_int_equal(counted(STAT_KICK_PREEMPT), 2);
}

static void stopping_charges_it(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.ctx.run_start_ns = fake.cpus[5].run_start_ns = 990 * MS;
	p.ctx.load = fake.domains[1].load = 100;
	sched_stopping(&p, true);
	assert_int_equal(p.ctx.left_ns, 0);
	assert_int_equal(p.ctx.wait_start_ns, 1000 * MS);
	assert_int_equal(fake.cpus[5].run_start_ns, 0);
	assert_int_equal(p.ctx.run_start_ns, 0);
	assert_int_equal(p.ctx.vruntime_ns, 5010 * MS);
	assert_int_equal(p.ctx.awake_ns, 10 * MS);
	assert_int_equal(fake.domains[1].load, 100); /* it still wants to run */
	fake.cpus[5].run_start_ns = 1;
	p.no_ctx = true;
	sched_stopping(&p, true);
	assert_int_equal(fake.cpus[5].run_start_ns, 0);
	p.cpu = 1000;
	sched_stopping(&p, true);
}

static void who_leaves_does_not_count_any_more(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	lineup_join(&p, &p.ctx, &fake.domains[1]);
	p.ctx.escaping = 1;
	p.ctx.awake_ns = 7;
	sched_stopping(&p, false);
	assert_int_equal(fake.domains[1].load, 0);
	assert_int_equal(p.ctx.load, 0);
	assert_int_equal(p.ctx.escaping, 0);
	assert_int_equal(p.ctx.awake_ns, 7);
	assert_int_equal(p.ctx.left_ns, 1000 * MS);
	assert_int_equal(counted(STAT_RUN_SLEEP), 0);
}

/* As it may be after a while in which the kernel did without us. */
static void who_ran_elsewhere_leaves_that_domain(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	lineup_join(&p, &p.ctx, &fake.domains[0]);
	sched_stopping(&p, false);
	assert_int_equal(fake.domains[0].load, 0);
	assert_int_equal(fake.domains[1].load, 0);
}

static void sleep_shows_on_waking(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.ctx.awake_ns = 7;
	p.ctx.left_ns = 990 * MS;
	sched_enqueue(&p, ENV_ENQ_QUEUEING); /* it only got another affinity */
	assert_int_equal(p.ctx.awake_ns, 7);
	sched_enqueue(&p, ENV_ENQ_QUEUEING | ENV_ENQ_WAKEUP);
	assert_int_equal(p.ctx.awake_ns, 0);
	assert_int_equal(p.ctx.last_sleep_ns, 990 * MS);
	assert_int_equal(counted(STAT_RUN_SLEEP), 1);
	p.ctx.left_ns = 995 * MS;
	sched_select_cpu(&p, 5, ENV_ENQ_WAKEUP);
	assert_int_equal(p.ctx.last_sleep_ns, 995 * MS);
	assert_int_equal(counted(STAT_RUN_SLEEP), 2);
}

static void another_class_takes_who_waits(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	lineup_join(&p, &p.ctx, &fake.domains[1]);
	queue_enter_domain(&p.ctx, &fake.domains[1]);
	p.ctx.wait_start_ns = 5;
	p.ctx.escaping = 1;
	sched_disable(&p);
	assert_int_equal(fake.domains[1].load, 0);
	assert_int_equal(line_waiting(&fake.domains[1].line), 0);
	assert_int_equal(p.ctx.wait_start_ns, 0);
	assert_int_equal(p.ctx.escaping, 0);
	p.no_ctx = true;
	sched_disable(&p);
}

/* --- Tick and yield --- */

static void check_tick(bool cut)
{
	struct task_struct p = fake_task(5);

	p.slice_ns = 123;
	sched_tick(&p);
	assert_int_equal(p.slice_ns, cut ? 0 : 123);
}

static void a_slice_is_cut_once_others_wait(void **state)
{
	struct cpu_ctx *c = &fake.cpus[5];

	(void)state;
	check_tick(false); /* nothing of ours runs */
	c->run_start_ns = 900 * MS;
	check_tick(false); /* nobody waits */
	fake.domains[1].line = 4;
	check_tick(true);
	c->run_start_ns = 990 * MS;
	check_tick(true);
	c->run_start_ns = 990 * MS + 1;
	check_tick(false);
	fake.domains[1].line = 0;
	c->line = 1; /* the same as one on every CPU */
	check_tick(false);
	c->run_start_ns = 990 * MS;
	check_tick(true);
	c->run_start_ns = 1000 * MS + 1; /* clocks differ */
	check_tick(false);
	assert_int_equal(counted(STAT_TICK_CUT), 3);
}

static void a_tick_begins_an_escape(void **state)
{
	struct task_struct p = fake_task(6);

	(void)state;
	idle_set_cpu(&fake.cpus[0]);
	fake.cpus[6].run_start_ns = 990 * MS;
	p.slice_ns = 5;
	sched_tick(&p);
	assert_int_equal(p.slice_ns, 0);
	assert_int_equal(p.ctx.escaping, 1);
	assert_int_equal(counted(STAT_TICK_CUT), 0);
}

static void yield_ends_the_slice(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.slice_ns = 5;
	sched_yield(&p);
	assert_int_equal(p.slice_ns, 0);
	assert_int_equal(fake.cpus[5].yielded, 1);
}

/* --- The rest --- */

static void idle_cpus_come_and_go(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	sched_dispatch(5, NULL);
	assert_true(fake_is_idle(5));
	fake.now_ns += 4 * MS;
	sched_running(&p);
	assert_false(fake_is_idle(5));
	assert_int_equal(fake.cpus[5].idle_avg_ns, 1 * MS);
	fake.now_ns += 4 * MS;
	idle_set_cpu(&fake.cpus[5]);
	sched_running(&p); /* it was not idle, whatever its bit says */
	assert_true(fake_is_idle(5));
	assert_int_equal(fake.cpus[5].idle_avg_ns, 1 * MS);
}

static void who_finds_work_after_all_was_not_idle(void **state)
{
	(void)state;
	fake_queue(DOMAIN_DSQ(1), 1, 600);
	assert_false(dispatch_idle(&fake.cpus[5], &fake.domains[1], 5));
	assert_int_equal(fake.cpus[5].idle, 0);
	assert_int_equal(fake.cpus[5].idle_since_ns, 0);
	assert_false(fake_is_idle(5));
	assert_int_equal(counted(STAT_DSP_LOOK_AGAIN), 1);
}

static void a_new_task_starts_at_its_domains_clock(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	fake.domains[1].clock_ns = 6000 * MS;
	p.ctx.domain = 3;
	p.ctx.awake_ns = 5;
	p.ctx.left_ns = 3;
	sched_enable(&p);
	assert_int_equal(p.ctx.left_ns, 0);
	assert_int_equal(p.ctx.domain, 1);
	assert_int_equal(p.ctx.vruntime_ns, 6000 * MS);
	assert_int_equal(p.ctx.awake_ns, 0);
	assert_int_equal(p.ctx.last_sleep_ns, 1000 * MS);
	fake.cpus[5].online = 0;
	sched_enable(&p);
	assert_int_equal(p.ctx.domain, 0);
	assert_int_equal(p.ctx.vruntime_ns, 5000 * MS);
}

static void a_task_has_its_affinity_from_the_start(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.has_affinity = true;
	p.may_run[5] = true;
	sched_init_task(&p, &p.ctx);
	assert_int_equal(p.ctx.last_cpu, NO_CPU);
	assert_int_equal(p.ctx.allowed[0], 1ULL << 33);
	p.may_run[6] = true;
	sched_set_affinity(&p);
	assert_int_equal(p.ctx.allowed[0], 3ULL << 33);
	p.no_ctx = true;
	p.may_run[7] = true;
	sched_set_affinity(&p);
	assert_int_equal(p.ctx.allowed[0], 3ULL << 33);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(dispatch_takes_the_earlier_deadline, fake_four_domains),
		cmocka_unit_test_setup(dispatch_keeps_what_is_first, fake_four_domains),
		cmocka_unit_test_setup(an_idle_cpu_comes_when_a_hog_stays, fake_four_domains),
		cmocka_unit_test_setup(a_push_that_was_lost_is_made_again, fake_four_domains),
		cmocka_unit_test_setup(a_yielding_task_goes_on_only_if_nobody_waits,
				       fake_four_domains),
		cmocka_unit_test_setup(dispatch_steals_before_idling_but_not_before_keeping,
				       fake_four_domains),
		cmocka_unit_test_setup(dispatch_without_tables_does_nothing, fake_four_domains),
		cmocka_unit_test_setup(an_escaping_task_does_not_go_on, fake_hybrid),
		cmocka_unit_test_setup(running_starts_a_stint, fake_four_domains),
		cmocka_unit_test_setup(stopping_charges_it, fake_four_domains),
		cmocka_unit_test_setup(who_came_meanwhile_is_not_passed, fake_four_domains),
		cmocka_unit_test_setup(who_leaves_does_not_count_any_more, fake_four_domains),
		cmocka_unit_test_setup(who_ran_elsewhere_leaves_that_domain, fake_four_domains),
		cmocka_unit_test_setup(sleep_shows_on_waking, fake_four_domains),
		cmocka_unit_test_setup(another_class_takes_who_waits, fake_four_domains),
		cmocka_unit_test_setup(a_slice_is_cut_once_others_wait, fake_four_domains),
		cmocka_unit_test_setup(a_tick_begins_an_escape, fake_hybrid),
		cmocka_unit_test_setup(yield_ends_the_slice, fake_four_domains),
		cmocka_unit_test_setup(idle_cpus_come_and_go, fake_four_domains),
		cmocka_unit_test_setup(who_finds_work_after_all_was_not_idle, fake_four_domains),
		cmocka_unit_test_setup(a_new_task_starts_at_its_domains_clock, fake_four_domains),
		cmocka_unit_test_setup(a_task_has_its_affinity_from_the_start, fake_four_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
