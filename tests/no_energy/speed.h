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

static inline u32 speed_note_run(u32 cpu, u64 run_ns, u64 now_ns)
{
	(void)cpu, (void)run_ns, (void)now_ns;
	return 0;
}

static inline void speed_start(struct task_ctx *task, u32 cpu, u32 nr_waiting, u64 now_ns)
{
	(void)task, (void)cpu, (void)nr_waiting, (void)now_ns;
}

static inline void speed_tick(struct task_ctx *task, u32 cpu, u32 nr_waiting, u64 run_ns)
{
	(void)task, (void)cpu, (void)nr_waiting, (void)run_ns;
}

static inline void speed_idle(u32 cpu)
{
	(void)cpu;
}

#endif
