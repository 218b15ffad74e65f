/* SPDX-License-Identifier: GPL-2.0-only */
/* What a CPU does that needs work: its queues, what it ran, other domains, idle. */
#include "fake_env.h"
#include "bpf/dispatch.h"

/* 3 nodes of 2 domains of 4 CPUs. */
static int setup(void **state)
{
	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 3, .domains = 2, .tiles = 1, .cores = 4, .smt = 1 });
	return 0;
}

/* --- Stealing --- */

static void stealing_gains_the_wait_at_home(void **state)
{
	(void)state;
	assert_int_equal(steal_gain_ns(&fake.conf, 0, 4), 0);
	assert_int_equal(steal_gain_ns(&fake.conf, 1, 4), 4 * MS);
	assert_int_equal(steal_gain_ns(&fake.conf, 4, 4), 10 * MS);
	assert_int_equal(steal_gain_ns(&fake.conf, 400, 4), 100 * MS);
	assert_int_equal(steal_gain_ns(&fake.conf, 1, 64), 20 * MS * 64 / 65 / 64);
	assert_int_equal(steal_gain_ns(&fake.conf, 1, 0), 10 * MS);
}

static void a_steal_must_be_worth_it(void **state)
{
	(void)state;
	assert_false(steal_from(0, 1, LEVEL_NODE, 0, false));
	assert_int_equal(fake.nr_moves, 0);
	fake_queue(DOMAIN_DSQ(1), 1, 0);
	assert_false(steal_from(0, 1, LEVEL_NODE, 4 * MS + 1, false));
	assert_int_equal(counted(STAT_DSP_STEAL_LEFT), 1);
	assert_int_equal(fake.nr_moves, 0);
	assert_true(steal_from(0, 1, LEVEL_NODE, 4 * MS, false));
	assert_int_equal(fake.moves[0], DOMAIN_DSQ(1));
	assert_int_equal(counted(STAT_DSP_STEAL_NODE), 1);
	assert_int_equal(counted(STAT_DSP_STEAL_MACHINE), 0);
	fake.now_ns += 4 * MS;
	/* Counted, but gone or not landed. */
	assert_false(steal_from(0, 1, LEVEL_NODE, 0, false));
	assert_int_equal(counted(STAT_DSP_STEAL_MISS), 1);
	fake_queue(DOMAIN_DSQ(2), 1, 0);
	assert_true(steal_from(0, 2, LEVEL_MACHINE, 0, false));
	assert_int_equal(counted(STAT_DSP_STEAL_MACHINE), 1);
	assert_false(steal_from(0, 1000, LEVEL_NODE, 0, false));
}

static void a_cpu_that_is_idle_for_moments_leaves_them(void **state)
{
	struct cpu_ctx *c = &fake.cpus[0];

	(void)state;
	fake_queue(DOMAIN_DSQ(1), 3, 0);
	c->idle_avg_ns = 200 * US - 1;
	assert_false(steal_from(0, 1, LEVEL_NODE, 200 * US, false));
	assert_int_equal(counted(STAT_DSP_STEAL_LEFT), 1);
	c->idle_avg_ns++;
	assert_true(steal_from(0, 1, LEVEL_NODE, 200 * US, false));
	fake.now_ns += 200 * US;
	c->idle_avg_ns = 0; /* never was */
	assert_true(steal_from(0, 1, LEVEL_NODE, 200 * US, false));
	c->idle_avg_ns = 1; /* does not matter to who has work */
	fake.domains[1].load = fake.domains[1].load_avg = 800;
	assert_true(steal_from(0, 1, LEVEL_NODE, 200 * US, true));
}

static void stealing_walks_from_near_to_far(void **state)
{
	(void)state;
	fake_queue(DOMAIN_DSQ(1), 1, 0);
	fake_queue(DOMAIN_DSQ(3), 1, 0);
	fake_queue(DOMAIN_DSQ(5), 1, 0);
	/* CPUs of domain 0: one of them does not steal so often. */
	assert_true(steal(&fake.domains[0], 0, false));
	assert_true(steal(&fake.domains[0], 1, false));
	assert_true(steal(&fake.domains[0], 2, false));
	assert_false(steal(&fake.domains[0], 3, false));
	assert_int_equal(fake.moves[0], DOMAIN_DSQ(1));
	assert_int_equal(fake.moves[1], DOMAIN_DSQ(1)); /* still counted */
	assert_int_equal(fake.moves[2], DOMAIN_DSQ(3));
	assert_int_equal(fake.moves[5], DOMAIN_DSQ(5));
	assert_int_equal(counted(STAT_DSP_STEAL_NODE), 1);
	assert_int_equal(counted(STAT_DSP_STEAL_MACHINE), 2);
	assert_false(steal_from_ring(0, 1000, 0, false));
	assert_false(steal_from_ring(0, 0, TOPO_MAX_RINGS, false));
}

