/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One policy ends and another begins, with other CPUs perhaps. As in the kernel, all tasks leave
 * the old one before the first enters the new one; it is told of each task as of a new one.
 */
#include <errno.h>

#include "check.h"
#include "policy.h"

/* Like a kernel thread whose CPU goes away: parked until it comes back. */
static bool parks(const struct sim *sim, const struct task_struct *p)
{
	return p->program.workload->kind == WORK_KTHREAD && !cpu_set_has(&sim->online, p->cpu);
}

static void take_tasks(struct sim *sim)
{
	u32 i;

	for (i = 0; i < sim->nr_tasks; i++) {
		struct task_struct *p = sim->tasks[i];

		p->handed_over = task_is_ready(p);
		if (!p->handed_over)
			continue;
		sim->this_cpu = p->cpu;
		task_pull(sim, p);
		if (sim->policy->disable)
			sim->policy->disable(p);
	}
}

/* Nothing is left for them to do; what was on its way to them is not needed any more. */
static void rest_cpus(struct sim *sim)
{
	int i;

	for (i = 0; i < sim->topo->nr_cpus; i++) {
		struct sim_cpu *c = sim_cpu(sim, sim->topo->cpus[i].cpu);

		event_queue_cancel(&sim->events, timer_of_cpu(c, TIMER_KICK));
		c->nr_kicks = 0;
		c->locked_ns = 0;
		if (c->state == CPU_TAKEN || c->state == CPU_OFFLINE)
			continue;
		event_queue_cancel(&sim->events, timer_of_cpu(c, TIMER_RESCHED));
		c->waking = false;
		if (c->state == CPU_RUNS)
			cpu_rest(sim, c);
		violation_cpu(sim, c, true);
	}
}

static void plug(struct sim *sim, struct sim_cpu *c)
{
	c->state = CPU_IDLE;
	violation_idle_begins(sim, c);
	sim->online.bits[c->cpu / 64] |= 1ULL << (c->cpu % 64);
	sim->online.nr++;
	violation_cpu(sim, c, true);
}

static void unplug(struct sim *sim, struct sim_cpu *c)
{
	event_queue_cancel(&sim->events, timer_of_cpu(c, TIMER_RESCHED));
	if (c->state == CPU_TAKEN)
		cpu_rest(sim, c);
	c->state = CPU_OFFLINE;
	violation_offline(sim, c);
	c->taken_until_ns = 0;
	sim->online.bits[c->cpu / 64] &= ~(1ULL << (c->cpu % 64));
	sim->online.nr--;
	violation_cpu(sim, c, false);
}

static int describe_again(struct sim *sim, hwloc_const_bitmap_t offline)
{
	struct topo *before = sim->reduced;
	int i, err = 0;

	if (offline && before && hwloc_bitmap_isequal(offline, before->offline))
		return 0;
	sim->reduced = NULL;
	if (offline && !hwloc_bitmap_iszero(offline))
		err = sim->load_topo(sim->load_context, offline, &sim->reduced);
	if (err)
		sim->reduced = before;
	else
		topo_free(before);
	sim->seen = sim->reduced ? sim->reduced : sim->topo;
	for (i = 0; i < sim->topo->nr_cpus; i++) {
		struct sim_cpu *c = sim_cpu(sim, sim->topo->cpus[i].cpu);
		const struct topo_cpu *seen = topo_cpu(sim->seen, c->cpu);

		c->seen = seen ? seen : c->topo;
		if (!seen && c->state != CPU_OFFLINE)
			unplug(sim, c);
		else if (seen && c->state == CPU_OFFLINE)
			plug(sim, c);
	}
	return err;
}

static void note_counters(struct sim *sim)
{
	struct sim_counted *before = &sim->before;
	u32 level;

	before->switches = sim->stats.switches;
	before->kicks = sim->stats.kicks;
	before->enqueues = sim->stats.enqueues;
	before->moves = sim->stats.moves;
	for (level = 0; level < NR_LEVELS; level++)
		before->migrations[level] = sim->stats.migrations[level];
}

static void give_tasks(struct sim *sim)
{
	u32 i;

	for (i = 0; i < sim->nr_tasks; i++) {
		if (sim->tasks[i]->state != TASK_DEAD)
			task_begin(sim, sim->tasks[i]);
	}
	for (i = 0; i < sim->nr_tasks; i++) {
		struct task_struct *p = sim->tasks[i];

		if (parks(sim, p)) {
			event_queue_cancel(&sim->events, timer_of_task(sim, p));
			p->undecided = true;
			p->program.step = 0;
		} else if (p->handed_over) {
			task_find_cpu(sim, p);
			sim->this_cpu = p->cpu;
			p->ready_ns = sim->now_ns;
			task_enqueue(sim, p, 0);
		} else if (p->program.workload->kind == WORK_KTHREAD && p->state == TASK_SLEEPING &&
			   !event_queue_is_set(&sim->events, timer_of_task(sim, p))) {
			task_wake(sim, p, p->cpu);
		}
	}
}

static void resched_all(struct sim *sim)
{
	int i;

	for (i = 0; i < sim->topo->nr_cpus; i++) {
		struct sim_cpu *c = sim_cpu(sim, sim->topo->cpus[i].cpu);

		if (c->state == CPU_IDLE)
			cpu_resched(sim, c, sim->cost->land_ns);
	}
}

int sim_hand_over(struct sim *sim, const struct sim_policy *policy, hwloc_const_bitmap_t offline)
{
	int err;

	take_tasks(sim);
	rest_cpus(sim);
	check_policy(sim);
	sim->policy->exit(sim);
	err = describe_again(sim, offline);
	if (err)
		return err;
	sim->policy = policy;
	governor_begin(sim);
	note_counters(sim);
	err = policy->init(sim);
	if (err || sim->layout.conf.nr_words > sim->task_words)
		return err ? err : -E2BIG;
	sim_begin_idle(sim);
	give_tasks(sim);
	resched_all(sim);
	return 0;
}
