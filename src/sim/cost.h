/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What things cost in time. All of it is here, each with its source; docs/simulator.md says how far
 * results depend on them.
 */
#ifndef SCX_TOPO_SIM_COST_H
#define SCX_TOPO_SIM_COST_H

#include "bpf/intf.h"

struct sim_cost {
	const char *name;
	u64 tick_period_ns; /* 1 s / HZ of the kernel */
	u64 tick_ns;	    /* handling one tick */
	u64 switch_ns;	    /* picking a task and switching to it */
	u64 wakeup_ns;	    /* waking a task: paid by the waker's CPU */
	u64 land_ns;	    /* from the end of enqueue until the task can be seen in its queue */
	u64 ipi_ns;	    /* from a kick until the other CPU handles it */
	u64 fork_ns;	    /* making a task: paid by the parent */
	u64 restart_ns;	    /* of the policy: user space looks at the machine again and loads it */
	u64 migrate_ns[NR_LEVELS]; /* refilling caches, by the smallest part that holds both CPUs */
	bool takes_turns;	   /* CPUs execute one after the other: turns.h */
	u32 smt_speed; /* of a thread whose core is shared, in 1/1024 of one that has it alone */
};

/* Looks a set of costs up by name; NULL: there is none of that name. */
const struct sim_cost *sim_cost_find(const char *name);

#endif
