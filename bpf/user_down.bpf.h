/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decisions of user space: each moves one task out of limbo.
 */
#ifndef SCX_TOPO_USER_DOWN_BPF_H
#define SCX_TOPO_USER_DOWN_BPF_H

#include "user_guard.bpf.h"

/* Interrupts are off meanwhile, so not without end. */
#define DRAIN_MAX 256
#define RETRY_MAX 16

/* Moves p from limbo to where the decision says. False: it is not in limbo. */
static __always_inline bool move_task(struct task_struct *p, const struct user_decision *d, s32 cpu)
{
	struct bpf_iter_scx_dsq it;
	bool moved = false;

	/*
	 * The iterator comes first: with another affinity p would be in limbo anew, which makes
	 * the move fail. So the CPU below is one that p may use.
	 */
	if (bpf_iter_scx_dsq_new(&it, DSQ_LIMBO, 0))
		goto out;
	if (cpu >= 0 && !bpf_cpumask_test_cpu(cpu, p->cpus_ptr))
		cpu = USER_CPU_ANY;
	scx_bpf_dsq_move_set_slice(&it, d->slice_ns ?: conf.slice_ns);
	if (cpu >= 0 && (d->flags & USER_DECISION_PREEMPT)) {
		moved = scx_bpf_dsq_move(&it, p, dsq_local_on(cpu),
					 kernel_enum(scx_enq_flags, SCX_ENQ_PREEMPT));
	} else if (cpu >= 0 && (d->flags & USER_DECISION_CLAIMED)) {
		moved = scx_bpf_dsq_move(&it, p, dsq_local_on(cpu), compat_enq_immed());
	} else {
		scx_bpf_dsq_move_set_vtime(&it, d->deadline_ns);
		moved = scx_bpf_dsq_move_vtime(&it, p,
					       cpu >= 0 ? DSQ_DECIDED_BASE + cpu : DSQ_SHARED, 0);
	}
out:
	bpf_iter_scx_dsq_destroy(&it);
	return moved;
}

/* Somebody has to fetch the task; the CPU that carries out decisions looks for work anyway. */
static __always_inline void wake_cpu_for(struct task_struct *p, const struct user_decision *d,
					 s32 cpu, struct user_cpu *here)
{
	s32 here_cpu = bpf_get_smp_processor_id();

	if (cpu >= 0) {
		if (cpu != here_cpu)
			kick_idle(cpu);
		else if (d->flags & (USER_DECISION_CLAIMED | USER_DECISION_PREEMPT))
			here->has_local = 1;
		return;
	}
	if (!here->has_any && bpf_cpumask_test_cpu(here_cpu, p->cpus_ptr)) {
		here->has_any = 1;
		return;
	}
	cpu = claim_idle_cpu(p);
	if (cpu >= 0)
		kick_idle(cpu);
}

/* Whether p is on its way into limbo: the CPU that announced it has not inserted it yet. */
static __always_inline bool not_there_yet(struct task_struct *p)
{
	struct scx_dispatch_q *dsq = p->scx.dsq;

	return !dsq || dsq->id == DSQ_LIMBO;
}

/* Too early: again a little later. */
static __always_inline void retry_later(const struct user_decision *d)
{
	if (bpf_map_push_elem(&undone, d, 0)) {
		count(USER_STAT_DEC_LOST); /* see check_rescue() */
		return;
	}
	count(USER_STAT_DEC_RETRY);
	__sync_fetch_and_add(&kernel_side.retries, 1);
	compat_kick(bpf_get_smp_processor_id(), 0);
}

static __always_inline s32 decided_cpu(struct task_struct *p, const struct user_decision *d)
{
	if (d->cpu == USER_CPU_ANY) {
		count(USER_STAT_DEC_ANY);
		return USER_CPU_ANY;
	}
	if (d->cpu < 0 || d->cpu >= (s32)conf.nr_cpu_ids ||
	    !bpf_cpumask_test_cpu(d->cpu, p->cpus_ptr)) {
		count(USER_STAT_DEC_BOUNCED);
		return USER_CPU_ANY;
	}
	count(USER_STAT_DEC_CPU);
	return d->cpu;
}

static __always_inline void carry_out(struct task_struct *p, const struct user_decision *d)
{
	struct user_task_ctx *t = task_ctx(p);
	struct user_cpu *here = this_cpu();
	s32 cpu;

	if (!here || !t || !t->announced || t->cookie != d->cookie) {
		count(USER_STAT_DEC_STALE);
		return;
	}
	t->account.vruntime_ns = d->vruntime_ns;
	__builtin_memcpy(t->account.priv, d->priv, sizeof(t->account.priv));
	cpu = decided_cpu(p, d);
	if (move_task(p, d, cpu)) {
		/* From here on p may have run and be in limbo anew: t is not ours to write. */
		wake_cpu_for(p, d, cpu, here);
	} else if (t->announced && t->cookie == d->cookie && not_there_yet(p)) {
		retry_later(d);
	} else {
		count(USER_STAT_DEC_STALE); /* the kernel side has just taken it */
	}
}

static __noinline int find_and_carry_out(const struct user_decision *d)
{
	struct task_struct *p = d ? bpf_task_from_pid(d->pid) : NULL;

	if (!p) {
		count(USER_STAT_DEC_GONE);
		return 0;
	}
	carry_out(p, d);
	bpf_task_release(p);
	return 0;
}

/*
 * Returns 0 to go on with the next record, 1 to stop. What is counted here is in a map, as the
 * verifier would follow a variable through every possible number of records.
 */
static long on_decision(struct bpf_dynptr *record, void *context)
{
	struct user_cpu *here = this_cpu();
	struct user_decision d;

	kernel_side.drained++;
	if (bpf_dynptr_read(&d, sizeof(d), record, 0, 0))
		count(USER_STAT_DEC_BAD);
	else
		find_and_carry_out(&d);
	return !here || ++here->nr_done >= DRAIN_MAX;
}

static long on_retry(u32 i, void *context)
{
	struct user_decision d;

	if (bpf_map_pop_elem(&undone, &d))
		return 1;
	__sync_fetch_and_add(&kernel_side.retries, -1ULL);
	find_and_carry_out(&d);
	return 0;
}

/* True: this CPU has got a task. */
static __always_inline bool drain_decisions(struct user_cpu *here)
{
	here->nr_done = here->has_local = here->has_any = 0;
	if (kernel_side.retries)
		bpf_loop(RETRY_MAX, on_retry, NULL, 0);
	if (kernel_side.drained == user_side.submitted)
		return here->has_local;
	if (bpf_user_ringbuf_drain(&down, on_decision, NULL, BPF_RB_NO_WAKEUP) == -16 /* EBUSY */)
		count(USER_STAT_DRAIN_BUSY);
	/* The CPU that was at it may have seen less than there is now: this one looks again. */
	if (kernel_side.drained != user_side.submitted)
		compat_kick(bpf_get_smp_processor_id(), 0);
	return here->has_local;
}

#endif
