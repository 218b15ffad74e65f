/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scx_topo in the kernel. What it does stands in sched.h; here the kernel's callbacks are only
 * translated. The table of them is at the end.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "env.bpf.h"
#include "sched.h"

char _license[] SEC("license") = "GPL";

struct exit_report exit_report;

/* Wakes user space when the kernel has ended the scheduler, so that nobody has to poll. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

#define OP(name, args...)	    SEC("struct_ops/" #name) BPF_PROG(name, ##args)
#define OP_SLEEPABLE(name, args...) SEC("struct_ops.s/" #name) BPF_PROG(name, ##args)

s32 OP(topo_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	return sched_select_cpu(p, prev_cpu, ENV_ENQ_WAKEUP);
}

void OP(topo_enqueue, struct task_struct *p, u64 enq_flags)
{
	u32 enq = ENV_ENQ_QUEUEING;

	if (enq_flags & kernel_enum(scx_enq_flags, SCX_ENQ_WAKEUP))
		enq |= ENV_ENQ_WAKEUP;
	if (enq_flags & kernel_enum(scx_enq_flags, SCX_ENQ_REENQ))
		enq |= ENV_ENQ_REENQUEUE;
	if (enq_flags & kernel_enum(scx_enq_flags, SCX_ENQ_LAST))
		enq |= ENV_ENQ_LAST;
	sched_enqueue(p, enq);
}

void OP(topo_dispatch, s32 cpu, struct task_struct *prev)
{
	if (prev && !(prev->scx.flags & kernel_enum(scx_ent_flags, SCX_TASK_QUEUED)))
		prev = NULL;
	sched_dispatch(cpu, prev);
}

void OP(topo_running, struct task_struct *p)
{
	sched_running(p);
}

void OP(topo_stopping, struct task_struct *p, bool runnable)
{
	sched_stopping(p, runnable);
}

void OP(topo_tick, struct task_struct *p)
{
	sched_tick(p);
}

bool OP(topo_yield, struct task_struct *from, struct task_struct *to)
{
	sched_yield(from);
	return false;
}

void OP(topo_set_cpumask, struct task_struct *p, const struct cpumask *mask)
{
	sched_set_affinity(p);
}

void OP(topo_enable, struct task_struct *p)
{
	sched_enable(p);
}

void OP(topo_disable, struct task_struct *p)
{
	sched_disable(p);
}

/* Only before 7.1: see SCX_ENQ_IMMED in compat.bpf.h. */
void OP(topo_cpu_release, s32 cpu, struct scx_cpu_release_args *args)
{
	scx_bpf_reenqueue_local();
}

s32 OP(topo_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	struct task_ctx *t = bpf_task_storage_get(&tasks, p, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!t)
		return -12; /* ENOMEM: fails the fork, as any lack of memory does */
	sched_init_task(p, t);
	return 0;
}

/* Each queue in the memory of the node that uses it. */
static int create_queues(u32 cpu)
{
	const struct cpu_ctx *c = env_cpu(cpu);
	const struct domain *d = c && c->online ? env_domain(c->domain) : NULL;
	s32 node, err;

	if (!d)
		return 0;
	node = scx_bpf_cpu_node(cpu);
	err = scx_bpf_create_dsq(DSQ_CPU_BASE + cpu, node);
	if (!err && d->first_cpu == cpu)
		err = scx_bpf_create_dsq(DSQ_DOMAIN_BASE + d->id, node);
	return err;
}

s32 OP_SLEEPABLE(topo_init)
{
	s32 err = 0;
	u32 cpu;

	bpf_for(cpu, 0, conf.nr_cpu_ids) {
		err = create_queues(cpu);
		if (err)
			break;
	}
	return err;
}

void OP(topo_exit, struct scx_exit_info *info)
{
	bpf_probe_read_kernel_str(exit_report.reason, EXIT_REASON_LEN, info->reason);
	bpf_probe_read_kernel_str(exit_report.msg, EXIT_MSG_LEN, info->msg);
	bpf_probe_read_kernel_str(exit_report.dump, EXIT_DUMP_LEN, info->dump);
	exit_report.code = info->exit_code;
	__sync_fetch_and_add(&exit_report.kind, info->kind);
	bpf_ringbuf_output(&events, &exit_report.kind, sizeof(exit_report.kind),
			   BPF_RB_FORCE_WAKEUP);
}

/* timeout_ms and hotplug_seq, and members that the running kernel lacks, are set by user space. */
SEC(".struct_ops.link")
struct sched_ext_ops topo_ops = {
	.select_cpu = (void *)topo_select_cpu,
	.enqueue = (void *)topo_enqueue,
	.dispatch = (void *)topo_dispatch,
	.running = (void *)topo_running,
	.stopping = (void *)topo_stopping,
	.tick = (void *)topo_tick,
	.yield = (void *)topo_yield,
	.set_cpumask = (void *)topo_set_cpumask,
	.enable = (void *)topo_enable,
	.disable = (void *)topo_disable,
	.cpu_release = (void *)topo_cpu_release,
	.init_task = (void *)topo_init_task,
	.init = (void *)topo_init,
	.exit = (void *)topo_exit,
	.name = "scx_topo",
};
