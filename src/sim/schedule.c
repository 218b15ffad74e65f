/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CPU schedules. The order of operations is that of kernel/sched/ext/ext.c (7.3): dispatch_one(),
 * do_pick_task_scx() and put_prev_task_scx(). What matters to a policy:
 *	- a task that blocks is stopped before dispatch is called, without it;
 *	- a task with slice left keeps the CPU without a dispatch;
 *	- a slice ends only at a tick, so it lasts up to a tick longer;
 *	- if dispatch brings nothing, a task that can run goes on, with the default slice, or
 *	  (SCX_OPS_ENQ_LAST, set where kinds of core differ) is enqueued as the last one;
 *	- a task is put back (stopping, then enqueue) after its successor was chosen;
 *	- update_idle comes only when the CPU goes from busy to idle and back, not when an idle CPU
 *	  was kicked and found nothing;
 *	- a kick for idle CPUs does nothing to one that is busy when the kick arrives.
 */
#include "policy.h"
#include "trace.h"
#include "workload.h"

enum verdict { KEEP_PREV, RUN_LOCAL, PUT_BACK, GO_IDLE };

static enum verdict dispatch(struct sim *sim, struct sim_cpu *c, struct task_struct *prev)
{
	u64 moves;
	u32 i;

	if (prev && prev->slice_ns)
		return KEEP_PREV;
	if (c->nr_local)
		return RUN_LOCAL;
	for (i = 0; i < 32; i++) {
		moves = sim->stats.moves;
		sim->policy->dispatch(c->cpu, prev);
		if (prev && prev->slice_ns)
			return KEEP_PREV;
		if (c->nr_local)
			return RUN_LOCAL;
		if (moves == sim->stats.moves)
			break;
	}
	if (!prev)
		return GO_IDLE;
	if (sim->policy->shipped && sim->topo->nr_kinds > 1)
		return PUT_BACK;
	prev->slice_ns = SLICE_DEFAULT_NS;
	return KEEP_PREV;
}

static void put_prev(struct sim *sim, struct sim_cpu *c, struct task_struct *p, bool last)
{
	bool back_to_policy = !p->slice_ns || p->immediate;
	u32 enq = p->slice_ns ? ENV_ENQ_REENQUEUE : last ? ENV_ENQ_LAST : 0;

	sim->policy->stopping(p, true);
	p->ready_ns = sim->now_ns;
	if (back_to_policy) {
		task_enqueue(sim, p, enq);
		return;
	}
	cpu_local_prepend(c, p);
}

/* Nothing runs here any more. */
void cpu_stop(struct sim *sim, struct sim_cpu *c)
{
	event_queue_cancel(&sim->events, timer_of_cpu(c, TIMER_WORK));
	governor_stop(sim, c);
	if (sim->trace && c->curr)
		trace_stop(sim->trace, sim, c);
	c->curr = NULL;
}

static void set_next(struct sim *sim, struct sim_cpu *c, struct task_struct *p)
{
	if (p->state != TASK_LOCAL || p->cpu != c->cpu)
		sim_breach(sim, "task %u runs on CPU %u but was not put there", p->id, c->cpu);
	if (!task_may_run(sim, p, c->cpu))
		sim_breach(sim, "task %u runs on CPU %u, which it may not use", p->id, c->cpu);
	if (!p->slice_ns)
		p->slice_ns = SLICE_DEFAULT_NS;
	violation_check(sim, p);
	p->state = TASK_RUNNING;
	p->exec_start_ns = sim->now_ns;
	c->curr = p;
	c->progress_ns = sim->now_ns + sim->cost->switch_ns;
	governor_start(sim, c, p);
	sim->stats.switches++;
	sim->policy->running(p);
	task_ran_from(sim, p, c);
	cpu_arm_work(sim, c);
	if (sim->trace)
		trace_start(sim->trace, sim, c);
}

static void leave_idle(struct sim *sim, struct sim_cpu *c, enum cpu_state state)
{
	violation_cpu(sim, c, false);
	violation_idle_ends(sim, c);
	c->waking = false;
	c->state = state;
	power_busy(&sim->power, c, sim->now_ns);
	cpu_set_busy(sim, c, true);
	if (sim->policy->update_idle)
		sim->policy->update_idle(c->cpu, false);
}

/* The hardware's part of going idle. */
void cpu_rest(struct sim *sim, struct sim_cpu *c)
{
	event_queue_cancel(&sim->events, timer_of_cpu(c, TIMER_TICK));
	c->state = CPU_IDLE;
	violation_idle_begins(sim, c);
	cpu_set_busy(sim, c, false);
	power_idle(&sim->power, c, sim->now_ns);
	turns_yield(sim, c->cpu, 0);
}

static void enter_idle(struct sim *sim, struct sim_cpu *c)
{
	if (c->state == CPU_IDLE) { /* kicked in vain */
		c->waking = false;
		violation_cpu(sim, c, true);
		return;
	}
	cpu_rest(sim, c);
	if (sim->policy->update_idle)
		sim->policy->update_idle(c->cpu, true);
	violation_cpu(sim, c, true);
}

