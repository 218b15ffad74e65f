/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam on the kernel's side: maps, kfuncs and struct task_struct. See env.h for what each
 * function means; compat.bpf.h for what differs between kernels.
 */
#ifndef SCX_TOPO_ENV_BPF_H
#define SCX_TOPO_ENV_BPF_H

#define ENV	    static __always_inline
#define ENV_SUBPROG __attribute__((noinline))
#define env_for	    bpf_for
#define env_index(i, size)        \
	({                        \
		u32 __i = (i);    \
		barrier_var(__i); \
		__i &((size)-1);  \
	})
#include "env.h"
#include "compat.bpf.h"

/* The kernel's runqueues: one field of each is read where a kfunc would cost several times that. */
extern const struct rq runqueues __ksym;

/* Set by user space before loading. */
const volatile struct topo_conf conf = {
	.nr_cpu_ids = 1,
	.nr_domains = 1,
	.nr_words = TOPO_MAX_WORDS, /* not 0 for tools that verify without user space */
	.nr_kinds = 1,
	.smt_width = 1,
};

/* Which entry of `policies` is valid; and whether it says more than the static order of perf does.
 */
u32 policy_index;
u32 policy_steers;
/* Not in a map of the usual kind: looking that up costs registers wherever it is done. */
struct policy policies[2] SEC(".data.policies");
struct machine machine;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* nr_cpu_ids */
	__type(key, u32);
	__type(value, struct cpu_ctx);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* nr_tiles */
	__type(key, u32);
	__type(value, struct tile);
} tiles SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* nr_domains */
	__type(key, u32);
	__type(value, struct domain);
} domains SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* nr_cpu_ids */
	__type(key, u32);
	__type(value, struct cpu_stats);
} stats SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_ctx);
} tasks SEC(".maps");

ENV u64 env_now(void)
{
	return scx_bpf_now();
}

ENV u64 env_switch_ns(void)
{
	const struct rq *rq = bpf_this_cpu_ptr(&runqueues);

	return rq->clock;
}

/* Hidden from the compiler, which would otherwise take the values above for the final ones. */
ENV const struct topo_conf *env_conf(void)
{
	const struct topo_conf *c = (const struct topo_conf *)&conf;

	barrier_var(c);
	return c;
}

ENV const struct policy *env_policy(void)
{
	return policy_steers ? &policies[policy_index & 1] : NULL;
}

ENV bool env_steered(void)
{
	return policy_steers;
}

ENV struct machine *env_machine(void)
{
	return &machine;
}

ENV struct cpu_ctx *env_cpu(u32 cpu)
{
	return bpf_map_lookup_elem(&cpus, &cpu);
}

ENV struct tile *env_tile(u32 tile)
{
	return bpf_map_lookup_elem(&tiles, &tile);
}

ENV struct domain *env_domain(u32 domain)
{
	return bpf_map_lookup_elem(&domains, &domain);
}

ENV struct task_ctx *env_task(struct task_struct *p)
{
	return bpf_task_storage_get(&tasks, p, 0, 0);
}

ENV u32 env_task_cpu(struct task_struct *p)
{
	return compat_task_cpu(p);
}

ENV u32 env_task_weight(struct task_struct *p)
{
	return p->scx.weight;
}

ENV bool env_task_pinned(struct task_struct *p)
{
	return p->nr_cpus_allowed == 1 || compat_migration_disabled(p);
}

ENV bool env_task_everywhere(struct task_struct *p)
{
	return p->nr_cpus_allowed >= conf.nr_possible;
}

/* The mask that was asked for: while migration is disabled, cpus_ptr holds just one CPU. */
ENV bool env_task_may_run(struct task_struct *p, u32 cpu)
{
	return bpf_cpumask_test_cpu(cpu, &p->cpus_mask);
}

ENV void env_task_set_slice(struct task_struct *p, u64 slice_ns)
{
	compat_task_set_slice(p, slice_ns);
}

/* From ops.select_cpu() only the plain local DSQ is possible: that of the CPU it returns. */
ENV void env_insert_local(struct task_struct *p, u32 cpu, u64 slice_ns, u32 enq)
{
	u64 dsq = kernel_enum(scx_dsq_id_flags, SCX_DSQ_LOCAL);

	if (enq & ENV_ENQ_QUEUEING)
		dsq = kernel_enum(scx_dsq_id_flags, SCX_DSQ_LOCAL_ON) | cpu;
	compat_dsq_insert(p, dsq, slice_ns, compat_enq_immed());
}

ENV void env_insert_next(struct task_struct *p, u64 slice_ns)
{
	compat_dsq_insert(p, kernel_enum(scx_dsq_id_flags, SCX_DSQ_LOCAL), slice_ns, 0);
}

ENV void env_insert_dsq(struct task_struct *p, u64 dsq, u64 slice_ns, u64 deadline_ns)
{
	compat_dsq_insert_vtime(p, dsq, slice_ns, deadline_ns, 0);
}

ENV bool env_move_to_local(u64 dsq)
{
	return compat_dsq_move_to_local(dsq);
}

ENV bool env_first_deadline(u64 dsq, u64 *deadline_ns)
{
	return compat_dsq_first_vtime(dsq, deadline_ns);
}

ENV void env_kick(u32 cpu, enum env_kick how)
{
	if (how == ENV_KICK_PREEMPT)
		compat_kick(cpu, kernel_enum(scx_kick_flags, SCX_KICK_PREEMPT));
	else
		compat_kick(cpu, kernel_enum(scx_kick_flags, SCX_KICK_IDLE));
}

/* Priorities below 100 are those of classes above ours; an idle CPU's task has none of them. */
ENV bool env_cpu_taken(u32 cpu)
{
	const struct rq *rq = bpf_per_cpu_ptr(&runqueues, cpu);

	return rq && rq->curr->prio < 100;
}

ENV u32 env_speed(u32 cpu)
{
	return scx_bpf_cpuperf_cur(cpu);
}

/*
 * The kernel's documentation calls what it wants a share of full speed, but schedutil takes it for
 * a utilisation, on the scale of all CPUs' capacities, and adds a quarter to it.
 */
ENV void env_set_speed(u32 cpu, u32 speed)
{
	u32 util = scx_bpf_cpuperf_cap(cpu);

	if (speed < 1024)
		util = util * speed / 1024 * 4 / 5;
	scx_bpf_cpuperf_set(cpu, util);
}

ENV struct cpu_stats *env_stats(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&stats, &cpu);
}

#endif
