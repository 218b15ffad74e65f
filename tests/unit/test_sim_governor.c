/* SPDX-License-Identifier: GPL-2.0-only */
/* The clocks of the simulator: utilisation as the kernel averages it, and what schedutil makes of
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "src/sim/policy.h"

#define MS	    NSEC_PER_MSEC
#define HALF_LIFE   (32 * 1024 * 1024ULL)
#define ABOUT(a, b) assert_in_range(a, (b)-2, (b) + 2)

static void utilisation_halves_in_32_periods(void **state)
{
	struct utilisation u = { 0 };

	(void)state;
	utilisation_ran(&u, HALF_LIFE, 1024);
	ABOUT(utilisation_of(&u), 512);
	utilisation_rested(&u, 2 * HALF_LIFE);
	ABOUT(utilisation_of(&u), 256);
	utilisation_ran(&u, 100 * HALF_LIFE, 1024);
	ABOUT(utilisation_of(&u), 1023);
	utilisation_rested(&u, 10000 * HALF_LIFE);
	assert_int_equal(utilisation_of(&u), 0);
}

/* In one go or in many: the same. */
static void utilisation_does_not_depend_on_steps(void **state)
{
	struct utilisation once = { 0 }, often = { 0 };
	u64 now;

	(void)state;
	for (now = 100000; now <= 50 * MS; now += 100000)
		utilisation_ran(&often, now, 1024);
	utilisation_ran(&once, 50 * MS, 1024);
	assert_in_range(utilisation_of(&often), utilisation_of(&once) - 8,
			utilisation_of(&once) + 8);
}

/* The same work on a CPU of half the speed takes twice as long, and comes to the same. */
static u32 paced(u64 run_ns, u64 every_ns, u32 speed)
{
	struct utilisation u = { 0 };
	u64 now = 0, i;

	for (i = 0; i < 100; i++) {
		utilisation_ran(&u, now + run_ns * 1024 / speed, speed);
		now += every_ns;
		utilisation_rested(&u, now);
	}
	return utilisation_of(&u);
}

static void utilisation_does_not_depend_on_speed(void **state)
{
	u32 fast = paced(4 * MS, 16 * MS, 1024);

	(void)state;
	assert_in_range(fast, 180, 256); /* lowest at the end of a pause */
	assert_in_range(paced(4 * MS, 16 * MS, 512), fast - 12, fast + 12);
	assert_in_range(paced(4 * MS, 16 * MS, 300), fast - 20, fast + 20);
}

/* --- A machine -----------------------------------------------------------------------------------
 */

static struct topo *load(const char *words)
{
	struct topo_source source = { .type = TOPO_SYNTHETIC, .arg = words };
	struct topo *topo;
	char err[256];

	assert_int_equal(topo_load(&source, &topo, err, sizeof(err)), 0);
	return topo;
}

static void run(struct sim *sim, struct topo *topo, const struct sim_policy *policy,
		enum sim_governor governor, const char *text)
{
	struct scenario scenario;
	struct sim_setup setup = { .topo = topo,
				   .policy = policy,
				   .cost = sim_cost_find("x86"),
				   .seed = 1,
				   .duration_ns = 2 * NSEC_PER_SEC,
				   .governor = governor };
	char err[256];

	assert_int_equal(scenario_parse(text, "test", &scenario, err, sizeof(err)), 0);
	setup.workloads = scenario.workloads;
	setup.nr_workloads = scenario.nr_workloads;
	assert_int_equal(sim_create(sim, &setup, err, sizeof(err)), 0);
	assert_int_equal(sim_run(sim), 0);
	sim->workloads = NULL;
	scenario_free(&scenario);
}

static u32 speed_percent(const struct sim *sim)
{
	const struct governor_stats *stats = &sim->governor.stats[0];

	return stats->full_ns * 100 / stats->busy_ns;
}

static u64 total_uj(const struct sim *sim)
{
	return power_now_uj(&sim->power, sim->now_ns);
}

