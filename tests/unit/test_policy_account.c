/* SPDX-License-Identifier: GPL-2.0-only */
/* What a task has used, how it stands in line, and which cores it fits. */
#include "fake_env.h"
#include "bpf/fit.h"
#include "bpf/lineup.h"

/* 2 nodes of 2 domains of 2 tiles of 4 cores of 2 threads; 2 cores share an L2. 64 CPUs. */
static int setup(void **state)
{
	(void)state;
	fake_start((struct fake_shape){
		.nodes = 2, .domains = 2, .tiles = 2, .cores = 4, .smt = 2, .l2_cores = 2 });
	return 0;
}

static enum topo_level level(u32 from, u32 to)
{
	return distance_level(&fake.cpus[from], &fake.cpus[to]);
}

static void distance_is_the_smallest_part_that_holds_both(void **state)
{
	(void)state;
	assert_int_equal(level(0, 0), LEVEL_CORE);
	assert_int_equal(level(0, 1), LEVEL_CORE);
	assert_int_equal(level(0, 2), LEVEL_L2);
	assert_int_equal(level(3, 0), LEVEL_L2);
	assert_int_equal(level(0, 4), LEVEL_LLC);
	/* Another tile: slots of the same word, even the same slot, say nothing. */
	assert_int_equal(level(0, 8), LEVEL_LLC);
	fake.cpus[8].slot = 0;
	assert_int_equal(level(0, 8), LEVEL_LLC);
	assert_int_equal(level(0, 16), LEVEL_NODE);
	assert_int_equal(level(0, 32), LEVEL_MACHINE);
	assert_int_equal(level(63, 31), LEVEL_MACHINE);
}

