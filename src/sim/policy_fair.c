/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A reference policy in the manner of the kernel's EEVDF: a queue for each CPU, ordered by virtual
 * deadline; wakeups preempt a later deadline; a CPU that runs out of work pulls from the busiest of
 * its neighbours, nearest first. A model: no eligibility beyond the lag bound, no load averages, no
 * periodic balancing between busy CPUs beyond what pulling at a tick does.
 */
#include <errno.h>
#include <stdlib.h>

#include "model_idle.h"
#include "policy.h"

#define FAIR_SLICE_NS (3 * NSEC_PER_MSEC) /* base_slice_ns of 7.3 on 8 CPUs or more: 2.8 ms */
#define PULL_TRIES    64

struct fair_cpu {
	struct dsq queue;
	u64 vtime_ns;	 /* virtual time of the queue: follows what runs */
	u64 deadline_ns; /* of the running task */
};

struct fair {
	struct fair_cpu *cpus;
	struct model_idle idle;
};

/* Of struct task_struct.model: on the clock of the CPU that the task is on. */
enum { TASK_VTIME, TASK_STARTED, TASK_DEADLINE };

static struct fair *this_fair(void)
{
	return sim_current->model;
}

static int fair_init(struct sim *sim)
{
	struct fair *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	sim->model = f;
	f->cpus = calloc(sim->nr_cpu_ids, sizeof(*f->cpus));
	return f->cpus ? model_idle_init(sim, &f->idle) : -ENOMEM;
}

static void fair_exit(struct sim *sim)
{
	struct fair *f = sim->model;

	if (f) {
		model_idle_free(&f->idle);
		free(f->cpus);
	}
	free(f);
	sim->model = NULL;
}

/* Lag is kept, but never more than one slice either way. */
static void place(struct task_struct *p, const struct fair_cpu *c)
{
	s64 lag = (s64)(c->vtime_ns - p->model[TASK_VTIME]);
	s64 bound = FAIR_SLICE_NS * 100 / p->weight;

	if (lag > bound)
		p->model[TASK_VTIME] = c->vtime_ns - bound;
	else if (lag < -bound)
		p->model[TASK_VTIME] = c->vtime_ns + bound;
	p->model[TASK_DEADLINE] = p->model[TASK_VTIME] + FAIR_SLICE_NS * 100 / p->weight;
}

static void move_clock(struct task_struct *p, u32 from, u32 to)
{
	p->model[TASK_VTIME] += this_fair()->cpus[to].vtime_ns - this_fair()->cpus[from].vtime_ns;
}

static s32 fair_select_cpu(struct task_struct *p, s32 prev_cpu, u32 enq)
{
	s32 cpu = model_idle_pick(sim_current, &this_fair()->idle, p, prev_cpu);

	(void)enq;
	if (cpu < 0)
		return prev_cpu;
	move_clock(p, prev_cpu, cpu);
	place(p, &this_fair()->cpus[cpu]);
	sim_insert_local(p, cpu, FAIR_SLICE_NS);
	return cpu;
}

static void fair_enqueue(struct task_struct *p, u32 enq)
{
	struct fair_cpu *c = &this_fair()->cpus[p->cpu];
	const struct sim_cpu *cpu = sim_cpu(sim_current, p->cpu);

	place(p, c);
	sim_insert_dsq(p, &c->queue, FAIR_SLICE_NS, p->model[TASK_DEADLINE]);
	if (cpu->state == CPU_IDLE)
		cpu_kick(sim_current, p->cpu, false);
	else if ((enq & ENV_ENQ_WAKEUP) && (s64)(p->model[TASK_DEADLINE] - c->deadline_ns) < 0)
		cpu_kick(sim_current, p->cpu, true);
}

/* The longest queue among the nearest CPUs that have one. */
static bool pull(u32 cpu)
{
	struct fair *f = this_fair();
	struct sim *sim = sim_current;
	const u32 *cpus =
		&f->idle.by_distance[(size_t)sim_cpu(sim, cpu)->topo->domain * f->idle.nr_cpus];
	u32 i, tries = 0;

	for (i = 0; i < f->idle.nr_cpus && tries < PULL_TRIES; i++) {
		struct fair_cpu *from = &f->cpus[cpus[i]];
		struct dsq_node *n = from->queue.first;

		if (!n)
			continue;
		tries++;
		for (; n && !task_may_run(sim, task_of_node(n), cpu); n = n->next)
			;
		if (!n)
			continue;
		move_clock(task_of_node(n), cpus[i], cpu);
		return sim_move_to_local(&from->queue);
	}
	return false;
}

static void fair_dispatch(u32 cpu, struct task_struct *prev)
{
	struct fair_cpu *c = &this_fair()->cpus[cpu];

	if (!sim_move_to_local(&c->queue) && !prev)
		pull(cpu);
}

static void fair_running(struct task_struct *p)
{
	struct fair_cpu *c = &this_fair()->cpus[p->cpu];

	if ((s64)(p->model[TASK_VTIME] - c->vtime_ns) > 0)
		c->vtime_ns = p->model[TASK_VTIME];
	c->deadline_ns = p->model[TASK_DEADLINE];
	p->model[TASK_STARTED] = p->cpu_time_ns;
}

static void fair_stopping(struct task_struct *p, bool runnable)
{
	u64 ran_ns = p->cpu_time_ns - p->model[TASK_STARTED];

	(void)runnable;
	p->model[TASK_VTIME] += ran_ns * 100 / p->weight;
	p->model[TASK_STARTED] = p->cpu_time_ns;
}

static void fair_tick(struct task_struct *p)
{
	if (!this_fair()->cpus[p->cpu].queue.nr && p->slice_ns < FAIR_SLICE_NS)
		p->slice_ns = FAIR_SLICE_NS;
}

static void fair_enable(struct task_struct *p)
{
	p->model[TASK_VTIME] = this_fair()->cpus[p->cpu].vtime_ns;
}

static void fair_yield(struct task_struct *p)
{
	p->slice_ns = 0;
}

static void fair_update_idle(u32 cpu, bool idle)
{
	model_idle_update(&this_fair()->idle, cpu, idle);
}

const struct sim_policy policy_fair = {
	.name = "fair",
	.what = "a model of per-CPU fair queues in the manner of EEVDF",
	.is_fair_class = true,
	.init = fair_init,
	.exit = fair_exit,
	.select_cpu = fair_select_cpu,
	.enqueue = fair_enqueue,
	.dispatch = fair_dispatch,
	.running = fair_running,
	.tick = fair_tick,
	.stopping = fair_stopping,
	.yield = fair_yield,
	.update_idle = fair_update_idle,
	.enable = fair_enable,
};
