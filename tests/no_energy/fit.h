/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bpf/fit.h of a dispatcher that only knows performance: all tasks fit all cores. The CPU time
 * since a task slept is still kept, as heavy tasks leave small cores in performance too.
 */
#ifndef SCX_TOPO_FIT_H
#define SCX_TOPO_FIT_H

#include "env.h"
#include "vtime.h"

static inline bool fit_matters(const struct topo_conf *conf)
{
	return conf->nr_kinds > 1;
}

static inline void fit_note_run(struct task_ctx *t, u32 capacity, u64 run_ns, u64 now_ns)
{
	(void)capacity, (void)now_ns;
	t->run_ns += run_ns;
}

static inline u32 fit_unfit_kinds(const struct policy *policy, const struct task_ctx *t, u64 now_ns)
{
	(void)policy, (void)t, (void)now_ns;
	return 0;
}

#endif