static void migrations_are_counted_by_distance(void **state)
{
	static const u32 to[] = { 1, 2, 4, 16, 32 };
	u32 i, k;

	(void)state;
	count_migration(&fake.stats, 5, 5);
	count_migration(&fake.stats, NO_CPU, 5);
	count_migration(&fake.stats, 5, 1000);
	fake.cpus[9].online = 0;
	count_migration(&fake.stats, 5, 9);
	count_migration(&fake.stats, 9, 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(counted(STAT_RUN_MIGRATE_CORE + i), 0);
	for (i = 0; i < 5; i++) {
		count_migration(&fake.stats, 0, to[i]);
		for (k = 0; k < 5; k++)
			assert_int_equal(counted(STAT_RUN_MIGRATE_CORE + k), k <= i);
	}
}

static void wait_buckets_are_powers_of_two_us(void **state)
{
	u32 i;

	(void)state;
	assert_int_equal(wait_bucket(0), 0);
	assert_int_equal(wait_bucket(1999), 0);
	for (i = 1; i < 32; i++) {
		assert_int_equal(wait_bucket((1ULL << i) * US), i);
		assert_int_equal(wait_bucket((1ULL << i) * US - 1), i - 1);
	}
	assert_int_equal(wait_bucket(-1ULL), 31);
}

static void a_wait_is_counted_once(void **state)
{
	struct task_ctx t = { .wait_start_ns = 10 * MS };

	(void)state;
	count_wait(&fake.stats, &t, 14 * MS);
	assert_int_equal(t.wait_start_ns, 0);
	assert_int_equal(fake.stats.wait_ns, 4 * MS);
	assert_int_equal(fake.stats.wait_histogram[11], 1);
	count_wait(&fake.stats, &t, 20 * MS);
	assert_int_equal(fake.stats.wait_ns, 4 * MS);
	/* The clock of this CPU is behind that of the one that started the wait. */
	t.wait_start_ns = 10 * MS;
	count_wait(&fake.stats, &t, 10 * MS - 1);
	assert_int_equal(fake.stats.wait_ns, 4 * MS);
	assert_int_equal(fake.stats.wait_histogram[0], 1);
}

static void a_stint_lasts_from_its_start(void **state)
{
	struct task_ctx t = { .run_start_ns = 10 * MS };

	(void)state;
	assert_int_equal(stint_ns(&t, 13 * MS), 3 * MS);
	assert_int_equal(stint_ns(&t, 10 * MS - 1), 0);
	t.run_start_ns = 0;
	assert_int_equal(stint_ns(&t, 13 * MS), 0);
}

static void a_stint_is_charged_and_moves_the_clock(void **state)
{
	struct task_struct p = fake_task(16);

	(void)state;
	p.weight = 200;
	p.ctx.run_start_ns = 996 * MS;
	p.ctx.awake_ns = 7 * MS;
	fake.domains[1].load = 400;
	fake.cpus[16].capacity = 512;
	charge_stint(&p, &p.ctx, &fake.cpus[16], env_domain(fake.cpus[16].domain), 1000 * MS);
	assert_int_equal(p.ctx.run_start_ns, 0);
	assert_int_equal(p.ctx.vruntime_ns, 5001 * MS);
	assert_int_equal(p.ctx.awake_ns, 8 * MS);
	assert_int_equal(fake.domains[1].clock_ns, 5000 * MS + 500 * US);
	assert_int_equal(fake.domains[0].clock_ns, 5000 * MS);
	assert_int_equal(fake.stats.busy_ns, 4 * MS);
	assert_int_equal(p.ctx.run_ns, 0); /* nothing to fit with one kind of core */
	charge_stint(&p, &p.ctx, &fake.cpus[16], env_domain(fake.cpus[16].domain), 1010 * MS);
	assert_int_equal(p.ctx.vruntime_ns, 5001 * MS);
	assert_int_equal(fake.stats.busy_ns, 4 * MS);

	fake.conf.nr_kinds = 2;
	p.ctx.run_start_ns = 1010 * MS;
	charge_stint(&p, &p.ctx, &fake.cpus[16], env_domain(fake.cpus[16].domain), 1014 * MS);
	assert_int_equal(p.ctx.run_ns, 4 * MS);
	assert_int_equal(p.ctx.util_ns, 1014 * MS);
	assert_int_equal(p.ctx.util, 56); /* 4 * 512 / (32 + 4) */
}

static void sleeping_starts_a_new_interval(void **state)
{
	struct task_ctx t = {
		.sleep_freq = 16, .last_sleep_ns = 950 * MS, .awake_ns = 5, .run_ns = 6
	};

	(void)state;
	note_wakeup(&t); /* it has not been away: it is new */
	assert_int_equal(t.awake_ns, 5);
	t.left_ns = 1000 * MS;
	note_wakeup(&t);
	note_wakeup(&t); /* asked for an idle CPU, then lined up */
	assert_int_equal(t.left_ns, 0);
	assert_int_equal(t.sleep_freq, (16 * 3 + 32) / 4);
	assert_int_equal(t.last_sleep_ns, 1000 * MS);
	assert_int_equal(t.awake_ns, 0);
	assert_int_equal(t.run_ns, 0);
	assert_int_equal(counted(STAT_RUN_SLEEP), 1);
}

/* --- Line up --- */

static void who_waits_for_this_cpu_alone_counts_fully(void **state)
{
	struct domain *d = &fake.domains[0];
	struct cpu_ctx *c = &fake.cpus[0];

	(void)state;
	assert_int_equal(lineup_waiting(d, c), 0);
	d->line = 77ULL << 32 | 16;
	assert_int_equal(lineup_waiting(d, c), 16);
	c->line = 77ULL << 32 | 2;
	assert_int_equal(lineup_waiting(d, c), 16 + 2 * 16);
	/* The first that waits for its cache does not count. */
	c->nr_warm = 1;
	assert_int_equal(lineup_waiting(d, c), 16 + 1 * 16);
	c->nr_warm = 2;
	assert_int_equal(lineup_waiting(d, c), 16 + 1 * 16);
	c->line = 0; /* read while one of them leaves */
	assert_int_equal(lineup_waiting(d, c), 16);

	assert_int_equal(lineup_slice_ns(d, 0), 20 * MS);
	assert_int_equal(lineup_slice_ns(d, 16), 10 * MS);
	assert_int_equal(lineup_slice_ns(d, 48), 5 * MS);
}

static void a_task_loads_the_domain_that_it_competes_in(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	fake.domains[1].clock_ns = 9000 * MS;
	fake.domains[0].load = 1000;
	p.ctx.vruntime_ns = 4990 * MS;
	p.ctx.deadline_ns = 5012 * MS;
	lineup_join(&p, &p.ctx, &fake.domains[0]);
	lineup_join(&p, &p.ctx, &fake.domains[0]);
	assert_int_equal(fake.domains[0].load, 1100);
	assert_int_equal(p.ctx.vruntime_ns, 4990 * MS);

	p.weight = 300;
	lineup_join(&p, &p.ctx, &fake.domains[0]);
	assert_int_equal(fake.domains[0].load, 1300);

	lineup_join(&p, &p.ctx, &fake.domains[1]);
	assert_int_equal(fake.domains[0].load, 1000);
	assert_int_equal(fake.domains[1].load, 300);
	assert_int_equal(p.ctx.domain, 1);
	assert_int_equal(p.ctx.vruntime_ns, 8990 * MS);
	assert_int_equal(p.ctx.deadline_ns, 9012 * MS);

	lineup_leave(&p.ctx);
	lineup_leave(&p.ctx);
	assert_int_equal(fake.domains[1].load, 0);
	assert_int_equal(p.ctx.load, 0);
}

static u64 vruntime_after(struct task_struct *p, struct domain *d, u64 vruntime_ns, u32 nr_waiting,
			  bool wakeup)
{
	p->ctx.vruntime_ns = vruntime_ns;
	lineup(p, &p->ctx, d, nr_waiting, wakeup);
	return p->ctx.vruntime_ns;
}

static void a_waking_task_lags_by_its_credit(void **state)
{
	struct task_struct p = fake_task(0);
	struct domain *d = &fake.domains[0];

	(void)state;
	p.ctx.sleep_freq = 6 * 16;
	assert_int_equal(vruntime_after(&p, d, 4000 * MS, 0, true), 4880 * MS);
	assert_int_equal(vruntime_after(&p, d, 4000 * MS, 0, false), 4800 * MS);
	assert_int_equal(vruntime_after(&p, d, 4900 * MS, 0, true), 4900 * MS);
	assert_int_equal(vruntime_after(&p, d, 4000 * MS, 16, true), 4940 * MS);
	/* The lead is two slices over the weight, whether it slept or not. */
	assert_int_equal(vruntime_after(&p, d, 6000 * MS, 0, true), 5040 * MS);
	p.weight = 50;
	assert_int_equal(vruntime_after(&p, d, 6000 * MS, 0, false), 5080 * MS);
	p.weight = 1;
	assert_int_equal(vruntime_after(&p, d, 6000 * MS, 0, false), 5200 * MS);
}

static void lining_up_sets_deadline_load_and_wait(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	p.ctx.vruntime_ns = 4000 * MS;
	p.ctx.awake_ns = 30 * MS;
	lineup(&p, &p.ctx, &fake.domains[0], 0, true);
	assert_int_equal(p.ctx.vruntime_ns, 4980 * MS);
	assert_int_equal(p.ctx.deadline_ns, 5010 * MS);
	assert_int_equal(p.ctx.wait_start_ns, 1000 * MS);
	assert_int_equal(fake.domains[0].load, 100);
	fake.now_ns += 5;
	p.ctx.awake_ns = 300 * MS;
	lineup(&p, &p.ctx, &fake.domains[0], 0, false);
	assert_int_equal(p.ctx.wait_start_ns, 1000 * MS);
	assert_int_equal(p.ctx.deadline_ns, 5080 * MS);
}

static void a_running_task_has_the_deadline_of_being_put_back_now(void **state)
{
	struct task_struct p = fake_task(0);
	struct cpu_ctx *c = &fake.cpus[0];
	struct domain *d = &fake.domains[0];
	u64 deadline;

	(void)state;
	p.weight = 200;
	c->capacity = 512;
	p.ctx.run_start_ns = 984 * MS;
	p.ctx.awake_ns = 3 * MS;
	deadline = lineup_running_deadline(&p, &p.ctx, c, d);
	assert_int_equal(deadline, 5000 * MS + 4 * MS + 7 * MS);
	assert_int_equal(p.ctx.vruntime_ns, 5000 * MS);
	p.ctx.awake_ns = 99 * MS;
	assert_int_equal(lineup_running_deadline(&p, &p.ctx, c, d), 5104 * MS);
	p.ctx.vruntime_ns = 6000 * MS;
	assert_int_equal(lineup_running_deadline(&p, &p.ctx, c, d), 5120 * MS);
}

/* --- Which cores a task fits --- */

static void utilisation_averages_over_a_window(void **state)
{
	(void)state;
	assert_int_equal(util_after(0, 32 * MS, 32 * MS, 1024), 512);
	assert_int_equal(util_after(512, 32 * MS, 0, 1024), 256);
	assert_int_equal(util_after(512, 32 * MS, 32 * MS, 512), 512);
	assert_int_equal(util_after(100, 16 * MS, 8 * MS, 1024), 237); /* 11392 / 48 */
	assert_int_equal(util_after(0, 0, 32 * MS, 1024), 512);	       /* no more than all of it */
}

static void runs_are_added_to_the_utilisation(void **state)
{
	struct cpu_ctx c = { .capacity = 512 };
	struct task_ctx t = { .run_ns = 5 };

	(void)state;
	fit_note_run(&t, c.capacity, 32 * MS, 100 * MS);
	assert_int_equal(t.util, 256);
	assert_int_equal(t.util_ns, 100 * MS);
	assert_int_equal(t.run_ns, 32 * MS + 5);
	/* It slept for half of the next 32 ms. */
	fit_note_run(&t, c.capacity, 16 * MS, 132 * MS);
	assert_int_equal(t.util, 256);
	assert_int_equal(t.util_ns, 132 * MS);
	assert_int_equal(t.run_ns, 48 * MS + 5);
	/* A clock that is behind: only the run counts. */
	fit_note_run(&t, c.capacity, 32 * MS, 131 * MS);
	assert_int_equal(t.util, 384);
	/* Where it steers nothing it is not kept. */
	fake.no_policy = true;
	fit_note_run(&t, c.capacity, 32 * MS, 163 * MS);
	assert_int_equal(t.util, 384);
	assert_int_equal(t.run_ns, 112 * MS + 5);
}

static void kinds_below_the_utilisation_are_unfit(void **state)
{
	struct policy policy = { .fit_util = { 200, 0, 300 } };
	struct task_ctx t = { .util = 301, .util_ns = 100 * MS };

	(void)state;
	assert_int_equal(fit_unfit_kinds(&policy, &t, 100 * MS), 5);
	t.util = 300;
	assert_int_equal(fit_unfit_kinds(&policy, &t, 100 * MS), 1);
	t.util = 200;
	assert_int_equal(fit_unfit_kinds(&policy, &t, 100 * MS), 0);
	/* It decays while the task sleeps; no utilisation is known of one that never ran. */
	t.util = 602;
	assert_int_equal(fit_unfit_kinds(&policy, &t, 132 * MS), 5);
	t.util = 600;
	assert_int_equal(fit_unfit_kinds(&policy, &t, 132 * MS), 1);
	assert_int_equal(fit_unfit_kinds(&policy, &t, 99 * MS), 0);
	t.util_ns = 0;
	assert_int_equal(fit_unfit_kinds(&policy, &t, 1), 0);
}

static void one_kind_of_core_fits_all(void **state)
{
	(void)state;
	assert_false(fit_matters(&fake.conf));
	fake.conf.nr_kinds = 2;
	assert_true(fit_matters(&fake.conf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(distance_is_the_smallest_part_that_holds_both, setup),
		cmocka_unit_test_setup(migrations_are_counted_by_distance, setup),
		cmocka_unit_test_setup(wait_buckets_are_powers_of_two_us, setup),
		cmocka_unit_test_setup(a_wait_is_counted_once, setup),
		cmocka_unit_test_setup(a_stint_lasts_from_its_start, setup),
		cmocka_unit_test_setup(a_stint_is_charged_and_moves_the_clock, setup),
		cmocka_unit_test_setup(sleeping_starts_a_new_interval, setup),
		cmocka_unit_test_setup(who_waits_for_this_cpu_alone_counts_fully, setup),
		cmocka_unit_test_setup(a_task_loads_the_domain_that_it_competes_in, setup),
		cmocka_unit_test_setup(a_waking_task_lags_by_its_credit, setup),
		cmocka_unit_test_setup(lining_up_sets_deadline_load_and_wait, setup),
		cmocka_unit_test_setup(a_running_task_has_the_deadline_of_being_put_back_now,
				       setup),
		cmocka_unit_test_setup(utilisation_averages_over_a_window, setup),
		cmocka_unit_test_setup(runs_are_added_to_the_utilisation, setup),
		cmocka_unit_test_setup(kinds_below_the_utilisation_are_unfit, setup),
		cmocka_unit_test_setup(one_kind_of_core_fits_all, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
