/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patience: when a task waits in its own domain although a CPU of another is idle.
 *
 * The move has a price, as caches are cold elsewhere and so is memory on another node. Who goes at
 * once pays it each time that all CPUs at home happen to be busy, even if one of them was about to
 * come free. As with skis that one may rent or buy, a wait should first have cost as much as the
 * move: then the two never cost more than twice what was to be had by knowing in advance.
 *
 *	waking	   A task goes at once to a CPU that is idle elsewhere (select.h). But where it
 *		   wakes so often that the price, paid each time, is a tenth of its time, it leaves
 *		   alone CPUs that are *brief*: idle for moments, as their own tasks want them back.
 *	put back   A task stays where its cache is (enqueue.h): what pushed it off may be done in a
 *		   moment. Not if it sleeps as often as what draws a screen: somebody is looking.
 *	idle	   A CPU with nothing to do takes a task from a domain where somebody has been
 *		   waiting for as long as the move costs, and one in that time (steal.h).
 *	called	   By then it may be idle for good, and without a tick: so the tick of a busy CPU,
 *		   in the domain where they wait, calls it (steal.h).
 *
 *	16 workers on two nodes of 4 CPUs compute for 1 ms and sleep for 0.5, a move costs 1 ms: one
 *	in 60 requests crosses, one in 5 without patience, and one in 8 under EEVDF
 *
 * All this is for machines whose cores are alike. Where kinds differ it matters more what kind of
 * core a task is on than which cache.
 */
#ifndef SCX_TOPO_FAR_H
#define SCX_TOPO_FAR_H

#include "env.h"
#include "vtime.h"

#define DISTANCE_REMOTE 20 /* ACPI SLIT: twice as far as local memory */

/* What it costs to move a task; across nodes in proportion to how much farther memory is. */
static inline u64 far_cost_ns(const struct topo_conf *conf, const struct ring *ring)
{
	if (ring->level == LEVEL_NODE)
		return conf->steal_node_ns;
	return conf->steal_machine_ns * ring->distance / DISTANCE_REMOTE;
}

/* And to the nearest of other domains. */
static inline u64 far_nearest_ns(const struct topo_conf *conf, const struct domain *d)
{
	return d->nr_rings ? far_cost_ns(conf, &d->rings[0]) : 0;
}

static inline bool far_is_patient(const struct topo_conf *conf)
{
	return conf->nr_domains > 1 && conf->nr_kinds == 1;
}

/* Paid at each wake-up, the price would be a tenth of the time or more. */
static inline bool far_wakes_often(u32 sleep_freq, u64 cost_ns)
{
	return sleep_freq * cost_ns * 10 >= SLEEP_FREQ_NS * SLEEP_FREQ_SCALE;
}

/* Its own tasks want it back before half of the price of a move is earned. */
static inline bool far_is_brief(u64 idle_avg_ns, u64 cost_ns)
{
	return idle_avg_ns * 2 < cost_ns;
}

/* Idle for as long as a move costs, usually or this time; never idle so far: nobody knows. */
static inline bool far_has_time(u64 idle_avg_ns, u64 idle_since_ns, u64 now_ns, u64 cost_ns)
{
	if (!idle_avg_ns || idle_avg_ns >= cost_ns)
		return true;
	return idle_since_ns && !time_before(now_ns, idle_since_ns + cost_ns);
}

/* Somebody has been waiting for as long as the move costs, and as long ago is the last move. */
static inline bool far_is_due(u64 waiting_since_ns, u64 stole_ns, u64 now_ns, u64 cost_ns)
{
	return !time_before(now_ns, waiting_since_ns + cost_ns) &&
	       !time_before(now_ns, stole_ns + cost_ns);
}

#endif
