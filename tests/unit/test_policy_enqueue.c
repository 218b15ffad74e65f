/* SPDX-License-Identifier: GPL-2.0-only */
/* A task becomes ready to run: it finds an idle CPU, waits in line, or preempts. */
#include "fake_env.h"
#include "bpf/sched.h"

#define WAKEUP	  ENV_ENQ_WAKEUP
#define REENQUEUE ENV_ENQ_REENQUEUE

static void assert_no_calls(void)
{
	assert_int_equal(fake.nr_inserts, 0);
	assert_int_equal(fake.nr_kicks, 0);
}

/* --- Enqueue's parts --- */

static void an_idle_cpu_gets_the_task_on_its_clock(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	fake.domains[2].clock_ns = 9000 * MS;
	p.ctx.vruntime_ns = 4000 * MS;
	fake.domains[2].line = 4;
	enqueue_idle_cpu(&p, &p.ctx, 8, WAKEUP);
	assert_inserted_local(&p, 8, 10 * MS);
	assert_int_equal(fake.inserts[0].enq, WAKEUP);
	assert_int_equal(p.ctx.domain, 2);
	assert_int_equal(p.ctx.vruntime_ns, 8980 * MS);
	fake.nr_inserts = 0;
	p.ctx.vruntime_ns = 8000 * MS;
	enqueue_idle_cpu(&p, &p.ctx, 8, 0);
	assert_int_equal(p.ctx.vruntime_ns, 8800 * MS);
	/* A CPU without tables still gets it. */
	fake.nr_inserts = 0;
	enqueue_idle_cpu(&p, &p.ctx, 1000, 0);
	assert_inserted_local(&p, 1000, 1 * MS);
}

static void preemption_needs_a_margin(void **state)
{
	struct cpu_ctx c = { .run_start_ns = 100, .deadline_ns = 1000 };

	(void)state;
	/* It has run for 50 so it would now line up at 1050. */
	assert_true(preempts(&c, 1039, 150, 10));
	assert_false(preempts(&c, 1040, 150, 10));
	assert_false(preempts(&c, 990, 90, 10)); /* clocks differ: it has run for nothing */
	assert_true(preempts(&c, 989, 90, 10));
	c.run_start_ns = 0;
	assert_false(preempts(&c, 0, 150, 10));
	c = (struct cpu_ctx){ .run_start_ns = 100, .deadline_ns = 5 };
	assert_true(preempts(&c, -20ULL, 100, 10));
}

static void a_preempted_cpu_is_kicked(void **state)
{
	struct task_struct p = fake_task(5);
	struct cpu_ctx *c = &fake.cpus[5];

	(void)state;
	c->run_start_ns = 990 * MS;
	c->deadline_ns = 5000 * MS;
	p.ctx.deadline_ns = 5009 * MS;
	enqueue_preempt(&p.ctx, c, 5);
	assert_int_equal(fake.nr_kicks, 0);
	p.ctx.deadline_ns--;
	enqueue_preempt(&p.ctx, c, 5);
	assert_int_equal(fake.nr_kicks, 1);
	assert_kicked(0, 5, ENV_KICK_PREEMPT);
	assert_int_equal(counted(STAT_ENQ_PREEMPT), 1);
	assert_int_equal(counted(STAT_KICK_PREEMPT), 1);
}

/* --- Select CPU --- */

static void a_waking_task_is_bound_for_an_idle_cpu(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	idle_set_cpu(&fake.cpus[6]);
	queue_enter_domain(&p.ctx, &fake.domains[1]);
	assert_int_equal(sched_select_cpu(&p, 5, WAKEUP), 6);
	assert_inserted_local(&p, 6, 20 * MS);
	assert_int_equal(fake.inserts[0].enq, WAKEUP);
	assert_int_equal(p.ctx.queue, QUEUE_NONE);
	assert_int_equal(line_waiting(&fake.domains[1].line), 0);
	assert_int_equal(fake.nr_kicks, 0); /* the kernel wakes it */
	assert_false(fake_is_idle(6));
}

static void with_no_idle_cpu_it_stays(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	assert_int_equal(sched_select_cpu(&p, 5, WAKEUP), 5);
	assert_int_equal(counted(STAT_SEL_NONE), 1);
	idle_set_cpu(&fake.cpus[6]);
	assert_int_equal(sched_select_cpu(&p, 1000, WAKEUP), 1000);
	fake.cpus[5].online = 0;
	assert_int_equal(sched_select_cpu(&p, 5, WAKEUP), 5);
	fake.cpus[5].online = 1;
	p.no_ctx = true;
	assert_int_equal(sched_select_cpu(&p, 5, WAKEUP), 5);
	assert_no_calls();
	assert_true(fake_is_idle(6));
}

/* --- Enqueue --- */

