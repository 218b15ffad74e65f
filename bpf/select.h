/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Choosing an idle CPU.
 *
 * A choice is a short list of steps; each names a kind of core, whether the whole core has to be
 * idle, and how far to look. A step looks at the previous CPU, then at the CPUs that share its L2,
 * its domain, and the domains around it, nearest first; inside each in slot order, that is,
 * favoured cores first. Where none is, performance begins at the previous CPU, lest all meet on the
 * first cores, with the interrupts. Performance looks for whole cores, the powerful kind first. It
 * leaves the domain for a kind that is better than all there, and where all cores are alike for a
 * whole one before it shares one, since a task that has gone to another domain stays there, but
 * shares the core all the time. Powersave fills the efficient kind thread by thread, the active
 * CPUs of the policy before others, passes over kinds that the task does not fit, and takes any CPU
 * as soon as the task would have to wait.
 *
 * In performance a task that sleeps often has a hog give way (see hog.h) rather than take a core of
 * a lesser kind than the hog's, or leave a domain where no CPU is idle: the hog goes, once, and the
 * task comes back to its cache and its kind of core each time.
 *
 * The work is bounded by the number of kinds and of distances, not by the number of CPUs.
 */
#ifndef SCX_TOPO_SELECT_H
#define SCX_TOPO_SELECT_H

#include "account.h"
#include "affinity.h"
#include "far.h"
#include "fit.h"
#include "hog.h"
#include "idle.h"
#include "policy.h"

#define KIND_ANY     TOPO_MAX_KINDS
#define SELECT_TRIES 8 /* idle tiles of a domain, or domains of a ring, to look at */
#define SELECT_STEPS (2 * TOPO_MAX_KINDS + 2)

/* What a CPU has to be besides idle, as bits. */
enum select_want {
	WANT_WHOLE = 1,	 /* its whole core is idle, too */
	WANT_ACTIVE = 2, /* it is among the policy's active CPUs */
	WANT_NEAR = 4,	 /* it is in the home domain, unless all there are of lesser kinds */
	WANT_COOL = 8,	 /* others do not use it much; only where we set clocks, see speed.h */
	WANT_LONG = 16,	 /* it is not brief, that is, idle for moments only: see far.h */
};

/* How to choose, as bits. */
enum select_how {
	SELECT_FAR = 1,	 /* in other domains, too */
	SELECT_PUSH = 2, /* a hog may give way instead: SELECT_HOG */
};

#define SELECT_NONE -1 /* there is no idle CPU */
#define SELECT_HOG  -2 /* there may be one, but a hog's is better */

struct select_step {
	u32 kind;	       /* or KIND_ANY */
	u32 want;	       /* enum select_want */
	enum topo_level reach; /* LEVEL_LLC: own domain only */
};

static inline void select_step_kind(const struct policy *policy, u32 nr_kinds, u32 i,
				    struct select_step *step)
{
	u32 place = env_index(i % nr_kinds, TOPO_MAX_KINDS);

	step->kind = nr_kinds == 1 ? KIND_ANY : policy->kind_order[place];
}

/* All cores are alike: a whole one, near or far; then a thread, near or far. */
static inline bool select_step_alike(u32 i, struct select_step *step)
{
	step->kind = KIND_ANY;
	step->want = i < 2 ? WANT_WHOLE : 0;
	step->reach = i & 1 ? LEVEL_MACHINE : LEVEL_LLC;
	return i < 4;
}

/* Kind by kind nearby, whole cores, then threads; then whole cores far away; then any CPU. */
static inline bool select_step_perf(const struct policy *policy, u32 nr_kinds, u32 i,
				    struct select_step *step)
{
	u32 round = i / nr_kinds;

	if (nr_kinds == 1)
		return select_step_alike(i, step);
	if (round < 2) {
		select_step_kind(policy, nr_kinds, i, step);
		step->want = round == 0 ? WANT_WHOLE | WANT_NEAR : 0;
		step->reach = round == 0 ? LEVEL_NODE : LEVEL_LLC;
		return true;
	}
	step->kind = KIND_ANY;
	step->reach = LEVEL_MACHINE;
	step->want = i == 2 * nr_kinds ? WANT_WHOLE : 0;
	return i < 2 * nr_kinds + 2;
}

/* Active CPUs, then all CPUs, kind by kind; then any CPU at all. */
static inline bool select_step_powersave(const struct policy *policy, u32 nr_kinds, u32 i,
					 struct select_step *step)
{
	u32 rounds = policy_packs(policy) ? 2 : 1, round = i / nr_kinds;

