/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "activity.h"
#include "bpf/queue.h"

/* Counters are written by their CPUs while we read, each with one store. */
static void read_stats(const struct running *running, u32 cpu, struct cpu_stats *stats)
{
	const u64 *from = (const u64 *)&running->stats[cpu];
	u64 *to = (u64 *)stats;
	size_t i;

	for (i = 0; i < sizeof(*stats) / sizeof(u64); i++)
		to[i] = read_word(&from[i]);
}

/* sum += now - before */
static void add_stats(struct cpu_stats *sum, const struct cpu_stats *now,
		      const struct cpu_stats *before)
{
	const u64 *a = (const u64 *)now, *b = (const u64 *)before;
	u64 *to = (u64 *)sum;
	size_t i;

	for (i = 0; i < sizeof(*sum) / sizeof(u64); i++)
		to[i] += a[i] - b[i];
}

static void clear(struct activity *activity, u32 nr)
{
	memset(activity, 0, nr * sizeof(*activity));
}

static void add_cpu(struct activity *activity, const struct cpu_ctx *c, bool idle,
		    const struct cpu_stats *now, const struct cpu_stats *before)
{
	static const struct cpu_stats nothing;

	activity->nr_cpus++;
	activity->nr_idle += idle;
	activity->nr_waiting += line_waiting(&c->line);
	add_stats(&activity->stats, now, before);
	add_stats(&activity->total, now, &nothing);
}

static void add_cpus(struct activities *a, const struct running *running)
{
	const struct layout *layout = &running->layout;
	u32 i;

	for (i = 0; i < layout->conf.nr_cpu_ids; i++) {
		const struct cpu_ctx *c = &layout->cpus[i];
		struct cpu_stats now;
		bool idle;

		if (!c->online)
			continue;
		idle = read_word(&layout->tiles[c->tile].idle) & bit(c->slot);
		read_stats(running, i, &now);
		add_cpu(&a->machine, c, idle, &now, &a->before[i]);
		add_cpu(&a->domains[c->domain], c, idle, &now, &a->before[i]);
		add_cpu(&a->kinds[c->kind], c, idle, &now, &a->before[i]);
		a->before[i] = now;
	}
}

/* A slice may end just outside the interval, so a little more than all is possible. */
static void finish(struct activity *activity, double interval_s)
{
	double all_ns = interval_s * NSEC_PER_SEC * activity->nr_cpus;

	activity->busy = all_ns > 0 ? activity->stats.busy_ns / all_ns : 0;
	if (activity->busy > 1)
		activity->busy = 1;
}

int activities_begin(struct activities *a, const struct running *running, u64 now_ns)
{
	const struct topo_conf *conf = &running->layout.conf;
	u32 i;

	*a = (struct activities){ .nr_domains = conf->nr_domains,
				  .nr_kinds = conf->nr_kinds,
				  .before_ns = now_ns };
	a->domains = calloc(a->nr_domains, sizeof(*a->domains));
	a->kinds = calloc(a->nr_kinds, sizeof(*a->kinds));
	a->before = calloc(conf->nr_cpu_ids, sizeof(*a->before));
	if (!a->domains || !a->kinds || !a->before)
		return -ENOMEM;
	for (i = 0; i < conf->nr_cpu_ids; i++)
		read_stats(running, i, &a->before[i]);
	return 0;
}

void activities_read(struct activities *a, const struct running *running, u64 now_ns)
{
	u32 i;

	a->interval_s = (double)(now_ns - a->before_ns) / NSEC_PER_SEC;
	a->before_ns = now_ns;
	clear(&a->machine, 1);
	clear(a->domains, a->nr_domains);
	clear(a->kinds, a->nr_kinds);
	add_cpus(a, running);
	for (i = 0; i < a->nr_domains; i++) {
		u32 waiting = line_waiting(&running->layout.domains[i].line);

		a->domains[i].nr_waiting += waiting;
		a->machine.nr_waiting += waiting;
		finish(&a->domains[i], a->interval_s);
	}
	for (i = 0; i < a->nr_kinds; i++)
		finish(&a->kinds[i], a->interval_s);
	finish(&a->machine, a->interval_s);
}

void activities_free(struct activities *a)
{
	free(a->domains);
	free(a->kinds);
	free(a->before);
	memset(a, 0, sizeof(*a));
}
