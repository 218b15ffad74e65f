/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks that wait for the CPU whose cache they filled, and who else takes them. */
#include "fake_env.h"
#include "bpf/sched.h"

/* 2 nodes of 2 domains of 2 tiles of 4 CPUs: CPU 13 is slot 33 of tile 3 of domain 1. */
static int setup(void **state)
{
	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 2, .domains = 2, .tiles = 2, .cores = 4, .smt = 1 });
	return 0;
}

/* A task waits for this CPU, landed or not. */
static struct task_ctx *enter(struct task_ctx *t, u32 cpu, bool landed)
{
	struct cpu_ctx *c = &fake.cpus[cpu];

	memset(t, 0, sizeof(*t));
	queue_enter_warm(t, c, &fake.domains[c->domain], cpu);
	if (landed)
		fake_dsq(CPU_DSQ(cpu))->nr++;
	return t;
}

static void assert_warm(u64 slots, u64 tiles, u64 domains)
{
	assert_int_equal(fake.tiles[3].warm, slots);
	assert_int_equal(fake.domains[1].warm_tiles, tiles);
	assert_int_equal(fake.machine.waiting_domains[0], domains);
}

static void a_warm_task_shows_at_all_levels(void **state)
{
	struct task_ctx a, b;

	(void)state;
	enter(&a, 13, false);
	assert_int_equal(a.queue, QUEUE_WARM);
	assert_int_equal(a.queue_id, 13);
	assert_int_equal(fake.cpus[13].line, 1ULL << 32 | 1);
	assert_int_equal(fake.cpus[13].nr_warm, 1);
	assert_int_equal(fake.domains[1].line, 1ULL << 32); /* came, but does not wait there */
	assert_warm(1ULL << 33, 2, 2);
	enter(&b, 13, false);
	queue_leave(&a);
	assert_int_equal(a.queue, QUEUE_NONE);
	assert_int_equal(fake.cpus[13].line, 2ULL << 32 | 1);
	assert_int_equal(fake.cpus[13].nr_warm, 1);
	assert_warm(1ULL << 33, 2, 2);
	queue_leave(&b);
	assert_int_equal(fake.cpus[13].nr_warm, 0);
	assert_warm(0, 0, 0);
}

static void pinned_tasks_are_not_warm(void **state)
{
	struct task_ctx pinned = { 0 }, warm;

	(void)state;
	queue_enter_cpu(&pinned, &fake.cpus[13], 13);
	assert_warm(0, 0, 0);
	enter(&warm, 13, false);
	queue_leave(&pinned);
	assert_int_equal(line_waiting(&fake.cpus[13].line), 1);
	assert_int_equal(fake.cpus[13].nr_warm, 1);
	assert_warm(1ULL << 33, 2, 2);
}

static void others_of_tile_and_domain_stay_shown(void **state)
{
	struct task_ctx a, b, c, d = { 0 };

	(void)state;
	enter(&a, 13, false), enter(&b, 14, false), enter(&c, 8, false);
	queue_leave(&a);
	assert_warm(1ULL << 34, 3, 2);
	queue_leave(&b);
	assert_warm(0, 1, 2);
	queue_enter_domain(&d, &fake.domains[1]);
	queue_leave(&d); /* the last of the domain's own queue, but one still waits for a CPU */
	assert_warm(0, 1, 2);
	queue_enter_domain(&d, &fake.domains[1]);
	queue_leave(&c);
	assert_warm(0, 0, 2);
	queue_leave(&d);
	assert_warm(0, 0, 0);
}

static void a_task_that_came_while_hiding_is_shown_again(void **state)
{
	struct task_ctx a;

	(void)state;
	enter(&a, 13, false);
	warm_hide(&fake.machine, &fake.domains[1], &fake.tiles[3], &fake.cpus[13]);
	assert_warm(1ULL << 33, 2, 2);
}

