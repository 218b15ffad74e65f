/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"

#define CPUS_MAX  48
#define LINES_MAX 5

static const char *const level_words[LEVELS] = { "package", "numa", "l3", "l2", "core", "pu" };

void topology_words(const struct test_case *test, char *words, size_t size)
{
	size_t at = 0;
	int i;

	for (i = 0; i < LEVELS; i++)
		at += snprintf(words + at, size - at, "%s%s:%u", i ? " " : "", level_words[i],
			       test->arity[i]);
}

static void generate_topology(struct test_case *test, struct rng *rng)
{
	static const u32 most[LEVELS] = { 2, 2, 3, 2, 6, 4 };
	u32 cpus, i;

	do {
		for (i = 0, cpus = 1; i < LEVELS; i++) {
			test->arity[i] = rng_between(rng, 1, rng_below(rng, 2) ? most[i] : 1);
			cpus *= test->arity[i];
		}
	} while (cpus > CPUS_MAX);
	test->kinds = rng_below(rng, 3) ? 1 : rng_between(rng, 2, 3);
}

static u64 random_span(struct rng *rng, u64 min_ns, u64 max_ns)
{
	/* Small ones as often as large ones: a random number of halvings of the range. */
	u64 top = max_ns >> rng_below(rng, 8);

	return rng_between(rng, min_ns, top > min_ns ? top : min_ns);
}

static struct span span_from(struct rng *rng, u64 min_ns, u64 max_ns)
{
	struct span span;

	span.min_ns = random_span(rng, min_ns, max_ns);
	span.max_ns = rng_below(rng, 2) ? span.min_ns : rng_between(rng, span.min_ns, max_ns);
	return span;
}

/* A few CPUs, or one: numbers that the machine has. */
static void random_cpus(struct workload *w, struct rng *rng, u32 nr_cpus)
{
	u32 i, nr = rng_below(rng, 2) ? 1 : rng_between(rng, 1, nr_cpus);

	w->has_cpus = true;
	w->each_cpu = !rng_below(rng, 3);
	for (i = 0; i < nr && !w->each_cpu; i++) {
		u32 cpu = rng_below(rng, nr_cpus);

		w->cpus[cpu / 64] |= 1ULL << (cpu % 64);
	}
}

static void random_line(struct workload *w, struct rng *rng, u32 nr_cpus, u64 duration_ns)
{
	const u64 us = NSEC_PER_USEC, ms = NSEC_PER_MSEC;

	snprintf(w->name, sizeof(w->name), "t%u", w->line);
	w->kind = rng_below(rng, WORK_HOTPLUG);
	w->run = span_from(rng, us, 10 * ms);
	w->every = span_from(rng, 500 * us, 40 * ms);
	w->sleep = span_from(rng, us, 20 * ms);
	w->copies = rng_between(rng, 1, 1 + rng_below(rng, 2 * nr_cpus));
	w->length = rng_between(rng, 2, 5);
	w->jobs = rng_between(rng, 1, 1 + nr_cpus);
	w->senders = rng_between(rng, 1, 4);
	w->receivers = rng_between(rng, 1, 4);
	if (w->kind == WORK_KTHREAD || w->kind == WORK_RT) {
		w->copies = 1;
		w->run.max_ns = w->run.min_ns = random_span(rng, us, 300 * us);
		w->sleep = span_from(rng, ms, 20 * ms);
	}
	if (w->kind == WORK_CHAIN || w->kind == WORK_MESSAGES || w->kind == WORK_BUILD)
		w->copies = 1 + w->copies / 8;
	if (!rng_below(rng, 3) && w->kind != WORK_RT)
		w->nice = (s32)rng_between(rng, 0, 20) - 10;
	w->weight = scenario_weight(w->nice);
	if (!rng_below(rng, 4) && w->kind != WORK_RT && w->kind != WORK_KTHREAD)
		random_cpus(w, rng, nr_cpus);
	if (!rng_below(rng, 6) && w->kind != WORK_RT && w->kind != WORK_KTHREAD)
		w->rebind = span_from(rng, 100 * us, 20 * ms);
	if (!rng_below(rng, 4))
		w->start_ns = rng_below(rng, duration_ns);
	if (!rng_below(rng, 4))
		w->end_ns = w->start_ns + rng_between(rng, 1, duration_ns);
}

