/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Property tests of the policy: random machines, random load, and what must hold always.
 *
 *	property --seeds 300			seeds 1 to 300
 *	property --first 1000 --seeds 100	seeds 1000 to 1099
 *	property --first 42 --seeds 1 --show	what one seed does, and if it fails the smallest
 *						case that was found to fail too
 *	property --mutants			every mutant is caught (a test of the tests)
 *
 * The bounds are stated below; with a failing seed the command to see it again is printed.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shrink.h"
#include "src/sim/policy.h"

/*
 * How long a task may wait while one and the same CPU that it may use is idle. In its own domain:
 * an interrupt and the way out of the deepest idle state, 0.62 ms. Another domain's CPU leaves it
 * alone where moving it costs more than it gains; then it waits for the next CPU of its own domain,
 * that is for a slice and a tick, and once more if a task that is bound to that CPU is before it.
 */
#define NEAR_VIOLATION_BOUND_NS (1 * NSEC_PER_MSEC)
#define VIOLATION_BOUND_NS	(48 * NSEC_PER_MSEC)

#define SEEDS_PER_MUTANT 3000

extern const struct sim_policy mutant_lost_kick, mutant_deadline_as_vruntime,
	mutant_forgotten_pinned_queue, mutant_affinity_ignored, mutant_uncounted_sleep,
	mutant_shared_queue_starves, mutant_slow_in_perf, mutant_speed_of_another;

static const struct {
	const char *name;
	const struct sim_policy *policy;
	u64 first; /* seed to begin with: not 1 where few seeds notice it */
} mutants[] = {
	{ "lost_kick", &mutant_lost_kick, 1 },
	{ "deadline_as_vruntime", &mutant_deadline_as_vruntime, 1 },
	{ "forgotten_pinned_queue", &mutant_forgotten_pinned_queue, 1 },
	{ "affinity_ignored", &mutant_affinity_ignored, 1 },
	{ "uncounted_sleep", &mutant_uncounted_sleep, 1 },
	{ "shared_queue_starves", &mutant_shared_queue_starves, 11301 },
	{ "slow_in_perf", &mutant_slow_in_perf, 1 },
	{ "speed_of_another", &mutant_speed_of_another, 1 },
};
#define NR_MUTANTS (sizeof(mutants) / sizeof(mutants[0]))

struct totals {
	u64 events, switches, longest_wait_ns, longest_near_violation_ns;
	u64 longest_violation_ns, seed_of_violation;
	u32 longest_wait_percent;
};

static int load_topo(const void *test, hwloc_const_bitmap_t offline, struct topo **topo)
{
	char words[200], err[256];
	struct topo_source source = { .type = TOPO_SYNTHETIC, .arg = words, .offline = offline };

	topology_words(test, words, sizeof(words));
	if (topo_load(&source, topo, err, sizeof(err))) {
		fprintf(stderr, "%s: %s\n", words, err);
		exit(1);
	}
	add_kinds(test, *topo);
	return 0;
}

/* True: something broke; `breach` says what. */
bool run_case(const struct test_case *test, const struct sim_policy *policy,
	      struct sim_stats *stats, char *breach)
{
	struct sim_cost cost = *sim_cost_find("x86");
	struct sim_setup setup;
	struct topo *topo;
	char err[256];
	struct sim sim;
	bool broken;

	load_topo(test, NULL, &topo);
	cost.land_ns = test->land_ns;
	cost.restart_ns = test->restart_ns;
	setup = (struct sim_setup){ .topo = topo,
				    .policy = policy,
				    .cost = &cost,
				    .workloads = test->scenario.workloads,
				    .nr_workloads = test->scenario.nr_workloads,
				    .mode = test->mode,
				    .governor = test->governor,
				    .seed = test->seed,
				    .duration_ns = test->duration_ns,
				    .load_topo = load_topo,
				    .load_context = test };
	if (sim_create(&sim, &setup, err, sizeof(err))) {
		fprintf(stderr, "seed %llu: %s\n", test->seed, err);
		exit(1);
	}
	sim.near_violation_bound_ns = NEAR_VIOLATION_BOUND_NS;
	sim.violation_bound_ns = VIOLATION_BOUND_NS;
	sim.wait_is_bounded = true;
	broken = sim_run(&sim);
	if (breach)
		snprintf(breach, BREACH_TEXT_MAX, "%s", broken ? sim.breach[0] : "");
	if (stats)
		*stats = sim.stats;
	sim_free(&sim);
	topo_free(topo);
	return broken;
}

