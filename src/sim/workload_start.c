/* SPDX-License-Identifier: GPL-2.0-only */
/* The tasks that a scenario begins with, what they know of each other, and when they start. */
#include <errno.h>
#include <stdlib.h>

#include "machine.h"

#define TASKS_MAX 1000000

/* The set for a workload's affinity, or NULL if it has none. */
static const struct cpu_set *allowed_set(struct sim *sim, const struct workload *w, u32 copy)
{
	struct cpu_set *set = &sim->allowed[w - sim->workloads];
	u32 nr_words = (sim->nr_cpu_ids + 63) / 64, i, nr = 0;

	if (w->each_cpu || w->kind == WORK_KTHREAD || w->kind == WORK_RT)
		return &sim->one_cpu[sim->topo->cpus[copy % sim->topo->nr_cpus].cpu];
	if (!w->has_cpus)
		return NULL;
	if (!set->bits) {
		set->bits = calloc(nr_words, sizeof(u64));
		for (i = 0; set->bits && i < nr_words; i++) {
			set->bits[i] = w->cpus[i] & sim->online.bits[i];
			nr += __builtin_popcountll(set->bits[i]);
		}
		set->nr = nr;
	}
	return set->nr == (u32)sim->topo->nr_cpus ? NULL : set;
}

/* One draw, whatever the set: the same seed gives the same phases when tasks are bound. */
static u32 some_cpu(struct sim *sim, const struct cpu_set *allowed)
{
	u32 nr = sim->topo->nr_cpus, i = rng_below(&sim->rng, nr);

	while (allowed && !cpu_set_has(allowed, sim->topo->cpus[i].cpu))
		i = (i + 1) % nr;
	return sim->topo->cpus[i].cpu;
}

static struct task_struct *make_task(struct sim *sim, const struct workload *w, u32 copy)
{
	const struct cpu_set *allowed = allowed_set(sim, w, copy);

	return task_new(sim, w, some_cpu(sim, allowed), allowed);
}

/* Starts at a random phase, so that groups do not march in step. */
static void start_task(struct sim *sim, struct task_struct *p)
{
	const struct workload *w = p->program.workload;
	u64 period = w->every.max_ns ? w->every.max_ns : w->sleep.max_ns;
	u64 at;

	if (!period || period > 100 * NSEC_PER_MSEC)
		period = period ? 100 * NSEC_PER_MSEC : NSEC_PER_MSEC;
	at = w->start_ns + 1 + rng_below(&sim->rng, period);
	p->program.next_ns = p->program.release_ns = p->program.due_ns = at;
	event_queue_set(&sim->events, timer_of_task(sim, p), at);
}

/* What the tasks of one copy know of each other. */
static void connect_tasks(const struct workload *w, struct task_struct **group, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		struct program *prog = &group[i]->program;

		prog->index = i;
		prog->group = group;
		prog->needs = 1;
		if (w->kind == WORK_PINGPONG) {
			prog->peer = group[1 - i];
			prog->tokens = !i;
		} else if (w->kind == WORK_CHAIN) {
			prog->peer = i + 1 < nr ? group[i + 1] : NULL;
		} else if (w->kind == WORK_MESSAGES && i < w->senders) {
			prog->tokens = w->receivers;
		} else if (w->kind == WORK_BUILD) {
			prog->tokens = w->jobs;
		}
	}
}

static int make_copy(struct sim *sim, const struct workload *w, u32 copy)
{
	u32 nr = workload_tasks(w), i, starts = 1;
	struct task_struct **group = &sim->group_tasks[sim->nr_group_tasks];

	for (i = 0; i < nr; i++) {
		group[i] = make_task(sim, w, copy);
		if (!group[i])
			return -ENOMEM;
	}
	sim->nr_group_tasks += nr;
	connect_tasks(w, group, nr);
	if (w->kind == WORK_MESSAGES)
		starts = w->senders;
	for (i = 0; i < starts; i++)
		start_task(sim, group[i]);
	for (; i < nr; i++) /* a chain's frames have one release */
		group[i]->program.release_ns = group[0]->program.release_ns;
	return 0;
}

static u32 copies_of(const struct sim *sim, const struct workload *w)
{
	if (w->kind == WORK_HOTPLUG)
		return 0;
	if (w->kind == WORK_KTHREAD || w->kind == WORK_RT)
		return w->copies * sim->topo->nr_cpus;
	return w->copies;
}

static int check_workload(struct sim *sim, const struct workload *w, char *err, size_t err_size)
{
	const struct cpu_set *allowed = w->kind == WORK_HOTPLUG ? NULL : allowed_set(sim, w, 0);

	if (allowed && !allowed->nr) {
		snprintf(err, err_size, "line %u: %s: none of its CPUs is online on this machine",
			 w->line, w->name);
		return -EINVAL;
	}
	return 0;
}

int workload_start(struct sim *sim, char *err, size_t err_size)
{
	u64 total = 0;
	u32 i, copy;
	int ret = 0;

	for (i = 0; i < sim->nr_workloads; i++) {
		const struct workload *w = &sim->workloads[i];

		total += (u64)copies_of(sim, w) * workload_tasks(w);
		ret = check_workload(sim, w, err, err_size);
		if (ret)
			return ret;
	}
	snprintf(err, err_size, "%llu tasks: too many for the memory, or over %u", total,
		 TASKS_MAX);
	if (total > TASKS_MAX)
		return -E2BIG;
	sim->group_tasks = calloc(total, sizeof(*sim->group_tasks));
	if (!sim->group_tasks)
		return -ENOMEM;
	for (i = 0; i < sim->nr_workloads; i++) {
		for (copy = 0; !ret && copy < copies_of(sim, &sim->workloads[i]); copy++)
			ret = make_copy(sim, &sim->workloads[i], copy);
	}
	return ret;
}

void workload_stop(struct sim *sim)
{
	u32 i;

	for (i = 0; sim->allowed && i < sim->nr_workloads; i++)
		free(sim->allowed[i].bits);
	free(sim->group_tasks);
}
