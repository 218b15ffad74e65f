/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU does: it runs a task, schedules, handles ticks and kicks, and idles.
 *
 * The order of operations is that of kernel/sched/ext/ext.c (7.3): dispatch_one(), do_pick_task_scx
 * and put_prev_task_scx(). What matters to a policy:
 *	- a task that blocks is stopped and quiescent before dispatch is called, without it;
 *	- a task with slice left keeps the CPU without a dispatch;
 *	- a slice ends only at a tick, so it lasts up to a tick longer;
 *	- if dispatch brings nothing, a task that can run goes on, with the default slice, or
 *	  (SCX_OPS_ENQ_LAST, set where kinds of core differ) is enqueued as the last one;
 *	- a task is put back (stopping, then enqueue) after its successor was chosen;
 *	- update_idle comes only when the CPU goes from busy to idle and back, not when an idle CPU
 *	  was kicked and found nothing;
 *	- a kick for idle CPUs does nothing to one that is busy when the kick arrives.
 */
#include <stdlib.h>

#include "policy.h"
#include "trace.h"
#include "workload.h"

static void arm_work(struct sim *sim, struct sim_cpu *c)
{
	u64 work = c->curr->work_left;

	event_queue_set(&sim->events, timer_of_cpu(c, TIMER_WORK),
			c->progress_ns + (work + c->speed - 1) / c->speed);
}

enum topo_level cpu_distance(const struct sim_cpu *a, const struct sim_cpu *b)
{
	if (a->topo->node != b->topo->node)
		return LEVEL_MACHINE;
	if (a->topo->domain != b->topo->domain)
		return LEVEL_NODE;
	if (a->topo->core == b->topo->core)
		return LEVEL_CORE;
	return a->topo->l2 >= 0 && a->topo->l2 == b->topo->l2 ? LEVEL_L2 : LEVEL_LLC;
}

/* The current task's work up to now. */
void cpu_settle(struct sim *sim, struct sim_cpu *c)
{
	struct task_struct *p = c->curr;
	u64 work;

	if (!p || sim->now_ns <= c->progress_ns)
		return;
	work = (sim->now_ns - c->progress_ns) * c->speed;
	if (work > p->work_left)
		work = p->work_left;
	p->work_left -= work;
	p->work_done += work;
	c->progress_ns = sim->now_ns;
}

/* The kernel works on this CPU for a while; the task gets on later. */
void cpu_overhead(struct sim *sim, struct sim_cpu *c, u64 ns)
{
	if (!c->curr || !ns)
		return;
	cpu_settle(sim, c);
	if (c->progress_ns < sim->now_ns)
		c->progress_ns = sim->now_ns;
	c->progress_ns += ns;
	arm_work(sim, c);
}

/* Threads of a core share it: with n busy, each gets a part of what the core does in all. */
static u32 thread_speed(const struct sim *sim, const struct sim_cpu *c)
{
	u32 gain = 2 * sim->cost->smt_speed - WORK_PER_NS, n = c->core->nr_busy;

	if (n <= 1)
		return c->topo->capacity;
	return c->topo->capacity * ((WORK_PER_NS + (n - 1) * gain) / n) / WORK_PER_NS;
}

static void update_speeds(struct sim *sim, struct sim_core *core)
{
	u32 i;

	for (i = 0; i < core->nr_cpus; i++) {
		struct sim_cpu *c = core->cpus[i];
		u32 speed = thread_speed(sim, c);

		if (c->speed == speed)
			continue;
		cpu_settle(sim, c);
		c->speed = speed;
		if (c->curr && event_queue_is_set(&sim->events, timer_of_cpu(c, TIMER_WORK)))
			arm_work(sim, c);
	}
}

static void set_busy(struct sim *sim, struct sim_cpu *c, bool busy)
{
	c->core->nr_busy += busy ? 1 : -1;
	if (c->core->nr_cpus > 1)
		update_speeds(sim, c->core);
	else
		c->speed = c->topo->capacity;
}

static void update_curr(struct sim *sim, struct task_struct *p)
{
	u64 ran = sim->now_ns - p->exec_start_ns;

	p->slice_ns -= ran < p->slice_ns ? ran : p->slice_ns;
	p->cpu_time_ns += ran;
	p->exec_start_ns = sim->now_ns;
}

/* --- Being told to schedule ----------------------------------------------------------------------
 */

