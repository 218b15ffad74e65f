/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A task is ready to run: give it an idle CPU, or line it up and see whether it should push
 * somebody off.
 */
#ifndef SCX_TOPO_ENQUEUE_H
#define SCX_TOPO_ENQUEUE_H

#include "far.h"
#include "hog.h"
#include "lineup.h"
#include "select.h"

#define SETTLE_NS (4 * NSEC_PER_MSEC)

/* Straight to a CPU that the caller has claimed. */
static inline void enqueue_idle_cpu(struct task_struct *p, struct task_ctx *t, u32 cpu, u32 enq)
{
	const struct cpu_ctx *c = env_cpu(cpu);
	struct domain *d = c ? env_domain(c->domain) : NULL;
	u64 slice = env_conf()->slice_min_ns;

	if (d)
		slice = lineup(p, t, d, lineup_waiting(d, c), enq & ENV_ENQ_WAKEUP);
	env_insert_local(p, cpu, slice, enq);
}

/* The same for one that had not found such a CPU, or none as good, before it was enqueued. */
static inline void enqueue_idle(struct task_struct *p, struct task_ctx *t, u32 cpu, u32 enq)
{
	count(STAT_ENQ_IDLE);
	enqueue_idle_cpu(p, t, cpu, enq);
}

/* The deadline of what runs there, with the time it has been running. */
static inline u64 enqueue_running_deadline(const struct cpu_ctx *c, u64 now_ns)
{
	u64 ran_ns = time_before(now_ns, c->run_start_ns) ? 0 : now_ns - c->run_start_ns;

	return c->deadline_ns + ran_ns;
}

/*
 * Whether a task with this deadline should take the CPU from what runs there. The margin keeps
 * tasks of about the same urgency from taking it from each other in turn.
 */
static inline bool preempts(const struct cpu_ctx *c, u64 deadline_ns, u64 now_ns, u64 margin_ns)
{
	return c->run_start_ns &&
	       time_before(deadline_ns + margin_ns, enqueue_running_deadline(c, now_ns));
}

static inline void enqueue_preempt(const struct task_ctx *t, struct cpu_ctx *c, u32 cpu)
{
	if (!preempts(c, t->deadline_ns, env_now(), env_conf()->preempt_ns))
		return;
	count(STAT_ENQ_PREEMPT);
	c->pushed_ns = c->deadline_ns;
	kick_preempt(cpu);
}

/* A task that woke takes a CPU of its domain, as any of them will find it in the domain's DSQ. */
static inline void enqueue_push(const struct task_ctx *t, const struct cpu_ctx *c, u32 cpu)
{
	u32 victim = hog_victim(t, c, cpu);
	struct cpu_ctx *v = env_cpu(victim);

	if (v)
		enqueue_preempt(t, v, victim);
}

/* Whether the hog that is to give way has a later deadline than the task will have. */
static inline bool enqueue_may_push(struct task_struct *p, struct task_ctx *t,
				    const struct cpu_ctx *c, struct domain *d, u32 cpu,
				    u32 nr_waiting)
{
	const struct cpu_ctx *v = env_cpu(hog_victim(t, c, cpu));

	lineup(p, t, d, nr_waiting, true);
	return v && preempts(v, t->deadline_ns, env_now(), env_conf()->preempt_ns);
}

/*
 * How to look for an idle CPU. One that was put back stays in its domain for a while: whoever
 * pushed it off may be done in a moment, see far.h. Where there is no patience that holds only soon
 * after it had come from another domain.
 */
static inline u32 enqueue_how(const struct task_ctx *t, u32 enq)
{
	if (enq & ENV_ENQ_WAKEUP)
		return SELECT_FAR | SELECT_PUSH;
	if (env_conf()->nr_domains == 1)
		return SELECT_FAR;
	if (far_is_patient(env_conf()) && t->sleep_freq < HOG_SLEEP_FREQ)
		return 0;
	return time_before(env_now(), t->joined_ns + SETTLE_NS) ? 0 : SELECT_FAR;
}

/*
 * Whether a task that wakes and may run only on this CPU will be the next one there: nobody waits
 * for it, and what runs is not clearly before it. Then it goes to where the CPU looks first, and
 * the CPU does not have to ask us when what runs sleeps. As soon as anybody waits this is over, so
 * nobody is passed again and again; sched_running() sees to who came in between.
 */
static inline bool enqueue_is_next(const struct task_ctx *t, const struct cpu_ctx *c,
				   const struct domain *d, u32 enq)
{
	if ((enq & (ENV_ENQ_WAKEUP | ENV_ENQ_REENQUEUE)) != ENV_ENQ_WAKEUP || !c->run_start_ns)
		return false;
	if (line_waiting(&c->line) || line_waiting(&d->line))
		return false;
	return !time_before(enqueue_running_deadline(c, env_now()) + env_conf()->preempt_ns,
			    t->deadline_ns);
}

