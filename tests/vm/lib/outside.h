/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to a scenario from outside: CPUs go offline and come back, affinities change. The
 * same as src/sim/outside.c does to a simulated machine.
 */
#ifndef SCX_TOPO_VM_OUTSIDE_H
#define SCX_TOPO_VM_OUTSIDE_H

#include <sched.h>
#include <sys/types.h>

#include "src/sim/rng.h"
#include "src/sim/scenario.h"

/* A process whose affinity changes: to one CPU of a set, to the set again, and so on. */
struct rebinding {
	pid_t pid;
	const struct workload *workload;
	cpu_set_t all;
	bool bound;
	u64 next_ns;
};

struct outside {
	const struct scenario *scenario;
	struct rebinding *rebindings;
	u32 nr_rebindings;
	struct rng rng;
	u64 start_ns, end_ns; /* of the scenario, on CLOCK_MONOTONIC */
};

/* Waits for the end, and does what is due until then. Returns 0, or -1 with errno. */
int outside_until_end(struct outside *outside);

#endif
