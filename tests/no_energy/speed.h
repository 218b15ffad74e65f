/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bpf/speed.h of a dispatcher that only knows performance: it leaves clocks alone.
 */
#ifndef SCX_TOPO_SPEED_H
#define SCX_TOPO_SPEED_H

#include "env.h"
#include "fit.h"
#include "policy.h"

static inline bool speed_matters(const struct topo_conf *conf)
{
	(void)conf;
	return false;
}

static inline u64 speed_hot_slots(const struct tile *t, const struct cpu_ctx *prev,
				  const struct task_ctx *task)
{
	(void)t, (void)prev, (void)task;
	return 0;
}

static inline u32 speed_note_run(struct cpu_ctx *c, u32 cpu, u64 run_ns, u64 now_ns)
{
	(void)cpu, (void)run_ns, (void)now_ns;
	return c->capacity;
}

static inline void speed_start(struct cpu_ctx *c, const struct task_ctx *t, u32 cpu, bool waits,
			       u64 now_ns)
{
	(void)c, (void)t, (void)cpu, (void)waits, (void)now_ns;
}

static inline void speed_tick(struct cpu_ctx *c, const struct task_ctx *t, u32 cpu, bool waits,
			      u64 run_ns)
{
	(void)c, (void)t, (void)cpu, (void)waits, (void)run_ns;
}

static inline void speed_idle(struct cpu_ctx *c, u32 cpu)
{
	(void)c, (void)cpu;
}

#endif