/* The wait at home is 4 ms: farther nodes cost more, at last more than that. */
static void stealing_stops_where_it_costs_more_than_it_gains(void **state)
{
	(void)state;
	fake_queue(DOMAIN_DSQ(4), 1, 0);
	fake.conf.steal_machine_ns = 2667 * US; /* times 30 / 20 */
	assert_false(steal(&fake.domains[0], 0, false));
	assert_int_equal(counted(STAT_DSP_STEAL_LEFT), 1);
	assert_true(steal(&fake.domains[2], 0, false));
}

static void rings_are_searched_from_our_own_number_on(void **state)
{
	u32 i;

	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 2, .domains = 40, .tiles = 1, .cores = 1, .smt = 1 });
	fake_queue(DOMAIN_DSQ(3), 1, 0);
	fake_queue(DOMAIN_DSQ(22), 1, 0);
	assert_true(steal_from_ring(0, 20, 0, false));
	assert_int_equal(fake.moves[0], DOMAIN_DSQ(22));
	/* A ring in the bitmap's second word; a domain that only waits in the other one is not in
	 * it. */
	fake_queue(DOMAIN_DSQ(70), 1, 0);
	assert_true(steal_from_ring(1, 20, 2, false));
	assert_int_equal(fake.moves[1], DOMAIN_DSQ(70));
	/* Eight domains are looked at and no more. */
	fake.nr_moves = 0;
	for (i = 23; i < 30; i++)
		fake.machine.waiting_domains[0] |= bit(i);
	assert_false(steal_from_ring(2, 20, 0, false));
	fake.machine.waiting_domains[0] &= ~bit(29);
	assert_true(steal_from_ring(2, 20, 0, false));
	assert_int_equal(fake.moves[fake.nr_moves - 1], DOMAIN_DSQ(3));
}

/* --- Which queue is first --- */

static struct dispatch_first find(bool compare)
{
	struct dispatch_first first;

	fake.nr_lookups = 0;
	dispatch_find_first(&fake.cpus[5], &fake.domains[1], 5, compare, &first);
	return first;
}

static void check_first(struct dispatch_first first, enum task_queue queue, bool known,
			u64 deadline)
{
	assert_int_equal(first.queue, queue);
	assert_int_equal(first.known, known);
	assert_int_equal(first.deadline_ns, deadline);
}

static void deadlines_are_looked_up_only_if_they_matter(void **state)
{
	(void)state;
	check_first(find(false), QUEUE_NONE, false, 0);
	fake_queue(CPU_DSQ(5), 1, 700);
	check_first(find(false), QUEUE_CPU, false, 0);
	assert_int_equal(fake.nr_lookups, 0);
	check_first(find(true), QUEUE_CPU, true, 700);
	assert_int_equal(fake.nr_lookups, 1);
	fake.cpus[5].first_ns = 690; /* that of who waits alone is known */
	check_first(find(true), QUEUE_CPU, true, 690);
	assert_int_equal(fake.nr_lookups, 0);
	fake.cpus[5].line++;
	check_first(find(true), QUEUE_CPU, true, 700);
	assert_int_equal(fake.nr_lookups, 1);
	fake.cpus[5].line = 0;
	fake_queue(DOMAIN_DSQ(1), 1, 600);
	check_first(find(false), QUEUE_DOMAIN, false, 0);
	assert_int_equal(fake.nr_lookups, 0);
	check_first(find(true), QUEUE_DOMAIN, true, 600);
}

static void the_earlier_of_two_queues_is_first(void **state)
{
	(void)state;
	fake_queue(CPU_DSQ(5), 1, 700);
	fake_queue(DOMAIN_DSQ(1), 1, 699);
	check_first(find(false), QUEUE_DOMAIN, true, 699);
	fake_dsq(DOMAIN_DSQ(1))->deadline_ns = 700;
	check_first(find(false), QUEUE_CPU, true, 700);
	fake_dsq(DOMAIN_DSQ(1))->deadline_ns = -700ULL; /* before 0, by signed distance */
	check_first(find(false), QUEUE_DOMAIN, true, -700ULL);
}

