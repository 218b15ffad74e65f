/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole cycle of a task, one function for each callback of the kernel: what happens is told
 * here, how is told in the headers above.
 *
 *	sched_select_cpu   it wakes: an idle CPU at once, if there is one
 *	sched_enqueue      it has to wait: line up, or push a later deadline off its CPU
 *	sched_dispatch     a CPU is free: take the first in line
 *	sched_running      it runs
 *	sched_tick         others wait meanwhile: its slice may have become too long
 *	sched_stopping     it stops running: it waits again, or it leaves, mostly to sleep
 *
 * Whether it left to sleep shows when it wakes. Being told when it does would cost each hand-over
 * from one task to another a callback more.
 */
#ifndef SCX_TOPO_SCHED_H
#define SCX_TOPO_SCHED_H

#include "descend.h"
#include "dispatch.h"
#include "enqueue.h"
#include "escape.h"

/* Returns the CPU to wake on; a task that found an idle one is already bound for it. */
static inline s32 sched_select_cpu(struct task_struct *p, s32 prev_cpu, u32 enq)
{
	struct task_ctx *t = env_task(p);
	struct cpu_ctx *c = env_cpu(prev_cpu);
	s32 cpu;

	if (!t || !c || !c->online)
		return prev_cpu;
	note_wakeup(t);
	cpu = select_idle_cpu(t, prev_cpu, enqueue_how(t, ENV_ENQ_WAKEUP));
	if (cpu < 0) {
		count(cpu == SELECT_HOG ? STAT_SEL_HOG : STAT_SEL_NONE);
		return prev_cpu;
	}
	queue_leave(t);
	enqueue_idle_cpu(p, t, cpu, enq);
	return cpu;
}

/* A task that leaves its core goes to the one that was found for it. */
static inline bool sched_moves(struct task_struct *p, struct task_ctx *t, u32 cpu, u32 enq)
{
	if (t->escaping == TASK_DESCENDS)
		return descend_ends(p, t, cpu, enq);
	return escape_ends(p, t, cpu, enq);
}

/* The CPU goes idle, and this may matter for its clock, or for tasks on dearer CPUs. */
static inline void sched_goes_idle(u32 cpu)
{
	if (speed_matters(env_conf()))
		speed_idle(cpu);
	else if (fit_matters(env_conf()) && env_steered())
		descend_call(cpu);
}

/*
 * The CPU goes idle as what it ran has left and nobody follows. As that might have stayed, dispatch
 * has looked neither elsewhere nor again.
 */
ENV_RARE void sched_is_left(struct cpu_ctx *c, u32 cpu)
{
	idle_set_cpu(c);
	idle_begins(c);
	if (dispatch_may_find(c))
		kick_idle(cpu);
	sched_goes_idle(cpu);
}

static inline void sched_enqueue(struct task_struct *p, u32 enq)
{
	u32 cpu = env_task_cpu(p);
	struct task_ctx *t = env_task(p);
	struct cpu_ctx *c = env_cpu(cpu);
	struct domain *d = c && c->online ? env_domain(c->domain) : NULL;

	if (!t || !d) {
		count(t ? STAT_BAD_CPU : STAT_BAD_TASK);
		env_insert_local(p, cpu, env_conf()->slice_min_ns, enq);
		return;
	}
	if (enq & ENV_ENQ_WAKEUP)
		note_wakeup(t);
	queue_leave(t);
	if (t->escaping && sched_moves(p, t, cpu, enq)) {
		if (enq & ENV_ENQ_LAST)
			sched_is_left(c, cpu);
		return;
	}
	if (env_task_pinned(p))
		enqueue_pinned(p, t, c, d, cpu, enq);
	else if (enq & ENV_ENQ_LAST)
		enqueue_stay(p, t, c, d, cpu, enq);
	else
		enqueue_shared(p, t, c, d, cpu, enq);
}

/* prev: what the CPU was running and could go on with, or NULL. */
static inline void sched_dispatch(u32 cpu, struct task_struct *prev)
{
	struct cpu_ctx *c = env_cpu(cpu);
	struct domain *d = c && c->online ? env_domain(c->domain) : NULL;
	struct task_ctx *t = prev ? env_task(prev) : NULL;
	struct dispatch_first first;
	bool escapes;

	if (!d) {
		count(STAT_BAD_CPU);
		return;
	}
	c->pushed_ns = 0;
	escapes = t && (t->escaping || descend_begins(prev, t, c));
	dispatch_find_first(c, d, cpu, t, &first);
	if (!escapes && dispatch_balance(d, cpu))
		return;
	if (t && !escapes && dispatch_prev_is_first(prev, t, c, d, &first)) {
		dispatch_keep(prev, t, c, d);
		dispatch_call(d, &first);
		return;
	}
	if (dispatch_own(c, d, cpu, first.queue) || escapes)
		return;
	if (t)
		dispatch_keep(prev, t, c, d);
	else if (!dispatch_warm(c, d) && !steal(d, cpu, false) && dispatch_idle(c, d, cpu))
		sched_goes_idle(cpu);
}

static inline void sched_start_speed(struct task_ctx *t, const struct cpu_ctx *c, u32 cpu, u64 now)
{
	const struct domain *d = env_domain(c->domain);

	if (d)
		speed_start(t, cpu, lineup_waiting(d, c), now);
}