static void a_task_that_waits_stands_in_its_domains_queue(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	fake.cpus[5].run_start_ns = 1000 * MS;
	fake.cpus[5].deadline_ns = 5000 * MS;
	p.ctx.awake_ns = 3 * MS;
	sched_enqueue(&p, WAKEUP);
	assert_inserted_dsq(&p, DOMAIN_DSQ(1), 20 * MS, 5003 * MS);
	assert_int_equal(fake.nr_kicks, 0);
	assert_int_equal(p.ctx.queue, QUEUE_DOMAIN);
	assert_int_equal(fake.domains[1].line, 1ULL << 32 | 1);
	assert_int_equal(counted(STAT_ENQ_DOMAIN), 1);
	/* Enqueued again without having run: counted once. */
	sched_enqueue(&p, 0);
	assert_int_equal(line_waiting(&fake.domains[1].line), 1);
}

static void only_a_waking_task_preempts_and_has_credit(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	fake.cpus[5].run_start_ns = 990 * MS;
	fake.cpus[5].deadline_ns = 5100 * MS;
	p.ctx.vruntime_ns = 4000 * MS;
	sched_enqueue(&p, 0);
	assert_inserted_dsq(&p, DOMAIN_DSQ(1), 20 * MS, 4800 * MS);
	assert_int_equal(fake.nr_kicks, 0);
	fake.nr_inserts = 0;
	p.ctx.vruntime_ns = 4000 * MS;
	sched_enqueue(&p, WAKEUP);
	assert_inserted_dsq(&p, DOMAIN_DSQ(1), 20 * MS, 4980 * MS);
	assert_int_equal(fake.nr_kicks, 1);
	assert_kicked(0, 5, ENV_KICK_PREEMPT);
}

static void an_idle_cpu_gets_it_instead(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	idle_set_cpu(&fake.cpus[7]);
	sched_enqueue(&p, WAKEUP | ENV_ENQ_QUEUEING);
	assert_inserted_local(&p, 7, 20 * MS);
	assert_int_equal(fake.inserts[0].enq, WAKEUP | ENV_ENQ_QUEUEING);
	assert_int_equal(fake.nr_kicks, 0); /* the kernel wakes it */
	assert_int_equal(counted(STAT_ENQ_IDLE), 1);
	assert_int_equal(p.ctx.queue, QUEUE_NONE);
	assert_int_equal(line_waiting(&fake.domains[1].line), 0);
	assert_int_equal(line_arrivals(&fake.domains[1].line), 1);
	assert_int_equal(p.ctx.vruntime_ns, 5000 * MS);
	fake.nr_inserts = 0;
	p.ctx.vruntime_ns = 4000 * MS;
	idle_set_cpu(&fake.cpus[7]);
	sched_enqueue(&p, WAKEUP);
	assert_int_equal(p.ctx.vruntime_ns, 4980 * MS);
}

static void a_displaced_task_waits_and_an_idle_cpu_fetches_it(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	idle_set_cpu(&fake.cpus[7]);
	sched_enqueue(&p, REENQUEUE);
	assert_inserted_dsq(&p, DOMAIN_DSQ(1), 20 * MS, 5000 * MS);
	assert_int_equal(fake.nr_kicks, 1);
	assert_kicked(0, 7, ENV_KICK_IDLE);
	assert_false(fake_is_idle(7));
	assert_int_equal(p.ctx.queue, QUEUE_DOMAIN);
}

static void a_pinned_task_waits_for_its_cpu(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.pinned = true;
	p.ctx.vruntime_ns = 4000 * MS;
	p.ctx.sleep_freq = 6 * 16;
	idle_set_cpu(&fake.cpus[6]); /* of no use to it */
	fake.cpus[5].run_start_ns = 990 * MS;
	fake.cpus[5].deadline_ns = 5100 * MS;
	fake.domains[1].line = 1; /* it may not be the next one */
	sched_enqueue(&p, WAKEUP);
	assert_inserted_dsq(&p, CPU_DSQ(5), 16 * MS, 4880 * MS);
	assert_int_equal(p.ctx.queue, QUEUE_CPU);
	assert_int_equal(p.ctx.queue_id, 5);
	assert_int_equal(line_waiting(&fake.cpus[5].line), 1);
	assert_int_equal(fake.domains[1].line, 1);
	assert_int_equal(counted(STAT_ENQ_CPU), 1);
	assert_int_equal(fake.nr_kicks, 1);
	assert_kicked(0, 5, ENV_KICK_PREEMPT);
	assert_true(fake_is_idle(6));
	/* What runs is as urgent: the CPU will ask when that has had its slice. */
	fake.cpus[5].deadline_ns = 4871 * MS;
	sched_enqueue(&p, WAKEUP);
	assert_int_equal(fake.nr_kicks, 1);
	/* It waited for one that was there before. */
	assert_int_equal(fake.inserts[1].slice_ns, 16 * MS);
	assert_int_equal(fake.cpus[5].first_ns, 4880 * MS);
	fake.cpus[5].line++;
	sched_enqueue(&p, WAKEUP);
	assert_int_equal(fake.inserts[2].slice_ns, 20 * MS * 4 / 9);
	assert_int_equal(fake.cpus[5].first_ns, 0); /* who knows which of the two it is */
}

