/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernels, 6.16 to 7.3 and after: all of them, and only here. Each says since
 * when the newer form exists; the older branch goes when the minimum kernel reaches that.
 *
 * libbpf looks a kfunc up by its name up to the last `___`, so a kernel function that ends in
 * `___v2` itself needs a second suffix here. Symbols are weak: a branch whose kfunc the kernel does
 * not have is dead code to the verifier.
 */
#ifndef SCX_TOPO_COMPAT_BPF_H
#define SCX_TOPO_COMPAT_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* The running kernel's value of an enum constant: several moved in 6.19, and may again. */
#define kernel_enum(type, name)	    bpf_core_enum_value(enum type, name)
#define kernel_has_enum(type, name) bpf_core_enum_value_exists(enum type, name)

/* 6.16 has these in the form we use. */
u64 scx_bpf_now(void) __ksym __weak;
s32 scx_bpf_create_dsq(u64 dsq_id, s32 node) __ksym __weak;
s32 scx_bpf_dsq_nr_queued(u64 dsq_id) __ksym __weak;
void scx_bpf_kick_cpu(s32 cpu, u64 flags) __ksym __weak;
const struct cpumask *scx_bpf_get_online_cpumask(void) __ksym __weak;
void scx_bpf_put_cpumask(const struct cpumask *mask) __ksym __weak;
u32 scx_bpf_cpuperf_cap(s32 cpu) __ksym __weak;
u32 scx_bpf_cpuperf_cur(s32 cpu) __ksym __weak;
void scx_bpf_cpuperf_set(s32 cpu, u32 perf) __ksym __weak;
s32 scx_bpf_task_cpu(const struct task_struct *p) __ksym __weak;
s32 scx_bpf_cpu_node(s32 cpu) __ksym __weak;
u32 scx_bpf_reenqueue_local(void) __ksym __weak;
void scx_bpf_error_bstr(char *fmt, unsigned long long *data, u32 data__sz) __ksym __weak;
int bpf_iter_scx_dsq_new(struct bpf_iter_scx_dsq *it, u64 dsq_id, u64 flags) __ksym __weak;
struct task_struct *bpf_iter_scx_dsq_next(struct bpf_iter_scx_dsq *it) __ksym __weak;
void bpf_iter_scx_dsq_destroy(struct bpf_iter_scx_dsq *it) __ksym __weak;
bool scx_bpf_dsq_move(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq_id,
		      u64 enq_flags) __ksym __weak;
bool scx_bpf_dsq_move_vtime(struct bpf_iter_scx_dsq *it, struct task_struct *p, u64 dsq_id,
			    u64 enq_flags) __ksym __weak;
void scx_bpf_dsq_move_set_slice(struct bpf_iter_scx_dsq *it, u64 slice) __ksym __weak;
void scx_bpf_dsq_move_set_vtime(struct bpf_iter_scx_dsq *it, u64 vtime) __ksym __weak;
s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu, u64 wake_flags,
			   bool *is_idle) __ksym __weak;
s32 scx_bpf_pick_idle_cpu(const struct cpumask *allowed, u64 flags) __ksym __weak;
bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *mask) __ksym __weak;
struct task_struct *bpf_task_from_pid(s32 pid) __ksym __weak;
void bpf_task_release(struct task_struct *p) __ksym __weak;

/*
 * scx_bpf_dsq_insert: returns bool since 6.19, under a name with ___v2, which is to be dropped
 * after 7.3; before, void.
 */
bool scx_bpf_dsq_insert___v2___compat(struct task_struct *p, u64 dsq_id, u64 slice,
				      u64 enq_flags) __ksym __weak;
void scx_bpf_dsq_insert___plain(struct task_struct *p, u64 dsq_id, u64 slice,
				u64 enq_flags) __ksym __weak;
bool scx_bpf_dsq_insert___bool(struct task_struct *p, u64 dsq_id, u64 slice,
			       u64 enq_flags) __ksym __weak;

static __always_inline void compat_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice,
					      u64 enq_flags)
{
	if (bpf_ksym_exists(scx_bpf_dsq_insert___v2___compat))
		scx_bpf_dsq_insert___v2___compat(p, dsq_id, slice, enq_flags);
	else if (bpf_ksym_exists(scx_bpf_dsq_insert___plain))
		scx_bpf_dsq_insert___plain(p, dsq_id, slice, enq_flags);
	else
		scx_bpf_dsq_insert___bool(p, dsq_id, slice, enq_flags);
}

/* scx_bpf_dsq_insert_vtime: takes a struct since 6.19; the five arguments go after 7.3. */

bool __scx_bpf_dsq_insert_vtime(struct task_struct *p,
				struct scx_bpf_dsq_insert_vtime_args *args) __ksym __weak;
void scx_bpf_dsq_insert_vtime___five(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
				     u64 enq_flags) __ksym __weak;

