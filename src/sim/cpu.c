/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU does: it works on its task, is slowed by its siblings, handles ticks and kicks, and
 * has a local queue. schedule.c decides what it runs.
 */
#include <stdlib.h>

#include "policy.h"

void cpu_arm_work(struct sim *sim, struct sim_cpu *c)
{
	u64 work = c->curr->work_left;

	event_queue_set(&sim->events, timer_of_cpu(c, TIMER_WORK),
			c->progress_ns + (work + c->speed - 1) / c->speed);
}

enum topo_level cpu_distance(const struct sim_cpu *a, const struct sim_cpu *b)
{
	if (a->seen->node != b->seen->node)
		return LEVEL_MACHINE;
	if (a->seen->domain != b->seen->domain)
		return LEVEL_NODE;
	if (a->core == b->core)
		return LEVEL_CORE;
	return a->seen->l2 >= 0 && a->seen->l2 == b->seen->l2 ? LEVEL_L2 : LEVEL_LLC;
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
	cpu_arm_work(sim, c);
}

/* Threads of a core share it: with n busy, each gets a part of what the core does in all. */
static u32 thread_speed(const struct sim *sim, const struct sim_cpu *c)
{
	u32 gain = 2 * sim->cost->smt_speed - WORK_PER_NS, n = c->core->nr_busy;

	if (n <= 1)
		return c->capacity_now;
	return c->capacity_now * ((WORK_PER_NS + (n - 1) * gain) / n) / WORK_PER_NS;
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
			cpu_arm_work(sim, c);
	}
}

void cpu_set_busy(struct sim *sim, struct sim_cpu *c, bool busy)
{
	governor_switch(sim, c, !busy);
	c->core->nr_busy += busy ? 1 : -1;
	if (c->core->nr_cpus > 1)
		update_speeds(sim, c->core);
	else
		c->speed = c->capacity_now;
}

/* Another clock, of 1024. */
void cpu_set_clock(struct sim *sim, struct sim_cpu *c, u32 speed)
{
	c->capacity_now = c->topo->capacity * speed / CLOCK_FULL;
	if (!c->capacity_now)
		c->capacity_now = 1;
	update_speeds(sim, c->core);
}

void cpu_update_curr(struct sim *sim, struct task_struct *p)
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
	} else if (c->state == CPU_RUNS && c->curr && kick.preempt) {
		cpu_update_curr(sim, c->curr);
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
	cpu_update_curr(sim, p);
	governor_tick(sim, c);
	sim->policy->tick(p);
	if (!p->slice_ns)
		cpu_resched(sim, c, sim->cost->tick_ns);
}

/* Ticks come at the same moments on all CPUs, and not to idle ones. */
void cpu_start_tick(struct sim *sim, struct sim_cpu *c)
{
	u64 period = sim->cost->tick_period_ns;
	u64 since = (sim->now_ns + period - sim->tick_phase_ns) % period;

	event_queue_set(&sim->events, timer_of_cpu(c, TIMER_TICK), sim->now_ns + period - since);
}

/* --- The local queue -----------------------------------------------------------------------------
 */

static void local_append(struct sim_cpu *c, struct task_struct *p)
{
	p->local_next = NULL;
	if (c->local_last)
		c->local_last->local_next = p;
	else
		c->local_first = p;
	c->local_last = p;
	c->nr_local++;
	p->state = TASK_LOCAL;
}

void cpu_local_remove(struct sim_cpu *c, struct task_struct *p)
{
	struct task_struct **at = &c->local_first, *prev = NULL;

	for (; *at != p; at = &prev->local_next)
		prev = *at;
	*at = p->local_next;
	if (c->local_last == p)
		c->local_last = prev;
	c->nr_local--;
}

/* Before all others: it was preempted by a higher class. */
void cpu_local_prepend(struct sim_cpu *c, struct task_struct *p)
{
	p->state = TASK_LOCAL;
	p->local_next = c->local_first;
	c->local_first = p;
	if (!c->local_last)
		c->local_last = p;
	c->nr_local++;
}

struct task_struct *cpu_local_pop(struct sim_cpu *c)
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
	local_append(c, p);
	p->immediate = true;
	cpu_resched(sim, c, sim->cost->ipi_ns);
}

/* Without it: the task waits there. */
void cpu_local_queue(struct sim *sim, struct sim_cpu *c, struct task_struct *p)
{
	if (sim->wait_is_bounded)
		violation_note_load(sim, p);
	local_append(c, p);
	if (c->state == CPU_IDLE)
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
	local_append(c, p);
	sim->stats.moves++;
	return true;
}
