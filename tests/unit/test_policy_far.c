/* SPDX-License-Identifier: GPL-2.0-only */
/* Who waits at home rather than go to an idle CPU of another domain, and for how long. */
#include "fake_env.h"
#include "bpf/sched.h"

#define HOME  1			      /* CPUs 4 to 7 */
#define NEAR  0			      /* CPUs 0 to 3, another LLC of the node */
#define OFTEN (50 * SLEEP_FREQ_SCALE) /* in 100 ms: 200 us of each 2 ms would go into moves */

static void moves_cost_by_distance(void **state)
{
	struct ring ring = { .level = LEVEL_NODE, .distance = 40 };
	struct domain alone = { 0 };

	(void)state;
	assert_int_equal(far_cost_ns(&fake.conf, &ring), 200 * US);
	ring.level = LEVEL_MACHINE;
	assert_int_equal(far_cost_ns(&fake.conf, &ring), 2 * MS);
	ring.distance = 20;
	assert_int_equal(far_cost_ns(&fake.conf, &ring), 1 * MS);
	ring.distance = 15;
	assert_int_equal(far_cost_ns(&fake.conf, &ring), 750 * US);
	assert_int_equal(far_nearest_ns(&fake.conf, &fake.domains[HOME]), 200 * US);
	assert_int_equal(far_nearest_ns(&fake.conf, &alone), 0);
}

static void patience_is_for_cores_that_are_alike(void **state)
{
	(void)state;
	assert_true(far_is_patient(&fake.conf));
	fake.conf.nr_kinds = 2;
	assert_false(far_is_patient(&fake.conf));
	fake.conf.nr_kinds = 1;
	fake.conf.nr_domains = 1;
	assert_false(far_is_patient(&fake.conf));
}

static void a_tenth_of_the_time_is_often(void **state)
{
	(void)state;
	assert_true(far_wakes_often(10 * SLEEP_FREQ_SCALE, 1 * MS));
	assert_false(far_wakes_often(10 * SLEEP_FREQ_SCALE - 1, 1 * MS));
	assert_true(far_wakes_often(OFTEN, 200 * US));
	assert_false(far_wakes_often(OFTEN - 1, 200 * US));
	assert_false(far_wakes_often(0, 10 * MS));
	assert_true(far_wakes_often(SLEEP_FREQ_MAX * SLEEP_FREQ_SCALE, 10 * MS));
}

static void half_of_the_price_has_to_be_earned(void **state)
{
	(void)state;
	assert_true(far_is_brief(99, 200));
	assert_false(far_is_brief(100, 200));
	assert_false(far_is_brief(0, 0));
}

static void a_cpu_has_time_usually_or_now(void **state)
{
	(void)state;
	assert_true(far_has_time(0, 0, 1000, 200)); /* nobody knows */
	assert_true(far_has_time(200, 0, 1000, 200));
	assert_false(far_has_time(199, 0, 1000, 200));
	assert_true(far_has_time(199, 800, 1000, 200));
	assert_false(far_has_time(199, 801, 1000, 200));
	assert_false(far_has_time(199, 1200, 1000, 200)); /* clocks of two CPUs */
}

static void a_move_is_due_when_waiting_cost_as_much(void **state)
{
	(void)state;
	assert_true(far_is_due(800, 800, 1000, 200));
	assert_false(far_is_due(801, 800, 1000, 200));
	assert_false(far_is_due(800, 801, 1000, 200));
	assert_false(far_is_due(-1ULL, 0, 198, 200)); /* across the end of the clock */
	assert_true(far_is_due(-1ULL, -1ULL, 199, 200));
}

/* --- Who wakes --- */

static s32 wakes(u32 sleep_freq)
{
	struct task_struct p = fake_task(5);

	p.ctx.sleep_freq = sleep_freq;
	return select_idle_cpu(&p.ctx, 5, SELECT_FAR);
}

static void who_wakes_often_leaves_brief_cpus_alone(void **state)
{
	(void)state;
	idle_set_cpu(&fake.cpus[0]);
	fake.tiles[NEAR].brief = bit(fake.cpus[0].slot);
	assert_int_equal(wakes(OFTEN), SELECT_NONE);
	assert_true(counted(STAT_SEL_BRIEF) > 0);
	idle_set_cpu(&fake.cpus[3]);
	assert_int_equal(wakes(OFTEN), 3);
	assert_int_equal(wakes(OFTEN - 1), 0);
}

static void where_kinds_differ_all_go(void **state)
{
	(void)state;
	idle_set_cpu(&fake.cpus[0]);
	fake.tiles[NEAR].brief = bit(fake.cpus[0].slot);
	assert_int_equal(wakes(OFTEN), 0);
	assert_int_equal(counted(STAT_SEL_BRIEF), 0);
}