/* Some CPUs go away and perhaps come back; the first one always stays. */
static void random_hotplug(struct workload *w, struct rng *rng, u32 nr_cpus, u64 duration_ns)
{
	u32 cpu, left = rng_between(rng, 1, nr_cpus - 1);

	snprintf(w->name, sizeof(w->name), "h%u", w->line);
	w->kind = WORK_HOTPLUG;
	w->has_cpus = true;
	for (; left; left--) {
		cpu = rng_between(rng, 1, nr_cpus - 1);
		w->cpus[cpu / 64] |= 1ULL << (cpu % 64);
	}
	w->start_ns = rng_below(rng, duration_ns);
	if (rng_below(rng, 3))
		w->end_ns = w->start_ns + rng_between(rng, 1, duration_ns);
}

static u32 draw_hotplugs(struct rng *rng, u32 nr_cpus)
{
	return nr_cpus > 1 && !rng_below(rng, 5) ? rng_between(rng, 1, 2) : 0;
}

void generate(struct test_case *test, u64 seed)
{
	struct rng rng = rng_stream(seed, 77), clocks = rng_stream(seed, 78);
	u32 i, nr_cpus = 1, hotplugs;

	memset(test, 0, sizeof(*test));
	test->seed = seed;
	generate_topology(test, &rng);
	for (i = 0; i < LEVELS; i++)
		nr_cpus *= test->arity[i];
	test->mode = rng_below(&rng, 2) ? TOPO_MODE_PERF : TOPO_MODE_POWERSAVE;
	if (!rng_below(&clocks, 3))
		test->governor = GOVERNOR_SCHEDUTIL;
	test->duration_ns = rng_between(&rng, 20, 200) * NSEC_PER_MSEC;
	if (!rng_below(&rng, 32)) /* long enough to starve */
		test->duration_ns *= 20;
	test->land_ns = rng_between(&rng, 50, rng_below(&rng, 2) ? 5000 : 300);
	test->restart_ns = rng_between(&rng, 1000, 30 * NSEC_PER_MSEC);
	hotplugs = draw_hotplugs(&rng, nr_cpus);
	test->scenario.nr_workloads = hotplugs + rng_between(&rng, 1, LINES_MAX);
	test->scenario.workloads =
		calloc(test->scenario.nr_workloads, sizeof(*test->scenario.workloads));
	if (!test->scenario.workloads)
		abort();
	for (i = 0; i < test->scenario.nr_workloads; i++) {
		test->scenario.workloads[i].line = i + 1;
		if (i < hotplugs)
			random_hotplug(&test->scenario.workloads[i], &rng, nr_cpus,
				       test->duration_ns);
		else
			random_line(&test->scenario.workloads[i], &rng, nr_cpus, test->duration_ns);
	}
}

void test_case_free(struct test_case *test)
{
	scenario_free(&test->scenario);
}

/*
 * Cores are dealt out to kinds in runs, as on real hybrids; threads stay with the fastest. By their
 * number in the whole machine: the same when some are offline, which may leave a kind without any.
 */
static u32 kind_of(const struct test_case *test, const struct topo_cpu *cpu, u32 kinds)
{
	u32 cores = 1, i;

	for (i = 0; i < LEVELS - 1; i++)
		cores *= test->arity[i];
	return cpu->cpu / test->arity[LEVELS - 1] * kinds / cores;
}

static void set_kind(struct topo *topo, struct topo_cpu *cpu, int kind, int capacity)
{
	struct topo_kind *k = &topo->kinds[kind];

	if (!k->cpus)
		k->cpus = hwloc_bitmap_alloc();
	k->capacity = cpu->capacity = capacity;
	cpu->kind = kind;
	hwloc_bitmap_set(k->cpus, cpu->cpu);
	if (kind >= topo->nr_kinds)
		topo->nr_kinds = kind + 1;
}

void add_kinds(const struct test_case *test, struct topo *topo)
{
	static const int capacities[] = { 400, 640, 1024 };
	int i, kind, last = -1, nr = -1;

	if (test->kinds < 2)
		return;
	for (i = 0; i < topo->nr_kinds; i++)
		hwloc_bitmap_free(topo->kinds[i].cpus);
	free(topo->kinds);
	topo->nr_kinds = 0;
	topo->kinds = calloc(test->kinds, sizeof(*topo->kinds));
	if (!topo->kinds)
		abort();
	for (i = 0; i < topo->nr_cpus; i++) { /* kinds come in the order of the CPUs' numbers */
		kind = kind_of(test, &topo->cpus[i], test->kinds);
		nr += kind != last;
		last = kind;
		set_kind(topo, &topo->cpus[i], nr, capacities[3 - test->kinds + kind]);
	}
}