/* A task gets on that was to be the next one here. Somebody more urgent may have come since. */
ENV_RARE void sched_was_next(const struct task_ctx *t, const struct cpu_ctx *c, u32 cpu)
{
	const struct domain *d = env_domain(c->domain);
	struct dispatch_first first;

	if (!d)
		return;
	dispatch_find_first(c, d, cpu, true, &first);
	if (!first.known ||
	    !time_before(first.deadline_ns + env_conf()->preempt_ns, t->deadline_ns))
		return;
	kick_preempt(cpu);
}

/*
 * A kick that found a higher class at work is lost: the CPU goes on with the task that it had,
 * without asking whether that is to give way.
 */
ENV_RARE void sched_push_again(struct cpu_ctx *c, const struct task_ctx *t, u32 cpu)
{
	bool same = c->pushed_ns == t->deadline_ns;

	c->pushed_ns = 0;
	if (!same)
		return;
	count(STAT_KICK_AGAIN);
	kick_preempt(cpu);
}

static inline void sched_running(struct task_struct *p)
{
	u32 cpu = env_task_cpu(p);
	struct task_ctx *t = env_task(p);
	struct cpu_ctx *c = env_cpu(cpu);
	u64 now = env_switch_ns();
	bool next;

	if (!t || !c || !c->online)
		return;
	lineup_join_at(p, t, c);
	next = t->queue == QUEUE_NEXT;
	queue_leave(t);
	count_start(t, cpu, now);
	t->last_cpu = cpu;
	t->run_start_ns = now;
	c->deadline_ns = t->deadline_ns;
	c->run_start_ns = now;
	c->yielded = 0;
	hog_begins(t, c, now);
	if (c->idle)
		idle_ends(c, now);
	if (next && queue_may_wait(env_machine(), c))
		sched_was_next(t, c, cpu);
	if (c->pushed_ns)
		sched_push_again(c, t, cpu);
	if (speed_matters(env_conf()))
		sched_start_speed(t, c, cpu, now);
}

/* runnable: it waits again; else it leaves, to sleep or to come back at once as something else. */
static inline void sched_stopping(struct task_struct *p, bool runnable)
{
	struct task_ctx *t = env_task(p);
	struct cpu_ctx *c = env_cpu(env_task_cpu(p));
	struct domain *d;
	u64 now;

	if (!c)
		return;
	c->run_start_ns = 0;
	hog_ends(c);
	d = env_domain(c->domain);
	if (!t || !d)
		return;
	now = env_now();
	charge_stint(p, t, c, d, now);
	if (runnable) {
		t->wait_start_ns = now;
		return;
	}
	lineup_leave_from(t, d);
	t->escaping = 0;
	t->left_ns = now;
}

static inline void sched_tick_speed(struct task_struct *p, const struct cpu_ctx *c,
				    const struct domain *d)
{
	struct task_ctx *t = env_task(p);

	if (t)
		speed_tick(t, env_task_cpu(p), lineup_waiting(d, c), stint_ns(t, env_now()));
}

/* A slice given when nobody waited is too long once somebody does. */
static inline void sched_tick(struct task_struct *p)
{
	struct cpu_ctx *c = env_cpu(env_task_cpu(p));
	struct domain *d = c ? env_domain(c->domain) : NULL;
	u32 nr_waiting;
	u64 now;

	if (!d || !c->run_start_ns)
		return;
	hog_tick(c);
	if (speed_matters(env_conf()))
		sched_tick_speed(p, c, d);
	if (escape_begins(p, c)) {
		env_task_set_slice(p, 0);
		return;
	}
	steal_call(d);
	nr_waiting = lineup_waiting(d, c);
	if (!nr_waiting)
		return;
	now = env_now();
	if (time_before(now, c->run_start_ns + lineup_slice_ns(d, nr_waiting)))
		return;
	count(STAT_TICK_CUT);
	env_task_set_slice(p, 0);
}

static inline void sched_yield(struct task_struct *p)
{
	struct cpu_ctx *c = env_cpu(env_task_cpu(p));

	if (c)
		c->yielded = 1;
	env_task_set_slice(p, 0);
}

/* A task becomes ours: new, or from another class. It starts at its domain's clock. */
static inline void sched_enable(struct task_struct *p)
{
	struct task_ctx *t = env_task(p);
	struct cpu_ctx *c = env_cpu(env_task_cpu(p));
	struct domain *d = c && c->online ? env_domain(c->domain) : env_domain(0);

	if (!t || !d)
		return;
	t->domain = d->id;
	t->vruntime_ns = d->clock_ns;
	t->awake_ns = 0;
	t->left_ns = 0;
	t->last_sleep_ns = env_now();
}

/* A task ceases to be ours, perhaps while it waits: another class takes it. */
static inline void sched_disable(struct task_struct *p)
{
	struct task_ctx *t = env_task(p);

	if (!t)
		return;
	queue_leave(t);
	lineup_leave(t);
	t->wait_start_ns = 0;
	t->escaping = 0;
}

static inline void sched_init_task(struct task_struct *p, struct task_ctx *t)
{
	t->last_cpu = NO_CPU;
	affinity_update(p, t);
}

static inline void sched_set_affinity(struct task_struct *p)
{
	struct task_ctx *t = env_task(p);

	if (t)
		affinity_update(p, t);
}

#endif