/* The CPU schedules after the delay, unless it does earlier. */
void cpu_resched(struct sim *sim, struct sim_cpu *c, u64 delay_ns)
{
	if (event_queue_is_set(&sim->events, timer_of_cpu(c, TIMER_RESCHED)))
		return;
	if (c->state == CPU_IDLE) {
		delay_ns += power_exit_latency(&sim->power, c, sim->now_ns);
		violation_cpu(sim, c, false);
		c->waking = true;
	}
	event_queue_set(&sim->events, timer_of_cpu(c, TIMER_RESCHED), sim->now_ns + delay_ns);
}

static bool grow_kicks(struct sim *sim, struct sim_cpu *c)
{
	u32 i, capacity = c->kick_capacity ? 2 * c->kick_capacity : 8;
	struct kick *kicks = malloc(capacity * sizeof(*kicks));

	if (!kicks) {
		sim_breach(sim, "out of memory: a kick is lost");
		return false;
	}
	for (i = 0; i < c->nr_kicks; i++)
		kicks[i] = c->kicks[(c->first_kick + i) % c->kick_capacity];
	free(c->kicks);
	c->kicks = kicks;
	c->first_kick = 0;
	c->kick_capacity = capacity;
	return true;
}

/* A kick takes effect after the operation that made it: the interrupt comes when locks are free. */
void cpu_kick(struct sim *sim, u32 cpu, bool preempt)
{
	struct sim_cpu *c = sim_cpu(sim, cpu);
	u64 time_ns = sim->now_ns + sim->cost->land_ns + sim->cost->ipi_ns;
	struct kick *last;

	sim->stats.kicks++;
	if (cpu >= sim->nr_cpu_ids || c->state == CPU_OFFLINE) {
		sim_breach(sim, "kicked CPU %u, which is not there", cpu);
		return;
	}
	last = c->nr_kicks ? &c->kicks[(c->first_kick + c->nr_kicks - 1) % c->kick_capacity] : NULL;
	if (last && last->time_ns == time_ns) {
		last->preempt |= preempt;
		return;
	}
	if (c->nr_kicks == c->kick_capacity && !grow_kicks(sim, c))
		return;
	c->kicks[(c->first_kick + c->nr_kicks++) % c->kick_capacity] =
		(struct kick){ .time_ns = time_ns, .preempt = preempt };
	if (c->nr_kicks == 1)
		event_queue_set(&sim->events, timer_of_cpu(c, TIMER_KICK), time_ns);
}

void cpu_kicks_arrive(struct sim *sim, struct sim_cpu *c)
{
	struct kick kick = c->kicks[c->first_kick];

	c->first_kick = (c->first_kick + 1) % c->kick_capacity;
	if (--c->nr_kicks)
		event_queue_set(&sim->events, timer_of_cpu(c, TIMER_KICK),
				c->kicks[c->first_kick].time_ns);
	if (c->state == CPU_IDLE) {
		cpu_resched(sim, c, 0);
	} else if (c->state == CPU_RUNS && kick.preempt) {
		update_curr(sim, c->curr);
		c->curr->slice_ns = 0;
		sim->stats.preemptions++;
		cpu_resched(sim, c, 0);
	}
}

void cpu_tick(struct sim *sim, struct sim_cpu *c)
{
	struct task_struct *p = c->curr;

	if (!p)
		return;
	event_queue_set(&sim->events, timer_of_cpu(c, TIMER_TICK),
			sim->now_ns + sim->cost->tick_period_ns);
	cpu_overhead(sim, c, sim->cost->tick_ns);
	update_curr(sim, p);
	sim->policy->tick(p);
	if (!p->slice_ns)
		cpu_resched(sim, c, sim->cost->tick_ns);
}

/* Ticks come at the same moments on all CPUs, and not to idle ones. */
static void start_tick(struct sim *sim, struct sim_cpu *c)
{
	u64 period = sim->cost->tick_period_ns;
	u64 since = (sim->now_ns + period - sim->tick_phase_ns) % period;

	event_queue_set(&sim->events, timer_of_cpu(c, TIMER_TICK), sim->now_ns + period - since);
}

/* --- The local queue -----------------------------------------------------------------------------
 */

static struct task_struct *local_pop(struct sim_cpu *c)
{
	struct task_struct *p = c->local_first;

	if (!p)
		return NULL;
	c->local_first = p->local_next;
	if (!c->local_first)
		c->local_last = NULL;
	c->nr_local--;
	return p;
}

/*
 * As SCX_ENQ_IMMED: a task that cannot run at once, as another is there already or the CPU is busy
 * or taken, goes back to the policy.
 */