static void a_task_that_has_not_landed_has_no_deadline(void **state)
{
	(void)state;
	fake_queue(CPU_DSQ(5), 1, 700);
	fake_queue(DOMAIN_DSQ(1), 1, 600);
	fake_dsq(DOMAIN_DSQ(1))->nr = 0;
	check_first(find(true), QUEUE_CPU, true, 700);
	fake_dsq(CPU_DSQ(5))->nr = 0;
	check_first(find(true), QUEUE_CPU, false, 0);
	fake_dsq(DOMAIN_DSQ(1))->nr = 1;
	check_first(find(true), QUEUE_DOMAIN, true, 600);
}

static void moves_are_counted_by_queue(void **state)
{
	const struct domain *d = &fake.domains[1];

	(void)state;
	assert_false(dispatch_move(QUEUE_CPU, d, 5));
	assert_false(dispatch_move(QUEUE_DOMAIN, d, 5));
	assert_int_equal(counted(STAT_DSP_CPU) + counted(STAT_DSP_DOMAIN), 0);
	fake_queue(CPU_DSQ(5), 1, 0);
	fake_queue(DOMAIN_DSQ(1), 2, 0);
	assert_true(dispatch_move(QUEUE_CPU, d, 5));
	assert_true(dispatch_move(QUEUE_DOMAIN, d, 5));
	assert_true(dispatch_move(QUEUE_DOMAIN, d, 5));
	assert_int_equal(counted(STAT_DSP_CPU), 1);
	assert_int_equal(counted(STAT_DSP_DOMAIN), 2);
}

static void the_other_queue_is_next(void **state)
{
	const struct cpu_ctx *c = &fake.cpus[5];
	const struct domain *d = &fake.domains[1];

	(void)state;
	assert_false(dispatch_own(c, d, 5, QUEUE_NONE));
	assert_int_equal(fake.nr_moves, 0);
	/* The other one is not tried unless somebody waits there. */
	assert_false(dispatch_own(c, d, 5, QUEUE_DOMAIN));
	assert_int_equal(fake.nr_moves, 1);
	fake_queue(CPU_DSQ(5), 1, 0);
	assert_true(dispatch_own(c, d, 5, QUEUE_DOMAIN));
	assert_int_equal(fake.moves[1], DOMAIN_DSQ(1));
	assert_int_equal(fake.moves[2], CPU_DSQ(5));
	fake_queue(DOMAIN_DSQ(1), 1, 0);
	assert_true(dispatch_own(c, d, 5, QUEUE_CPU));
	assert_int_equal(fake.moves[3], CPU_DSQ(5));
	assert_int_equal(fake.moves[4], DOMAIN_DSQ(1));
	fake_queue(DOMAIN_DSQ(1), 1, 0);
	assert_true(dispatch_own(c, d, 5, QUEUE_DOMAIN));
	assert_int_equal(fake.nr_moves, 6);
}

/* --- What runs --- */

static bool prev_is_first(struct task_struct *p, struct dispatch_first first)
{
	return dispatch_prev_is_first(p, &p->ctx, &fake.cpus[5], &fake.domains[1], &first);
}

static void what_runs_goes_on_until_a_deadline_is_earlier(void **state)
{
	struct task_struct p = fake_task(5);
	u64 deadline = 5000 * MS + 10 * MS + 10 * MS; /* charged, and awake, for 10 ms */

	(void)state;
	p.ctx.run_start_ns = 990 * MS;
	assert_true(prev_is_first(&p, (struct dispatch_first){ QUEUE_CPU, true, deadline }));
	assert_false(prev_is_first(&p, (struct dispatch_first){ QUEUE_CPU, true, deadline - 1 }));
	assert_false(prev_is_first(&p, (struct dispatch_first){ QUEUE_CPU, false, deadline }));
	assert_true(prev_is_first(&p, (struct dispatch_first){ QUEUE_NONE, false, 0 }));
	fake.cpus[5].yielded = 1;
	assert_false(prev_is_first(&p, (struct dispatch_first){ QUEUE_CPU, true, deadline }));
	assert_true(prev_is_first(&p, (struct dispatch_first){ QUEUE_NONE, false, 0 }));
}