/*
 * A task that may run only on this CPU waits in the CPU's own DSQ. Unless the CPU runs a task of
 * ours, and so will ask for the next one, it may be on its way to idle, and nobody else can help.
 * Not if the task was put back: then the CPU has just chosen somebody else.
 */
static inline void enqueue_pinned(struct task_struct *p, struct task_ctx *t, struct cpu_ctx *c,
				  struct domain *d, u32 cpu, u32 enq)
{
	u64 slice;

	if (!(enq & ENV_ENQ_REENQUEUE) && !c->run_start_ns && idle_take_cpu(c, cpu)) {
		enqueue_idle(p, t, cpu, enq);
		return;
	}
	slice = lineup(p, t, d, lineup_waiting(d, c), enq & ENV_ENQ_WAKEUP);
	if (enqueue_is_next(t, c, d, enq)) {
		queue_note_first(c, false, 0);
		queue_enter_next(t, c, cpu);
		env_insert_next(p, slice);
		count(STAT_ENQ_NEXT);
	} else {
		queue_note_first(c, !line_waiting(&c->line), t->deadline_ns);
		queue_enter_cpu(t, c, cpu);
		env_insert_dsq(p, DSQ_CPU_BASE + cpu, slice, t->deadline_ns);
		count(STAT_ENQ_CPU);
	}
	if (c->run_start_ns)
		enqueue_preempt(t, c, cpu);
	else if (enq & (ENV_ENQ_WAKEUP | ENV_ENQ_REENQUEUE | ENV_ENQ_LAST))
		kick_idle(cpu);
}

/* Nobody else wants the CPU that it comes from: it goes on there. */
static inline void enqueue_stay(struct task_struct *p, struct task_ctx *t, struct cpu_ctx *c,
				struct domain *d, u32 cpu, u32 enq)
{
	count(STAT_ENQ_STAY);
	env_insert_local(p, cpu, lineup(p, t, d, lineup_waiting(d, c), false), enq);
}

/*
 * A task that was put back, not woken, waits for the CPU whose cache it has filled, as long as that
 * CPU does not get more than its share of the domain's load. Above it goes into the domain's DSQ,
 * where it is taken by whichever CPU has nothing as urgent. There, too, goes a task that may not
 * use all CPUs around: who helps a CPU looks into a few such queues, and must find something in
 * them.
 */
static inline bool enqueue_is_warm(const struct task_ctx *t, const struct cpu_ctx *c,
				   const struct domain *d, u32 enq)
{
	const struct tile *tile;

	if (enq & (ENV_ENQ_WAKEUP | ENV_ENQ_REENQUEUE))
		return false;
	tile = env_tile(c->tile);
	if (!tile || affinity_slots(env_conf(), t, tile) != tile->slots)
		return false;
	return (line_waiting(&c->line) + 1ULL) * d->nr_cpus * WEIGHT_NICE0 <= d->load;
}

static inline void enqueue_shared(struct task_struct *p, struct task_ctx *t, struct cpu_ctx *c,
				  struct domain *d, u32 cpu, u32 enq)
{
	bool warm = enqueue_is_warm(t, c, d, enq), alone = !line_waiting(&c->line);
	u32 nr_waiting = lineup_waiting(d, c), how = enqueue_how(t, enq);
	u64 slice;
	s32 idle;

	/* Counted first, then looked: a CPU going idle does it the other way round. */
	if (warm)
		queue_enter_warm(t, c, d, cpu);
	else
		queue_enter_domain(t, d);
	idle = select_idle_cpu(t, cpu, how);
	if (idle == SELECT_HOG && !enqueue_may_push(p, t, c, d, cpu, nr_waiting))
		idle = select_idle_cpu(t, cpu, SELECT_FAR);
	if (idle >= 0 && !(enq & ENV_ENQ_REENQUEUE)) {
		queue_leave(t);
		enqueue_idle(p, t, idle, enq);
		return;
	}
	slice = lineup(p, t, d, nr_waiting, enq & ENV_ENQ_WAKEUP);
	if (warm)
		queue_note_first(c, alone, t->deadline_ns);
	env_insert_dsq(p, warm ? DSQ_CPU_BASE + cpu : DSQ_DOMAIN_BASE + d->id, slice,
		       t->deadline_ns);
	count(warm ? STAT_ENQ_WARM : STAT_ENQ_DOMAIN);
	/*
	 * What was sent to a CPU and could not run there is not sent again, lest it goes to and fro
	 * between CPUs that others take: an idle CPU fetches it.
	 */
	if (idle >= 0)
		kick_idle(idle);
	else if (enq & ENV_ENQ_WAKEUP)
		enqueue_push(t, c, cpu);
}

#endif
