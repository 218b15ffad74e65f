/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CPU needs something to run: the first of its own DSQ or of its domain's, whichever deadline is
 * earlier; what it was running, if that comes before both; something from another domain; or it
 * goes idle.
 */
#ifndef SCX_TOPO_DISPATCH_H
#define SCX_TOPO_DISPATCH_H

#include "idle.h"
#include "lineup.h"
#include "steal.h"

/* The queue to take from first. */
struct dispatch_first {
	enum task_queue queue; /* QUEUE_NONE: nothing waits */
	bool known;	       /* deadline_ns is that of the first task there */
	u64 deadline_ns;
};

static inline bool dispatch_move(enum task_queue queue, const struct domain *d, u32 cpu)
{
	if (!env_move_to_local(queue == QUEUE_CPU ? DSQ_CPU_BASE + cpu : DSQ_DOMAIN_BASE + d->id))
		return false;
	count(queue == QUEUE_CPU ? STAT_DSP_CPU : STAT_DSP_DOMAIN);
	return true;
}

/* The first deadline in the CPU's own queue. That of a task that waits there alone is known. */
static inline bool dispatch_own_deadline(const struct cpu_ctx *c, u32 cpu, u64 *deadline_ns)
{
	*deadline_ns = line_waiting(&c->line) == 1 ? c->first_ns : 0;
	return *deadline_ns || env_first_deadline(DSQ_CPU_BASE + cpu, deadline_ns);
}

/*
 * Deadlines are looked up only when something depends on them: looking costs more than moving.
 * Tasks counted may not have landed yet, so either queue can turn out empty.
 */
ENV_HOT void dispatch_find_first(const struct cpu_ctx *c, const struct domain *d, u32 cpu,
				 bool compare, struct dispatch_first *first)
{
	bool own = line_waiting(&c->line), shared = line_waiting(&d->line);
	u64 deadline;

	first->queue = own ? QUEUE_CPU : shared ? QUEUE_DOMAIN : QUEUE_NONE;
	first->known = false;
	first->deadline_ns = 0;
	if (!(own && shared) && !compare)
		return;
	if (own && dispatch_own_deadline(c, cpu, &deadline)) {
		first->known = true;
		first->deadline_ns = deadline;
	}
	if (!shared || !env_first_deadline(DSQ_DOMAIN_BASE + d->id, &deadline))
		return;
	if (!first->known || time_before(deadline, first->deadline_ns)) {
		first->queue = QUEUE_DOMAIN;
		first->known = true;
		first->deadline_ns = deadline;
	}
}

/* From our own queues, the preferred one first. */
static inline bool dispatch_own(const struct cpu_ctx *c, const struct domain *d, u32 cpu,
				enum task_queue preferred)
{
	enum task_queue other = preferred == QUEUE_CPU ? QUEUE_DOMAIN : QUEUE_CPU;
	const u64 *line = other == QUEUE_CPU ? &c->line : &d->line;

	if (preferred == QUEUE_NONE)
		return false;
	if (dispatch_move(preferred, d, cpu))
		return true;
	return line_waiting(line) && dispatch_move(other, d, cpu);
}

/* What runs goes on: true if it did not ask to let others go first and nobody's deadline is
 * earlier. */
static inline bool dispatch_prev_is_first(struct task_struct *prev, const struct task_ctx *t,
					  const struct cpu_ctx *c, const struct domain *d,
					  const struct dispatch_first *first)
{
	if (first->queue == QUEUE_NONE)
		return true;
	if (c->yielded || !first->known)
		return false;
	return !time_before(first->deadline_ns, lineup_running_deadline(prev, t, c, d));
}

/* It goes on with a new slice, charged for the last. */
static inline void dispatch_keep(struct task_struct *prev, struct task_ctx *t, struct cpu_ctx *c,
				 struct domain *d)
{
	u64 now = env_now(), slice;

	charge_stint(prev, t, c, d, now);
	slice = lineup(prev, t, d, lineup_waiting(d, c), false);
	t->wait_start_ns = 0;
	t->run_start_ns = now;
	c->run_start_ns = now;
	c->deadline_ns = t->deadline_ns;
	c->yielded = 0;
	env_task_set_slice(prev, slice);
	count(STAT_DSP_KEEP);
}

/*
 * What runs goes on although somebody waits. Who was told that it would give way, see hog.h, has
 * left idle CPUs alone: one of them has to come.
 */
static inline void dispatch_call(const struct domain *d, const struct dispatch_first *first)
{
	s32 cpu = first->queue == QUEUE_DOMAIN ? steal_idle_cpu(d) : -1;
	const struct cpu_ctx *c = cpu < 0 ? NULL : env_cpu(cpu);

	if (!c || !idle_take_cpu(c, cpu))
		return;
	count(STAT_DSP_CALL);
	kick_idle(cpu);
}

/* Nothing waits for this CPU or for any: take what waits for another's cache. */
static inline bool dispatch_warm(const struct cpu_ctx *c, const struct domain *d)
{
	if (!read_word(&d->warm_tiles) || !steal_warm(d->id, c->tile - d->first_tile, c->slot))
		return false;
	count(STAT_DSP_WARM);
	return true;
}

/* Others have a lot more to do. */
static inline bool dispatch_balance(struct domain *d, u32 cpu)
{
	if (!balance_is_due(d) || !steal(d, cpu, true))
		return false;
	count(STAT_DSP_BALANCE);
	return true;
}

/* Any task that waits anywhere and may run here, the nearest queue first. */
static inline bool dispatch_any(struct cpu_ctx *c, const struct domain *d, u32 cpu)
{
	if (line_waiting(&c->line) && dispatch_move(QUEUE_CPU, d, cpu))
		return true;
	if (line_waiting(&d->line) && dispatch_move(QUEUE_DOMAIN, d, cpu))
		return true;
	return dispatch_warm(c, d) || steal(d, cpu, false);
}

/* Something may have come for this CPU, or for any, since it looked. */
static inline bool dispatch_may_find(const struct cpu_ctx *c)
{
	return steal_may_pay() || line_waiting(&c->line);
}

/*
 * Something has come meanwhile. A task that is counted but has not landed is waited for by looking
 * once more from idle, once for each arrival.
 */
static inline bool dispatch_again(struct cpu_ctx *c, const struct domain *d, u32 cpu)
{
	if (!dispatch_may_find(c))
		return false;
	count(STAT_DSP_LOOK_AGAIN);
	c->missed = 0;
	if (dispatch_any(c, d, cpu))
		return true;
	steal_note_miss(c, d);
	if (c->missed != c->looked)
		kick_idle(cpu);
	c->looked = c->missed;
	return false;
}

/* Nothing to do. Says so first and then looks again, as a task may have come in between. */
static inline bool dispatch_idle(struct cpu_ctx *c, const struct domain *d, u32 cpu)
{
	count(STAT_DSP_IDLE);
	idle_set_cpu(c);
	if (dispatch_again(c, d, cpu)) {
		idle_claim_cpu(c);
		return false;
	}
	idle_begins(c);
	return true;
}

#endif
