/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel side of libscxu: brings every task that wants to run to a scheduler in user space and
 * carries out what it decides. Here is what a CPU does that looks for work, and the accounting of
 * what ran; see user.h for the way of a task, user_up.bpf.h and user_down.bpf.h for both halves of
 * it, user_guard.bpf.h for when the scheduler thread runs and what if it does not.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "user_up.bpf.h"
#include "user_down.bpf.h"

char _license[] SEC("license") = "GPL";

#define OP(name, args...)	    SEC("struct_ops/" #name) BPF_PROG(name, ##args)
#define OP_SLEEPABLE(name, args...) SEC("struct_ops.s/" #name) BPF_PROG(name, ##args)

#define RATE_NS	 NSEC_PER_SEC
#define RATE_MAX 1000

s32 OP(user_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	return select_cpu(p, prev_cpu, wake_flags);
}

void OP(user_enqueue, struct task_struct *p, u64 enq_flags)
{
	if (is_scheduler(p))
		enqueue_scheduler(p);
	else
		enqueue_task(p, enq_flags);
}

/* The earlier deadline of the two queues that user space fills. */
static __always_inline bool take_decided(s32 cpu)
{
	u64 own = DSQ_DECIDED_BASE + cpu, own_ns, shared_ns;

	if (scx_bpf_dsq_nr_queued(own) <= 0)
		return compat_dsq_move_to_local(DSQ_SHARED);
	if (compat_dsq_first_vtime(DSQ_SHARED, &shared_ns) &&
	    compat_dsq_first_vtime(own, &own_ns) && time_before(shared_ns, own_ns) &&
	    compat_dsq_move_to_local(DSQ_SHARED))
		return true;
	return compat_dsq_move_to_local(own);
}

/* Tasks that user space has had too long: no more come while it is away, so this has an end. */
static __always_inline bool take_from_limbo(void)
{
	if (!kernel_side.guard && !kernel_side.rescue)
		return false;
	if (!compat_dsq_move_to_local(DSQ_LIMBO))
		return false;
	count(kernel_side.guard ? USER_STAT_RUN_GUARD : USER_STAT_RUN_RESCUED);
	kernel_side.rescue = 0;
	kernel_side.rescue_checked_ns -= RESCUE_LOOK_NS; /* there may be more of them */
	return true;
}

/* A scheduler that was taken for dead may just not have got a CPU. Later it waits with the rest. */
static __always_inline bool take_undecided(s32 cpu)
{
	return (kernel_side.guard && run_scheduler()) || take_from_limbo() ||
	       compat_dsq_move_to_local(DSQ_PINNED_BASE + cpu) ||
	       compat_dsq_move_to_local(DSQ_KERNEL);
}

/* What was decided and what never will be take turns, so neither can starve the other. */
static __always_inline bool take_work(s32 cpu, struct user_cpu *here)
{
	if (here->turn++ & 1)
		return take_undecided(cpu) || take_decided(cpu);
	return take_decided(cpu) || take_undecided(cpu);
}

/* Nothing else to run: what ran goes on, unless it is the scheduler thread with nothing to do. */
static __always_inline bool keep_running(struct task_struct *prev)
{
	if (!prev || !(prev->scx.flags & kernel_enum(scx_ent_flags, SCX_TASK_QUEUED)))
		return false;
	if (is_scheduler(prev) && !scheduler_needed())
		return false;
	compat_task_set_slice(prev, conf.slice_ns);
	count(USER_STAT_RUN_KEEP);
	return true;
}

void OP(user_dispatch, s32 cpu, struct task_struct *prev)
{
	struct user_cpu *here = this_cpu();
	u64 now = scx_bpf_now();

	check_guard(now);
	check_rescue(now);
	if (!here || drain_decisions(here))
		return;
	if (!kernel_side.guard && scheduler_overdue(now) && run_scheduler())
		return;
	if (take_work(cpu, here))
		return;
	if (scheduler_needed() && run_scheduler())
		return;
	if (!keep_running(prev) && scx_bpf_dsq_nr_queued(DSQ_LIMBO) > 0)
		arm_guard();
}

void OP(user_running, struct task_struct *p)
{
	struct user_task_ctx *t = task_ctx(p);

	if (is_scheduler(p))
		kernel_side.parked = 0;
	if (!t)
		return;
	t->account.start_ns = scx_bpf_now();
	t->announced = 0;
}

static __always_inline void update_rate(struct task_struct *p, struct user_task_ctx *t, u64 now)
{
	u64 elapsed_ns = now - t->rate_ns, rate;

	if (elapsed_ns < RATE_NS)
		return;
	rate = (p->nvcsw - t->rate_nvcsw) * NSEC_PER_SEC / elapsed_ns;
	if (rate > RATE_MAX)
		rate = RATE_MAX;
	t->nvcsw_rate = t->nvcsw_rate - t->nvcsw_rate / 4 + rate / 4;
	t->rate_ns = now;
	t->rate_nvcsw = p->nvcsw;
}

