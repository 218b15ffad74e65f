/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a task has used, how long it waited, and how far it moved.
 */
#ifndef SCX_TOPO_ACCOUNT_H
#define SCX_TOPO_ACCOUNT_H

#include "bits.h"
#include "env.h"
#include "fit.h"
#include "speed.h"
#include "vtime.h"

/* The smallest part of the machine that holds both CPUs. */
static inline enum topo_level distance_level(const struct cpu_ctx *a, const struct cpu_ctx *b)
{
	if (a->node != b->node)
		return LEVEL_MACHINE;
	if (a->domain != b->domain)
		return LEVEL_NODE;
	if (a->tile != b->tile)
		return LEVEL_LLC;
	if (a->core_mask & bit(b->slot))
		return LEVEL_CORE;
	return a->l2_mask & bit(b->slot) ? LEVEL_L2 : LEVEL_LLC;
}

static inline void count_migration(struct cpu_stats *stats, u32 from, u32 to)
{
	const struct cpu_ctx *a, *b;

	if (from == to)
		return;
	a = env_cpu(from);
	b = env_cpu(to);
	if (a && b && a->online && b->online)
		count_in(stats, STAT_RUN_MIGRATE_CORE + distance_level(a, b));
}

/* Bucket of the wait histogram: the binary logarithm of the wait in us. */
static inline u32 wait_bucket(u64 wait_ns)
{
	u64 us = wait_ns / NSEC_PER_USEC;
	u32 bucket = 0, step;

	for (step = 16; step; step /= 2) {
		if (us >> step) {
			us >>= step;
			bucket += step;
		}
	}
	return bucket;
}

static inline void count_wait(struct cpu_stats *stats, struct task_ctx *t, u64 now_ns)
{
	u64 wait_ns = now_ns - t->wait_start_ns;

	if (!t->wait_start_ns || !stats)
		return;
	t->wait_start_ns = 0;
	if ((s64)wait_ns < 0) /* clocks of two CPUs differ a little */
		wait_ns = 0;
	stats->wait_ns += wait_ns;
	stats->wait_histogram[wait_bucket(wait_ns) % WAIT_BUCKETS]++;
}

/* The task gets on that CPU. */
static inline void count_start(struct task_ctx *t, u32 cpu, u64 now_ns)
{
	struct cpu_stats *stats = env_stats();

	count_wait(stats, t, now_ns);
	count_migration(stats, t->last_cpu, cpu);
	count_in(stats, STAT_RUN_SWITCH);
}

/* How long the stint that the task is in has lasted; 0 if it is not running. */
static inline u64 stint_ns(const struct task_ctx *t, u64 now_ns)
{
	if (!t->run_start_ns || time_before(now_ns, t->run_start_ns))
		return 0;
	return now_ns - t->run_start_ns;
}

/* The stint ends: the task is charged for it, and the domain's clock moves on. */
ENV_HOT void charge_stint(struct task_struct *p, struct task_ctx *t, const struct cpu_ctx *c,
			  struct domain *d, u64 now_ns)
{
	struct cpu_stats *stats = env_stats();
	u64 run_ns = stint_ns(t, now_ns);
	u64 charge = charge_ns(run_ns, env_task_weight(p), c->capacity);

	t->run_start_ns = 0;
	t->vruntime_ns += charge;
	t->awake_ns += charge;
	if (run_ns)
		__sync_fetch_and_add(&d->clock_ns, clock_step_ns(run_ns, d->load, c->capacity));
	if (stats)
		stats->busy_ns += run_ns;
	if (speed_matters(env_conf()))
		fit_note_run(t, speed_note_run(env_task_cpu(p), run_ns, now_ns), run_ns, now_ns);
	else if (fit_matters(env_conf()))
		fit_note_run(t, c->capacity, run_ns, now_ns);
}

/* A task wakes: what it left for was sleep, so it gave up the CPU of its own will. */
static inline void note_wakeup(struct task_ctx *t)
{
	if (!t->left_ns)
		return;
	t->sleep_freq = sleep_freq_after(t->sleep_freq, t->left_ns - t->last_sleep_ns);
	t->last_sleep_ns = t->left_ns;
	t->left_ns = 0;
	t->awake_ns = 0;
	t->run_ns = 0;
	count(STAT_RUN_SLEEP);
}

#endif