static void at_home_brief_cpus_are_as_good(void **state)
{
	(void)state;
	idle_set_cpu(&fake.cpus[6]);
	fake.tiles[HOME].brief = bit(fake.cpus[6].slot);
	assert_int_equal(wakes(OFTEN), 6);
}

/* Threads: half a core is idle at home, so it would not wait; it takes the whole one far away. */
static void who_would_not_wait_goes(void **state)
{
	struct task_struct p;

	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 1, .domains = 2, .tiles = 1, .cores = 4, .smt = 2 });
	idle_set_cpu(&fake.cpus[10]);
	idle_set_cpu(&fake.cpus[0]);
	idle_set_cpu(&fake.cpus[1]);
	fake.tiles[0].brief = fake.tiles[0].slots;
	p = fake_task(8);
	p.ctx.sleep_freq = OFTEN;
	assert_int_equal(select_idle_cpu(&p.ctx, 8, SELECT_FAR), 0);
}

static void the_tile_says_who_is_brief(void **state)
{
	struct cpu_ctx *c = &fake.cpus[5];

	(void)state;
	idle_begins(c);
	fake.now_ns += 399 * US; /* a quarter of it counts */
	idle_ends(c, fake.now_ns);
	assert_int_equal(fake.tiles[HOME].brief, bit(c->slot));
	c->idle_avg_ns = 100 * US;
	idle_begins(c);
	fake.now_ns += 100 * US;
	idle_ends(c, fake.now_ns);
	assert_int_equal(fake.tiles[HOME].brief, 0);
	assert_int_equal(c->brief, 0);
}

/* --- Who was put back --- */

static void who_was_put_back_stays(void **state)
{
	struct task_ctx t = { .sleep_freq = HOG_SLEEP_FREQ - 1 };

	(void)state;
	assert_int_equal(enqueue_how(&t, 0), 0);
	assert_int_equal(enqueue_how(&t, ENV_ENQ_WAKEUP), SELECT_FAR | SELECT_PUSH);
	t.sleep_freq++;
	assert_int_equal(enqueue_how(&t, 0), SELECT_FAR);
	t.sleep_freq = 0;
	fake.conf.nr_domains = 1;
	assert_int_equal(enqueue_how(&t, 0), SELECT_FAR);
}

/* --- Whom a CPU takes that has nothing to do --- */

static void a_steal_waits_for_the_price(void **state)
{
	(void)state;
	fake_queue(DOMAIN_DSQ(NEAR), 3, 0);
	fake.domains[NEAR].waiting_since_ns = fake.now_ns - 200 * US + 1;
	assert_false(steal_from(5, NEAR, LEVEL_NODE, 200 * US, false));
	assert_int_equal(counted(STAT_DSP_STEAL_LEFT), 1);
	fake.now_ns++;
	assert_true(steal_from(5, NEAR, LEVEL_NODE, 200 * US, false));
	assert_int_equal(fake.cpus[5].stole_ns, fake.now_ns);
	fake.now_ns += 200 * US - 1;
	assert_false(steal_from(5, NEAR, LEVEL_NODE, 200 * US, false));
	assert_true(steal_from(6, NEAR, LEVEL_NODE, 200 * US, false));
	fake.now_ns++;
	assert_true(steal_from(5, NEAR, LEVEL_NODE, 200 * US, false));
}

static void where_kinds_differ_it_does_not(void **state)
{
	(void)state;
	fake_queue(DOMAIN_DSQ(0), 3, 0);
	fake.domains[0].waiting_since_ns = fake.now_ns;
	assert_true(steal_from(5, 0, LEVEL_NODE, 200 * US, false));
}

static void the_first_to_wait_sets_the_time(void **state)
{
	struct task_ctx a = { 0 }, b = { 0 };
	struct domain *d = &fake.domains[HOME];

	(void)state;
	queue_enter_domain(&a, d);
	assert_int_equal(d->waiting_since_ns, 1000 * MS);
	fake.now_ns += MS;
	queue_enter_warm(&b, &fake.cpus[5], d, 5);
	queue_leave(&a);
	queue_enter_domain(&a, d); /* b waits still */
	assert_int_equal(d->waiting_since_ns, 1000 * MS);
	queue_leave(&a);
	queue_leave(&b);
	queue_enter_warm(&b, &fake.cpus[5], d, 5);
	assert_int_equal(d->waiting_since_ns, 1001 * MS);
	queue_leave(&b);
	fake.now_ns += MS;
	fake.conf.nr_domains = 1; /* there is nobody to help */
	queue_enter_domain(&a, d);
	assert_int_equal(d->waiting_since_ns, 1001 * MS);
}

/* --- Who calls --- */

