/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How fast a CPU should run.
 *
 * The kernel's governor schedutil sets a CPU's clock by how much the CPU is used. Of what sched_ext
 * schedules it knows only what it is told: full speed at first, and the last thing it was told ever
 * after. So where user space has found that governor at work, we tell it:
 *
 *	performance   full speed
 *	powersave     the largest of
 *		waits	full speed while somebody waits for a CPU
 *		floor	below it work costs more, as the caches and the memory stay awake for longer
 *			than the core saves: user space knows, from the cost of each kind
 *		CPU	how much it was used in the last 32 ms, at the speed that it had
 *		task	the same of the task that it runs, wherever that ran, which may have come
 *			from elsewhere just now
 *		the last two with a quarter more, so that it can be seen when they grow
 *
 *	E core, floor 60 %. A frame of 3 ms in 16 at full speed uses 19 % of it: 60 %. A compiler
 *	that starts to compute uses 60 % after 50 ms, and the clock follows: 75 %, 85 %, full.
 *
 * Power grows faster than speed, so in powersave a core whose speed has to go beyond two fifths, or
 * the floor, is *hot*: others that are idle are taken first, and work spreads as it grows.
 *
 * More is asked for at once, less only when it is clearly less. Two rules of schedutil make us ask
 * again at each tick: it drops what comes within a millisecond of the last change, and never looks
 * by itself. A CPU that goes idle must not keep a clock high that it shares.
 *
 * Elsewhere the governor is the processor, or the user: nothing of this is in the program.
 */
#ifndef SCX_TOPO_SPEED_H
#define SCX_TOPO_SPEED_H

#include "bits.h"
#include "env.h"
#include "fit.h"
#include "policy.h"

#define SPEED_FULL     1024
#define SPEED_HEADROOM 4 /* one part in so many */
#define SPEED_LESS     8 /* by one part in so many it has to be less */

/* What a CPU may be used for with its clock where work costs least: two fifths, or the floor. */
#define SPEED_CHEAP (SPEED_FULL * 2 / 5)

static inline bool speed_matters(const struct topo_conf *conf)
{
	return conf->sets_speed;
}

/* From the scale of the best CPU to that of the CPU itself. */
static inline u32 speed_of_cpu(const struct cpu_ctx *c, u32 util)
{
	return util * SPEED_FULL / (c->capacity ? c->capacity : 1U);
}

/* At least 1: 0 stands for not having asked yet. */
static inline u32 speed_with_headroom(u32 util)
{
	u32 speed = util + util / SPEED_HEADROOM + 1;

	return speed < SPEED_FULL ? speed : SPEED_FULL;
}

/* The utilisation of the CPU is of its own full speed, that of the task of the best CPU's. */
static inline u32 speed_wanted(const struct policy *policy, const struct cpu_ctx *c, u32 cpu_util,
			       u32 task_util)
{
	u32 floor = policy->min_speed[env_index(c->kind, TOPO_MAX_KINDS)], speed;

	task_util = speed_of_cpu(c, task_util);
	speed = speed_with_headroom(cpu_util > task_util ? cpu_util : task_util);
	return speed > floor ? speed : floor;
}

/* Utilisation of which the last part, `run_ns` up to now, has not been noted yet. */
static inline u32 speed_util_now(u32 util, u64 util_ns, u64 run_ns, u32 speed, u64 now_ns)
{
	if (!util_ns || time_before(now_ns, util_ns))
		return 0;
	return util_after(util, now_ns - util_ns, run_ns, speed);
}

/* Whether to ask for `wanted` after having asked for `before`; 0: nothing was asked for yet. */
static inline bool speed_differs(u32 before, u32 wanted)
{
	return !before || wanted > before || wanted + before / SPEED_LESS < before;
}

static inline void speed_ask(struct cpu_ctx *c, u32 cpu, u32 wanted)
{
	if (speed_differs(c->speed, wanted)) {
		count(wanted > c->speed ? STAT_SPEED_UP : STAT_SPEED_DOWN);
		c->speed = wanted;
	}
	env_set_speed(cpu, c->speed);
}

/* For a CPU and the task on it, which may be NULL, that has run for `run_ns` up to now. */
static inline u32 speed_for(const struct cpu_ctx *c, const struct task_ctx *t, u32 cpu, u64 run_ns,
			    u64 now_ns)
{
	const struct policy *policy = policy_current();
	u32 speed = env_speed(cpu), task_util = 0;

	if (!policy_saves(policy))
		return SPEED_FULL;
	if (t && !t->util_ns) /* new: a half, as the kernel takes it */
		task_util = c->capacity / 2;
	else if (t)
		task_util = speed_util_now(t->util, t->util_ns, run_ns,
					   c->capacity * speed / SPEED_FULL, now_ns);
	return speed_wanted(policy, c, speed_util_now(c->util, c->util_ns, run_ns, speed, now_ns),
			    task_util);
}