static void warm_tasks_are_taken_from_our_own_slot_on(void **state)
{
	struct task_ctx a, b, c;

	(void)state;
	assert_false(steal_warm(1, 0, 0));
	assert_false(steal_warm(1000, 0, 0));
	assert_int_equal(fake.nr_moves, 0);
	enter(&a, 12, true), enter(&b, 13, true), enter(&c, 15, true);
	assert_true(steal_warm(1, 0, 34));
	assert_true(steal_warm(1, 0, 33));
	assert_true(steal_warm(1, 0, 34));
	assert_false(steal_warm(1, 0, 34));
	assert_int_equal(fake.moves[0], CPU_DSQ(15));
	assert_int_equal(fake.moves[1], CPU_DSQ(13));
	assert_int_equal(fake.moves[2], CPU_DSQ(15)); /* still counted */
	assert_int_equal(fake.moves[3], CPU_DSQ(12));
	assert_int_equal(fake.nr_moves, 7);
}

/* Our own tile first, then the others. */
static void warm_tasks_are_taken_from_all_tiles(void **state)
{
	struct task_ctx a, b;
	u32 i;

	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 1, .domains = 1, .tiles = 10, .cores = 4, .smt = 1 });
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	queue_enter_warm(&a, &fake.cpus[4], &fake.domains[0], 4);
	queue_enter_warm(&b, &fake.cpus[36], &fake.domains[0], 36);
	assert_false(dispatch_warm(&fake.cpus[37], &fake.domains[0]));
	assert_int_equal(fake.moves[0], CPU_DSQ(36));
	assert_int_equal(fake.moves[1], CPU_DSQ(4));
	assert_int_equal(fake.nr_moves, 2);
	/* Eight are looked at and no more. */
	for (i = 2; i < 9; i++)
		fake.domains[0].warm_tiles |= bit(i);
	fake.nr_moves = 0;
	fake.cpu_dsqs[36].nr = 1;
	assert_false(steal_warm(0, 1, 0));
	fake.domains[0].warm_tiles &= ~bit(8);
	assert_true(steal_warm(0, 1, 0));
	assert_false(steal_warm_tile(1000, 0));
}

static void other_domains_take_warm_tasks_too(void **state)
{
	struct task_ctx a;

	(void)state;
	enter(&a, 13, true);
	fake.now_ns += 10 * MS;
	/* One waits for eight CPUs: 20 ms * 8/9 / 8. */
	assert_false(steal_from(0, 1, LEVEL_NODE, 2222222 + 1, false));
	assert_int_equal(counted(STAT_DSP_STEAL_LEFT), 1);
	assert_true(steal_from(0, 1, LEVEL_NODE, 2222222, false));
	assert_int_equal(fake.moves[0], DOMAIN_DSQ(1));
	assert_int_equal(fake.moves[1], CPU_DSQ(13));
	assert_int_equal(counted(STAT_DSP_STEAL_NODE), 1);
	assert_false(steal_from(0, 1, LEVEL_NODE, 0, false));
	assert_int_equal(counted(STAT_DSP_STEAL_MISS), 1);
}

static void an_idle_cpu_takes_what_waits_for_another_cache(void **state)
{
	struct task_ctx a;

	(void)state;
	assert_false(dispatch_warm(&fake.cpus[8], &fake.domains[1]));
	assert_int_equal(counted(STAT_DSP_WARM), 0);
	enter(&a, 13, true);
	fake_queue(DOMAIN_DSQ(0), 1, 0); /* near comes before far */
	sched_dispatch(8, NULL);
	assert_int_equal(counted(STAT_DSP_WARM), 1);
	assert_int_equal(counted(STAT_DSP_STEAL_NODE), 0);
	assert_int_equal(counted(STAT_DSP_IDLE), 0);
}

static void a_cpu_going_idle_looks_for_warm_tasks_once_an_arrival(void **state)
{
	struct cpu_ctx *c = &fake.cpus[8];
	struct domain *d = &fake.domains[1];
	struct task_ctx a;

	(void)state;
	enter(&a, 13, false);
	dispatch_idle(c, d, 8);
	dispatch_idle(c, d, 8);
	assert_int_equal(counted(STAT_DSP_LOOK_AGAIN), 2);
	assert_int_equal(fake.nr_kicks, 1);
	assert_kicked(0, 8, ENV_KICK_IDLE);
	enter(&a, 14, true);
	dispatch_idle(c, d, 8);
	assert_int_equal(counted(STAT_DSP_WARM), 1);
	assert_int_equal(fake.nr_kicks, 1);
	assert_int_equal(fake.tiles[2].idle, 0);
}

