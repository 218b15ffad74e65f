/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many tasks wait in each queue, known without asking the kernel.
 *
 * Each domain has a DSQ, and each CPU has one: for tasks that may run only there, and for tasks
 * that have just run there and would lose their cache elsewhere.
 *
 * A task counts from just before it is put into a DSQ (the insertion takes effect only when the
 * callback has returned) until it runs, sleeps or is put elsewhere. The *line* of a queue is one
 * word: tasks waiting in the low half, arrivals so far in the high half. With the second number a
 * CPU about to go idle can tell a task that has just come, and may not have landed yet, from one
 * that it has already looked at and may not run.
 */
#ifndef SCX_TOPO_QUEUE_H
#define SCX_TOPO_QUEUE_H

#include "bits.h"
#include "env.h"

#define LINE_WAITING 1ULL
#define LINE_ARRIVED (1ULL << 32)

static inline u32 line_waiting(const u64 *line)
{
	return (u32)read_word(line);
}

static inline u32 line_arrivals(const u64 *line)
{
	return read_word(line) >> 32;
}

static inline void waiting_domain_show(struct machine *m, u32 domain)
{
	u64 *word = &m->waiting_domains[domain / 64 % DOMAIN_WORDS];

	if (!(read_word(word) & bit(domain)))
		set_bits(word, bit(domain));
}

/* Somebody waits for this CPU or may wait in its domain. */
static inline bool queue_may_wait(const struct machine *m, const struct cpu_ctx *c)
{
	u32 domain = c->domain;

	return line_waiting(&c->line) ||
	       (read_word(&m->waiting_domains[domain / 64 % DOMAIN_WORDS]) & bit(domain));
}

static inline void waiting_domain_hide(struct machine *m, struct domain *d)
{
	clear_bits(&m->waiting_domains[d->id / 64 % DOMAIN_WORDS], bit(d->id));
	if (line_waiting(&d->line) || read_word(&d->warm_tiles))
		waiting_domain_show(m, d->id);
}

/*
 * Tasks that wait in a CPU's DSQ for its cache are found as idle CPUs are: a bit for the CPU in its
 * tile, one for the tile, one for the domain; see idle.h.
 */
static inline void warm_show(struct machine *m, struct domain *d, struct tile *t,
			     const struct cpu_ctx *c)
{
	set_bits(&t->warm, bit(c->slot));
	set_bits(&d->warm_tiles, bit(c->tile - d->first_tile));
	waiting_domain_show(m, d->id);
}

static inline void warm_hide(struct machine *m, struct domain *d, struct tile *t,
			     const struct cpu_ctx *c)
{
	if (clear_bits(&t->warm, bit(c->slot)) == bit(c->slot)) {
		clear_bits(&d->warm_tiles, bit(c->tile - d->first_tile));
		if (read_word(&t->warm))
			set_bits(&d->warm_tiles, bit(c->tile - d->first_tile));
		if (!line_waiting(&d->line) && !read_word(&d->warm_tiles))
			waiting_domain_hide(m, d);
	}
	if (*(const volatile u32 *)&c->nr_warm)
		warm_show(m, d, t, c);
}

static inline void queue_leave_warm(struct cpu_ctx *c)
{
	struct machine *m = env_machine();
	struct domain *d = env_domain(c->domain);
	struct tile *t = env_tile(c->tile);

	__sync_fetch_and_add(&c->line, -LINE_WAITING);
	if (__sync_fetch_and_add(&c->nr_warm, -1U) == 1 && m && d && t)
		warm_hide(m, d, t, c);
}

static inline void queue_leave_domain(u32 domain)
{
	struct domain *d = env_domain(domain);
	struct machine *m = env_machine();

	if (d && (u32)__sync_fetch_and_add(&d->line, -LINE_WAITING) == 1 && m)
		waiting_domain_hide(m, d);
}

static inline void queue_leave_cpu(u32 cpu, bool warm)
{
	struct cpu_ctx *c = env_cpu(cpu);

	if (c && warm)
		queue_leave_warm(c);
	else if (c)
		__sync_fetch_and_add(&c->line, -LINE_WAITING);
}

/* A task leaves whatever queue it is counted in. Mostly none, which must not cost a call. */
ENV_HOT void queue_leave(struct task_ctx *t)
{
	u32 queue = t->queue;

	if (queue == QUEUE_NONE)
		return;
	t->queue = QUEUE_NONE;
	if (queue == QUEUE_DOMAIN)
		queue_leave_domain(t->queue_id);
	else
		queue_leave_cpu(t->queue_id, queue == QUEUE_WARM);
}

/* The first to wait in the domain: others may come and help when this is long ago; see steal.h. */
static inline void queue_note_waiting(struct domain *d)
{
	if (env_conf()->nr_domains > 1 && !line_waiting(&d->line) && !read_word(&d->warm_tiles))
		d->waiting_since_ns = env_now();
}

static inline void queue_enter_domain(struct task_ctx *t, struct domain *d)
{
	struct machine *m = env_machine();

	queue_note_waiting(d);
	t->queue = QUEUE_DOMAIN;
	t->queue_id = d->id;
	__sync_fetch_and_add(&d->line, LINE_ARRIVED + LINE_WAITING);
	if (m)
		waiting_domain_show(m, d->id);
}

static inline void queue_enter_cpu(struct task_ctx *t, struct cpu_ctx *c, u32 cpu)
{
	t->queue = QUEUE_CPU;
	t->queue_id = cpu;
	__sync_fetch_and_add(&c->line, LINE_ARRIVED + LINE_WAITING);
}

/* Next on its CPU, it counts as one that waits there, lest others are given long slices. */
static inline void queue_enter_next(struct task_ctx *t, struct cpu_ctx *c, u32 cpu)
{
	queue_enter_cpu(t, c, cpu);
	t->queue = QUEUE_NEXT;
}

/* The task was put into the CPU's DSQ. `alone`: nobody waited there when it was counted. */
static inline void queue_note_first(struct cpu_ctx *c, bool alone, u64 deadline_ns)
{
	c->first_ns = alone ? deadline_ns : 0;
}

/* An arrival for the domain, too: a CPU of it that is about to go idle may take the task. */
static inline void queue_enter_warm(struct task_ctx *t, struct cpu_ctx *c, struct domain *d,
				    u32 cpu)
{
	struct machine *m = env_machine();
	struct tile *tile = env_tile(c->tile);

	queue_note_waiting(d);
	t->queue = QUEUE_WARM;
	t->queue_id = cpu;
	__sync_fetch_and_add(&c->line, LINE_ARRIVED + LINE_WAITING);
	__sync_fetch_and_add(&c->nr_warm, 1U);
	__sync_fetch_and_add(&d->line, LINE_ARRIVED);
	if (m && tile)
		warm_show(m, d, tile, c);
}

#endif