static void check_next(u32 enq, bool next)
{
	struct task_struct p = fake_task(5);

	fake.nr_inserts = 0;
	fake.cpus[5].line &= ~0xffffffffULL;
	p.pinned = true;
	sched_enqueue(&p, enq);
	assert_int_equal(fake.inserts[0].next, next);
	assert_int_equal(p.ctx.queue, next ? QUEUE_NEXT : QUEUE_CPU);
	assert_int_equal(line_waiting(&fake.cpus[5].line), 1);
	assert_int_equal(fake.cpus[5].first_ns, next ? 0 : 5000 * MS);
	queue_leave(&p.ctx);
	assert_int_equal(line_waiting(&fake.cpus[5].line), 0);
}

static void a_pinned_task_whom_nobody_precedes_is_next(void **state)
{
	struct task_struct p = fake_task(5);
	struct cpu_ctx *c = &fake.cpus[5];

	(void)state;
	c->run_start_ns = 990 * MS;
	c->deadline_ns = 4989 * MS; /* and it has run for 10 ms; 1 ms more is about the same */
	check_next(WAKEUP, true);
	assert_int_equal(fake.inserts[0].where, 5);
	assert_int_equal(fake.inserts[0].slice_ns, 20 * MS);
	assert_int_equal(counted(STAT_ENQ_NEXT), 1);
	assert_int_equal(fake.nr_kicks, 0);
	check_next(0, false); /* put back */
	check_next(REENQUEUE | WAKEUP, false);
	c->deadline_ns--;
	check_next(WAKEUP, false); /* what runs goes on */
	c->deadline_ns = 5100 * MS;
	check_next(WAKEUP, true);
	assert_int_equal(fake.nr_kicks, 1);
	assert_kicked(0, 5, ENV_KICK_PREEMPT);
	fake.domains[1].line = 1;
	check_next(WAKEUP, false);
	fake.domains[1].line = 0;
	c->run_start_ns = 0; /* a higher class, or nothing */
	check_next(WAKEUP, false);
	/* After another one. */
	c->run_start_ns = 990 * MS;
	c->line = 1;
	p.pinned = true;
	sched_enqueue(&p, WAKEUP);
	assert_int_equal(p.ctx.queue, QUEUE_CPU);
	assert_int_equal(counted(STAT_ENQ_NEXT), 2);
}

static void a_pinned_task_put_back_has_no_credit(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.pinned = true;
	p.ctx.vruntime_ns = 4000 * MS;
	sched_enqueue(&p, 0);
	assert_inserted_dsq(&p, CPU_DSQ(5), 20 * MS, 4800 * MS);
}

static void a_pinned_task_put_back_kicks_nobody(void **state)
{
	static const u32 not_put_back[] = { WAKEUP, REENQUEUE, ENV_ENQ_LAST };
	struct task_struct p = fake_task(5);
	u32 i;

	(void)state;
	p.pinned = true;
	sched_enqueue(&p, ENV_ENQ_QUEUEING); /* its CPU has chosen who follows */
	assert_int_equal(fake.nr_kicks, 0);
	for (i = 0; i < 3; i++) {
		sched_enqueue(&p, ENV_ENQ_QUEUEING | not_put_back[i]);
		assert_int_equal(fake.nr_kicks, i + 1);
		assert_kicked(i, 5, ENV_KICK_IDLE);
	}
}

static void a_pinned_task_goes_straight_to_its_idle_cpu(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.pinned = true;
	idle_set_cpu(&fake.cpus[5]);
	sched_enqueue(&p, WAKEUP);
	assert_inserted_local(&p, 5, 20 * MS);
	assert_false(fake_is_idle(5));
	assert_int_equal(fake.nr_kicks, 0);
	assert_int_equal(counted(STAT_ENQ_IDLE), 1);
	assert_int_equal(fake.cpus[5].line, 0);
}

/* A higher class took its CPU: bound for it again, it would go to and fro. */
static void a_pinned_task_waits_for_a_higher_class(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.pinned = true;
	fake.taken[5] = true;
	idle_set_cpu(&fake.cpus[5]);
	sched_enqueue(&p, WAKEUP);
	assert_int_equal(p.ctx.queue, QUEUE_CPU);
	assert_int_equal(counted(STAT_ENQ_IDLE), 0);
}