	step->want = policy_packs(policy) && round == 0 ? WANT_ACTIVE : 0;
	if (round < rounds) {
		select_step_kind(policy, nr_kinds, i, step);
		step->reach = nr_kinds == 1 ? LEVEL_LLC : LEVEL_NODE;
		return true;
	}
	step->kind = KIND_ANY;
	step->reach = LEVEL_MACHINE;
	return i == rounds * nr_kinds;
}

/*
 * Powersave where clocks go by use: two cores at half of their speed cost less than one at full
 * speed, so work is spread. Cool cores, the active ones before others; then any CPU likewise. Not
 * where user space wants no CPUs packed: so it can find out which of the two costs less.
 */
static inline bool select_step_spread(u32 i, struct select_step *step)
{
	step->kind = KIND_ANY;
	step->want = (i < 2 ? WANT_WHOLE | WANT_COOL : 0) | (i & 1 ? 0 : WANT_ACTIVE);
	step->reach = LEVEL_MACHINE;
	return i < 4;
}

/* Those of the idle slots that are left alone as they are idle for moments only. */
static inline u64 select_brief(const struct tile *t, u64 idle)
{
	u64 brief = idle & read_word(&t->brief);

	if (brief)
		count(STAT_SEL_BRIEF);
	return brief;
}

/* Idle slots of a tile that the task may use and that are of this kind and what is wanted. */
ENV_HOT u64 select_slots(const struct topo_conf *conf, const struct task_ctx *task,
			 const struct tile *t, u32 kind, u32 want)
{
	u64 idle = read_word(&t->idle);

	if (!idle)
		return 0;
	if (want & WANT_WHOLE)
		idle = whole_cores(idle, t->slots, t->first, conf->smt_width);
	if (kind < TOPO_MAX_KINDS)
		idle &= t->kind[env_index(kind, TOPO_MAX_KINDS)];
	if (want & WANT_ACTIVE)
		idle &= policy_active_slots(t);
	if (conf->sets_speed && (want & WANT_COOL))
		idle &= ~read_word(&t->hot);
	if (want & WANT_LONG)
		idle &= ~select_brief(t, idle);
	return idle & affinity_slots(conf, task, t);
}

/* The slot to begin with: of the task's last CPU where that is here and none is better. */
static inline u32 select_start(const struct task_ctx *task, const struct tile *t, u32 tile)
{
	const struct cpu_ctx *last = t->alike ? env_cpu(task->last_cpu) : NULL;

	if (!last || last->tile != tile || policy_saves(policy_current()))
		return 0;
	return last->slot;
}

/* Claims one of the slots, the first from `start` on. Its CPU number; -1: none, or lost. */
static inline s32 select_claim(struct machine *m, struct domain *d, u32 tile, struct tile *t,
			       u64 slots, u32 start)
{
	u32 slot = first_bit_from(slots, start), cpu;

	if (!slots)
		return -1;
	if (!idle_claim(m, d, t, tile, slot)) {
		count(STAT_SEL_CLAIM_LOST);
		return -1;
	}
	cpu = t->cpu[slot & (TILE_SLOTS - 1)];
	return idle_is_taken(cpu) ? -1 : (s32)cpu;
}

/* The previous CPU, its core, its L2. */
ENV_SUBPROG s32 select_near(struct task_ctx *task, u32 prev_cpu, u32 kind, u32 want)
{
	const struct cpu_ctx *prev = env_cpu(prev_cpu);
	struct domain *d = prev ? env_domain(prev->domain) : NULL;
	struct tile *t = prev ? env_tile(prev->tile) : NULL;
	struct machine *m = env_machine();
	u64 slots;

	if (!task || !prev || !d || !t || !m)
		return -1;
	slots = select_slots(env_conf(), task, t, kind, want & ~WANT_COOL);
	if (env_conf()->sets_speed && (want & WANT_COOL))
		slots &= ~speed_hot_slots(t, prev, task);
	if (slots & prev->core_mask)
		slots &= prev->core_mask;
	else
		slots &= prev->l2_mask;
	return select_claim(m, d, prev->tile, t, slots, prev->slot);
}

ENV_SUBPROG s32 select_domain(struct task_ctx *task, u32 domain, u32 kind, u32 want)
{
	struct domain *d = env_domain(domain);
	struct machine *m = env_machine();
	u64 tiles = d ? read_word(&d->idle_tiles) : 0, slots;
	s32 cpu = -1;
	u32 i;

	if (!task || !d || !m)
		return -1;
	env_for(i, 0, SELECT_TRIES) {
		u32 tile = d->first_tile + first_bit(tiles);
		struct tile *t = env_tile(tile);

		if (!tiles || !t)
			break;
		slots = select_slots(env_conf(), task, t, kind, want);
		cpu = select_claim(m, d, tile, t, slots, select_start(task, t, tile));
		if (cpu >= 0)
			break;
		if (!slots) /* else the claim was lost: others may be idle there */
			tiles &= tiles - 1;
	}
	return cpu;
}

