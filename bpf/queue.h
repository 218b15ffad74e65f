/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many tasks wait in each queue, known without asking the kernel.
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

#define LINE_ARRIVAL (1ULL << 32 | 1)

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

static inline void waiting_domain_hide(struct machine *m, struct domain *d)
{
	clear_bits(&m->waiting_domains[d->id / 64 % DOMAIN_WORDS], bit(d->id));
	if (line_waiting(&d->line))
		waiting_domain_show(m, d->id);
}

/* A task leaves whatever queue it is counted in. */
static inline void queue_leave(struct task_ctx *t)
{
	u32 queue = t->queue;
	struct machine *m = env_machine();

	if (queue == QUEUE_NONE)
		return;
	t->queue = QUEUE_NONE;
	if (queue == QUEUE_CPU) {
		struct cpu_ctx *c = env_cpu(t->queue_id);

		if (c)
			__sync_fetch_and_add(&c->line, -1ULL);
	} else {
		struct domain *d = env_domain(t->queue_id);

		if (d && (u32)__sync_fetch_and_add(&d->line, -1ULL) == 1 && m)
			waiting_domain_hide(m, d);
	}
}

static inline void queue_enter_domain(struct task_ctx *t, struct domain *d)
{
	struct machine *m = env_machine();

	t->queue = QUEUE_DOMAIN;
	t->queue_id = d->id;
	__sync_fetch_and_add(&d->line, LINE_ARRIVAL);
	if (m)
		waiting_domain_show(m, d->id);
}

static inline void queue_enter_cpu(struct task_ctx *t, struct cpu_ctx *c, u32 cpu)
{
	t->queue = QUEUE_CPU;
	t->queue_id = cpu;
	__sync_fetch_and_add(&c->line, LINE_ARRIVAL);
}

#endif