static void what_goes_on_is_charged_and_gets_a_new_slice(void **state)
{
	struct task_struct p = fake_task(5);
	struct cpu_ctx *c = &fake.cpus[5];

	(void)state;
	p.ctx.run_start_ns = 990 * MS;
	c->yielded = 1;
	fake.domains[1].load = 100;
	p.ctx.load = 100;
	fake_queue(DOMAIN_DSQ(1), 4, 0);
	dispatch_keep(&p, &p.ctx, c, &fake.domains[1]);
	assert_int_equal(p.ctx.vruntime_ns, 5010 * MS);
	assert_int_equal(p.ctx.deadline_ns, 5020 * MS);
	assert_int_equal(fake.domains[1].clock_ns, 5010 * MS);
	assert_int_equal(c->deadline_ns, 5020 * MS);
	assert_int_equal(c->run_start_ns, 1000 * MS);
	assert_int_equal(p.ctx.run_start_ns, 1000 * MS);
	assert_int_equal(p.ctx.wait_start_ns, 0);
	assert_int_equal(c->yielded, 0);
	assert_int_equal(p.slice_ns, 10 * MS);
	assert_int_equal(counted(STAT_DSP_KEEP), 1);
}

static void keeping_gives_no_wake_credit(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	p.ctx.vruntime_ns = 4900 * MS;
	dispatch_keep(&p, &p.ctx, &fake.cpus[5], &fake.domains[1]);
	assert_int_equal(p.ctx.vruntime_ns, 4900 * MS);
}

/* --- Idle --- */

static void nothing_waits_so_the_cpu_is_idle(void **state)
{
	(void)state;
	dispatch_idle(&fake.cpus[5], &fake.domains[1], 5);
	assert_int_equal(counted(STAT_DSP_IDLE), 1);
	assert_int_equal(counted(STAT_DSP_LOOK_AGAIN), 0);
	assert_int_equal(fake.tiles[1].idle, 1ULL << 33);
	assert_int_equal(fake.machine.idle_domains[0], 2);
	assert_int_equal(fake.nr_moves, 0);
	assert_int_equal(fake.nr_kicks, 0);
}

static void a_task_that_came_meanwhile_is_taken(void **state)
{
	(void)state;
	fake_queue(DOMAIN_DSQ(1), 1, 0);
	dispatch_idle(&fake.cpus[5], &fake.domains[1], 5);
	assert_int_equal(counted(STAT_DSP_LOOK_AGAIN), 1);
	assert_int_equal(fake.moves[0], DOMAIN_DSQ(1));
	assert_int_equal(fake.tiles[1].idle, 0);
	assert_int_equal(fake.nr_kicks, 0);
}

static void a_task_not_landed_is_looked_for_once_an_arrival(void **state)
{
	struct cpu_ctx *c = &fake.cpus[5];
	struct domain *d = &fake.domains[1];

	(void)state;
	fake_queue(DOMAIN_DSQ(1), 1, 0);
	fake_dsq(DOMAIN_DSQ(1))->nr = 0;
	dispatch_idle(c, d, 5);
	assert_int_equal(fake.nr_kicks, 1);
	assert_kicked(0, 5, ENV_KICK_IDLE);
	assert_int_equal(fake.tiles[1].idle, 1ULL << 33);
	dispatch_idle(c, d, 5);
	assert_int_equal(fake.nr_kicks, 1);
	d->line += 1ULL << 32 | 1;
	dispatch_idle(c, d, 5);
	dispatch_idle(c, d, 5);
	assert_int_equal(fake.nr_kicks, 2);
	assert_int_equal(fake.nr_moves, 4);
	assert_int_equal(counted(STAT_DSP_LOOK_AGAIN), 4);
	/* Nobody waits any more. */
	d->line = 9ULL << 32;
	fake.machine.waiting_domains[0] = 0;
	dispatch_idle(c, d, 5);
	assert_int_equal(fake.nr_kicks, 2);
	assert_int_equal(counted(STAT_DSP_LOOK_AGAIN), 4);
}

/* Two arrivals elsewhere that are not there yet, one that is not worth it. */
static void other_domains_are_looked_at_again_too(void **state)
{
	struct cpu_ctx *c = &fake.cpus[5];
	struct domain *d = &fake.domains[1];

	(void)state;
	fake_queue(DOMAIN_DSQ(0), 1, 0);
	fake_queue(DOMAIN_DSQ(2), 1, 0);
	fake_dsq(DOMAIN_DSQ(0))->nr = 0;
	fake_dsq(DOMAIN_DSQ(2))->nr = 0;
	dispatch_idle(c, d, 5);
	assert_int_equal(fake.nr_kicks, 1);
	assert_kicked(0, 5, ENV_KICK_IDLE);
	dispatch_idle(c, d, 5);
	assert_int_equal(fake.nr_kicks, 1);
	fake.domains[2].line += 1ULL << 32;
	dispatch_idle(c, d, 5);
	assert_int_equal(fake.nr_kicks, 2);
	fake.domains[2].line += 1ULL << 32;
	fake.conf.steal_machine_ns = 100 * MS;
	dispatch_idle(c, d, 5);
	dispatch_idle(c, d, 5);
	assert_int_equal(fake.nr_kicks, 3); /* one domain less is something new */
	fake_dsq(DOMAIN_DSQ(0))->nr = 1;
	dispatch_idle(c, d, 5);
	assert_int_equal(counted(STAT_DSP_STEAL_NODE), 1);
	assert_int_equal(fake.nr_kicks, 3);
	assert_int_equal(fake.tiles[1].idle, 0);
}

