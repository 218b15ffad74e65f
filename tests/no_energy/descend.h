/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bpf/descend.h of a dispatcher that only knows performance: no core is too dear.
 */
#ifndef SCX_TOPO_DESCEND_H
#define SCX_TOPO_DESCEND_H

#include "enqueue.h"

static inline bool descend_call(u32 cpu)
{
	(void)cpu;
	return false;
}

static inline bool descend_begins(struct task_struct *p, struct task_ctx *t, struct cpu_ctx *c)
{
	(void)p, (void)t, (void)c;
	return false;
}

static inline bool descend_ends(struct task_struct *p, struct task_ctx *t, u32 from_cpu, u32 enq)
{
	(void)p, (void)t, (void)from_cpu, (void)enq;
	return false;
}

#endif