static __always_inline void compat_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice,
						    u64 vtime, u64 enq_flags)
{
	if (bpf_core_type_exists(struct scx_bpf_dsq_insert_vtime_args)) {
		struct scx_bpf_dsq_insert_vtime_args args = {
			.dsq_id = dsq_id,
			.slice = slice,
			.vtime = vtime,
			.enq_flags = enq_flags,
		};

		__scx_bpf_dsq_insert_vtime(p, &args);
	} else {
		scx_bpf_dsq_insert_vtime___five(p, dsq_id, slice, vtime, enq_flags);
	}
}

/* scx_bpf_dsq_move_to_local: takes enqueue flags since 7.1, under a name with ___v2. */
bool scx_bpf_dsq_move_to_local___v2___compat(u64 dsq_id, u64 enq_flags) __ksym __weak;
bool scx_bpf_dsq_move_to_local___plain(u64 dsq_id) __ksym __weak;

static __always_inline bool compat_dsq_move_to_local(u64 dsq_id)
{
	if (bpf_ksym_exists(scx_bpf_dsq_move_to_local___v2___compat))
		return scx_bpf_dsq_move_to_local___v2___compat(dsq_id, 0);
	return scx_bpf_dsq_move_to_local___plain(dsq_id);
}

/* scx_bpf_dsq_peek: since 6.19, but wrong before 7.1; else an iterator, which takes the DSQ's lock.
 */
struct task_struct *scx_bpf_dsq_peek(u64 dsq_id) __ksym __weak;

static __always_inline bool compat_dsq_first_vtime(u64 dsq_id, u64 *vtime)
{
	struct bpf_iter_scx_dsq it;
	struct task_struct *p;

	if (bpf_ksym_exists(scx_bpf_dsq_move_to_local___v2___compat)) {
		p = scx_bpf_dsq_peek(dsq_id);
		if (!p)
			return false;
		*vtime = p->scx.dsq_vtime;
		return true;
	}
	p = NULL;
	if (!bpf_iter_scx_dsq_new(&it, dsq_id, 0))
		p = bpf_iter_scx_dsq_next(&it);
	if (p)
		*vtime = p->scx.dsq_vtime;
	bpf_iter_scx_dsq_destroy(&it);
	return p;
}

/* The CPU of a task: part of the task itself on x86 and arm64, and then a call less. */
static __always_inline u32 compat_task_cpu(struct task_struct *p)
{
	if (bpf_core_field_exists(p->thread_info.cpu))
		return p->thread_info.cpu;
	return scx_bpf_task_cpu(p);
}

/* Writing a task's slice: a kfunc since 6.19; direct writes are to be rejected some day. */
bool scx_bpf_task_set_slice(struct task_struct *p, u64 slice) __ksym __weak;

static __always_inline void compat_task_set_slice(struct task_struct *p, u64 slice)
{
	if (bpf_ksym_exists(scx_bpf_task_set_slice))
		scx_bpf_task_set_slice(p, slice);
	else
		p->scx.slice = slice;
}

/*
 * Kicks, but not from a CPU that has been taken offline: it still switches from task to task,
 * without interrupts, so that the kick stays pending, and the kernel, which waits for all kicks
 * when a scheduler ends (free_kick_syncs()), waits for ever. Seen in 7.3; no kernel has learned it
 * so far.
 */
static __always_inline void compat_kick(s32 cpu, u64 flags)
{
	const struct cpumask *online = scx_bpf_get_online_cpumask();
	bool here = bpf_cpumask_test_cpu(bpf_get_smp_processor_id(), online);

	scx_bpf_put_cpumask(online);
	if (here)
		scx_bpf_kick_cpu(cpu, flags);
}

/*
 * SCX_ENQ_IMMED, since 7.1: a task on a local DSQ either runs at once or comes back to us. Before,
 * ops.cpu_release does that for CPUs taken by a higher class; user space removes that callback
 * where the flag exists, as 7.2 warns about it.
 */
static __always_inline u64 compat_enq_immed(void)
{
	if (kernel_has_enum(scx_enq_flags, SCX_ENQ_IMMED))
		return kernel_enum(scx_enq_flags, SCX_ENQ_IMMED);
	return 0;
}

/*
 * Whether a task may not migrate just now. The kernel's own entry into BPF code disables migration
 * of the *current* task with CONFIG_PREEMPT_RCU or before 6.18, so that one's count starts at 1
 * there. Seeing 0 once proves that this kernel does not do it.
 */
u32 entry_disables_migration = 1; /* static, clang would make it one byte, which its BTF denies */

static __always_inline bool compat_migration_disabled(struct task_struct *p)
{
	struct task_struct *current = bpf_get_current_task_btf();
	u32 disabled = p->migration_disabled;

	if (entry_disables_migration && !current->migration_disabled)
		entry_disables_migration = 0;
	if (p == current)
		return disabled > entry_disables_migration;
	return disabled;
}

#endif
