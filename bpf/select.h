/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Choosing an idle CPU.
 *
 * A choice is a short list of steps; each names a kind of core, whether the whole core has to be
 * idle, and how far to look. A step looks at the previous CPU, then at the CPUs that share its L2,
 * its domain, and the domains around it, nearest first; inside each in slot order, that is,
 * favoured cores first. Performance looks for whole cores of the powerful kind first and leaves the
 * domain only when no core there is idle; powersave fills the efficient kind thread by thread and
 * takes the next kind as soon as the task would have to wait.
 *
 * The work is bounded by the number of kinds and of distances, not by the number of CPUs.
 */
#ifndef SCX_TOPO_SELECT_H
#define SCX_TOPO_SELECT_H

#include "account.h"
#include "affinity.h"
#include "idle.h"
#include "policy.h"

#define KIND_ANY     TOPO_MAX_KINDS
#define SELECT_TRIES 8 /* idle tiles of a domain, or domains of a ring, to look at */
#define SELECT_STEPS (2 * TOPO_MAX_KINDS + 2)

struct select_step {
	u32 kind;	       /* or KIND_ANY */
	u32 whole;	       /* 1: the whole core has to be idle */
	enum topo_level reach; /* LEVEL_LLC: own domain only */
};

/* Step i of the choice; false: there is no such step. */
static inline bool select_step(u32 mode, const u8 *kind_order, u32 nr_kinds, u32 i,
			       struct select_step *step)
{
	bool perf = mode == TOPO_MODE_PERF;
	u32 rounds = perf ? 2 : 1, round = i / nr_kinds;

	if (round < rounds) {
		step->kind = nr_kinds == 1 ? KIND_ANY : kind_order[i % nr_kinds % TOPO_MAX_KINDS];
		step->whole = perf && round == 0;
		step->reach = nr_kinds == 1 || round ? LEVEL_LLC : LEVEL_NODE;
		return true;
	}
	step->kind = KIND_ANY;
	step->reach = LEVEL_MACHINE;
	step->whole = perf && i == rounds * nr_kinds;
	return i < rounds * nr_kinds + rounds;
}

/* Idle slots of a tile that the task may use and that are of this kind, or of whole idle cores. */
static inline u64 select_slots(const struct topo_conf *conf, const struct task_ctx *task,
			       const struct tile *t, u32 kind, u32 whole)
{
	u64 idle = read_word(&t->idle);

	if (!idle)
		return 0;
	if (whole)
		idle = whole_cores(idle, t->slots, t->first, conf->smt_width);
	if (kind < TOPO_MAX_KINDS)
		idle &= t->kind[env_index(kind, TOPO_MAX_KINDS)];
	return idle & affinity_slots(conf, task, t);
}

/* Claims one of the slots, the best first; its CPU number or -1. */
static inline s32 select_claim(struct machine *m, struct domain *d, u32 tile, struct tile *t,
			       u64 slots)
{
	u32 slot = first_bit(slots);

	if (!slots)
		return -1;
	if (idle_claim(m, d, t, tile, slot))
		return t->cpu[slot & (TILE_SLOTS - 1)];
	count(STAT_SEL_CLAIM_LOST);
	return -1;
}

/* The previous CPU, its core, its L2. */
ENV_SUBPROG s32 select_near(struct task_ctx *task, u32 prev_cpu, u32 kind, u32 whole)
{
	const struct cpu_ctx *prev = env_cpu(prev_cpu);
	struct domain *d = prev ? env_domain(prev->domain) : NULL;
	struct tile *t = prev ? env_tile(prev->tile) : NULL;
	struct machine *m = env_machine();
	u64 slots;

	if (!task || !prev || !d || !t || !m)
		return -1;
	slots = select_slots(env_conf(), task, t, kind, whole);
	if (slots & bit(prev->slot))
		slots = bit(prev->slot);
	else if (slots & prev->core_mask)
		slots &= prev->core_mask;
	else
		slots &= prev->l2_mask;
	return select_claim(m, d, prev->tile, t, slots);
}