static void a_displaced_pinned_task_waits_in_its_cpus_queue(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.pinned = true;
	idle_set_cpu(&fake.cpus[5]);
	sched_enqueue(&p, REENQUEUE);
	assert_inserted_dsq(&p, CPU_DSQ(5), 20 * MS, 5000 * MS);
	assert_true(fake_is_idle(5));
	assert_kicked(0, 5, ENV_KICK_IDLE);
}

static void whom_nobody_follows_goes_on(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	idle_set_cpu(&fake.cpus[6]);
	p.ctx.vruntime_ns = 4000 * MS;
	sched_enqueue(&p, ENV_ENQ_LAST);
	assert_inserted_local(&p, 5, 20 * MS);
	assert_int_equal(fake.inserts[0].enq, ENV_ENQ_LAST);
	assert_int_equal(p.ctx.vruntime_ns, 4800 * MS);
	assert_int_equal(fake.nr_kicks, 0);
	assert_int_equal(counted(STAT_ENQ_STAY), 1);
	assert_true(fake_is_idle(6));
	/* Pinned comes first. */
	fake.nr_inserts = 0;
	p.pinned = true;
	sched_enqueue(&p, ENV_ENQ_LAST);
	assert_int_equal(p.ctx.queue, QUEUE_CPU);
}

static void what_has_no_context_still_runs(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.no_ctx = true;
	sched_enqueue(&p, WAKEUP);
	assert_inserted_local(&p, 5, 1 * MS);
	assert_int_equal(counted(STAT_BAD_TASK), 1);
	fake.nr_inserts = 0;
	p.no_ctx = false;
	fake.cpus[5].online = 0;
	sched_enqueue(&p, WAKEUP);
	assert_inserted_local(&p, 5, 1 * MS);
	assert_int_equal(counted(STAT_BAD_CPU), 1);
	assert_int_equal(counted(STAT_BAD_TASK), 1);
}

static void an_escaping_task_moves_to_a_better_core(void **state)
{
	struct task_struct p = fake_task(6);

	(void)state;
	p.ctx.escaping = 1;
	idle_set_cpu(&fake.cpus[1]); /* in another domain */
	idle_set_cpu(&fake.cpus[5]);
	sched_enqueue(&p, 0);
	assert_inserted_local(&p, 5, 20 * MS);
	assert_int_equal(counted(STAT_FIT_ESCAPE), 1);
	assert_true(idle_claim_cpu(&fake.cpus[1]));
	/* None is idle any more: an ordinary task again. */
	fake.nr_inserts = 0;
	p.ctx.escaping = 1;
	sched_enqueue(&p, 0);
	assert_int_equal(counted(STAT_FIT_STAY), 1);
	assert_int_equal(fake.nr_inserts, 1);
	assert_int_equal(fake.inserts[0].where, DOMAIN_DSQ(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_idle_cpu_gets_the_task_on_its_clock, fake_four_domains),
		cmocka_unit_test_setup(preemption_needs_a_margin, fake_four_domains),
		cmocka_unit_test_setup(a_preempted_cpu_is_kicked, fake_four_domains),
		cmocka_unit_test_setup(a_waking_task_is_bound_for_an_idle_cpu, fake_four_domains),
		cmocka_unit_test_setup(with_no_idle_cpu_it_stays, fake_four_domains),
		cmocka_unit_test_setup(a_task_that_waits_stands_in_its_domains_queue,
				       fake_four_domains),
		cmocka_unit_test_setup(only_a_waking_task_preempts_and_has_credit,
				       fake_four_domains),
		cmocka_unit_test_setup(an_idle_cpu_gets_it_instead, fake_four_domains),
		cmocka_unit_test_setup(a_displaced_task_waits_and_an_idle_cpu_fetches_it,
				       fake_four_domains),
		cmocka_unit_test_setup(a_pinned_task_waits_for_its_cpu, fake_four_domains),
		cmocka_unit_test_setup(a_pinned_task_whom_nobody_precedes_is_next,
				       fake_four_domains),
		cmocka_unit_test_setup(a_pinned_task_put_back_has_no_credit, fake_four_domains),
		cmocka_unit_test_setup(a_pinned_task_put_back_kicks_nobody, fake_four_domains),
		cmocka_unit_test_setup(a_pinned_task_goes_straight_to_its_idle_cpu,
				       fake_four_domains),
		cmocka_unit_test_setup(a_pinned_task_waits_for_a_higher_class, fake_four_domains),
		cmocka_unit_test_setup(a_displaced_pinned_task_waits_in_its_cpus_queue,
				       fake_four_domains),
		cmocka_unit_test_setup(whom_nobody_follows_goes_on, fake_four_domains),
		cmocka_unit_test_setup(what_has_no_context_still_runs, fake_four_domains),
		cmocka_unit_test_setup(an_escaping_task_moves_to_a_better_core, fake_hybrid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
