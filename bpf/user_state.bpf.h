/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * State of the BPF program behind libscxu: maps, queues, and what is known about each task.
 */
#ifndef SCX_TOPO_USER_STATE_BPF_H
#define SCX_TOPO_USER_STATE_BPF_H

#include "compat.bpf.h"
#include "user.h"
#include "vtime.h"

/* Queues. For the first two, add the CPU's number. */
#define DSQ_DECIDED_BASE 0x10000ULL /* decided for this CPU, by deadline */
#define DSQ_PINNED_BASE	 0x20000ULL /* bound to this CPU, first come first served */
#define DSQ_SHARED	 0x30000ULL /* decided for any CPU, by deadline */
#define DSQ_KERNEL	 0x30001ULL /* placed by the kernel side, first come first served */
#define DSQ_LIMBO	 0x30002ULL /* waits for a decision, oldest first */
#define DSQ_SCHEDULER	 0x30003ULL /* the scheduler thread, while it waits for a reason to run */

/* Set by user space before loading. */
const volatile struct user_conf conf = {
	.slice_ns = 5 * NSEC_PER_MSEC,
	.guard_ns = 60 * NSEC_PER_MSEC,
	.hold_max_ns = NSEC_PER_SEC,
	.lag_ns = NSEC_PER_MSEC,
	.nr_cpu_ids = 1,
};

volatile struct user_side user_side __attribute__((aligned(CACHE_LINE)));
volatile struct kernel_side kernel_side __attribute__((aligned(CACHE_LINE)));

/* Idle CPUs, for user space to look at and to claim by clearing a bit. */
u64 idle_cpus[TOPO_MAX_CPUS / 64] __attribute__((aligned(CACHE_LINE)));

struct exit_report exit_report;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* set by user space, as those below */
} up SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} down SEC(".maps");

/* Decisions that came while their task was still on its way into limbo. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4096);
	__type(value, struct user_decision);
} undone SEC(".maps");

/* Wakes the control thread: a record means that exit_report is complete. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ended SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* nr_cpu_ids */
	__type(key, u32);
	__type(value, struct user_cpu);
} cpus SEC(".maps");

/* What is known about a task, kept as long as it lives. */
struct user_task_ctx {
	u64 cookie; /* of its last message */
	u64 enq_ns;
	u64 rate_ns; /* when, and at which count, nvcsw_rate was last brought up to date */
	u64 rate_nvcsw;
	u32 nvcsw_rate;
	u32 announced; /* in limbo, user space has been told */
	s32 idle_cpu;  /* claimed for it, or -1 */
	u32 memory;    /* a kernel thread that others need in order to get memory */
	struct user_account account;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct user_task_ctx);
} tasks SEC(".maps");

static __always_inline struct user_task_ctx *task_ctx(struct task_struct *p)
{
	return bpf_task_storage_get(&tasks, p, 0, 0);
}

static __always_inline struct user_cpu *this_cpu(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&cpus, &cpu);
}

static __always_inline void count(enum user_stat stat)
{
	struct user_cpu *c = this_cpu();

	if (c)
		c->count[stat]++;
}

static __always_inline bool is_scheduler(const struct task_struct *p)
{
	return p->pid == (s32)user_side.scheduler_tid;
}

static __always_inline u64 dsq_local(void)
{
	return kernel_enum(scx_dsq_id_flags, SCX_DSQ_LOCAL);
}

static __always_inline u64 dsq_local_on(s32 cpu)
{
	return kernel_enum(scx_dsq_id_flags, SCX_DSQ_LOCAL_ON) | (u32)cpu;
}

static __always_inline void kick_idle(s32 cpu)
{
	compat_kick(cpu, kernel_enum(scx_kick_flags, SCX_KICK_IDLE));
}

/* An idle CPU on which p may run, claimed, or -1. */
static __always_inline s32 claim_idle_cpu(struct task_struct *p)
{
	s32 cpu = scx_bpf_pick_idle_cpu(p->cpus_ptr, 0);

	return cpu < 0 ? -1 : cpu;
}

#endif