void OP(user_stopping, struct task_struct *p, bool runnable)
{
	struct user_task_ctx *t = task_ctx(p);
	u64 now = scx_bpf_now();
	struct user_account *a;

	if (!t)
		return;
	a = &t->account;
	a->stop_ns = now;
	a->run_ns = now - a->start_ns;
	a->total_ns += a->run_ns;
	a->awake_ns = runnable ? a->awake_ns + a->run_ns : 0;
	if (!runnable)
		update_rate(p, t, now);
}

void OP(user_tick, struct task_struct *p)
{
	u64 now = scx_bpf_now();

	check_guard(now);
	if (kernel_side.guard || (!is_scheduler(p) && scheduler_overdue(now)))
		compat_task_set_slice(p, 0);
}

void OP(user_update_idle, s32 cpu, bool idle)
{
	u64 *word = &idle_cpus[(u32)cpu / 64 % (TOPO_MAX_CPUS / 64)];
	u64 bit = 1ULL << ((u32)cpu % 64);

	if (!idle) {
		__sync_fetch_and_and(word, ~bit);
		return;
	}
	__sync_fetch_and_or(word, bit);
	look_again_when_idle(cpu);
}

/* Only before 7.1: see SCX_ENQ_IMMED in compat.bpf.h. */
void OP(user_cpu_release, s32 cpu, struct scx_cpu_release_args *args)
{
	scx_bpf_reenqueue_local();
}

s32 OP(user_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	struct user_task_ctx *t =
		bpf_task_storage_get(&tasks, p, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!t)
		return -12; /* ENOMEM: fails the fork, as any lack of memory does */
	init_task_ctx(p, t);
	return 0;
}

/* Best effort: with the ring full, it is not told. */
void OP(user_exit_task, struct task_struct *p, struct scx_exit_task_args *args)
{
	struct user_queued *m;

	if (!conf.exit_events || args->cancelled)
		return;
	m = bpf_ringbuf_reserve(&up, sizeof(*m), 0);
	if (!m)
		return;
	__builtin_memset(m, 0, sizeof(*m));
	m->event = USER_EVENT_EXIT;
	m->pid = p->pid;
	m->tgid = p->tgid;
	submit(m);
}

s32 OP_SLEEPABLE(user_init)
{
	s32 err = 0;
	u32 cpu;

	bpf_for(cpu, 0, conf.nr_cpu_ids) {
		s32 node = scx_bpf_cpu_node(cpu);

		err = scx_bpf_create_dsq(DSQ_DECIDED_BASE + cpu, node);
		err = err ?: scx_bpf_create_dsq(DSQ_PINNED_BASE + cpu, node);
		if (err)
			return err;
	}
	err = scx_bpf_create_dsq(DSQ_SHARED, -1);
	err = err ?: scx_bpf_create_dsq(DSQ_KERNEL, -1);
	err = err ?: scx_bpf_create_dsq(DSQ_LIMBO, -1);
	err = err ?: scx_bpf_create_dsq(DSQ_SCHEDULER, -1);
	return err ?: init_timers();
}

void OP(user_exit, struct scx_exit_info *info)
{
	u32 *record;

	bpf_probe_read_kernel_str(exit_report.reason, EXIT_REASON_LEN, info->reason);
	bpf_probe_read_kernel_str(exit_report.msg, EXIT_MSG_LEN, info->msg);
	bpf_probe_read_kernel_str(exit_report.dump, EXIT_DUMP_LEN, info->dump);
	exit_report.code = info->exit_code;
	__sync_fetch_and_add(&exit_report.kind, info->kind);
	record = bpf_ringbuf_reserve(&ended, sizeof(*record), 0);
	if (record) {
		*record = info->kind;
		bpf_ringbuf_submit(record, BPF_RB_FORCE_WAKEUP);
	}
}

/* flags, timeout_ms, hotplug_seq and what the kernel may lack are set by user space. */
SEC(".struct_ops.link")
struct sched_ext_ops user_ops = {
	.select_cpu = (void *)user_select_cpu,
	.enqueue = (void *)user_enqueue,
	.dispatch = (void *)user_dispatch,
	.running = (void *)user_running,
	.stopping = (void *)user_stopping,
	.tick = (void *)user_tick,
	.update_idle = (void *)user_update_idle,
	.cpu_release = (void *)user_cpu_release,
	.init_task = (void *)user_init_task,
	.exit_task = (void *)user_exit_task,
	.init = (void *)user_init,
	.exit = (void *)user_exit,
	.name = "libscxu",
};
