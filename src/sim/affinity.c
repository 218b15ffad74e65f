/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks that have to go somewhere else: their affinity changes, their CPU goes away, or another
 * policy takes over.
 */
#include "policy.h"

static void affinity_changed(struct sim *sim, struct task_struct *p)
{
	p->allowed_ns = sim->now_ns;
	if (sim->policy->set_affinity)
		sim->policy->set_affinity(p);
}

/* Brings the task to a CPU where it may run: as it is, or the next one by number. */
static bool find_cpu(struct sim *sim, struct task_struct *p)
{
	u32 i, cpu;

	for (i = 0; i < sim->nr_cpu_ids; i++) {
		cpu = (p->cpu + i) % sim->nr_cpu_ids;
		if (task_may_run(sim, p, cpu)) {
			p->cpu = cpu;
			return true;
		}
	}
	return false;
}

/* As select_fallback_rq(): if all its CPUs are offline, it may run anywhere from now on. */
void task_find_cpu(struct sim *sim, struct task_struct *p)
{
	if (find_cpu(sim, p))
		return;
	p->allowed = NULL;
	affinity_changed(sim, p);
	find_cpu(sim, p);
}

/* It runs, or would if there was a CPU for it. */
bool task_is_ready(const struct task_struct *p)
{
	return p->state != TASK_SLEEPING && p->state != TASK_DEAD;
}

/* Takes a task that is ready out of wherever it waits or runs; the policy is told. */
void task_pull(struct sim *sim, struct task_struct *p)
{
	struct sim_cpu *c;

	while (p->state == TASK_LANDING) { /* the runqueue is locked until then */
		event_queue_cancel(&sim->events, timer_of_task(sim, p));
		task_land(sim, p);
	}
	c = sim_cpu(sim, p->cpu);
	if (p->state == TASK_RUNNING) {
		cpu_settle(sim, c);
		cpu_update_curr(sim, p);
		sim->policy->stopping(p, false);
		cpu_stop(sim, c);
		p->ready_ns = sim->now_ns;
	} else if (p->state == TASK_WAITING) {
		violation_waits(sim, p, false);
		dsq_remove(&p->node);
	} else if (p->state == TASK_LOCAL) {
		cpu_local_remove(c, p);
	}
	p->immediate = false;
	p->state = TASK_SLEEPING;
}

static void rebind_running(struct sim *sim, struct task_struct *p, const struct cpu_set *allowed)
{
	struct sim_cpu *c = sim_cpu(sim, p->cpu);

	if (allowed && !cpu_set_has(allowed, p->cpu)) {
		task_pull(sim, p);
		p->allowed = allowed;
		affinity_changed(sim, p);
		task_find_cpu(sim, p);
		task_enqueue(sim, p, 0);
		cpu_resched(sim, c, 0);
		return;
	}
	cpu_settle(sim, c);
	cpu_update_curr(sim, p);
	sim->policy->stopping(p, false);
	p->allowed = allowed;
	affinity_changed(sim, p);
	sim->stats.switches++;
	sim->policy->running(p);
}

/*
 * As do_set_cpus_allowed(): a task that is ready is taken out and enqueued again. One that runs and
 * may stay comes back without the policy's enqueue (enqueue_task_scx: ENQUEUE_RESTORE).
 */
void task_set_affinity(struct sim *sim, struct task_struct *p, const struct cpu_set *allowed)
{
	bool ready = task_is_ready(p);
	u32 before = sim->this_cpu;

	sim->this_cpu = sim_alive(sim, p->cpu);
	if (p->state == TASK_RUNNING) {
		rebind_running(sim, p, allowed);
	} else {
		if (ready)
			task_pull(sim, p);
		p->allowed = allowed;
		affinity_changed(sim, p);
		if (ready) {
			task_find_cpu(sim, p);
			task_enqueue(sim, p, 0);
		}
	}
	sim->this_cpu = before;
}
