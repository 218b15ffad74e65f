/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy's seam for counting what it costs: tables of any machine, a clock that stands still,
 * and queues that forget. The kernel's share of a decision is not in it.
 */
#ifndef SCX_TOPO_BENCH_SCALING_ENV_H
#define SCX_TOPO_BENCH_SCALING_ENV_H

#define ENV static inline
#include "bpf/env.h"
#include "topo/layout.h"

#define sched_yield topo_sched_yield /* <sched.h> has one too */

struct task_struct {
	struct task_ctx ctx;
	u32 cpu;
};

static struct {
	struct layout layout;
	struct machine machine;
	struct policy policy;
	struct cpu_stats stats;
} bench;

ENV u64 env_now(void)
{
	return NSEC_PER_SEC;
}

ENV u64 env_switch_ns(void)
{
	return env_now();
}

ENV const struct topo_conf *env_conf(void)
{
	return &bench.layout.conf;
}

ENV bool env_steered(void)
{
	return bench.policy.mode != TOPO_MODE_PERF;
}

ENV const struct policy *env_policy(void)
{
	return env_steered() ? &bench.policy : NULL;
}

ENV struct machine *env_machine(void)
{
	return &bench.machine;
}

ENV struct cpu_ctx *env_cpu(u32 cpu)
{
	return cpu < bench.layout.conf.nr_cpu_ids ? &bench.layout.cpus[cpu] : NULL;
}

ENV struct tile *env_tile(u32 tile)
{
	return tile < bench.layout.conf.nr_tiles ? &bench.layout.tiles[tile] : NULL;
}

ENV struct domain *env_domain(u32 domain)
{
	return domain < bench.layout.conf.nr_domains ? &bench.layout.domains[domain] : NULL;
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
	(void)p;
	return 100;
}

ENV bool env_task_pinned(struct task_struct *p)
{
	(void)p;
	return false;
}

ENV bool env_task_everywhere(struct task_struct *p)
{
	(void)p;
	return true;
}

ENV bool env_task_may_run(struct task_struct *p, u32 cpu)
{
	(void)p, (void)cpu;
	return true;
}

ENV void env_task_set_slice(struct task_struct *p, u64 slice_ns)
{
	(void)p, (void)slice_ns;
}

ENV void env_insert_local(struct task_struct *p, u32 cpu, u64 slice_ns, u32 enq)
{
	(void)p, (void)cpu, (void)slice_ns, (void)enq;
}

ENV void env_insert_next(struct task_struct *p, u64 slice_ns)
{
	(void)p, (void)slice_ns;
}

ENV void env_insert_dsq(struct task_struct *p, u64 dsq, u64 slice_ns, u64 deadline_ns)
{
	(void)p, (void)dsq, (void)slice_ns, (void)deadline_ns;
}

ENV bool env_move_to_local(u64 dsq)
{
	(void)dsq;
	return false;
}

ENV bool env_first_deadline(u64 dsq, u64 *deadline_ns)
{
	(void)dsq, (void)deadline_ns;
	return false;
}

ENV void env_kick(u32 cpu, enum env_kick how)
{
	(void)cpu, (void)how;
}

ENV bool env_cpu_taken(u32 cpu)
{
	(void)cpu;
	return false;
}

ENV u32 env_speed(u32 cpu)
{
	(void)cpu;
	return 1024;
}

ENV void env_set_speed(u32 cpu, u32 speed)
{
	(void)cpu, (void)speed;
}

ENV struct cpu_stats *env_stats(void)
{
	return &bench.stats;
}

#endif
