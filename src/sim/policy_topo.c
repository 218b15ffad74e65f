/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shipped policy: bpf/ compiled over the simulator's side of the seam. Built again with changed
 * headers and another POLICY_TOPO for the mutants of tests/property.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "env_sim.h"
#define sched_yield topo_sched_yield /* <sched.h> has one too */
#include "bpf/sched.h"

#ifndef POLICY_TOPO
#define POLICY_TOPO policy_topo
#endif

static int topo_init(struct sim *sim)
{
	int err = layout_build(sim->seen, &sim->layout);

	if (err)
		return err;
	sim->layout.conf.sets_speed = sim->governor.type == GOVERNOR_SCHEDUTIL;
	layout_policy(sim->seen, sim->mode, &sim->policy_map);
	sim->layout.conf.fallback = sim->policy_map;
	memset(sim->kind_stats, 0, sizeof(sim->kind_stats));
	sim->domain_dsqs = calloc(sim->layout.conf.nr_domains, sizeof(*sim->domain_dsqs));
	sim->cpu_dsqs = calloc(sim->nr_cpu_ids, sizeof(*sim->cpu_dsqs));
	if (!sim->domain_dsqs || !sim->cpu_dsqs)
		return -ENOMEM;
	if (sim->mode == TOPO_MODE_PERF)
		return 0;
	return sim->no_energy ? sim_steering_static(sim) : sim_steering_start(sim);
}

static void topo_exit(struct sim *sim)
{
	sim_steering_end(sim);
	layout_free(&sim->layout);
	free(sim->domain_dsqs);
	free(sim->cpu_dsqs);
	sim->domain_dsqs = sim->cpu_dsqs = NULL;
}

/*
 * What must hold about vruntime, seen from outside the policy: running charges it exactly the CPU
 * time over the weight, and nothing else moves it but the bounds on lag and lead, which bring it
 * nearer to its domain's clock.
 */
static s64 lead_of(const struct task_struct *p)
{
	const struct layout *layout = &sim_current->layout;

	if (p->ctx.domain >= layout->conf.nr_domains)
		return 0;
	return p->ctx.vruntime_ns - layout->domains[p->ctx.domain].clock_ns;
}

static void check_lead(const struct task_struct *p, s64 before)
{
	s64 after = lead_of(p);

	if (before == after || (before >= 0 && after >= 0 && after < before) ||
	    (before <= 0 && after <= 0 && after > before))
		return;
	sim_breach(sim_current, "task %u (%s): vruntime moved from %lld to %lld ns off the clock",
		   p->id, sim_task_name(p), before, after);
}

static s32 topo_select_cpu(struct task_struct *p, s32 prev_cpu, u32 enq)
{
	s64 lead = lead_of(p);
	s32 cpu = sched_select_cpu(p, prev_cpu, enq);

	check_lead(p, lead);
	return cpu;
}

static void topo_enqueue(struct task_struct *p, u32 enq)
{
	s64 lead = lead_of(p);

	sched_enqueue(p, enq);
	check_lead(p, lead);
}

static void topo_stopping(struct task_struct *p, bool runnable)
{
	const struct cpu_ctx *c = env_cpu(p->cpu);
	u64 before = p->ctx.vruntime_ns, from = p->ctx.run_start_ns, charged;

	sched_stopping(p, runnable);
	charged = charge_ns(env_now() - from, p->weight, c->capacity);
	if (p->ctx.vruntime_ns != before + charged)
		sim_breach(sim_current, "task %u (%s) charged %lld ns for %llu", p->id,
			   sim_task_name(p), (s64)(p->ctx.vruntime_ns - before), charged);
}

/* In performance whatever runs does so at full speed, as far as it is for us to say. */
static void topo_running(struct task_struct *p)
{
	const struct sim_cpu *c = sim_cpu(sim_current, p->cpu);

	sched_running(p);
	if (sim_current->mode == TOPO_MODE_PERF && c->governor.wish != CLOCK_FULL)
		sim_breach(sim_current, "CPU %u runs a task slowly in performance", p->cpu);
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
	.select_cpu = topo_select_cpu,
	.enqueue = topo_enqueue,
	.dispatch = sched_dispatch,
	.running = topo_running,
	.tick = sched_tick,
	.stopping = topo_stopping,
	.yield = sched_yield,
	.enable = sched_enable,
	.disable = sched_disable,
	.init_task = topo_init_task,
	.set_affinity = sched_set_affinity,
};