ENV_SUBPROG s32 select_domain(struct task_ctx *task, u32 domain, u32 kind, u32 whole)
{
	struct domain *d = env_domain(domain);
	struct machine *m = env_machine();
	u64 tiles = d ? read_word(&d->idle_tiles) : 0;
	s32 cpu = -1;
	u32 i;

	if (!task || !d || !m)
		return -1;
	env_for(i, 0, SELECT_TRIES) {
		u32 tile = d->first_tile + first_bit(tiles);
		struct tile *t = env_tile(tile);

		if (!tiles || !t)
			break;
		cpu = select_claim(m, d, tile, t, select_slots(env_conf(), task, t, kind, whole));
		if (cpu >= 0)
			break;
		tiles &= tiles - 1;
	}
	return cpu;
}

/* Idle domains of one ring, starting after our own so that they are used evenly. */
ENV_SUBPROG s32 select_ring(struct task_ctx *task, u32 home, u32 index, u32 kind, u32 whole)
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
		cpu = select_domain(task, ring->word * 64 + n, kind, whole);
		if (cpu >= 0)
			break;
		domains &= ~bit(n);
	}
	return cpu;
}

ENV_SUBPROG s32 select_far(struct task_ctx *task, u32 home, u32 kind, u32 whole, u32 reach)
{
	const struct domain *h = env_domain(home);
	u32 i, nr_rings = h ? h->nr_rings : 0;
	s32 cpu = -1;

	env_for(i, 0, nr_rings) {
		if (i >= TOPO_MAX_RINGS || h->rings[i].level > reach)
			break;
		cpu = select_ring(task, home, i, kind, whole);
		if (cpu >= 0)
			break;
	}
	return cpu;
}

static inline s32 select_by_step(struct task_ctx *task, const struct cpu_ctx *prev, u32 prev_cpu,
				 const struct select_step *step)
{
	const struct domain *home = env_domain(prev->domain);
	s32 cpu = -1;

	if (home && read_word(&home->idle_tiles)) {
		cpu = select_near(task, prev_cpu, step->kind, step->whole);
		if (cpu < 0)
			cpu = select_domain(task, prev->domain, step->kind, step->whole);
	}
	if (cpu < 0 && step->reach > LEVEL_LLC)
		cpu = select_far(task, prev->domain, step->kind, step->whole, step->reach);
	return cpu;
}

/* How far from the previous CPU the idle one was. */
static inline void count_selected(u32 prev_cpu, u32 cpu, bool whole)
{
	static const u8 stats[2][NR_LEVELS] = {
		{ STAT_SEL_THREAD_L2, STAT_SEL_THREAD_L2, STAT_SEL_THREAD_LLC, STAT_SEL_NODE,
		  STAT_SEL_MACHINE },
		{ STAT_SEL_CORE_L2, STAT_SEL_CORE_L2, STAT_SEL_CORE_LLC, STAT_SEL_NODE,
		  STAT_SEL_MACHINE },
	};
	const struct cpu_ctx *prev = env_cpu(prev_cpu), *c = env_cpu(cpu);

	if (!prev || !c)
		return;
	if (prev_cpu == cpu)
		count(whole ? STAT_SEL_PREV_CORE : STAT_SEL_PREV_THREAD);
	else
		count(stats[whole][distance_level(prev, c)]);
}

/*
 * An idle CPU for the task, claimed: whoever called has to give it work or kick it. -1: none.
 */
ENV_SUBPROG s32 select_idle_cpu(struct task_ctx *task, u32 prev_cpu)
{
	const struct topo_conf *conf = env_conf();
	const struct cpu_ctx *prev = env_cpu(prev_cpu);
	const struct machine *m = env_machine();
	const struct policy *policy = policy_current();
	struct select_step step;
	s32 cpu = -1;
	u32 i;

	if (!task || !prev || !m || !read_word(&m->idle_words))
		return -1;
	env_for(i, 0, SELECT_STEPS) {
		if (!select_step(policy->mode, policy->kind_order, conf->nr_kinds, i, &step))
			break;
		cpu = select_by_step(task, prev, prev_cpu, &step);
		if (cpu >= 0) {
			count_selected(prev_cpu, cpu, step.whole);
			break;
		}
	}
	return cpu;
}

#endif
