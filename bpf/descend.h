/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work comes down from dear cores.
 *
 * Who wakes while the cheap cores are busy gets a dear one, as nobody is to wait beside an idle
 * CPU. In powersave it does not stay there: a cheap core that goes idle calls down the task of a
 * dearer core nearby, which goes on where it costs less, and is done no later than if it had begun
 * there.
 *
 *	E cores busy, frame starts on a P core; 0.5 ms later E core 3 goes idle
 *	-> the frame's other 2 ms of a P core take it 3 ms on E core 3, for half of the energy
 *
 * Only tasks that have not computed for long since they slept: those that have left a core too
 * small for them are not called back (escape.h), nor are those that do not fit.
 *
 * Where we set clocks, work is spread and nothing comes down. In performance none is called.
 */
#ifndef SCX_TOPO_DESCEND_H
#define SCX_TOPO_DESCEND_H

#include "enqueue.h"
#include "escape.h"
#include "fit.h"
#include "speed.h"

#define DESCEND_NS    (5 * NSEC_PER_MSEC) /* who has computed for longer is not called */
#define DESCEND_TRIES 4			  /* dear CPUs to look at */

/* The running task's stint by its start; 0: there is none. */
static inline u32 descend_stint(const struct cpu_ctx *c)
{
	return c->run_start_ns ? (u32)c->run_start_ns | 1 : 0;
}

static inline bool descend_matters(const struct topo_conf *conf)
{
	return fit_matters(conf) && !speed_matters(conf);
}

/* The CPU ends what it runs in favour of `by`. False: nothing of ours runs, or it was called. */
static inline bool descend_call_cpu(u32 cpu, u32 by)
{
	struct cpu_ctx *c = env_cpu(cpu);
	u32 stint = c ? descend_stint(c) : 0;

	if (!stint || c->called_stint == stint)
		return false;
	c->called_by = by;
	c->called_stint = stint;
	kick_preempt(cpu);
	return true;
}

/* CPUs around that are not idle and of kinds where work costs more; the dearest kind if any. */
static inline u64 descend_dear_slots(const struct policy *policy, const struct tile *t, u32 kind)
{
	u64 busy = t->slots & ~read_word(&t->idle), dear = 0;
	u32 i;

	env_for(i, 0, TOPO_MAX_KINDS) {
		u32 k = env_index(policy->kind_order[i], TOPO_MAX_KINDS);

		if (i >= env_conf()->nr_kinds)
			break;
		if (k == kind)
			dear = 0;
		else if (t->kind[k] & busy)
			dear = t->kind[k] & busy;
	}
	return dear;
}

/* A CPU has gone idle. */
ENV_SUBPROG bool descend_call(u32 cpu)
{
	const struct cpu_ctx *c = env_cpu(cpu);
	const struct tile *t = c ? env_tile(c->tile) : NULL;
	const struct policy *policy = policy_current();
	u64 slots;
	u32 i;

	if (!t || !policy_saves(policy))
		return false;
	slots = descend_dear_slots(policy, t, c->kind);
	env_for(i, 0, DESCEND_TRIES) {
		if (!slots)
			break;
		if (descend_call_cpu(t->cpu[first_bit(slots) & (TILE_SLOTS - 1)], cpu))
			return true;
		slots &= slots - 1;
	}
	return false;
}

/* The CPU that called is still idle, and the task may go there and fits. */
ENV_SUBPROG bool descend_may_go(struct task_ctx *task, u32 by)
{
	const struct cpu_ctx *c = env_cpu(by);
	const struct tile *t = c && c->online ? env_tile(c->tile) : NULL;

	if (!task || !t)
		return false;
	if (!(read_word(&t->idle) & affinity_slots(env_conf(), task, t) & bit(c->slot)))
		return false;
	return !(fit_unfit_kinds(policy_current(), task, env_now()) >> (c->kind & 31) & 1);
}

/* At dispatch. True: the task that could go on was called down. */
static inline bool descend_begins(struct task_struct *p, struct task_ctx *t, struct cpu_ctx *c)
{
	if (!descend_matters(env_conf()) || !c->called_stint || c->called_stint != descend_stint(c))
		return false;
	if (t->awake_ns >= DESCEND_NS || env_task_pinned(p) || !descend_may_go(t, c->called_by))
		return false;
	t->escaping = TASK_DESCENDS;
	return true;
}

/* At the enqueue that follows. False: it is an ordinary task again. */
static inline bool descend_ends(struct task_struct *p, struct task_ctx *t, u32 from_cpu, u32 enq)
{
	const struct cpu_ctx *from = env_cpu(from_cpu), *to;
	u32 cpu = from ? from->called_by : NO_CPU;

	t->escaping = TASK_STAYS;
	to = env_cpu(cpu);
	if (!to || !descend_may_go(t, cpu) || !idle_take_cpu(to, cpu))
		return false;
	count(STAT_FIT_DESCEND);
	enqueue_idle(p, t, cpu, enq);
	return true;
}

#endif
