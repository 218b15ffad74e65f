/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A task wants to run: who decides where and when?
 *
 * User space, except for tasks that it could itself be waiting for (per-CPU kernel threads, those
 * that free memory), tasks that leave nothing to decide (bound to one CPU), and those that find an
 * idle CPU on waking, unless the policy wants to see these as well.
 */
#ifndef SCX_TOPO_USER_UP_BPF_H
#define SCX_TOPO_USER_UP_BPF_H

#include "user_guard.bpf.h"

#define PF_MEMALLOC  0x00000800 /* frees memory just now */
#define PF_KCOMPACTD 0x00010000
#define PF_KSWAPD    0x00020000
#define PF_KTHREAD   0x00200000

static __always_inline bool never_waits(const struct task_struct *p, const struct user_task_ctx *t)
{
	if (p->flags & (PF_MEMALLOC | PF_KSWAPD))
		return true;
	if (!(p->flags & PF_KTHREAD))
		return false;
	return p->nr_cpus_allowed == 1 || (p->flags & PF_KCOMPACTD) || t->memory;
}

/* khugepaged, and kcompactd before it had a flag. */
static __always_inline bool is_memory_thread(const struct task_struct *p)
{
	char comm[8];

	if (!(p->flags & PF_KTHREAD) || bpf_probe_read_kernel(comm, sizeof(comm), p->comm))
		return false;
	return !__builtin_memcmp(comm, "kcompac", 7) || !__builtin_memcmp(comm, "khugepa", 7);
}

/* A new task, or all tasks when the scheduler starts: no vruntime yet. */
static __always_inline void init_task_ctx(struct task_struct *p, struct user_task_ctx *t)
{
	t->cookie = bpf_ktime_get_ns(); /* so that no earlier owner of the pid had it */
	t->rate_ns = scx_bpf_now();
	t->rate_nvcsw = p->nvcsw;
	t->idle_cpu = -1;
	t->memory = is_memory_thread(p);
}

static __always_inline void fill_message(struct user_queued *m, struct task_struct *p,
					 struct user_task_ctx *t, u64 enq_flags)
{
	m->cookie = t->cookie;
	m->pid = p->pid;
	m->tgid = p->tgid;
	m->prev_cpu = scx_bpf_task_cpu(p);
	m->idle_cpu = t->idle_cpu;
	m->event = USER_EVENT_QUEUED;
	m->nr_cpus_allowed = p->nr_cpus_allowed;
	m->weight = p->scx.weight;
	m->nvcsw_rate = t->nvcsw_rate;
	m->enq_flags = enq_flags & kernel_enum(scx_enq_flags, SCX_ENQ_WAKEUP) ? USER_ENQ_WAKEUP : 0;
	m->enq_ns = t->enq_ns;
	m->nvcsw = p->nvcsw;
	m->account = t->account;
	__builtin_memcpy(m->comm, p->comm, sizeof(m->comm));
}

/*
 * The counter is raised, with a full barrier, before user space's sleep is looked at; user space
 * goes to sleep before it looks at the ring a last time. One of the two sees the other.
 */
static __always_inline void submit(struct user_queued *m)
{
	__sync_fetch_and_add(&kernel_side.sent, 1);
	bpf_ringbuf_submit(m, user_side.asleep ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

/* The kernel wakes the CPU that p is enqueued on by itself, if that is idle. */
static __always_inline void wake_idle_cpu(struct task_struct *p, const struct user_task_ctx *t)
{
	if (t->idle_cpu >= 0 && t->idle_cpu != scx_bpf_task_cpu(p))
		kick_idle(t->idle_cpu);
}

/* The kernel side decides: first come first served, on whichever CPU comes first. */
static __always_inline void enqueue_kernel(struct task_struct *p, struct user_task_ctx *t)
{
	compat_dsq_insert(p, DSQ_KERNEL, conf.slice_ns, 0);
	wake_idle_cpu(p, t);
}

static __always_inline void enqueue_user(struct task_struct *p, struct user_task_ctx *t,
					 u64 enq_flags)
{
	u64 now = scx_bpf_now();
	struct user_queued *m;

	m = bpf_ringbuf_reserve(&up, sizeof(*m), 0);
	if (!m) {
		count(USER_STAT_ENQ_SHED);
		enqueue_kernel(p, t);
		return;
	}
	if (!messages_wait() && !user_side.held)
		kernel_side.progress_ns = now; /* from here on progress is expected */
	t->cookie++;
	t->enq_ns = now;
	t->announced = 1;
	fill_message(m, p, t, enq_flags);
	submit(m);
	compat_dsq_insert(p, DSQ_LIMBO, conf.slice_ns, 0);
	count(USER_STAT_ENQ_USER);
	wake_idle_cpu(p, t); /* it fetches the scheduler thread */
}

/* To the local queue of an idle CPU, from wherever p was. */
static __always_inline void enqueue_idle(struct task_struct *p, s32 cpu)
{
	compat_dsq_insert(p, dsq_local_on(cpu), conf.slice_ns, compat_enq_immed());
	count(USER_STAT_ENQ_IDLE);
}

/*
 * It was not woken, or its CPU was gone: still no CPU should be idle while it waits. But who comes
 * back from an idle CPU, as another task was there first, is not sent there again: the CPU counts
 * as idle until it has switched, and the kernel ends a scheduler that goes on like this.
 */
static __always_inline void enqueue_normal(struct task_struct *p, struct user_task_ctx *t,
					   u64 enq_flags)
{
	bool came_back = enq_flags & kernel_enum(scx_enq_flags, SCX_ENQ_REENQ);

	if (came_back)
		count(USER_STAT_ENQ_BACK);
	if (t->idle_cpu < 0)
		t->idle_cpu = claim_idle_cpu(p);
	if (kernel_side.guard) {
		count(USER_STAT_ENQ_GUARD);
		enqueue_kernel(p, t);
	} else if (t->idle_cpu >= 0 && !conf.user_idle && !came_back) {
		enqueue_idle(p, t->idle_cpu);
	} else {
		enqueue_user(p, t, enq_flags);
	}
}

static __always_inline void enqueue_task(struct task_struct *p, u64 enq_flags)
{
	struct user_task_ctx *t = task_ctx(p);

	if (!t || never_waits(p, t)) {
		count(t ? USER_STAT_ENQ_KTHREAD : USER_STAT_BAD_TASK);
		compat_dsq_insert(p, dsq_local(), conf.slice_ns, 0);
		return;
	}
	t->announced = 0;
	if (p->nr_cpus_allowed == 1) {
		count(USER_STAT_ENQ_PINNED);
		compat_dsq_insert(p, DSQ_PINNED_BASE + scx_bpf_task_cpu(p), conf.slice_ns, 0);
		kick_idle(scx_bpf_task_cpu(p));
	} else {
		enqueue_normal(p, t, enq_flags);
	}
	t->idle_cpu = -1;
}

/* Waking: on an idle CPU if there is one. */
static __always_inline s32 select_cpu(struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	struct user_task_ctx *t = task_ctx(p);
	bool idle = false;
	s32 cpu;

	cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &idle);
	if (!idle || !t)
		return cpu;
	if (!conf.user_idle || is_scheduler(p) || kernel_side.guard) {
		compat_dsq_insert(p, dsq_local(), conf.slice_ns, compat_enq_immed());
		if (!is_scheduler(p))
			count(USER_STAT_ENQ_IDLE);
	} else {
		t->idle_cpu = cpu;
	}
	return cpu;
}

#endif
