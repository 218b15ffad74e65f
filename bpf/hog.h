/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hogs give way.
 *
 * A task that has computed for 10 ms and rarely sleeps is a *hog*; its CPU says so by a bit in its
 * tile. A task that wakes while no CPU is idle pushes a hog off rather than whatever happens to run
 * on its previous CPU: that may be the very thing that somebody looks at.
 *
 *	CPU 4 runs the game, CPUs 5 to 7 run compilers; the sound last played on CPU 4
 *	-> it takes CPU 5, the compiler there waits for 0.3 ms and goes on
 *
 * The hog may stay after all, as its deadline turns out to be the earlier one. Who pushed it may
 * have left idle CPUs alone (see select.h), so one of them is called then; and a kick that is lost
 * to a higher class is made again.
 *
 * Sleeping four times in 100 ms (a screen does it six times) makes a task none.
 */
#ifndef SCX_TOPO_HOG_H
#define SCX_TOPO_HOG_H

#include "affinity.h"
#include "bits.h"
#include "env.h"
#include "policy.h"
#include "vtime.h"

#define HOG_NS	       (10 * NSEC_PER_MSEC)
#define HOG_SLEEP_FREQ (4 * SLEEP_FREQ_SCALE)

static inline void hog_show(struct cpu_ctx *c)
{
	struct tile *tile = env_tile(c->tile);

	if (!tile)
		return;
	c->hog_ns = 0;
	c->hog = 1;
	set_bits(&tile->hogs, bit(c->slot));
}

/* The task comes on: a hog already, one if it computes on for so long, or never. */
static inline void hog_begins(const struct task_ctx *t, struct cpu_ctx *c, u64 now_ns)
{
	c->hog_ns = 0;
	if (t->sleep_freq >= HOG_SLEEP_FREQ)
		return;
	if (t->awake_ns >= HOG_NS)
		hog_show(c);
	else
		c->hog_ns = now_ns + HOG_NS - t->awake_ns;
}

/* At the tick. */
static inline void hog_tick(struct cpu_ctx *c)
{
	if (c->hog_ns && !time_before(env_now(), c->hog_ns))
		hog_show(c);
}

static inline void hog_ends(struct cpu_ctx *c)
{
	struct tile *tile = c->hog ? env_tile(c->tile) : NULL;

	c->hog_ns = 0;
	if (!tile)
		return;
	c->hog = 0;
	clear_bits(&tile->hogs, bit(c->slot));
}

/* Slots around this CPU where a hog runs and the task may. */
static inline u64 hog_slots(const struct task_ctx *t, const struct cpu_ctx *c)
{
	const struct tile *tile = env_tile(c->tile);
	u64 hogs = tile ? read_word(&tile->hogs) : 0;

	return hogs ? hogs & affinity_slots(env_conf(), t, tile) : 0;
}

/* Those on cores of better kinds than this one. */
static inline u64 hog_above(const struct tile *tile, u64 hogs, u32 kind)
{
	u32 k, nr_kinds = env_conf()->nr_kinds;
	u64 above = 0;

	env_for(k, kind + 1, nr_kinds)
		above |= tile->kind[env_index(k, TOPO_MAX_KINDS)];
	return hogs & above;
}

/* Those on cores of the best kind, where one runs. */
static inline u64 hog_best(const struct tile *tile, u64 hogs)
{
	u32 i, nr_kinds = env_conf()->nr_kinds;
	u64 best = 0;

	env_for(i, 1, nr_kinds) {
		best = hog_above(tile, hogs, nr_kinds - 1 - i);
		if (best)
			return best;
	}
	return hogs;
}

/*
 * The CPU to push a task off from: a hog's, this one if a hog runs here, or just this one if there
 * is no hog around. Performance goes for the best kind of core.
 */
static inline u32 hog_victim(const struct task_ctx *t, const struct cpu_ctx *c, u32 cpu)
{
	const struct tile *tile = env_tile(c->tile);
	u64 hogs = hog_slots(t, c);

	if (!tile || !hogs)
		return cpu;
	if (!policy_saves(policy_current()))
		hogs = hog_best(tile, hogs);
	return tile->cpu[first_bit_from(hogs, c->slot) & (TILE_SLOTS - 1)];
}

#endif
