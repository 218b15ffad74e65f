/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Choosing an idle CPU for the reference policies, after the kernel's built-in
 * scx_select_cpu_dfl(): the previous CPU if its core is idle, a whole idle core near it, the
 * previous CPU, any idle CPU; nearest first by LLC, node, machine. A model, not that code.
 */
#ifndef SCX_TOPO_SIM_MODEL_IDLE_H
#define SCX_TOPO_SIM_MODEL_IDLE_H

#include "machine.h"

struct model_idle {
	struct cpu_set idle;
	u32 nr_cpus, *by_distance; /* for each domain, all CPUs, nearest first */
};

int model_idle_init(struct sim *sim, struct model_idle *idle);
void model_idle_free(struct model_idle *idle);
void model_idle_update(struct model_idle *idle, u32 cpu, bool is_idle);

/* Claims an idle CPU for the task; -1: there is none. */
s32 model_idle_pick(struct sim *sim, struct model_idle *idle, const struct task_struct *p,
		    u32 prev_cpu);

#endif