/* A higher class wants the CPU: tasks that were bound for it go back to the policy. */
static void be_taken(struct sim *sim, struct sim_cpu *c, struct task_struct *prev)
{
	struct task_struct *p, *local;

	if (c->state == CPU_IDLE)
		leave_idle(sim, c, CPU_TAKEN);
	c->state = CPU_TAKEN;
	cpu_stop(sim, c);
	event_queue_cancel(&sim->events, timer_of_cpu(c, TIMER_TICK));
	local = c->local_first;
	c->local_first = c->local_last = NULL;
	c->nr_local = 0;
	while ((p = local)) {
		local = p->local_next;
		task_enqueue(sim, p, ENV_ENQ_REENQUEUE);
	}
	if (prev)
		put_prev(sim, c, prev, false);
	event_queue_set(&sim->events, timer_of_cpu(c, TIMER_RESCHED), c->taken_until_ns);
}

static void run_next(struct sim *sim, struct sim_cpu *c, struct task_struct *prev)
{
	struct task_struct *next = cpu_local_pop(c);

	cpu_stop(sim, c);
	if (prev)
		put_prev(sim, c, prev, false);
	if (c->state == CPU_IDLE)
		leave_idle(sim, c, CPU_RUNS);
	c->state = CPU_RUNS;
	if (!event_queue_is_set(&sim->events, timer_of_cpu(c, TIMER_TICK)))
		cpu_start_tick(sim, c);
	set_next(sim, c, next);
}

/* The task that ran is enqueued before another is chosen: it may come back at once. */
static void put_back(struct sim *sim, struct sim_cpu *c, struct task_struct *prev)
{
	cpu_stop(sim, c);
	put_prev(sim, c, prev, true);
	if (c->nr_local)
		run_next(sim, c, NULL);
	else
		enter_idle(sim, c);
}

/* The task that runs, if it still can. */
static struct task_struct *runnable_curr(struct sim *sim, struct sim_cpu *c)
{
	struct task_struct *p = c->curr;

	if (!p || p->state != TASK_RUNNING)
		return NULL;
	cpu_settle(sim, c);
	cpu_update_curr(sim, p);
	return p;
}

void cpu_schedule(struct sim *sim, struct sim_cpu *c)
{
	struct task_struct *prev;

	if (sim->now_ns < c->locked_ns) {
		event_queue_set(&sim->events, timer_of_cpu(c, TIMER_RESCHED), c->locked_ns);
		return;
	}
	event_queue_cancel(&sim->events, timer_of_cpu(c, TIMER_RESCHED));
	prev = runnable_curr(sim, c);
	if (sim->now_ns < c->taken_until_ns) {
		be_taken(sim, c, prev);
		return;
	}
	switch (dispatch(sim, c, prev)) {
	case KEEP_PREV:
		if (!event_queue_is_set(&sim->events, timer_of_cpu(c, TIMER_WORK)))
			cpu_arm_work(sim, c);
		break;
	case RUN_LOCAL:
		run_next(sim, c, prev);
		break;
	case PUT_BACK:
		put_back(sim, c, prev);
		break;
	case GO_IDLE:
		cpu_stop(sim, c);
		enter_idle(sim, c);
		break;
	}
}

/* A higher class takes the CPU for a while. */
void cpu_take(struct sim *sim, struct sim_cpu *c, u64 ns)
{
	u64 from = c->taken_until_ns > sim->now_ns ? c->taken_until_ns : sim->now_ns;

	c->taken_until_ns = from + ns;
	if (c->state == CPU_TAKEN)
		event_queue_set(&sim->events, timer_of_cpu(c, TIMER_RESCHED), c->taken_until_ns);
	else
		cpu_resched(sim, c, 0);
}

/*
 * What a task has decided to do takes effect when the kernel has done what it asked for before,
 * such as waking others; if what it wants to sleep for comes meanwhile, it goes on.
 */
static bool decide(struct sim *sim, struct sim_cpu *c, struct task_struct *p)
{
	u64 when;

	if (p->undecided) {
		p->does = workload_step(sim, p);
		p->undecided = false;
	} else if (p->does == WORKLOAD_SLEEPS && workload_woken(sim, p)) {
		p->does = workload_step(sim, p);
	}
	when = c->progress_ns > c->locked_ns ? c->progress_ns : c->locked_ns;
	if (p->does == WORKLOAD_RUNS || when <= sim->now_ns)
		return true;
	event_queue_set(&sim->events, timer_of_cpu(c, TIMER_WORK), when);
	return false;
}

/* The work in hand is done: what does the task do now? */
void cpu_work_done(struct sim *sim, struct sim_cpu *c)
{
	struct task_struct *p = c->curr;

	if (sim->now_ns < c->locked_ns) {
		event_queue_set(&sim->events, timer_of_cpu(c, TIMER_WORK), c->locked_ns);
		return;
	}
	cpu_settle(sim, c);
	if (!decide(sim, c, p))
		return;
	p->undecided = true;
	cpu_update_curr(sim, p);
	if (p->does == WORKLOAD_RUNS) {
		cpu_arm_work(sim, c);
		return;
	}
	if (p->does == WORKLOAD_YIELDS) {
		sim->policy->yield(p);
	} else {
		sim->policy->stopping(p, false);
		governor_sleep(sim, p);
		if (p->does == WORKLOAD_EXITS)
			task_exit(sim, p);
		else
			p->state = TASK_SLEEPING;
	}
	cpu_schedule(sim, c);
}
