/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking work from other domains.
 *
 * A CPU with nothing to do in its own domain walks the others, nearest first, and takes the first
 * task of one where the wait it saves is worth more than what the move costs: the caches are cold
 * elsewhere, and so is memory on another node.
 */
#ifndef SCX_TOPO_STEAL_H
#define SCX_TOPO_STEAL_H

#include "queue.h"
#include "vtime.h"

#define STEAL_TRIES	8  /* domains of a ring to look at */
#define DISTANCE_REMOTE 20 /* ACPI SLIT: twice as far as local memory */

/* What it costs to move a task; across nodes in proportion to how much farther memory is. */
static inline u64 steal_cost_ns(const struct topo_conf *conf, const struct ring *ring)
{
	if (ring->level == LEVEL_NODE)
		return conf->steal_node_ns;
	return conf->steal_machine_ns * ring->distance / DISTANCE_REMOTE;
}

/*
 * How long the first in line would wait at home. A CPU of the domain comes free about once in a
 * slice divided by the number of CPUs, and takes the one in front.
 */
static inline u64 steal_gain_ns(const struct topo_conf *conf, u32 nr_waiting, u32 nr_cpus)
{
	u64 slice = slice_ns(conf->slice_max_ns, conf->slice_min_ns, nr_waiting, nr_cpus);

	return slice * nr_waiting / (nr_cpus ? nr_cpus : 1);
}

static inline bool steal_from(const struct topo_conf *conf, const struct ring *ring, u32 domain)
{
	struct domain *d = env_domain(domain);
	u32 nr_waiting = d ? line_waiting(&d->line) : 0;

	if (!nr_waiting)
		return false;
	if (steal_gain_ns(conf, nr_waiting, d->nr_cpus) < steal_cost_ns(conf, ring)) {
		count(STAT_DSP_STEAL_LEFT);
		return false;
	}
	if (env_move_to_local(DSQ_DOMAIN_BASE + domain)) {
		count(ring->level == LEVEL_NODE ? STAT_DSP_STEAL_NODE : STAT_DSP_STEAL_MACHINE);
		return true;
	}
	count(STAT_DSP_STEAL_MISS);
	return false;
}

static inline bool steal_from_ring(const struct topo_conf *conf, const struct ring *ring,
				   u64 domains, u32 start)
{
	bool stolen = false;
	u32 i;

	env_for(i, 0, STEAL_TRIES) {
		u32 n = first_bit_from(domains, start);

		if (!domains)
			break;
		stolen = steal_from(conf, ring, ring->word * 64 + n);
		if (stolen)
			break;
		domains &= ~bit(n);
	}
	return stolen;
}

/* True: a task is on its way to this CPU. */
static inline bool steal(struct domain *home)
{
	const struct topo_conf *conf = env_conf();
	struct machine *m = env_machine();
	u32 i, nr_rings = home->nr_rings;
	bool stolen = false;

	if (!m)
		return false;
	env_for(i, 0, nr_rings) {
		const struct ring *ring;
		u64 domains;

		if (i >= TOPO_MAX_RINGS)
			break;
		ring = &home->rings[i];
		domains = ring->domains & read_word(&m->waiting_domains[ring->word % DOMAIN_WORDS]);
		stolen = domains && steal_from_ring(conf, ring, domains, home->id);
		if (stolen)
			break;
	}
	return stolen;
}

#endif