static void tick(u32 cpu, u32 kicks)
{
	struct task_struct p = fake_task(cpu);

	fake.cpus[cpu].run_start_ns = fake.now_ns;
	sched_tick(&p);
	assert_int_equal(fake.nr_kicks, kicks);
	assert_int_equal(counted(STAT_TICK_CALL), kicks);
}

static void a_tick_calls_an_idle_cpu(void **state)
{
	struct domain *d = &fake.domains[HOME];
	struct task_struct p = fake_task(5);

	(void)state;
	idle_set_cpu(&fake.cpus[2]);
	d->waiting_since_ns = fake.now_ns - 200 * US;
	tick(5, 0); /* nobody waits */
	fake_queue(DOMAIN_DSQ(HOME), 1, 0);
	d->waiting_since_ns++;
	tick(5, 0); /* not long enough */
	d->waiting_since_ns--;
	tick(5, 1);
	assert_kicked(0, 2, ENV_KICK_IDLE);
	tick(6, 1); /* it is on its way */
	idle_set_cpu(&fake.cpus[1]);
	tick(6, 2);
	assert_kicked(1, 1, ENV_KICK_IDLE);
	idle_set_cpu(&fake.cpus[1]);
	fake.taken[1] = true;
	fake.nr_kicks = 0;
	sched_tick(&p);
	assert_int_equal(counted(STAT_TICK_CALL), 2); /* nobody has been called by that */
	assert_false(fake_is_idle(1));
}

static void it_is_called_for_who_waits_for_a_cache_too(void **state)
{
	(void)state;
	idle_set_cpu(&fake.cpus[2]);
	fake.domains[HOME].warm_tiles = 1;
	tick(5, 1);
}

/* The other node's are called when the wait has cost more. */
static void the_farther_the_later(void **state)
{
	(void)state;
	idle_set_cpu(&fake.cpus[9]);
	fake_queue(DOMAIN_DSQ(HOME), 1, 0);
	fake.domains[HOME].waiting_since_ns = fake.now_ns - MS + 1;
	tick(5, 0);
	fake.now_ns++;
	tick(5, 1);
	assert_kicked(0, 9, ENV_KICK_IDLE);
}

/* More domains than a word has bits. */
static void domains_of_all_words_are_called(void **state)
{
	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 1, .domains = 70, .tiles = 1, .cores = 1, .smt = 1 });
	idle_set_cpu(&fake.cpus[66]);
	fake_queue(DOMAIN_DSQ(20), 1, 0);
	tick(20, 1);
	assert_kicked(0, 66, ENV_KICK_IDLE);
}

static void with_nobody_idle_nobody_is_called(void **state)
{
	(void)state;
	fake_queue(DOMAIN_DSQ(HOME), 1, 0);
	tick(5, 0);
	fake.machine.idle_domains[0] = 1; /* a hint that is stale */
	tick(5, 0);
	fake.domains[NEAR].idle_tiles = 1;
	tick(5, 0);
	fake.conf.nr_kinds = 2;
	idle_set_cpu(&fake.cpus[2]);
	tick(5, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(moves_cost_by_distance, fake_four_domains),
		cmocka_unit_test_setup(patience_is_for_cores_that_are_alike, fake_four_domains),
		cmocka_unit_test(a_tenth_of_the_time_is_often),
		cmocka_unit_test(half_of_the_price_has_to_be_earned),
		cmocka_unit_test(a_cpu_has_time_usually_or_now),
		cmocka_unit_test(a_move_is_due_when_waiting_cost_as_much),
		cmocka_unit_test_setup(who_wakes_often_leaves_brief_cpus_alone, fake_four_domains),
		cmocka_unit_test_setup(where_kinds_differ_all_go, fake_hybrid),
		cmocka_unit_test_setup(at_home_brief_cpus_are_as_good, fake_four_domains),
		cmocka_unit_test(who_would_not_wait_goes),
		cmocka_unit_test_setup(the_tile_says_who_is_brief, fake_four_domains),
		cmocka_unit_test_setup(who_was_put_back_stays, fake_four_domains),
		cmocka_unit_test_setup(a_steal_waits_for_the_price, fake_four_domains),
		cmocka_unit_test_setup(where_kinds_differ_it_does_not, fake_hybrid),
		cmocka_unit_test_setup(the_first_to_wait_sets_the_time, fake_four_domains),
		cmocka_unit_test_setup(a_tick_calls_an_idle_cpu, fake_four_domains),
		cmocka_unit_test_setup(it_is_called_for_who_waits_for_a_cache_too,
				       fake_four_domains),
		cmocka_unit_test_setup(the_farther_the_later, fake_four_domains),
		cmocka_unit_test(domains_of_all_words_are_called),
		cmocka_unit_test_setup(with_nobody_idle_nobody_is_called, fake_four_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
