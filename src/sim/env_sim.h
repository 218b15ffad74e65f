/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam on the simulator's side: env.h over the machine that runs now. env.bpf.h is its twin.
 */
#ifndef SCX_TOPO_SIM_ENV_SIM_H
#define SCX_TOPO_SIM_ENV_SIM_H

#define ENV static inline
#include "bpf/env.h"
#include "policy.h"

ENV u64 env_now(void)
{
	return sim_current->now_ns;
}

ENV u64 env_switch_ns(void)
{
	return sim_current->now_ns;
}

ENV const struct topo_conf *env_conf(void)
{
	return &sim_current->layout.conf;
}

ENV bool env_steered(void)
{
	return sim_current->policy_map.mode != TOPO_MODE_PERF;
}

ENV const struct policy *env_policy(void)
{
	return env_steered() ? &sim_current->policy_map : NULL;
}

ENV struct machine *env_machine(void)
{
	return &sim_current->machine;
}

ENV struct cpu_ctx *env_cpu(u32 cpu)
{
	return cpu < sim_current->nr_cpu_ids ? &sim_current->layout.cpus[cpu] : NULL;
}

ENV struct tile *env_tile(u32 tile)
{
	const struct layout *layout = &sim_current->layout;

	return tile < layout->conf.nr_tiles ? &layout->tiles[tile] : NULL;
}

ENV struct domain *env_domain(u32 domain)
{
	const struct layout *layout = &sim_current->layout;

	return domain < layout->conf.nr_domains ? &layout->domains[domain] : NULL;
}

ENV struct task_ctx *env_task(struct task_struct *p)
{
	return &p->ctx;
}

ENV u32 env_task_cpu(struct task_struct *p)
{
	return p->cpu;
}

ENV u32 env_task_weight(struct task_struct *p)
{
	return p->weight;
}

ENV bool env_task_pinned(struct task_struct *p)
{
	return p->allowed && p->allowed->nr == 1;
}

ENV bool env_task_everywhere(struct task_struct *p)
{
	return !p->allowed;
}

ENV bool env_task_may_run(struct task_struct *p, u32 cpu)
{
	return task_may_run(sim_current, p, cpu);
}

ENV void env_task_set_slice(struct task_struct *p, u64 slice_ns)
{
	p->slice_ns = slice_ns;
}

ENV void env_insert_local(struct task_struct *p, u32 cpu, u64 slice_ns, u32 enq)
{
	(void)enq; /* from select_cpu, the CPU is the one it returns */
	sim_insert_local(p, cpu, slice_ns);
}

ENV void env_insert_next(struct task_struct *p, u64 slice_ns)
{
	sim_insert_next(p, slice_ns);
}

ENV struct dsq *env_sim_dsq(u64 dsq)
{
	if (dsq >= DSQ_CPU_BASE)
		return &sim_current->cpu_dsqs[dsq - DSQ_CPU_BASE];
	return &sim_current->domain_dsqs[dsq - DSQ_DOMAIN_BASE];
}

ENV void env_insert_dsq(struct task_struct *p, u64 dsq, u64 slice_ns, u64 deadline_ns)
{
	sim_insert_dsq(p, env_sim_dsq(dsq), slice_ns, deadline_ns);
}

ENV bool env_move_to_local(u64 dsq)
{
	return sim_move_to_local(env_sim_dsq(dsq));
}

ENV bool env_first_deadline(u64 dsq, u64 *deadline_ns)
{
	const struct dsq_node *first = env_sim_dsq(dsq)->first;

	if (first)
		*deadline_ns = first->vtime_ns;
	return first;
}

ENV void env_kick(u32 cpu, enum env_kick how)
{
	cpu_kick(sim_current, cpu, how == ENV_KICK_PREEMPT);
}

ENV bool env_cpu_taken(u32 cpu)
{
	return sim_cpu(sim_current, cpu)->state == CPU_TAKEN;
}

ENV u32 env_speed(u32 cpu)
{
	return governor_speed(sim_current, cpu);
}

/* As a utilisation, to which the governor adds a quarter. */
ENV void env_set_speed(u32 cpu, u32 speed)
{
	governor_wish(sim_current, cpu, speed < CLOCK_FULL ? speed * 4 / 5 : speed);
}

ENV struct cpu_stats *env_stats(void)
{
	u32 kind = sim_current->layout.cpus[sim_current->this_cpu].kind;

	return &sim_current->kind_stats[kind];
}

#endif
