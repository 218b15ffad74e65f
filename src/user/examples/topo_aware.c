/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Uses the machine's topology: where a task runs, and near what.
 *
 * Each last-level cache has a queue of its own, by vruntime. A task stays with the cache it ran on
 * last as long as that is no busier than the others; short-running tasks (at most 2 ms at a time)
 * go to the most powerful kind of core if one is idle, as somebody probably waits for them, and
 * long-running ones to the least powerful, as far as that leaves no core idle while a task waits.
 *
 * What it is bad at: it balances when tasks are queued, not afterwards.
 */
#include "scxu.h"

#define SLICE_NS	(4 * SCXU_NSEC_PER_MSEC)
#define SHORT_NS	(2 * SCXU_NSEC_PER_MSEC)
#define LLC_CREDIT	2 /* tasks that another cache must have less, to be worth moving */
#define VRUNTIME_LAG_NS (20 * SCXU_NSEC_PER_MSEC)

struct llc {
	struct scxu_queue queue;
	int nr_cpus;
};

static struct llc *llcs;

static uint64_t load(const struct llc *llc)
{
	return llc->queue.nr / llc->nr_cpus;
}

static struct llc *choose_llc(struct scxu *s, const struct scxu_task *t)
{
	const struct scxu_topology *topo = scxu_topology(s);
	struct llc *best = &llcs[topo->cpus[t->prev_cpu].llc];
	uint64_t credit = LLC_CREDIT;
	int i;

	for (i = 0; i < topo->nr_llcs; i++) {
		if (load(&llcs[i]) + credit < load(best)) {
			best = &llcs[i];
			credit = 0;
		}
	}
	return best;
}

static void add(struct scxu *s, struct scxu_task *t)
{
	t->vruntime_ns = scxu_later(t->vruntime_ns, scxu_vtime(s) - VRUNTIME_LAG_NS);
	t->vruntime_ns += (t->total_ns - t->priv[0]) * 100 / t->weight;
	t->priv[0] = t->total_ns;
	t->deadline_ns = t->vruntime_ns;
	scxu_queue_push(&choose_llc(s, t)->queue, t);
}

/* An idle CPU of the cache it belongs to, of the right kind if possible; else anywhere. */
static int32_t choose_cpu(struct scxu *s, struct scxu_task *t, int llc)
{
	int nr_kinds = scxu_topology(s)->nr_kinds;
	int kind = t->run_ns < SHORT_NS ? nr_kinds - 1 : 0;
	int32_t cpu = SCXU_CPU_ANY;

	if (nr_kinds > 1)
		cpu = scxu_select_cpu_in(s, t, scxu_kind_mask(s, kind));
	if (cpu == SCXU_CPU_ANY)
		cpu = scxu_select_cpu_in(s, t, scxu_llc_mask(s, llc));
	return cpu == SCXU_CPU_ANY ? scxu_select_cpu(s, t) : cpu;
}

static void dispatch_llc(struct scxu *s, int i)
{
	struct scxu_task *t;
	int n;

	for (n = 0; n < llcs[i].nr_cpus && (t = scxu_queue_pop(&llcs[i].queue)); n++) {
		t->cpu = choose_cpu(s, t, i);
		t->slice_ns = SLICE_NS / (load(&llcs[i]) + 1);
		scxu_dispatch(s, t);
	}
}

static void schedule(struct scxu *s)
{
	struct scxu_task *t;
	int i;

	while ((t = scxu_dequeue(s)))
		add(s, t);
	for (i = 0; i < scxu_topology(s)->nr_llcs; i++)
		dispatch_llc(s, i);
}

static int init(struct scxu *s)
{
	const struct scxu_topology *topo = scxu_topology(s);
	int i;

	llcs = scxu_alloc(s, topo->nr_llcs * sizeof(*llcs));
	if (!llcs)
		return -1;
	for (i = 0; i < topo->nr_cpu_ids; i++) {
		if (topo->cpus[i].cpu >= 0)
			llcs[topo->cpus[i].llc].nr_cpus++;
	}
	return 0;
}
SCXU_MAIN("topo_aware", schedule, .init = init)
