/* SPDX-License-Identifier: GPL-2.0-only */
#include "machine.h"

#define BUDGET_MIN_NS 1000

/* The CPU that a timer concerns. */
static u32 cpu_of_timer(const struct sim *sim, u32 timer)
{
	u32 first_task = sim->nr_cpu_ids * CPU_TIMERS;

	return timer < first_task ? timer / CPU_TIMERS : sim->tasks[timer - first_task]->cpu;
}

/* When the next timer of the hardware is due: a tick, or the end of a sleep. */
static u64 next_deadline(const struct sim *sim)
{
	u64 first = sim->now_ns + sim->cost->tick_period_ns, time_ns;
	u32 i;

	for (i = 0; i < sim->nr_cpu_ids; i++) {
		time_ns = event_queue_time(&sim->events, timer_of_cpu(&sim->cpus[i], TIMER_TICK));
		first = time_ns < first ? time_ns : first;
	}
	for (i = 0; i < sim->nr_tasks; i++) {
		if (sim->tasks[i]->state != TASK_SLEEPING)
			continue;
		time_ns = event_queue_time(&sim->events, timer_of_task(sim, sim->tasks[i]));
		first = time_ns < first ? time_ns : first;
	}
	return first;
}

static void set_end(struct sim *sim, u64 time_ns)
{
	event_queue_set(&sim->events, timer_of_cpu(&sim->cpus[0], TIMER_TURN), time_ns);
}

static void begin_round(struct sim *sim)
{
	u64 budget_ns = (next_deadline(sim) - sim->now_ns) / sim->topo->nr_cpus;

	sim->turns.budget_ns = budget_ns > BUDGET_MIN_NS ? budget_ns : BUDGET_MIN_NS;
}

static bool can_run(const struct sim *sim, u32 cpu)
{
	u32 i;

	if (sim->cpus[cpu].state == CPU_RUNS || sim->cpus[cpu].state == CPU_TAKEN)
		return true;
	for (i = 0; i < sim->turns.nr_deferred; i++) {
		if (cpu_of_timer(sim, sim->turns.deferred[i]) == cpu)
			return true;
	}
	return false;
}

/* What has waited for this CPU's turn happens now, in the order in which it came. */
static void release(struct sim *sim, u32 cpu)
{
	struct turns *t = &sim->turns;
	u32 i, kept = 0;

	for (i = 0; i < t->nr_deferred; i++) {
		if (cpu_of_timer(sim, t->deferred[i]) == cpu)
			event_queue_set(&sim->events, t->deferred[i], sim->now_ns);
		else
			t->deferred[kept++] = t->deferred[i];
	}
	t->nr_deferred = kept;
}

static void begin_turn(struct sim *sim, u32 cpu)
{
	sim->turns.active = true;
	sim->turns.cpu = cpu;
	set_end(sim, sim->now_ns + sim->turns.budget_ns);
	release(sim, cpu);
}

/* The turn of the first CPU from this one on that has something to do; false: there is none. */
static bool turn_from(struct sim *sim, u32 cpu)
{
	u64 *asked = &sim->turns.asked_to_look;

	for (; cpu < sim->nr_cpu_ids; cpu++) {
		if (cpu < 64 && *asked >> cpu & 1) {
			*asked &= ~(1ULL << cpu);
			begin_round(sim);
		}
		if (can_run(sim, cpu)) {
			begin_turn(sim, cpu);
			return true;
		}
	}
	return false;
}

void turns_next(struct sim *sim)
{
	if (turn_from(sim, sim->turns.cpu + 1))
		return;
	begin_round(sim);
	sim->turns.active = turn_from(sim, 0);
}

bool turns_defer(struct sim *sim, u32 timer, u32 cpu)
{
	struct turns *t = &sim->turns;

	if (!t->active) {
		begin_round(sim);
		begin_turn(sim, cpu);
	}
	if (t->cpu == cpu || t->nr_deferred == TURNS_DEFERRED_MAX)
		return false;
	t->deferred[t->nr_deferred++] = timer;
	return true;
}

void turns_yield(struct sim *sim, u32 cpu, u64 timer_ns)
{
	if (!sim->cost->takes_turns || !sim->turns.active || sim->turns.cpu != cpu)
		return;
	if (timer_ns && timer_ns > next_deadline(sim))
		return;
	if (timer_ns)
		sim->turns.asked_to_look = ~0ULL;
	set_end(sim, sim->now_ns);
}
