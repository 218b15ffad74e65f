/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a task that is ready to run stands in line: its vruntime on the domain's clock, its
 * deadline and its slice.
 */
#ifndef SCX_TOPO_LINEUP_H
#define SCX_TOPO_LINEUP_H

#include "account.h"
#include "queue.h"

/*
 * Tasks for which slices are cut, as this CPU sees it: who waits for it alone counts as one on
 * every CPU. The first that waits here for its cache does not count: it was put back after running,
 * and gains nothing by taking shorter turns. Asked before a task is counted into its queue, as
 * nobody waits for himself.
 */
static inline u32 lineup_waiting(const struct domain *d, const struct cpu_ctx *c)
{
	u32 here = line_waiting(&c->line);

	if (here && c->nr_warm)
		here--;
	return line_waiting(&d->line) + here * d->nr_cpus;
}

static inline u64 lineup_slice_ns(const struct domain *d, u32 nr_waiting)
{
	const struct topo_conf *conf = env_conf();

	return slice_ns(conf->slice_max_ns, conf->slice_min_ns, nr_waiting, d->nr_cpus);
}

/* The task no longer competes for its domain's CPUs. */
static inline void lineup_leave(struct task_ctx *t)
{
	struct domain *d = t->load ? env_domain(t->domain) : NULL;

	if (d)
		__sync_fetch_and_add(&d->load, -(u64)t->load);
	t->load = 0;
}

/* The same for one that ran, and so has joined the domain of its CPU. */
static inline void lineup_leave_from(struct task_ctx *t, struct domain *d)
{
	if (t->domain != d->id) {
		lineup_leave(t);
		return;
	}
	__sync_fetch_and_add(&d->load, -(u64)t->load);
	t->load = 0;
}

/*
 * The task competes in this domain, with its weight as it is now. Vruntime and deadline belong to
 * the clock of one domain; another's may be far from it.
 */
static inline void lineup_join(struct task_struct *p, struct task_ctx *t, struct domain *d)
{
	u32 weight = env_task_weight(p);
	const struct domain *from;

	if (t->domain == d->id && t->load == weight)
		return;
	lineup_leave(t);
	if (t->domain != d->id) {
		from = env_domain(t->domain);
		if (from) {
			t->vruntime_ns = rebase(t->vruntime_ns, from->clock_ns, d->clock_ns);
			t->deadline_ns = rebase(t->deadline_ns, from->clock_ns, d->clock_ns);
		}
		t->domain = d->id;
		t->joined_ns = env_now();
	}
	t->load = weight;
	__sync_fetch_and_add(&d->load, weight);
}

/* The same for who gets on a CPU, and mostly has joined when he lined up for it. */
static inline void lineup_join_at(struct task_struct *p, struct task_ctx *t,
				  const struct cpu_ctx *c)
{
	struct domain *d;

	if (t->domain == c->domain && t->load == env_task_weight(p))
		return;
	d = env_domain(c->domain);
	if (d)
		lineup_join(p, t, d);
}

/* The vruntime to line up with, if it may lag the clock by this much. */
static inline u64 lineup_vruntime(struct task_struct *p, const struct domain *d, u64 vruntime_ns,
				  u64 lag_ns)
{
	const struct topo_conf *conf = env_conf();

	return bound_vruntime(vruntime_ns, d->clock_ns, lag_ns,
			      lead_max_ns(conf->slice_max_ns, env_task_weight(p),
					  conf->lag_max_ns));
}

/*
 * A task that slept may lag the clock by the credit it has earned; one that was only put back keeps
 * what it has, within the bound that holds for all. Returns its slice.
 */
static inline u64 lineup(struct task_struct *p, struct task_ctx *t, struct domain *d,
			 u32 nr_waiting, bool wakeup)
{
	const struct topo_conf *conf = env_conf();
	u64 lag_ns = conf->lag_max_ns;

	lineup_join(p, t, d);
	if (wakeup)
		lag_ns = wake_credit_ns(conf, t->sleep_freq, env_task_weight(p), nr_waiting,
					d->nr_cpus);
	t->vruntime_ns = lineup_vruntime(p, d, t->vruntime_ns, lag_ns);
	t->deadline_ns = deadline_ns(t->vruntime_ns, t->awake_ns, conf->awake_max_ns);
	if (!t->wait_start_ns)
		t->wait_start_ns = env_now();
	return lineup_slice_ns(d, nr_waiting);
}

/* The deadline that a running task would line up with if it was put back now. */
static inline u64 lineup_running_deadline(struct task_struct *p, const struct task_ctx *t,
					  const struct cpu_ctx *c, const struct domain *d)
{
	u64 charge = charge_ns(stint_ns(t, env_now()), env_task_weight(p), c->capacity);
	u64 vruntime = lineup_vruntime(p, d, t->vruntime_ns + charge, env_conf()->lag_max_ns);

	return deadline_ns(vruntime, t->awake_ns + charge, env_conf()->awake_max_ns);
}

#endif
