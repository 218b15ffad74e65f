/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reference policies with one queue for the whole machine, after scx_simple of the kernel's
 * tools/sched_ext: an idle CPU at once, else the shared queue, first come first served (fifo) or in
 * the order of virtual time (vtime). Models: no code is shared with scx_simple.
 */
#include <errno.h>
#include <stdlib.h>

#include "model_idle.h"
#include "policy.h"

struct global {
	struct dsq queue;
	struct model_idle idle;
	u64 vtime_ns; /* of the last task that began to run */
};

/* Of struct task_struct.model. */
enum { TASK_VTIME, TASK_STARTED };

static struct global *this_global(void)
{
	return sim_current->model;
}

static int global_init(struct sim *sim)
{
	struct global *g = calloc(1, sizeof(*g));

	if (!g)
		return -ENOMEM;
	sim->model = g;
	return model_idle_init(sim, &g->idle);
}

static void global_exit(struct sim *sim)
{
	struct global *g = sim->model;

	if (g)
		model_idle_free(&g->idle);
	free(g);
	sim->model = NULL;
}

static s32 global_select_cpu(struct task_struct *p, s32 prev_cpu, u32 enq)
{
	s32 cpu = model_idle_pick(sim_current, &this_global()->idle, p, prev_cpu);

	(void)enq;
	if (cpu < 0)
		return prev_cpu;
	sim_insert_local(p, cpu, SLICE_DEFAULT_NS);
	return cpu;
}

/* Pinned tasks never pass select_cpu; the kernel wakes their CPU if it is idle. */
static void kick_pinned(struct task_struct *p)
{
	if (p->allowed && p->allowed->nr == 1)
		cpu_kick(sim_current, p->cpu, false);
}

static void fifo_enqueue(struct task_struct *p, u32 enq)
{
	(void)enq;
	sim_insert_dsq(p, &this_global()->queue, SLICE_DEFAULT_NS, 0);
	kick_pinned(p);
}

static void vtime_enqueue(struct task_struct *p, u32 enq)
{
	struct global *g = this_global();
	u64 oldest = g->vtime_ns - SLICE_DEFAULT_NS;

	(void)enq;
	if ((s64)(p->model[TASK_VTIME] - oldest) < 0)
		p->model[TASK_VTIME] = oldest;
	sim_insert_dsq(p, &g->queue, SLICE_DEFAULT_NS, p->model[TASK_VTIME]);
	kick_pinned(p);
}

static void global_dispatch(u32 cpu, struct task_struct *prev)
{
	(void)cpu;
	(void)prev;
	sim_move_to_local(&this_global()->queue);
}

static void global_running(struct task_struct *p)
{
	struct global *g = this_global();

	if ((s64)(p->model[TASK_VTIME] - g->vtime_ns) > 0)
		g->vtime_ns = p->model[TASK_VTIME];
	p->model[TASK_STARTED] = p->cpu_time_ns;
}

static void global_stopping(struct task_struct *p, bool runnable)
{
	u64 ran_ns = p->cpu_time_ns - p->model[TASK_STARTED];

	(void)runnable;
	p->model[TASK_VTIME] += ran_ns * 100 / p->weight;
}

static void global_enable(struct task_struct *p)
{
	p->model[TASK_VTIME] = this_global()->vtime_ns;
}

static void global_update_idle(u32 cpu, bool idle)
{
	model_idle_update(&this_global()->idle, cpu, idle);
}

static void nothing(struct task_struct *p)
{
	(void)p;
}

static void global_yield(struct task_struct *p)
{
	p->slice_ns = 0;
}

#define GLOBAL_POLICY                                                                          \
	.init = global_init, .exit = global_exit, .select_cpu = global_select_cpu,             \
	.dispatch = global_dispatch, .running = global_running, .tick = nothing,               \
	.stopping = global_stopping, .yield = global_yield, .update_idle = global_update_idle, \
	.enable = global_enable

const struct sim_policy policy_fifo = {
	.name = "fifo",
	.what = "a model of a global first-come-first-served queue (scx_simple -f)",
	.enqueue = fifo_enqueue,
	GLOBAL_POLICY,
};

const struct sim_policy policy_vtime = {
	.name = "vtime",
	.what = "a model of a global queue in the order of virtual time (scx_simple)",
	.enqueue = vtime_enqueue,
	GLOBAL_POLICY,
};