/* Idle domains of one ring, starting after our own so that they are used evenly. */
ENV_SUBPROG s32 select_ring(struct task_ctx *task, u32 home, u32 index, u32 kind, u32 want)
{
	const struct domain *h = env_domain(home);
	struct machine *m = env_machine();
	const struct ring *ring;
	s32 cpu = -1;
	u64 domains;
	u32 i;

	if (!h || !m || index >= TOPO_MAX_RINGS)
		return -1;
	ring = &h->rings[index];
	domains = ring->domains & read_word(&m->idle_domains[ring->word % DOMAIN_WORDS]);
	env_for(i, 0, SELECT_TRIES) {
		u32 n = first_bit_from(domains, home);

		if (!domains)
			break;
		cpu = select_domain(task, ring->word * 64 + n, kind, want);
		if (cpu >= 0)
			break;
		domains &= ~bit(n);
	}
	return cpu;
}

ENV_SUBPROG s32 select_far(struct task_ctx *task, u32 home, u32 kind, u32 want, u32 reach)
{
	const struct domain *h = env_domain(home);
	u32 i, nr_rings = h ? h->nr_rings : 0;
	s32 cpu = -1;

	env_for(i, 0, nr_rings) {
		if (i >= TOPO_MAX_RINGS || h->rings[i].level > reach)
			break;
		cpu = select_ring(task, home, i, kind, want);
		if (cpu >= 0)
			break;
	}
	return cpu;
}

static inline bool select_goes_far(const struct domain *home, const struct select_step *step)
{
	if (step->reach <= LEVEL_LLC)
		return false;
	return !(step->want & WANT_NEAR) || !(home->kinds >> (step->kind & 31));
}

/* Hogs that may be told to give way. */
static inline u64 select_hogs(const struct task_ctx *task, const struct cpu_ctx *prev, u32 how)
{
	if (!(how & SELECT_PUSH) || task->sleep_freq < HOG_SLEEP_FREQ)
		return 0;
	return hog_slots(task, prev);
}

/* What the step would find is worse than a hog's CPU: of a lesser kind, or too far away. */
static inline bool select_pushes(const struct cpu_ctx *prev, const struct select_step *step,
				 u64 hogs)
{
	const struct domain *home = env_domain(prev->domain);
	const struct tile *tile = env_tile(prev->tile);

	if (!hogs || !home || !tile)
		return false;
	if (step->kind < KIND_ANY)
		return hog_above(tile, hogs, step->kind);
	return step->reach > LEVEL_LLC && !read_word(&home->idle_tiles);
}

/*
 * What a CPU far away has to be: who wakes often leaves brief ones alone, see far.h. Not while one
 * is idle at home: what the step wants is not to be had there, and the task would not wait.
 */
static inline u32 select_far_want(const struct task_ctx *task, const struct domain *home,
				  const struct select_step *step)
{
	const struct topo_conf *conf = env_conf();

	if (!far_is_patient(conf) || read_word(&home->idle_tiles) ||
	    !far_wakes_often(task->sleep_freq, far_nearest_ns(conf, home)))
		return step->want;
	return step->want | WANT_LONG;
}

ENV_HOT s32 select_by_step(struct task_ctx *task, const struct cpu_ctx *prev, u32 prev_cpu,
			   const struct select_step *step)
{
	const struct domain *home = env_domain(prev->domain);
	s32 cpu = -1;

	if (!home)
		return -1;
	if (read_word(&home->idle_tiles)) {
		cpu = select_near(task, prev_cpu, step->kind, step->want);
		if (cpu < 0)
			cpu = select_domain(task, prev->domain, step->kind, step->want);
	}
	if (cpu < 0 && select_goes_far(home, step))
		cpu = select_far(task, prev->domain, step->kind, select_far_want(task, home, step),
				 step->reach);
	return cpu;
}

/* How far from the previous CPU the idle one was, and whether the active ones were not enough. */
ENV_HOT void count_selected(const struct policy *policy, u32 prev_cpu, u32 cpu, u32 want)
{
	static const u8 stats[2][NR_LEVELS] = {
		{ STAT_SEL_THREAD_L2, STAT_SEL_THREAD_L2, STAT_SEL_THREAD_LLC, STAT_SEL_NODE,
		  STAT_SEL_MACHINE },
		{ STAT_SEL_CORE_L2, STAT_SEL_CORE_L2, STAT_SEL_CORE_LLC, STAT_SEL_NODE,
		  STAT_SEL_MACHINE },
	};
	const struct cpu_ctx *prev = env_cpu(prev_cpu), *c = env_cpu(cpu);
	u32 whole = want & WANT_WHOLE;

	if (!prev || !c)
		return;
	if (prev_cpu == cpu)
		count(whole ? STAT_SEL_PREV_CORE : STAT_SEL_PREV_THREAD);
	else
		count(stats[whole][distance_level(prev, c)]);
	if (policy_packs(policy) && !(want & WANT_ACTIVE))
		count(STAT_SEL_SPILL);
}