static void a_pinned_task_that_came_meanwhile_is_taken(void **state)
{
	(void)state;
	fake_queue(CPU_DSQ(5), 1, 0);
	dispatch_idle(&fake.cpus[5], &fake.domains[1], 5);
	assert_int_equal(counted(STAT_DSP_CPU), 1);
	assert_int_equal(fake.tiles[1].idle, 0);
}

/* As many arrivals at two domains instead of one, or at another one, are something new. */
static void missing_the_same_number_elsewhere_is_something_new(void **state)
{
	struct cpu_ctx *c = &fake.cpus[5];
	struct domain *a = &fake.domains[0], *b = &fake.domains[2];
	u32 seen[3 * 32 * 32], nr = 0, i, k;

	(void)state;
	steal_note_miss(c, a);
	assert_int_equal(c->missed, 0); /* nobody waits there */
	for (i = 0; i < 3 * 32 * 32; i++) {
		a->line = (i / 32 % 32ULL) << 32 | (i < 2 * 32 * 32);
		b->line = (i % 32ULL) << 32 | (i >= 32 * 32);
		if ((i < 32 * 32 && i % 32) || (i >= 2 * 32 * 32 && i / 32 % 32))
			continue;
		c->missed = 0;
		steal_note_miss(c, a);
		steal_note_miss(c, b);
		for (k = 0; k < nr; k++)
			assert_int_not_equal(c->missed, seen[k]);
		seen[nr++] = c->missed;
	}
	assert_int_equal(nr, 32 + 32 * 32 + 32);
}

/* More domains than one word has bits: whether anybody waits is found by looking. */
static void large_machines_always_look_for_work_to_steal(void **state)
{
	(void)state;
	assert_false(steal_may_pay());
	fake.machine.waiting_domains[0] = 4;
	assert_true(steal_may_pay());
	fake.machine.waiting_domains[0] = 0;
	fake.conf.nr_domains = 64;
	assert_false(steal_may_pay());
	fake.conf.nr_domains = 65;
	assert_true(steal_may_pay());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(stealing_gains_the_wait_at_home, setup),
		cmocka_unit_test_setup(a_steal_must_be_worth_it, setup),
		cmocka_unit_test_setup(stealing_walks_from_near_to_far, setup),
		cmocka_unit_test_setup(stealing_stops_where_it_costs_more_than_it_gains, setup),
		cmocka_unit_test_setup(rings_are_searched_from_our_own_number_on, setup),
		cmocka_unit_test_setup(deadlines_are_looked_up_only_if_they_matter, setup),
		cmocka_unit_test_setup(the_earlier_of_two_queues_is_first, setup),
		cmocka_unit_test_setup(a_task_that_has_not_landed_has_no_deadline, setup),
		cmocka_unit_test_setup(moves_are_counted_by_queue, setup),
		cmocka_unit_test_setup(the_other_queue_is_next, setup),
		cmocka_unit_test_setup(what_runs_goes_on_until_a_deadline_is_earlier, setup),
		cmocka_unit_test_setup(what_goes_on_is_charged_and_gets_a_new_slice, setup),
		cmocka_unit_test_setup(keeping_gives_no_wake_credit, setup),
		cmocka_unit_test_setup(nothing_waits_so_the_cpu_is_idle, setup),
		cmocka_unit_test_setup(a_task_that_came_meanwhile_is_taken, setup),
		cmocka_unit_test_setup(a_task_not_landed_is_looked_for_once_an_arrival, setup),
		cmocka_unit_test_setup(other_domains_are_looked_at_again_too, setup),
		cmocka_unit_test_setup(a_pinned_task_that_came_meanwhile_is_taken, setup),
		cmocka_unit_test_setup(missing_the_same_number_elsewhere_is_something_new, setup),
		cmocka_unit_test_setup(large_machines_always_look_for_work_to_steal, setup),
		cmocka_unit_test_setup(a_cpu_that_is_idle_for_moments_leaves_them,
				       fake_four_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
