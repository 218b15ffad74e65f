/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When a CPU that has work takes more from another domain.
 *
 * An idle CPU helps wherever somebody waits. If all domains have work, nobody is idle and yet a
 * task's share depends on where it is: half of a CPU with eight tasks on four CPUs, all of one with
 * four. So every 2 ms a CPU of each domain that asks for work compares the domain's *pressure*, the
 * weights of its tasks over the capacity of its CPUs, with that of others, the nearest first, and
 * takes a task from the first one where it pays.
 *
 *	two LP-E cores, capacity 840 in all: a game, a hog and two compilers, weights 266
 *	their neighbours, capacity 7700: weights 800; here a third of the pressure, so the
 *	first in line there, the game, is taken
 *
 * Tasks come and go, so it is an average that counts, or what is there now if that says less. It
 * pays if the other domain still has 1.25 times the pressure after a task of nice 0 has moved:
 * where it would be the other way round then, tasks would go to and fro.
 *
 * What this is bad at: a task of great weight uses one CPU only, and the other CPUs of its domain
 * have less to do than its weight says. They help out as idle ones do.
 */
#ifndef SCX_TOPO_BALANCE_H
#define SCX_TOPO_BALANCE_H

#include "env.h"
#include "vtime.h"

#define BALANCE_NS (2 * NSEC_PER_MSEC)

/* The load of the last few comparisons. */
static inline u64 load_avg_after(u64 load_avg, u64 load)
{
	return (load_avg * 3 + load) / 4;
}

/* The CPU that asks first after 2 ms compares, for all of its domain. */
static inline bool balance_is_due(struct domain *d)
{
	u64 now, last;

	if (env_conf()->nr_domains == 1)
		return false;
	last = d->balance_ns;
	now = env_now();
	if (time_before(now, last + BALANCE_NS) ||
	    __sync_val_compare_and_swap(&d->balance_ns, last, now) != last)
		return false;
	d->load_avg = load_avg_after(d->load_avg, d->load);
	return true;
}

static inline bool balance_pays(const struct domain *home, const struct domain *other)
{
	u64 here = home->load > home->load_avg ? home->load : home->load_avg;
	u64 there = other->load < other->load_avg ? other->load : other->load_avg;

	if (there < WEIGHT_NICE0)
		return false;
	return (there - WEIGHT_NICE0) * home->capacity * 4 >
	       (here + WEIGHT_NICE0) * other->capacity * 5;
}

#endif
