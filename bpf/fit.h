/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks and kinds of core that do not go together.
 *
 * A small core saves energy only for work that fits it. Each task has a *utilisation*: the share of
 * the most powerful CPU that it uses, whatever it runs on, averaged over some 30 ms. A task above
 * four fifths of a kind's capacity does not fit it, and is not placed there when it wakes.
 *
 *	E core of capacity 614, fits up to 491:
 *	video  runs 4 ms of every 16 on it: 4/16 of 614 is 153, stays
 *	link   wakes and computes on: soon it uses all of it, and is next placed on a P core
 *
 * Utilisation is an average and so learns too late of a task that starts to compute; and one that
 * never sleeps is never placed anew. Hence the *escape*; see escape.h.
 *
 * Where all CPUs are of one kind there is nothing to fit and nothing of this is executed.
 */
#ifndef SCX_TOPO_FIT_H
#define SCX_TOPO_FIT_H

#include "env.h"
#include "vtime.h"

#define FIT_WINDOW_NS (32 * NSEC_PER_MSEC)

/*
 * Utilisation after an interval of which the task ran `run_ns` on a CPU of that capacity. The old
 * value weighs as much as one window, the new one as much as its interval.
 */
static inline u32 util_after(u32 util, u64 interval_ns, u64 run_ns, u32 capacity)
{
	if (run_ns > interval_ns)
		interval_ns = run_ns;
	return (util * FIT_WINDOW_NS + run_ns * capacity) / (FIT_WINDOW_NS + interval_ns);
}

static inline bool fit_matters(const struct topo_conf *conf)
{
	return conf->nr_kinds > 1;
}

ENV_SUBPROG bool fit_note_util(struct task_ctx *t, u32 capacity, u64 run_ns, u64 now_ns)
{
	u64 interval_ns;

	if (!t)
		return false;
	interval_ns = now_ns - t->util_ns;
	if (!t->util_ns || time_before(now_ns, t->util_ns))
		interval_ns = run_ns;
	t->util = util_after(t->util, interval_ns, run_ns, capacity);
	t->util_ns = now_ns;
	return true;
}

/*
 * The task has run for `run_ns` up to now, on a CPU of that capacity. In performance nobody asks
 * for its utilisation.
 */
static inline void fit_note_run(struct task_ctx *t, u32 capacity, u64 run_ns, u64 now_ns)
{
	t->run_ns += run_ns;
	if (env_steered())
		fit_note_util(t, capacity, run_ns, now_ns);
}

/* The kinds, as bits, that the task should not be placed on. */
static inline u32 fit_unfit_kinds(const struct policy *policy, const struct task_ctx *t, u64 now_ns)
{
	u32 kind, util, unfit = 0;

	if (!t->util_ns || time_before(now_ns, t->util_ns))
		return 0;
	util = util_after(t->util, now_ns - t->util_ns, 0, 0);
	for (kind = 0; kind < TOPO_MAX_KINDS; kind++) {
		if (policy->fit_util[kind] && util > policy->fit_util[kind])
			unfit |= 1 << kind;
	}
	return unfit;
}

#endif
