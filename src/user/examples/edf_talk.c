/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Earliest deadline first, as in the talk on scx_rustland.
 *
 * A task's vruntime is the CPU time it has had, over its weight. Who often gives the CPU up of its
 * own will (a game that waits for the next frame, a terminal) is interactive: the more often, the
 * further its vruntime may stay behind everybody else's when it wakes, and the sooner it runs. The
 * more tasks wait for each CPU, the shorter each runs, and the less is there to be had for being
 * interactive, so that nobody waits long.
 *
 * Each round only as many tasks are dispatched as there are CPUs: who wakes a moment later with an
 * earlier deadline must not stand in line behind what was decided too early.
 */
#include "scxu.h"

#define SLICE_NS     (5 * SCXU_NSEC_PER_MSEC)
#define SLICE_MIN_NS (SCXU_NSEC_PER_MSEC / 2)
#define CREDIT_MAX   (100 * SCXU_NSEC_PER_MSEC)

static struct scxu_queue waiting;

/* Of what there is for one task, if as many wait as now. */
static uint64_t share(struct scxu *s, uint64_t ns)
{
	return ns / (waiting.nr / scxu_topology(s)->nr_cpus + 1);
}

/* How far behind virtual time a task may wake: a slice for each voluntary switch a second. */
static uint64_t credit_ns(struct scxu *s, const struct scxu_task *t)
{
	uint64_t credit = SLICE_NS * (t->nvcsw_rate + 1) * (t->woken ? 2 : 1);

	return share(s, credit < CREDIT_MAX ? credit : CREDIT_MAX);
}

static void add(struct scxu *s, struct scxu_task *t)
{
	uint64_t charged_ns = t->total_ns - t->priv[0]; /* CPU time since it was last charged */
	uint64_t vtime_ns = scxu_vtime(s);

	if (!t->vruntime_ns)
		t->vruntime_ns = vtime_ns;
	t->vruntime_ns = scxu_later(t->vruntime_ns, vtime_ns - credit_ns(s, t));
	t->vruntime_ns += charged_ns * 100 / t->weight;
	t->priv[0] = t->total_ns;
	t->deadline_ns = t->vruntime_ns;
	scxu_queue_push(&waiting, t);
}

static void schedule(struct scxu *s)
{
	struct scxu_task *t;
	int i;

	while ((t = scxu_dequeue(s)))
		add(s, t);
	for (i = 0; i < scxu_topology(s)->nr_cpus && (t = scxu_queue_pop(&waiting)); i++) {
		t->cpu = scxu_select_cpu(s, t);
		t->slice_ns = share(s, SLICE_NS);
		if (t->slice_ns < SLICE_MIN_NS)
			t->slice_ns = SLICE_MIN_NS;
		scxu_dispatch(s, t);
	}
}

/* At a restart the tasks of before are gone. */
static int init(struct scxu *s)
{
	(void)s;
	waiting = (struct scxu_queue){ 0 };
	return 0;
}
SCXU_MAIN("edf_talk", schedule, .init = init)