static void check_speed(const struct sim_policy *policy, const char *text, u32 min, u32 max)
{
	struct topo *topo = load("core:2 pu:1");
	struct sim sim;

	run(&sim, topo, policy, GOVERNOR_SCHEDUTIL, text);
	assert_in_range(speed_percent(&sim), min, max);
	sim_free(&sim);
	topo_free(topo);
}

static void clock_follows_load(void **state)
{
	(void)state;
	check_speed(&policy_fair, "t loop x2\n", 97, 100);
	/* 70 % and a quarter: the highest level; 50 % and a quarter: 710 of 1024 */
	check_speed(&policy_fair, "t periodic run=11.7ms every=16.7ms x1\n", 90, 100);
	check_speed(&policy_fair, "t periodic run=1ms every=16.7ms x1\n", 33, 40);
}

static void other_policies_run_at_full_speed(void **state)
{
	(void)state;
	check_speed(&policy_fifo, "t periodic run=1ms every=16.7ms x1\n", 100, 100);
}

/* The same work, for less. */
static void slow_clocks_save(void **state)
{
	static const char load_text[] = "t periodic run=2ms every=16.7ms x2\n";
	struct topo *topo = load("core:2 pu:1");
	struct sim fast, slow;
	u64 work, uj;

	(void)state;
	run(&fast, topo, &policy_fair, GOVERNOR_HARDWARE, load_text);
	work = fast.stats.work;
	uj = total_uj(&fast);
	sim_free(&fast);
	run(&slow, topo, &policy_fair, GOVERNOR_SCHEDUTIL, load_text);
	assert_in_range(slow.stats.work, work * 99 / 100, work * 101 / 100);
	assert_in_range(total_uj(&slow), uj / 3, uj * 95 / 100);
	assert_in_range(slow.governor.nr_changes, 1, 2000); /* at most one in a millisecond */
	sim_free(&slow);
	topo_free(topo);
}

static void clocks_are_shared(void **state)
{
	struct topo *topo = load("l3:1 l2:2 core:2 pu:2");
	struct sim sim;

	(void)state;
	run(&sim, topo, &policy_fair, GOVERNOR_SCHEDUTIL, "t loop cpus=0\n");
	assert_ptr_equal(sim.cpus[0].governor.clock, sim.cpus[3].governor.clock);
	assert_ptr_not_equal(sim.cpus[0].governor.clock, sim.cpus[4].governor.clock);
	assert_int_equal(governor_speed(&sim, 3), CLOCK_FULL);
	assert_int_equal(sim.cpus[3].capacity_now, sim.cpus[3].topo->capacity);
	sim_free(&sim);
	topo_free(topo);
}

/* What the policy wishes holds, with a quarter more, but not within a millisecond of a change. */
static void wishes_are_limited(void **state)
{
	struct topo *topo = load("core:2 pu:1");
	struct sim sim;

	(void)state;
	run(&sim, topo, &policy_fifo, GOVERNOR_SCHEDUTIL, "t loop x2\n");
	assert_int_equal(governor_speed(&sim, 0), CLOCK_FULL);
	governor_wish(&sim, 0, 440); /* 550 with headroom */
	assert_int_equal(governor_speed(&sim, 0), 559);
	assert_int_equal(governor_speed(&sim, 1), CLOCK_FULL);
	sim.now_ns += MS - 1;
	governor_wish(&sim, 0, CLOCK_FULL);
	assert_int_equal(governor_speed(&sim, 0), 559);
	sim.now_ns++;
	governor_wish(&sim, 0, CLOCK_FULL);
	assert_int_equal(governor_speed(&sim, 0), CLOCK_FULL);
	sim.now_ns += MS;
	governor_wish(&sim, 0, 0);
	assert_int_equal(governor_speed(&sim, 0), 354);
	sim_free(&sim);
	topo_free(topo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utilisation_halves_in_32_periods),
		cmocka_unit_test(utilisation_does_not_depend_on_steps),
		cmocka_unit_test(utilisation_does_not_depend_on_speed),
		cmocka_unit_test(clock_follows_load),
		cmocka_unit_test(other_policies_run_at_full_speed),
		cmocka_unit_test(slow_clocks_save),
		cmocka_unit_test(clocks_are_shared),
		cmocka_unit_test(wishes_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