void cpu_local_add(struct sim *sim, struct sim_cpu *c, struct task_struct *p)
{
	if (c->nr_local || c->state == CPU_RUNS || c->state == CPU_TAKEN) {
		task_enqueue(sim, p, ENV_ENQ_REENQUEUE);
		return;
	}
	p->local_next = NULL;
	if (c->local_last)
		c->local_last->local_next = p;
	else
		c->local_first = p;
	c->local_last = p;
	c->nr_local++;
	p->state = TASK_LOCAL;
	p->immediate = true;
	cpu_resched(sim, c, sim->cost->ipi_ns);
}

bool sim_move_to_local(struct dsq *dsq)
{
	struct sim *sim = sim_current;
	struct sim_cpu *c = sim_cpu(sim, sim->this_cpu);
	struct task_struct *p = task_take(sim, dsq, c->cpu);

	if (!p)
		return false;
	p->cpu = c->cpu;
	p->local_next = NULL;
	if (c->local_last)
		c->local_last->local_next = p;
	else
		c->local_first = p;
	c->local_last = p;
	c->nr_local++;
	p->state = TASK_LOCAL;
	sim->stats.moves++;
	return true;
}

/* --- schedule() ----------------------------------------------------------------------------------
 */

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

	sim->policy->stopping(p);
	p->ready_ns = sim->now_ns;
	if (back_to_policy) {
		task_enqueue(sim, p, enq);
		return;
	}
	p->state = TASK_LOCAL; /* at the head: it was preempted by a higher class */
	p->local_next = c->local_first;
	c->local_first = p;
	if (!c->local_last)
		c->local_last = p;
	c->nr_local++;
}

static void stop_curr(struct sim *sim, struct sim_cpu *c)
{
	event_queue_cancel(&sim->events, timer_of_cpu(c, TIMER_WORK));
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
	sim->stats.switches++;
	sim->policy->running(p);
	c->progress_ns = sim->now_ns + sim->cost->switch_ns;
	task_ran_from(sim, p, c);
	arm_work(sim, c);
	if (sim->trace)
		trace_start(sim->trace, sim, c);
}

static void leave_idle(struct sim *sim, struct sim_cpu *c, enum cpu_state state)
{
	violation_cpu(sim, c, false);
	c->idle_to_ns = sim->now_ns;
	c->waking = false;
	c->state = state;
	power_busy(&sim->power, c, sim->now_ns);
	set_busy(sim, c, true);
	sim->policy->update_idle(c->cpu, false);
}

static void enter_idle(struct sim *sim, struct sim_cpu *c)
{
	if (c->state == CPU_IDLE) { /* kicked in vain */
		c->waking = false;
		violation_cpu(sim, c, true);
		return;
	}
	event_queue_cancel(&sim->events, timer_of_cpu(c, TIMER_TICK));
	c->state = CPU_IDLE;
	c->idle_from_ns = sim->now_ns;
	set_busy(sim, c, false);
	power_idle(&sim->power, c, sim->now_ns);
	turns_yield(sim, c->cpu, 0);
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
	stop_curr(sim, c);
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
	struct task_struct *next = local_pop(c);

	stop_curr(sim, c);
	if (prev)
		put_prev(sim, c, prev, false);
	if (c->state == CPU_IDLE)
		leave_idle(sim, c, CPU_RUNS);
	c->state = CPU_RUNS;
	if (!event_queue_is_set(&sim->events, timer_of_cpu(c, TIMER_TICK)))
		start_tick(sim, c);
	set_next(sim, c, next);
}

/* The task that ran is enqueued before another is chosen: it may come back at once. */
static void put_back(struct sim *sim, struct sim_cpu *c, struct task_struct *prev)
{
	stop_curr(sim, c);
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
	update_curr(sim, p);
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
			arm_work(sim, c);
		break;
	case RUN_LOCAL:
		run_next(sim, c, prev);
		break;
	case PUT_BACK:
		put_back(sim, c, prev);
		break;
	case GO_IDLE:
		stop_curr(sim, c);
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
	update_curr(sim, p);
	if (p->does == WORKLOAD_RUNS) {
		arm_work(sim, c);
		return;
	}
	if (p->does == WORKLOAD_YIELDS) {
		sim->policy->yield(p);
	} else {
		sim->policy->stopping(p);
		sim->policy->quiescent(p, true);
		if (p->does == WORKLOAD_EXITS)
			task_exit(sim, p);
		else
			p->state = TASK_SLEEPING;
	}
	cpu_schedule(sim, c);
}
