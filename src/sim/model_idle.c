/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>

#include "model_idle.h"

static void sort_by_distance(struct sim *sim, u32 domain, u32 *cpus)
{
	const struct topo *topo = sim->topo;
	u32 nr = 0;
	int node = topo->domains[domain].node, distance, i;

	for (i = 0; i < topo->nr_cpus; i++) {
		if (topo->cpus[i].domain == (int)domain)
			cpus[nr++] = topo->cpus[i].cpu;
	}
	for (distance = 0; distance < 256; distance++) {
		for (i = 0; i < topo->nr_cpus; i++) {
			const struct topo_cpu *c = &topo->cpus[i];
			int d = c->node == node ? 0 : topo_distance(topo, node, c->node);

			if (c->domain != (int)domain && (d < 255 ? d : 255) == distance)
				cpus[nr++] = c->cpu;
		}
	}
}

int model_idle_init(struct sim *sim, struct model_idle *idle)
{
	u32 i;

	idle->nr_cpus = sim->topo->nr_cpus;
	idle->idle.bits = calloc((sim->nr_cpu_ids + 63) / 64, sizeof(u64));
	idle->by_distance =
		calloc((size_t)idle->nr_cpus * sim->topo->nr_domains, sizeof(*idle->by_distance));
	if (!idle->idle.bits || !idle->by_distance)
		return -ENOMEM;
	for (i = 0; i < (u32)sim->topo->nr_domains; i++)
		sort_by_distance(sim, i, &idle->by_distance[(size_t)i * idle->nr_cpus]);
	return 0;
}

void model_idle_free(struct model_idle *idle)
{
	free(idle->idle.bits);
	free(idle->by_distance);
}

void model_idle_update(struct model_idle *idle, u32 cpu, bool is_idle)
{
	u64 bit = 1ULL << (cpu % 64);

	if (cpu_set_has(&idle->idle, cpu) == is_idle)
		return;
	idle->idle.bits[cpu / 64] ^= bit;
	idle->idle.nr += is_idle ? 1 : -1;
}

static bool core_idle(const struct model_idle *idle, const struct sim_cpu *c)
{
	u32 i;

	for (i = 0; i < c->core->nr_cpus; i++) {
		if (!cpu_set_has(&idle->idle, c->core->cpus[i]->cpu))
			return false;
	}
	return true;
}

static bool usable(struct sim *sim, const struct model_idle *idle, const struct task_struct *p,
		   u32 cpu, bool whole)
{
	return cpu_set_has(&idle->idle, cpu) && task_may_run(sim, p, cpu) &&
	       (!whole || core_idle(idle, sim_cpu(sim, cpu)));
}

static s32 find(struct sim *sim, const struct model_idle *idle, const struct task_struct *p,
		u32 prev_cpu, bool whole)
{
	u32 domain = sim_cpu(sim, prev_cpu)->topo->domain, i;
	const u32 *cpus = &idle->by_distance[(size_t)domain * idle->nr_cpus];

	if (usable(sim, idle, p, prev_cpu, whole))
		return prev_cpu;
	for (i = 0; i < idle->nr_cpus; i++) {
		if (usable(sim, idle, p, cpus[i], whole))
			return cpus[i];
	}
	return -1;
}

s32 model_idle_pick(struct sim *sim, struct model_idle *idle, const struct task_struct *p,
		    u32 prev_cpu)
{
	s32 cpu = -1;

	if (!idle->idle.nr)
		return -1;
	if (sim->topo->smt_width > 1)
		cpu = find(sim, idle, p, prev_cpu, true);
	if (cpu < 0)
		cpu = find(sim, idle, p, prev_cpu, false);
	if (cpu >= 0)
		model_idle_update(idle, cpu, false);
	return cpu;
}