static void only_what_was_put_back_waits_for_its_cpu(void **state)
{
	struct task_struct p = fake_task(13);
	struct cpu_ctx *c = &fake.cpus[13];
	struct domain *d = &fake.domains[1];

	(void)state;
	assert_false(enqueue_is_warm(&p.ctx, c, d, 0)); /* nobody competes here */
	d->load = 8 * 100;
	assert_true(enqueue_is_warm(&p.ctx, c, d, 0));
	assert_true(enqueue_is_warm(&p.ctx, c, d, ENV_ENQ_QUEUEING));
	assert_false(enqueue_is_warm(&p.ctx, c, d, ENV_ENQ_WAKEUP));
	assert_false(enqueue_is_warm(&p.ctx, c, d, ENV_ENQ_REENQUEUE));
	/* Who may not use them all waits where all look. */
	p.ctx.allowed[0] &= ~(1ULL << 35);
	assert_true(enqueue_is_warm(&p.ctx, c, d, 0));
	p.ctx.allowed[fake.tiles[c->tile].word] &= ~(1ULL << fake.cpus[12].slot);
	assert_false(enqueue_is_warm(&p.ctx, c, d, 0));
	p = fake_task(13);
	d->load = 8 * 100 - 1;
	assert_false(enqueue_is_warm(&p.ctx, c, d, 0));
	d->load = 8 * 200;
	c->line = 1;
	assert_true(enqueue_is_warm(&p.ctx, c, d, 0));
	c->line = 2;
	assert_false(enqueue_is_warm(&p.ctx, c, d, 0));
}

static void a_task_put_back_waits_for_its_cpu(void **state)
{
	struct task_struct p = fake_task(13);

	(void)state;
	fake.domains[1].load = 1600;
	sched_enqueue(&p, 0);
	assert_inserted_dsq(&p, CPU_DSQ(13), 20 * MS, 5000 * MS);
	assert_int_equal(p.ctx.queue, QUEUE_WARM);
	assert_int_equal(counted(STAT_ENQ_WARM), 1);
	assert_int_equal(counted(STAT_ENQ_DOMAIN), 0);
	assert_int_equal(fake.nr_kicks, 0);
	assert_int_equal(fake.cpus[13].first_ns, 5000 * MS);
	/* Unless another one is idle. */
	fake.nr_inserts = 0;
	idle_set_cpu(&fake.cpus[9]);
	sched_enqueue(&p, 0);
	assert_inserted_local(&p, 9, 20 * MS);
	assert_int_equal(p.ctx.queue, QUEUE_NONE);
	assert_warm(0, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_warm_task_shows_at_all_levels, setup),
		cmocka_unit_test_setup(pinned_tasks_are_not_warm, setup),
		cmocka_unit_test_setup(others_of_tile_and_domain_stay_shown, setup),
		cmocka_unit_test_setup(a_task_that_came_while_hiding_is_shown_again, setup),
		cmocka_unit_test_setup(warm_tasks_are_taken_from_our_own_slot_on, setup),
		cmocka_unit_test_setup(warm_tasks_are_taken_from_all_tiles, setup),
		cmocka_unit_test_setup(other_domains_take_warm_tasks_too, setup),
		cmocka_unit_test_setup(an_idle_cpu_takes_what_waits_for_another_cache, setup),
		cmocka_unit_test_setup(a_cpu_going_idle_looks_for_warm_tasks_once_an_arrival,
				       setup),
		cmocka_unit_test_setup(only_what_was_put_back_waits_for_its_cpu, setup),
		cmocka_unit_test_setup(a_task_put_back_waits_for_its_cpu, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
