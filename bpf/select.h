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

#include "affinity.h"
#include "idle.h"
#include "policy.h"

#define KIND_ANY     TOPO_MAX_KINDS
#define SELECT_TRIES 8 /* idle tiles of a domain, or domains of a ring, to look at */
#define SELECT_STEPS (2 * TOPO_MAX_KINDS + 2)

struct select_step {
	u32 kind;
	bool whole;
	enum topo_level reach; /* LEVEL_LLC: own domain only */
};

/* Who looks, from where; kept small as it lives on the BPF stack. */
struct select {
	struct task_ctx *task;
	struct cpu_ctx *prev;
	struct machine *machine;
	struct domain *home; /* of prev */
	const struct topo_conf *conf;
	struct select_step step;
	enum topo_stat found; /* where the CPU was */
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

/* Slots of a tile that the step and the task accept, idle at this moment. */
static inline u64 select_slots(const struct select *s, const struct tile *t)
{
	u64 idle = read_word(&t->idle);

	if (!idle)
		return 0;
	if (s->step.whole)
		idle = whole_cores(idle, t->slots, t->first, s->conf->smt_width);
	if (s->step.kind < TOPO_MAX_KINDS)
		idle &= t->kind[s->step.kind];
	return idle & affinity_slots(s->conf, s->task, t);
}

/* Claims one of the slots, the best first; its CPU number or -1. */
static inline s32 select_claim(struct select *s, struct domain *d, u32 tile, struct tile *t,
			       u64 slots)
{
	u32 slot;

	if (!slots)
		return -1;
	slot = first_bit(slots);
	if (idle_claim(s->machine, d, t, tile, slot))
		return t->cpu[slot & (TILE_SLOTS - 1)];
	count(STAT_SEL_CLAIM_LOST);
	return -1;
}

/* The previous CPU, its core and its L2. */
static inline s32 select_near(struct select *s)
{
	const struct cpu_ctx *prev = s->prev;
	struct tile *t = env_tile(prev->tile);
	u64 slots;

	if (!t)
		return -1;
	slots = select_slots(s, t);
	if (slots & bit(prev->slot)) {
		s->found = s->step.whole ? STAT_SEL_PREV_CORE : STAT_SEL_PREV_THREAD;
		return select_claim(s, s->home, prev->tile, t, bit(prev->slot));
	}
	s->found = s->step.whole ? STAT_SEL_CORE_L2 : STAT_SEL_THREAD_L2;
	if (slots & prev->core_mask)
		return select_claim(s, s->home, prev->tile, t, slots & prev->core_mask);
	return select_claim(s, s->home, prev->tile, t, slots & prev->l2_mask);
}

static inline s32 select_domain(struct select *s, struct domain *d)
{
	u64 tiles = read_word(&d->idle_tiles);
	s32 cpu = -1;
	u32 i;

	env_for(i, 0, SELECT_TRIES) {
		u32 tile = d->first_tile + first_bit(tiles);
		struct tile *t = env_tile(tile);

		if (!tiles || !t)
			break;
		cpu = select_claim(s, d, tile, t, select_slots(s, t));
		if (cpu >= 0)
			break;
		tiles &= tiles - 1;
	}
	return cpu;
}

/* One ring: domains at the same distance, starting after our own so that they are used evenly. */
static inline s32 select_ring(struct select *s, u32 word, u64 domains)
{
	s32 cpu = -1;
	u32 i;

	env_for(i, 0, SELECT_TRIES) {
		u32 n = first_bit_from(domains, s->home->id);
		struct domain *d = env_domain(word * 64 + n);

		if (!domains || !d)
			break;
		cpu = select_domain(s, d);
		if (cpu >= 0)
			break;
		domains &= ~bit(n);
	}
	return cpu;
}

static inline s32 select_far(struct select *s)
{
	u32 i, nr_rings = s->home->nr_rings;
	s32 cpu = -1;

	env_for(i, 0, nr_rings) {
		const struct ring *ring;
		u64 domains;

		if (i >= TOPO_MAX_RINGS)
			break;
		ring = &s->home->rings[i];
		if (ring->level > s->step.reach)
			break;
		domains = ring->domains &
			  read_word(&s->machine->idle_domains[ring->word % DOMAIN_WORDS]);
		s->found = ring->level == LEVEL_NODE ? STAT_SEL_NODE : STAT_SEL_MACHINE;
		cpu = domains ? select_ring(s, ring->word, domains) : -1;
		if (cpu >= 0)
			break;
	}
	return cpu;
}

static inline s32 select_by_step(struct select *s)
{
	s32 cpu = -1;

	if (read_word(&s->home->idle_tiles)) {
		cpu = select_near(s);
		if (cpu >= 0)
			return cpu;
		s->found = s->step.whole ? STAT_SEL_CORE_LLC : STAT_SEL_THREAD_LLC;
		cpu = select_domain(s, s->home);
	}
	if (cpu < 0 && s->step.reach > LEVEL_LLC)
		cpu = select_far(s);
	return cpu;
}

/*
 * An idle CPU for the task, claimed: whoever called has to give it work or kick it. -1: none.
 */
static inline s32 select_idle_cpu(struct task_ctx *task, struct cpu_ctx *prev)
{
	const struct topo_conf *conf = env_conf();
	struct select s = {
		.task = task,
		.prev = prev,
		.machine = env_machine(),
		.home = env_domain(prev->domain),
		.conf = conf,
	};
	const struct policy *policy = policy_current();
	s32 cpu = -1;
	u32 i;

	if (!s.machine || !s.home || !read_word(&s.machine->idle_words))
		return -1;
	env_for(i, 0, SELECT_STEPS) {
		if (!select_step(policy->mode, policy->kind_order, conf->nr_kinds, i, &s.step))
			break;
		cpu = select_by_step(&s);
		if (cpu >= 0) {
			count(s.found);
			break;
		}
	}
	return cpu;
}

#endif