void show_case(FILE *out, const struct test_case *test)
{
	char words[200], text[8192];

	topology_words(test, words, sizeof(words));
	scenario_write(&test->scenario, text, sizeof(text));
	fprintf(out, "# -i \"%s\" --mode %s --governor %s --seed %llu --duration %lluns\n", words,
		test->mode == TOPO_MODE_PERF ? "perf" : "powersave",
		sim_governor_name(test->governor), test->seed, test->duration_ns);
	if (test->kinds > 1 || test->land_ns != sim_cost_find("x86")->land_ns)
		fprintf(out, "# with %u kinds of core, and %llu ns from counted to queued\n",
			test->kinds, test->land_ns);
	fputs(text, out);
}

static bool seed_fails(u64 seed, const struct sim_policy *policy, bool show, struct totals *totals)
{
	char breach[BREACH_TEXT_MAX];
	struct sim_stats stats;
	struct test_case test;
	bool broken;

	generate(&test, seed);
	broken = run_case(&test, policy, &stats, breach);
	totals->events += stats.events;
	totals->switches += stats.switches;
	if (stats.longest_wait_ns > totals->longest_wait_ns)
		totals->longest_wait_ns = stats.longest_wait_ns;
	if (stats.longest_wait_percent > totals->longest_wait_percent)
		totals->longest_wait_percent = stats.longest_wait_percent;
	if (stats.longest_near_violation_ns > totals->longest_near_violation_ns)
		totals->longest_near_violation_ns = stats.longest_near_violation_ns;
	if (stats.longest_violation_ns > totals->longest_violation_ns) {
		totals->longest_violation_ns = stats.longest_violation_ns;
		totals->seed_of_violation = seed;
	}
	if (show)
		show_case(stdout, &test);
	if (show && broken) {
		printf("\nbroken: %s\n\nsmaller:\n", breach);
		shrink(&test, policy, breach);
		show_case(stdout, &test);
		printf("broken: %s\n", breach);
	} else if (broken && policy->shipped && policy == &policy_topo) {
		printf("seed %llu: %s\n", seed, breach);
	}
	test_case_free(&test);
	return broken;
}

static int run_seeds(u64 first, u64 nr, bool show, const char *program)
{
	struct totals totals = { 0 };
	u64 seed, failed = 0, first_failed = 0;

	for (seed = first; seed < first + nr; seed++) {
		if (!seed_fails(seed, &policy_topo, show, &totals))
			continue;
		if (!failed++)
			first_failed = seed;
	}
	printf("%llu of %llu seeds from %llu hold; %llu events, %llu switches\n", nr - failed, nr,
	       first, totals.events, totals.switches);
	printf("longest wait %llu us, at most %u %% of its bound\n", totals.longest_wait_ns / 1000,
	       totals.longest_wait_percent);
	printf("longest wait beside one idle CPU of the domain %llu us, of another %llu us (seed "
	       "%llu)\n",
	       totals.longest_near_violation_ns / 1000, totals.longest_violation_ns / 1000,
	       totals.seed_of_violation);
	if (failed)
		printf("see it again: %s --first %llu --seeds 1 --show\n", program, first_failed);
	return failed ? 1 : 0;
}

static int run_mutants(void)
{
	struct totals totals = { 0 };
	u64 seed, end;
	size_t i;
	int survived = 0;

	for (i = 0; i < NR_MUTANTS; i++) {
		end = mutants[i].first + SEEDS_PER_MUTANT;
		for (seed = mutants[i].first; seed < end; seed++) {
			if (seed_fails(seed, mutants[i].policy, false, &totals))
				break;
		}
		survived += seed == end;
		printf("mutant %s: %s by seed %llu\n", mutants[i].name,
		       seed == end ? "NOT CAUGHT" : "caught", seed);
	}
	return survived ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "first", required_argument, NULL, 'f' },
		{ "seeds", required_argument, NULL, 'n' },
		{ "show", no_argument, NULL, 's' },
		{ "mutants", no_argument, NULL, 'm' },
		{ 0 },
	};
	u64 first = 1, seeds = 100;
	bool show = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'f':
			first = strtoull(optarg, NULL, 10);
			break;
		case 'n':
			seeds = strtoull(optarg, NULL, 10);
			break;
		case 's':
			show = true;
			break;
		case 'm':
			return run_mutants();
		default:
			return 2;
		}
	}
	return run_seeds(first, seeds, show, argv[0]);
}