/* What the step finds, as far away as the caller wants to go. */
ENV_HOT s32 select_try(struct task_ctx *task, const struct cpu_ctx *prev, u32 prev_cpu,
		       const struct policy *policy, struct select_step *step, u32 how)
{
	s32 cpu;

	if (!(how & SELECT_FAR))
		step->reach = LEVEL_LLC;
	cpu = select_by_step(task, prev, prev_cpu, step);
	if (cpu >= 0)
		count_selected(policy, prev_cpu, cpu, step->want);
	return cpu;
}

/* Kinds, as bits, that the task should not be placed on as long as others are idle. */
static inline u32 select_unfit(const struct topo_conf *conf, const struct policy *policy,
			       const struct task_ctx *task)
{
	return fit_matters(conf) ? fit_unfit_kinds(policy, task, env_now()) : 0;
}

/* In powersave; apart from performance, which would pay for each question that is asked here. */
ENV_SUBPROG s32 select_saving(struct task_ctx *task, u32 prev_cpu, u32 how)
{
	const struct topo_conf *conf = env_conf();
	const struct cpu_ctx *prev = env_cpu(prev_cpu);
	const struct policy *policy = policy_current();
	struct select_step step;
	s32 cpu = SELECT_NONE;
	u32 i, unfit;
	bool spreads;

	if (!task || !prev)
		return SELECT_NONE;
	unfit = select_unfit(conf, policy, task);
	spreads = conf->sets_speed && policy_packs(policy) && !unfit;
	env_for(i, 0, SELECT_STEPS) {
		if (!(spreads ? select_step_spread(i, &step)
			      : select_step_powersave(policy, conf->nr_kinds, i, &step)))
			break;
		if (unfit >> (step.kind & 31) & 1)
			continue;
		cpu = select_try(task, prev, prev_cpu, policy, &step, how);
		if (cpu >= 0)
			break;
	}
	return cpu;
}

/*
 * What the first step would find at once: the previous CPU, if its core is idle and there is no
 * better kind. Asked apart, as that is how most wake-ups go, and the steps take twice as long.
 */
ENV_HOT bool select_prev(const struct task_ctx *task, const struct cpu_ctx *prev, u32 prev_cpu,
			 const struct policy *policy)
{
	const struct topo_conf *conf = env_conf();
	struct tile *t = env_tile(prev->tile);

	if (!t || (read_word(&t->idle) & prev->core_mask) != prev->core_mask)
		return false;
	if (conf->nr_kinds > 1 && prev->kind != policy->kind_order[0])
		return false;
	if (!(affinity_slots(conf, task, t) & bit(prev->slot)) || !idle_take_cpu(prev, prev_cpu))
		return false;
	count(STAT_SEL_PREV_CORE);
	return true;
}

ENV_SUBPROG s32 select_performing(struct task_ctx *task, u32 prev_cpu, u32 how)
{
	const struct cpu_ctx *prev = env_cpu(prev_cpu);
	const struct policy *policy = &env_conf()->fallback; /* perf is never steered */
	struct select_step step;
	s32 cpu = SELECT_NONE;
	u64 hogs;
	u32 i;

	if (!task || !prev)
		return SELECT_NONE;
	if (select_prev(task, prev, prev_cpu, policy))
		return prev_cpu;
	hogs = select_hogs(task, prev, how);
	env_for(i, 0, SELECT_STEPS) {
		if (!select_step_perf(policy, env_conf()->nr_kinds, i, &step))
			break;
		if (select_pushes(prev, &step, hogs))
			return SELECT_HOG;
		cpu = select_try(task, prev, prev_cpu, policy, &step, how);
		if (cpu >= 0)
			break;
	}
	return cpu;
}

/*
 * An idle CPU for the task, claimed: whoever called has to give it work or kick it. SELECT_NONE or
 * SELECT_HOG if less than 0. Here the ways part, and not further down, as calls may only be so
 * deep.
 */
static inline s32 select_idle_cpu(struct task_ctx *task, u32 prev_cpu, u32 how)
{
	const struct machine *m = env_machine();

	if (!m || !read_word(&m->idle_words))
		return SELECT_NONE;
	if (policy_saves(policy_current()))
		return select_saving(task, prev_cpu, how);
	return select_performing(task, prev_cpu, how);
}

#endif
