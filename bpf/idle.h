/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which CPUs are idle: one bit a CPU in the word of its tile, and two levels above it that say
 * which tiles of a domain and which domains have one. Whoever clears the last bit of a word clears
 * the bit above it and then looks again, so that a CPU that became idle meanwhile is not lost.
 *
 * A CPU's bit is set when it finds no work, before it looks a last time; a task is counted into its
 * queue before idle CPUs are looked for. So either the CPU sees the task or the task's waker sees
 * the CPU. Taking a bit away claims the CPU: who did has to give it work or kick it.
 *
 * Being told of each end of idle time would cost more than all of this. A class above ours that
 * takes an idle CPU leaves the bit behind, until somebody claims the CPU and sees.
 */
#ifndef SCX_TOPO_IDLE_H
#define SCX_TOPO_IDLE_H

#include "bits.h"
#include "env.h"
#include "far.h"

/* A longer idle time counts as this much, lest one night outweighs a busy morning. */
#define IDLE_MAX_NS (4 * NSEC_PER_MSEC)

/* Threads in `idle` whose whole core is idle. */
static inline u64 whole_cores(u64 idle, u64 slots, u64 first, u32 smt_width)
{
	u64 busy = slots & ~idle;
	u32 i;

	/* Let "busy" sink to the first thread of each core, then rise to all of them. */
	for (i = 1; i < smt_width && i < 8; i++)
		busy |= (busy & ~first) >> 1;
	busy &= first;
	for (i = 1; i < smt_width && i < 8; i++)
		busy |= (busy << 1) & ~first & slots;
	return idle & ~busy;
}

static inline void idle_domain_show(struct machine *m, u32 domain)
{
	u32 word = domain / 64 % DOMAIN_WORDS;

	if (!(read_word(&m->idle_domains[word]) & bit(domain)))
		set_bits(&m->idle_domains[word], bit(domain));
	if (!(read_word(&m->idle_words) & bit(word)))
		set_bits(&m->idle_words, bit(word));
}

static inline void idle_domain_hide(struct machine *m, struct domain *d)
{
	u32 word = d->id / 64 % DOMAIN_WORDS;

	clear_bits(&m->idle_domains[word], bit(d->id));
	if (!read_word(&m->idle_domains[word])) {
		clear_bits(&m->idle_words, bit(word));
		if (read_word(&m->idle_domains[word]))
			set_bits(&m->idle_words, bit(word));
	}
	if (read_word(&d->idle_tiles))
		idle_domain_show(m, d->id);
}

static inline void idle_tile_show(struct machine *m, struct domain *d, u32 tile)
{
	u64 tile_bit = bit(tile - d->first_tile);

	if (!(read_word(&d->idle_tiles) & tile_bit))
		set_bits(&d->idle_tiles, tile_bit);
	idle_domain_show(m, d->id);
}

static inline void idle_tile_hide(struct machine *m, struct domain *d, struct tile *t, u32 tile)
{
	u64 tile_bit = bit(tile - d->first_tile);

	if (clear_bits(&d->idle_tiles, tile_bit) == tile_bit)
		idle_domain_hide(m, d);
	if (read_word(&t->idle))
		idle_tile_show(m, d, tile);
}

static inline void idle_set(struct machine *m, struct domain *d, struct tile *t,
			    const struct cpu_ctx *c)
{
	set_bits(&t->idle, bit(c->slot));
	idle_tile_show(m, d, c->tile);
}

/* Takes the bit away. False: somebody else had. */
static inline bool idle_claim(struct machine *m, struct domain *d, struct tile *t, u32 tile,
			      u32 slot)
{
	u64 before = clear_bits(&t->idle, bit(slot));

	if (before == bit(slot))
		idle_tile_hide(m, d, t, tile);
	return before & bit(slot);
}

static inline bool idle_claim_cpu(const struct cpu_ctx *c)
{
	struct tile *t = env_tile(c->tile);
	struct machine *m = env_machine();
	struct domain *d;

	if (!t || !(read_word(&t->idle) & bit(c->slot)))
		return false;
	d = env_domain(c->domain);
	return m && d && idle_claim(m, d, t, c->tile, c->slot);
}

static inline void idle_set_cpu(const struct cpu_ctx *c)
{
	struct machine *m = env_machine();
	struct domain *d = env_domain(c->domain);
	struct tile *t = env_tile(c->tile);

	if (m && d && t)
		idle_set(m, d, t, c);
}

static inline u64 idle_avg_after(u64 idle_avg_ns, u64 idle_ns)
{
	return (idle_avg_ns * 3 + (idle_ns < IDLE_MAX_NS ? idle_ns : IDLE_MAX_NS)) / 4;
}

/* Whether the CPU is idle for moments only, as its tile says: not for tasks of other domains. */
static inline void idle_mark_brief(struct cpu_ctx *c)
{
	const struct domain *d = env_domain(c->domain);
	struct tile *t = env_tile(c->tile);
	bool brief = d && far_is_brief(c->idle_avg_ns, far_nearest_ns(env_conf(), d));

	if (!t || brief == c->brief)
		return;
	c->brief = brief;
	if (brief)
		set_bits(&t->brief, bit(c->slot));
	else
		clear_bits(&t->brief, bit(c->slot));
}

/* Whoever claimed the CPU came too late. As that class may be about to leave, the CPU is told. */
ENV_RARE void idle_note_taken(u32 cpu)
{
	count(STAT_SEL_TAKEN);
	kick_idle(cpu);
}

/* The CPU, idle as its bit said and claimed now, belongs to a class above ours. */
static inline bool idle_is_taken(u32 cpu)
{
	if (!env_cpu_taken(cpu))
		return false;
	idle_note_taken(cpu);
	return true;
}

/* The same for who has work for the CPU. False, too: a class above ours runs there. */
static inline bool idle_take_cpu(const struct cpu_ctx *c, u32 cpu)
{
	return idle_claim_cpu(c) && !idle_is_taken(cpu);
}

/* The CPU has looked everywhere and goes idle. Since when matters for other domains: see far.h. */
static inline void idle_begins(struct cpu_ctx *c)
{
	c->idle = 1;
	if (env_conf()->nr_domains > 1 && !c->idle_since_ns)
		c->idle_since_ns = env_now();
}

/* It runs something of ours, who may have come without claiming it. */
static inline void idle_ends(struct cpu_ctx *c, u64 now_ns)
{
	c->idle = 0;
	idle_claim_cpu(c);
	if (!c->idle_since_ns)
		return;
	if (time_before(c->idle_since_ns, now_ns)) {
		c->idle_avg_ns = idle_avg_after(c->idle_avg_ns, now_ns - c->idle_since_ns);
		idle_mark_brief(c);
	}
	c->idle_since_ns = 0;
}

#endif
