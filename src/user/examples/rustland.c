/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy of today's scx_rustland, with one difference.
 *
 * A task's deadline is its vruntime plus the CPU time it has used since it last slept: who computes
 * on and on moves back in line, who sleeps soon comes to the front. scx_rustland then keeps the
 * deadline as the task's vruntime, so that the time awake is added again with every slice: after 30
 * seconds of computing a task can be many seconds behind new ones. Here the two are kept apart, and
 * what is added for being awake is bounded, the closer the more tasks wait.
 */
#include "scxu.h"

#define SLICE_NS     (20 * SCXU_NSEC_PER_MSEC)
#define SLICE_MIN_NS SCXU_NSEC_PER_MSEC
#define AWAKE_MAX_NS (5 * SLICE_NS)

static struct scxu_queue waiting;

static uint64_t weighted_ns(uint64_t ns, const struct scxu_task *t)
{
	return ns * 100 / t->weight;
}

static void add(struct scxu *s, struct scxu_task *t)
{
	uint64_t awake_max_ns = AWAKE_MAX_NS / (waiting.nr / scxu_topology(s)->nr_cpus + 1);
	uint64_t awake_ns = t->awake_ns < awake_max_ns ? t->awake_ns : awake_max_ns;
	uint64_t vtime_ns = scxu_vtime(s);

	if (t->vruntime_ns)
		t->vruntime_ns = scxu_later(t->vruntime_ns, vtime_ns - SLICE_NS);
	else
		t->vruntime_ns = vtime_ns;
	t->vruntime_ns += weighted_ns(t->total_ns - t->priv[0], t);
	t->priv[0] = t->total_ns;
	t->deadline_ns = t->vruntime_ns + weighted_ns(awake_ns, t);
	scxu_queue_push(&waiting, t);
}

/* One task a round: the next is chosen when a CPU asks for it. */
static void schedule(struct scxu *s)
{
	struct scxu_task *t;

	while ((t = scxu_dequeue(s)))
		add(s, t);
	t = scxu_queue_pop(&waiting);
	if (!t)
		return;
	t->cpu = scxu_select_cpu(s, t);
	t->slice_ns = SLICE_MIN_NS * t->weight / 100;
	scxu_dispatch(s, t);
}

static int forget(struct scxu *s)
{
	(void)s;
	waiting = (struct scxu_queue){ 0 }; /* from before a restart */
	return 0;
}
SCXU_MAIN("rustland", schedule, .init = forget)
