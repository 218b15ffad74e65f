/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shipped policy: bpf/ compiled over the simulator's side of the seam. Built again with changed
 * headers and another POLICY_TOPO for the mutants of tests/property.
 */
#include <errno.h>
#include <stdlib.h>

#include "env_sim.h"
#define sched_yield topo_sched_yield /* <sched.h> has one too */
#include "bpf/sched.h"

#ifndef POLICY_TOPO
#define POLICY_TOPO policy_topo
#endif

static int topo_init(struct sim *sim)
{
	int err = layout_build(sim->topo, &sim->layout);

	if (err)
		return err;
	layout_policy(sim->topo, sim->mode, &sim->policy_map);
	sim->layout.conf.fallback = sim->policy_map;
	sim->cpu_stats = calloc(sim->nr_cpu_ids, sizeof(*sim->cpu_stats));
	sim->domain_dsqs = calloc(sim->layout.conf.nr_domains, sizeof(*sim->domain_dsqs));
	sim->cpu_dsqs = calloc(sim->nr_cpu_ids, sizeof(*sim->cpu_dsqs));
	return sim->cpu_stats && sim->domain_dsqs && sim->cpu_dsqs ? 0 : -ENOMEM;
}

static void topo_exit(struct sim *sim)
{
	layout_free(&sim->layout);
	free(sim->cpu_stats);
	free(sim->domain_dsqs);
	free(sim->cpu_dsqs);
}

static void topo_init_task(struct task_struct *p)
{
	sched_init_task(p, &p->ctx);
}

const struct sim_policy POLICY_TOPO = {
	.name = "scx_topo",
	.what = "the shipped policy",
	.shipped = true,
	.init = topo_init,
	.exit = topo_exit,
	.select_cpu = sched_select_cpu,
	.enqueue = sched_enqueue,
	.dispatch = sched_dispatch,
	.running = sched_running,
	.tick = sched_tick,
	.stopping = sched_stopping,
	.quiescent = sched_quiescent,
	.yield = sched_yield,
	.update_idle = sched_update_idle,
	.enable = sched_enable,
	.init_task = topo_init_task,
};
