/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A task's CPU affinity as slots, so that "idle and allowed" is one AND.
 */
#ifndef SCX_TOPO_AFFINITY_H
#define SCX_TOPO_AFFINITY_H

#include "bits.h"
#include "env.h"

/* The slots of a tile that the task may use. */
static inline u64 affinity_slots(const struct topo_conf *conf, const struct task_ctx *task,
				 const struct tile *t)
{
	u32 word = t->word;

	if (word >= conf->nr_words || word >= TOPO_MAX_WORDS)
		return 0;
	return task->allowed[word] & t->slots;
}

static inline void affinity_fill(const struct topo_conf *conf, struct task_ctx *task, u64 value)
{
	u32 i;

	env_for(i, 0, TOPO_MAX_WORDS) {
		if (i >= conf->nr_words)
			break;
		task->allowed[i] = value;
	}
}

static inline void affinity_add(const struct topo_conf *conf, struct task_ctx *task, u32 cpu)
{
	const struct cpu_ctx *c = env_cpu(cpu);
	const struct tile *t = c && c->online ? env_tile(c->tile) : NULL;
	u32 word = t ? t->word : TOPO_MAX_WORDS;

	if (word < conf->nr_words && word < TOPO_MAX_WORDS)
		task->allowed[word] |= bit(c->slot);
}

/* Called when the affinity changes, not when a task is placed: this is the only loop over CPUs. */
static inline void affinity_update(struct task_struct *p, struct task_ctx *task)
{
	const struct topo_conf *conf = env_conf();
	u32 cpu;

	if (env_task_everywhere(p)) {
		affinity_fill(conf, task, ~0ULL);
		return;
	}
	affinity_fill(conf, task, 0);
	env_for(cpu, 0, conf->nr_cpu_ids) {
		if (env_task_may_run(p, cpu))
			affinity_add(conf, task, cpu);
	}
}

#endif