static inline bool speed_is_hot(const struct policy *policy, const struct cpu_ctx *c, u32 util)
{
	u32 floor = policy->min_speed[env_index(c->kind, TOPO_MAX_KINDS)];

	return speed_with_headroom(util) > (floor > SPEED_CHEAP ? floor : SPEED_CHEAP);
}

static inline void speed_show_hot(const struct cpu_ctx *c, u32 util)
{
	const struct policy *policy = policy_current();
	struct tile *t = env_tile(c->tile);
	bool hot = speed_is_hot(policy, c, util);

	if (!t || !policy_saves(policy) || hot == !!(read_word(&t->hot) & bit(c->slot)))
		return;
	if (hot)
		set_bits(&t->hot, bit(c->slot));
	else
		clear_bits(&t->hot, bit(c->slot));
}

/* A CPU that has gone idle cools down without noticing: whoever has a tick looks at one of them. */
static inline void speed_look_at_idle(const struct cpu_ctx *c, u64 now_ns)
{
	const struct tile *t = env_tile(c->tile);
	u64 slots = t ? read_word(&t->hot) & read_word(&t->idle) : 0;
	const struct cpu_ctx *other;

	if (!slots)
		return;
	other = env_cpu(t->cpu[first_bit_from(slots, c->slot) & (TILE_SLOTS - 1)]);
	if (other)
		speed_show_hot(other, speed_util_now(other->util, other->util_ns, 0, 0, now_ns));
}

/*
 * The hot slots of the tile that the task last ran in. Its CPU is not hot by what the task itself
 * uses, or a task would move on each time it wakes.
 */
static inline u64 speed_hot_slots(const struct tile *t, const struct cpu_ctx *prev,
				  const struct task_ctx *task)
{
	u32 own = speed_of_cpu(prev, task->util);
	u64 hot = read_word(&t->hot);

	if (!speed_is_hot(policy_current(), prev, prev->util > own ? prev->util - own : 0))
		hot &= ~bit(prev->slot);
	return hot;
}

/*
 * What follows is called where the policy is busy anyway, and is functions of their own so that
 * they cost nothing there where clocks are not ours.
 */

/* The CPU has run a task for `run_ns` up to now. Returns the capacity that it had meanwhile. */
ENV_SUBPROG u32 speed_note_run(u32 cpu, u64 run_ns, u64 now_ns)
{
	struct cpu_stats *stats = env_stats();
	struct cpu_ctx *c = env_cpu(cpu);
	u32 speed = env_speed(cpu);
	u64 interval_ns;

	if (!c)
		return SPEED_FULL;
	interval_ns = now_ns - c->util_ns;
	if (!c->util_ns || time_before(now_ns, c->util_ns))
		interval_ns = run_ns;
	c->util = util_after(c->util, interval_ns, run_ns, speed);
	c->util_ns = now_ns;
	speed_show_hot(c, c->util);
	if (stats && speed < SPEED_FULL)
		stats->slow_ns += run_ns * (SPEED_FULL - speed) / SPEED_FULL;
	return c->capacity * speed / SPEED_FULL;
}

/* A task gets on; does another one wait? */
ENV_SUBPROG u32 speed_start(struct task_ctx *task, u32 cpu, u32 nr_waiting, u64 now_ns)
{
	struct cpu_ctx *c = env_cpu(cpu);
	u32 wanted = SPEED_FULL;

	if (!task || !c)
		return 0;
	if (!nr_waiting)
		wanted = speed_for(c, task, cpu, 0, now_ns);
	if (speed_differs(c->speed, wanted))
		speed_ask(c, cpu, wanted);
	return wanted;
}

/* It is still there, since `run_ns`: a task that computes on wants its CPU faster and faster. */
ENV_SUBPROG u32 speed_tick(struct task_ctx *task, u32 cpu, u32 nr_waiting, u64 run_ns)
{
	struct cpu_ctx *c = env_cpu(cpu);
	u32 wanted = SPEED_FULL;
	u64 now_ns = env_now();

	if (!task || !c)
		return 0;
	if (!nr_waiting)
		wanted = speed_for(c, task, cpu, run_ns, now_ns);
	speed_ask(c, cpu, wanted);
	speed_look_at_idle(c, now_ns);
	return wanted;
}

/*
 * The CPU goes idle. It may be back soon, so its average counts, but only up to a half, as it may
 * as well stay idle, and then that would be its last word.
 */
ENV_SUBPROG u32 speed_idle(u32 cpu)
{
	struct cpu_ctx *c = env_cpu(cpu);
	u64 now_ns = env_now();
	u32 wanted;

	if (!c || c->l2_mask == bit(c->slot)) /* nobody else has its clock */
		return 0;
	wanted = speed_with_headroom(speed_util_now(c->util, c->util_ns, 0, 0, now_ns));
	if (wanted > SPEED_FULL / 2)
		wanted = SPEED_FULL / 2;
	if (speed_differs(c->speed, wanted) && policy_saves(policy_current()))
		speed_ask(c, cpu, wanted);
	return wanted;
}

#endif
