/* SPDX-License-Identifier: GPL-2.0-only */
/*
 *	scaling
 *
 * What the shipped policy costs as machines grow, by the CPU time it takes: choosing an idle CPU
 * and enqueueing, and describing the machine. Where an instruction takes a nanosecond (tests/vm/run
 * --icount) the times of the policy are its instructions, the same in every run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "env.h"
#include "bpf/sched.h"

#define ROUNDS 20000

static u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

/* Where the idle CPU is, as seen from CPU 0. */
enum place { PREVIOUS, DOMAIN, FARTHEST, NOWHERE, NR_PLACES };
static const char *const place_names[NR_PLACES] = { "the previous CPU", "another in the domain",
						    "the farthest domain", "nowhere" };

static struct cpu_ctx *cpu_at(enum place place)
{
	const struct layout *l = &bench.layout;
	u32 i;

	if (place == PREVIOUS)
		return &l->cpus[0];
	for (i = l->conf.nr_cpu_ids - 1; i > 0; i--) {
		if ((l->cpus[i].domain == l->cpus[0].domain) == (place == DOMAIN))
			return &l->cpus[i];
	}
	return &l->cpus[0]; /* a machine of one domain: nothing is farther */
}

/*
 * Mean of a whole turn: a CPU becomes idle, a task wakes, finds it or lines up, and sleeps. Timed
 * all together, as reading the clock costs more than that.
 */
static u64 cost_of_turn(enum place place)
{
	static struct task_struct p;
	struct cpu_ctx *idle = place == NOWHERE ? NULL : cpu_at(place);
	u64 start;
	u32 i;

	memset(&p, 0, sizeof(p));
	memset(p.ctx.allowed, 0xff, sizeof(p.ctx.allowed));
	start = now_ns();
	for (i = 0; i < ROUNDS; i++) {
		if (idle)
			idle_set_cpu(idle);
		sched_select_cpu(&p, 0, ENV_ENQ_WAKEUP);
		if (!idle)
			sched_enqueue(&p, ENV_ENQ_WAKEUP | ENV_ENQ_QUEUEING);
		sched_stopping(&p, false);
	}
	return (now_ns() - start) / ROUNDS;
}

static u64 size_of_tables(const struct layout *l)
{
	return l->conf.nr_cpu_ids * (sizeof(*l->cpus) + sizeof(struct cpu_stats)) +
	       l->conf.nr_tiles * sizeof(*l->tiles) + l->conf.nr_domains * sizeof(*l->domains) +
	       sizeof(struct machine) + 2 * sizeof(struct policy);
}

static void measure(const char *words)
{
	struct topo_source source = { .type = TOPO_SYNTHETIC, .arg = words };
	struct topo *topo;
	char err[256];
	u64 start = now_ns(), built_ns;
	int place;

	if (topo_load(&source, &topo, err, sizeof(err)) || layout_build(topo, &bench.layout)) {
		fprintf(stderr, "scaling: %s: %s\n", words, err);
		exit(1);
	}
	built_ns = now_ns() - start;
	layout_policy(topo, TOPO_MODE_PERF, &bench.policy);
	memset(&bench.machine, 0, sizeof(bench.machine));
	printf("%4d CPUs, %3d domains: described in %llu us, tables of %llu KiB\n", topo->nr_cpus,
	       topo->nr_domains, built_ns / NSEC_PER_USEC, size_of_tables(&bench.layout) / 1024);
	for (place = 0; place < NR_PLACES; place++)
		printf("wakeup %d \"%s\" %llu\n", topo->nr_cpus, place_names[place],
		       cost_of_turn(place));
	layout_free(&bench.layout);
	topo_free(topo);
}

int main(void)
{
	static const char *const machines[] = {
		"package:1 l3:1 core:4 pu:2", "package:1 l3:2 core:4 pu:2",
		"package:2 l3:4 core:4 pu:2", "package:2 l3:8 core:8 pu:2",
		"package:8 l3:8 core:8 pu:2", "package:16 l3:16 core:8 pu:2",
	};
	u32 i;

	for (i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		measure(machines[i]);
	return 0;
}
