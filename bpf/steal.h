/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking work from other domains.
 *
 * A CPU with nothing to do in its own domain walks the others, nearest first, and takes the first
 * task of one where the wait it saves is worth more than what the move costs, as it has lasted for
 * as long already: see far.h. It does not where it is idle for less than that at a time, while one
 * of two tasks that hand work to each other runs elsewhere, say: the task it takes would be pushed
 * off at once. A CPU with work takes tasks for balance: see balance.h.
 */
#ifndef SCX_TOPO_STEAL_H
#define SCX_TOPO_STEAL_H

#include "balance.h"
#include "far.h"
#include "idle.h"
#include "queue.h"
#include "vtime.h"

#define STEAL_TRIES 8 /* domains of a ring to look at */

/* Two odd numbers with irregular bits. */
#define MISS_HASH1 0x9e3779b1U
#define MISS_HASH2 0x85ebca77U

/*
 * How long the first in line would wait at home. A CPU of the domain comes free about once in a
 * slice divided by the number of CPUs, and takes the one in front.
 */
static inline u64 steal_gain_ns(const struct topo_conf *conf, u32 nr_waiting, u32 nr_cpus)
{
	u64 slice = slice_ns(conf->slice_max_ns, conf->slice_min_ns, nr_waiting, nr_cpus);

	return slice * nr_waiting / (nr_cpus ? nr_cpus : 1);
}

/*
 * Somebody waits in the domain and yet there was nothing to be had: the task has been counted but
 * has not landed, may not run here, or is being taken by somebody else. `missed` says which domains
 * these were and how many tasks had come to each, hashed in the order of looking: as long as it
 * comes out the same, looking again is of no use.
 */
static inline void steal_note_miss(struct cpu_ctx *c, const struct domain *d)
{
	if (line_waiting(&d->line) || read_word(&d->warm_tiles))
		c->missed = (c->missed ^ line_arrivals(&d->line) ^ (d->id + 1) * MISS_HASH1) *
			    MISS_HASH2;
}

/* False: nobody waits in any domain. With more of them than a word has bits, nobody knows. */
static inline bool steal_may_pay(void)
{
	const struct machine *m = env_machine();

	return env_conf()->nr_domains > 64 || (m && read_word(&m->waiting_domains[0]));
}

/* A task that waits for the cache of a CPU of this tile; from a slot on, so that all get help. */
ENV_SUBPROG bool steal_warm_tile(u32 tile, u32 start)
{
	const struct tile *t = env_tile(tile);
	u64 slots = t ? read_word(&t->warm) : 0;
	bool stolen = false;
	u32 i;

	env_for(i, 0, STEAL_TRIES) {
		u32 slot = first_bit_from(slots, start);

		if (!t || !slots)
			break;
		stolen = env_move_to_local(DSQ_CPU_BASE + t->cpu[slot & (TILE_SLOTS - 1)]);
		if (stolen)
			break;
		slots &= ~bit(slot);
	}
	return stolen;
}

/* The same for a domain, from one of its tiles and a slot on. */
ENV_SUBPROG bool steal_warm(u32 domain, u32 tile, u32 slot)
{
	const struct domain *d = env_domain(domain);
	u64 tiles = d ? read_word(&d->warm_tiles) : 0;
	bool stolen = false;
	u32 i;

	env_for(i, 0, STEAL_TRIES) {
		u32 n = first_bit_from(tiles, tile);

		if (!d || !tiles)
			break;
		stolen = steal_warm_tile(d->first_tile + n, slot);
		if (stolen)
			break;
		tiles &= ~bit(n);
	}
	return stolen;
}

/* Whether it pays to take a task from a domain where so many wait. */
static inline bool steal_pays(const struct cpu_ctx *c, const struct domain *d, u32 nr_waiting,
			      u64 cost_ns, bool busy)
{
	const struct domain *home = env_domain(c->domain);
	u64 now;

	if (!home || steal_gain_ns(env_conf(), nr_waiting, d->nr_cpus) < cost_ns)
		return false;
	if (busy)
		return balance_pays(home, d);
	now = env_now();
	if (!far_has_time(c->idle_avg_ns, c->idle_since_ns, now, cost_ns))
		return false;
	return !far_is_patient(env_conf()) ||
	       far_is_due(d->waiting_since_ns, c->stole_ns, now, cost_ns);
}

