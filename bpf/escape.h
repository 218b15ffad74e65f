/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Heavy tasks leave small cores.
 *
 * A task that has computed for 10 ms on a lesser core without sleeping is put back and placed on an
 * idle core of a better kind, if there is one. A tick notices, so with the slowest one (10 ms) it
 * takes 20 ms. In powersave niced work is left where it is: whoever made it nice does not wait for
 * it.
 *
 *	tick       the slice ends, the task is marked
 *	dispatch   does not let it go on; the kernel puts it back
 *	enqueue    finds it a core, or lets it stay for another 10 ms
 *
 * What this is bad at: two heavy tasks and one powerful core. Who came first keeps it.
 */
#ifndef SCX_TOPO_ESCAPE_H
#define SCX_TOPO_ESCAPE_H

#include "enqueue.h"
#include "fit.h"
#include "steal.h"

#define ESCAPE_NS (10 * NSEC_PER_MSEC)

static inline bool escape_is_due(struct task_struct *p, const struct task_ctx *t,
				 const struct cpu_ctx *c, u64 now_ns)
{
	u64 ran_ns = time_before(now_ns, c->run_start_ns) ? 0 : now_ns - c->run_start_ns;
	const struct machine *m = env_machine();

	if (t->run_ns + ran_ns < ESCAPE_NS || env_task_pinned(p))
		return false;
	if (!m || !read_word(&m->idle_words))
		return false;
	return env_task_weight(p) >= WEIGHT_NICE0 || !policy_saves(policy_current());
}

/* At the tick. True: its slice has to end. */
static inline bool escape_begins(struct task_struct *p, const struct cpu_ctx *c)
{
	const struct topo_conf *conf = env_conf();
	struct task_ctx *t;

	if (!fit_matters(conf) || c->kind + 1U >= conf->nr_kinds || !c->run_start_ns)
		return false;
	t = env_task(p);
	if (!t || t->escaping || !escape_is_due(p, t, c, env_now()))
		return false;
	t->escaping = TASK_ESCAPES;
	return true;
}

/*
 * An idle whole core of a better kind, the best first; claimed. -1: there is none. Another domain's
 * only if this one has none as good: those at home will be idle again.
 */
ENV_SUBPROG s32 escape_find_cpu(struct task_ctx *task, u32 from_cpu)
{
	const struct cpu_ctx *from = env_cpu(from_cpu);
	struct select_step step = { .want = WANT_WHOLE | WANT_NEAR, .reach = LEVEL_MACHINE };
	u32 i, nr_kinds = env_conf()->nr_kinds;
	s32 cpu = -1;

	if (!task || !from)
		return -1;
	env_for(i, 1, TOPO_MAX_KINDS) {
		if (from->kind + i >= nr_kinds)
			break;
		step.kind = nr_kinds - i;
		cpu = select_by_step(task, from, from_cpu, &step);
		if (cpu >= 0)
			break;
	}
	return cpu;
}

/* At the enqueue that follows. False: there is no better core, so it is an ordinary task again. */
static inline bool escape_ends(struct task_struct *p, struct task_ctx *t, u32 from_cpu, u32 enq)
{
	s32 cpu;

	t->escaping = TASK_STAYS;
	t->run_ns = 0;
	cpu = escape_find_cpu(t, from_cpu);
	if (cpu < 0) {
		count(STAT_FIT_STAY);
		return false;
	}
	count(STAT_FIT_ESCAPE);
	enqueue_idle(p, t, cpu, enq);
	return true;
}

#endif
