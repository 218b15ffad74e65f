/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>

#include "policy.h"

#define NEVER		   (~0ULL)
#define TIMER_LOAD	   0
#define TIMERS_BEFORE(sim) (1 + 2 * (sim)->nr_workloads) /* those of tasks */

static void set_next(struct outside *o)
{
	if (!event_queue_next(&o->events, &o->next_ns))
		o->next_ns = NEVER;
}

static bool away(const struct workload *w, u32 cpu, u64 now_ns)
{
	return w->kind == WORK_HOTPLUG && now_ns >= w->start_ns &&
	       (!w->end_ns || now_ns < w->end_ns) && (w->cpus[cpu / 64] >> (cpu % 64) & 1);
}

/* The CPUs that are to be offline now; NULL: no memory. */
static hwloc_bitmap_t offline_now(const struct sim *sim)
{
	hwloc_bitmap_t offline = hwloc_bitmap_alloc();
	int i;
	u32 w;

	for (i = 0; offline && i < sim->topo->nr_cpus; i++) {
		for (w = 0; w < sim->nr_workloads; w++) {
			if (away(&sim->workloads[w], sim->topo->cpus[i].cpu, sim->now_ns))
				hwloc_bitmap_set(offline, sim->topo->cpus[i].cpu);
		}
	}
	return offline;
}

static void hotplug(struct sim *sim)
{
	hwloc_bitmap_t offline = offline_now(sim);
	int err = -ENOMEM;

	if (offline)
		err = sim_hand_over(sim, sim->chosen->shipped ? &policy_fair : sim->chosen,
				    offline);
	hwloc_bitmap_free(offline);
	if (err)
		sim_breach(sim, "the machine cannot be described again: error %d", -err);
	sim->stats.restarts++;
	if (sim->chosen->shipped)
		event_queue_set(&sim->outside.events, TIMER_LOAD,
				sim->now_ns + sim->cost->restart_ns);
}

static void load_again(struct sim *sim)
{
	int err = sim_hand_over(sim, sim->chosen, sim->reduced ? sim->reduced->offline : NULL);

	if (err)
		sim_breach(sim, "the policy cannot be started again: error %d", -err);
}

/* One of the CPUs that are online now; NULL: none of the set is. */
static const struct cpu_set *draw_cpu(struct sim *sim, const struct cpu_set *all)
{
	u32 nr = sim->topo->nr_cpus, start = rng_below(&sim->outside.rng, nr), i, cpu;

	for (i = 0; i < nr; i++) {
		cpu = sim->topo->cpus[(start + i) % nr].cpu;
		if (cpu_set_has(&sim->online, cpu) && (!all || cpu_set_has(all, cpu)))
			return &sim->one_cpu[cpu];
	}
	return NULL;
}

static void set_rebinding(struct sim *sim, u32 i)
{
	const struct workload *w = sim->outside.rebindings[i].task->program.workload;
	u64 pause_ns = rng_between(&sim->outside.rng, w->rebind.min_ns, w->rebind.max_ns);

	event_queue_set(&sim->outside.events, TIMERS_BEFORE(sim) + i, sim->now_ns + pause_ns);
}

static void rebind(struct sim *sim, u32 i)
{
	struct rebinding *r = &sim->outside.rebindings[i];
	const struct cpu_set *one = draw_cpu(sim, r->all);

	if (r->task->state == TASK_DEAD)
		return;
	if (one) { /* else the kernel refuses it */
		task_set_affinity(sim, r->task, r->bound ? r->all : one);
		r->bound = !r->bound;
	}
	set_rebinding(sim, i);
}

void outside_happens(struct sim *sim)
{
	struct outside *o = &sim->outside;
	u64 time_ns;
	u32 timer;

	if (event_queue_pop(&o->events, &time_ns, &timer)) {
		if (timer == TIMER_LOAD)
			load_again(sim);
		else if (timer < TIMERS_BEFORE(sim))
			hotplug(sim);
		else
			rebind(sim, timer - TIMERS_BEFORE(sim));
	}
	set_next(o);
}

/* --- What the scenario says ---------------------------------------------------------------------
 */

static int check_hotplug(const struct sim *sim, char *err, size_t err_size)
{
	u32 left = sim->topo->nr_cpus, w;
	int i;

	for (i = 0; i < sim->topo->nr_cpus; i++) {
		u32 cpu = sim->topo->cpus[i].cpu;

		for (w = 0; w < sim->nr_workloads; w++) {
			const struct workload *line = &sim->workloads[w];

			if (line->kind != WORK_HOTPLUG || !(line->cpus[cpu / 64] >> (cpu % 64) & 1))
				continue;
			if (!--left) {
				snprintf(err, err_size, "line %u: %s: hotplug has to leave one CPU",
					 line->line, line->name);
				return -EINVAL;
			}
			break;
		}
	}
	return 0;
}

static int start_hotplug(struct sim *sim, char *err, size_t err_size)
{
	struct event_queue *q = &sim->outside.events;
	u32 w;

	for (w = 0; w < sim->nr_workloads; w++) {
		const struct workload *line = &sim->workloads[w];

		if (line->kind != WORK_HOTPLUG)
			continue;
		if (!sim->load_topo) {
			snprintf(err, err_size, "line %u: %s: no hotplug here", line->line,
				 line->name);
			return -EINVAL;
		}
		event_queue_set(q, 1 + 2 * w, line->start_ns);
		if (line->end_ns)
			event_queue_set(q, 2 + 2 * w, line->end_ns);
	}
	return check_hotplug(sim, err, err_size);
}

static void start_rebinding(struct sim *sim)
{
	struct outside *o = &sim->outside;
	u32 i;

	for (i = 0; i < sim->nr_group_tasks; i++) {
		struct task_struct *p = sim->group_tasks[i];

		if (!p->program.workload->rebind.max_ns)
			continue;
		o->rebindings[o->nr_rebindings] =
			(struct rebinding){ .task = p, .all = p->allowed };
		set_rebinding(sim, o->nr_rebindings++);
	}
}

int outside_start(struct sim *sim, char *err, size_t err_size)
{
	struct outside *o = &sim->outside;
	int ret;

	o->rng = rng_stream(sim->seed, 3);
	o->next_ns = NEVER;
	o->rebindings = calloc(sim->nr_group_tasks + 1, sizeof(*o->rebindings));
	if (!o->rebindings ||
	    event_queue_resize(&o->events, TIMERS_BEFORE(sim) + sim->nr_group_tasks))
		return -ENOMEM;
	ret = start_hotplug(sim, err, err_size);
	if (ret)
		return ret;
	start_rebinding(sim);
	set_next(o);
	return 0;
}

void outside_stop(struct sim *sim)
{
	event_queue_free(&sim->outside.events);
	free(sim->outside.rebindings);
}