ENV_SUBPROG bool steal_from(u32 cpu, u32 domain, u32 level, u64 cost_ns, bool busy)
{
	const struct domain *d = env_domain(domain);
	struct cpu_ctx *c = env_cpu(cpu);
	u32 nr_waiting = d ? line_waiting(&d->line) : 0;

	if (d && !nr_waiting && read_word(&d->warm_tiles))
		nr_waiting = 1;
	if (!nr_waiting || !c)
		return false;
	if (!steal_pays(c, d, nr_waiting, cost_ns, busy)) {
		count(STAT_DSP_STEAL_LEFT);
		return false;
	}
	if (!env_move_to_local(DSQ_DOMAIN_BASE + domain) && !steal_warm(domain, 0, 0)) {
		count(STAT_DSP_STEAL_MISS);
		steal_note_miss(c, d);
		return false;
	}
	c->stole_ns = env_now();
	count(level == LEVEL_NODE ? STAT_DSP_STEAL_NODE : STAT_DSP_STEAL_MACHINE);
	return true;
}

ENV_SUBPROG bool steal_from_ring(u32 cpu, u32 home, u32 index, bool busy)
{
	const struct domain *h = env_domain(home);
	const struct machine *m = env_machine();
	const struct ring *ring;
	bool stolen = false;
	u64 domains, cost_ns;
	u32 i;

	if (!h || !m || index >= TOPO_MAX_RINGS)
		return false;
	ring = &h->rings[index];
	domains = ring->domains & read_word(&m->waiting_domains[ring->word % DOMAIN_WORDS]);
	cost_ns = far_cost_ns(env_conf(), ring);
	env_for(i, 0, STEAL_TRIES) {
		u32 n = first_bit_from(domains, home);

		if (!domains)
			break;
		stolen = steal_from(cpu, ring->word * 64 + n, ring->level, cost_ns, busy);
		if (stolen)
			break;
		domains &= ~bit(n);
	}
	return stolen;
}

/* True: a task is on its way to this CPU, which has nothing to do or, if busy, less than others. */
static inline bool steal(const struct domain *home, u32 cpu, bool busy)
{
	u32 i, nr_rings = steal_may_pay() ? home->nr_rings : 0;
	bool stolen = false;

	if (!nr_rings) /* the loop alone would be a tenth of the way to idle */
		return false;
	env_for(i, 0, nr_rings) {
		stolen = steal_from_ring(cpu, home->id, i, busy);
		if (stolen)
			break;
	}
	return stolen;
}

/* The first CPU of the domain that is idle; or -1. */
static inline s32 steal_idle_cpu(const struct domain *d)
{
	u64 tiles = d ? read_word(&d->idle_tiles) : 0;
	const struct tile *t = tiles ? env_tile(d->first_tile + first_bit(tiles)) : NULL;
	u64 idle = t ? read_word(&t->idle) : 0;

	return idle ? t->cpu[first_bit(idle) & (TILE_SLOTS - 1)] : -1;
}

/* An idle CPU elsewhere, not farther than what has been waited here by now is worth; or -1. */
ENV_SUBPROG s32 steal_helper(u32 home)
{
	const struct domain *h = env_domain(home);
	const struct machine *m = env_machine();
	u32 i, nr_rings = h ? h->nr_rings : 0;
	s32 cpu = -1;

	env_for(i, 0, nr_rings) {
		const struct ring *ring = &h->rings[env_index(i, TOPO_MAX_RINGS)];
		u64 domains;

		if (!m ||
		    time_before(env_now(), h->waiting_since_ns + far_cost_ns(env_conf(), ring)))
			break;
		domains = ring->domains & read_word(&m->idle_domains[ring->word % DOMAIN_WORDS]);
		if (domains)
			cpu = steal_idle_cpu(
				env_domain(ring->word * 64 + first_bit_from(domains, home)));
		if (cpu >= 0)
			break;
	}
	return cpu;
}

/*
 * At the tick of a CPU: somebody waits in its domain. Who is called is claimed, so that the tick of
 * the next CPU calls another.
 */
static inline void steal_call(const struct domain *d)
{
	const struct cpu_ctx *c;
	s32 cpu = -1;

	if (far_is_patient(env_conf()) && (line_waiting(&d->line) || read_word(&d->warm_tiles)))
		cpu = steal_helper(d->id);
	c = cpu < 0 ? NULL : env_cpu(cpu);
	if (!c || !idle_take_cpu(c, cpu))
		return;
	count(STAT_TICK_CALL);
	kick_idle(cpu);
}

#endif
