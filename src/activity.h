/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the running scheduler did in an interval: the difference between two readings of its
 * counters, added up for the machine, for each domain and for each kind of core. Pure arithmetic
 * over the tables; showing it is somebody else's job.
 */
#ifndef SCX_TOPO_ACTIVITY_H
#define SCX_TOPO_ACTIVITY_H

#include "running.h"

/* Some CPUs, over one interval. */
struct activity {
	u32 nr_cpus;
	u32 nr_idle;		/* at its end */
	u32 nr_waiting;		/* tasks, at its end */
	double busy;		/* share of the CPUs' time that tasks of ours ran, 0..1 */
	struct cpu_stats stats; /* what was counted in it */
	struct cpu_stats total; /* and since the scheduler began */
};

struct activities {
	double interval_s;
	u32 nr_domains, nr_kinds;
	struct activity machine;
	struct activity *domains;
	struct activity *kinds; /* tasks waiting for any kind are not counted here */

	struct cpu_stats *before; /* the reading that the interval began with */
	u64 before_ns;
};

/* Takes the first reading. Returns 0 or -ENOMEM; to be freed in any case. */
int activities_begin(struct activities *a, const struct running *running, u64 now_ns);

/* Ends an interval and begins the next. */
void activities_read(struct activities *a, const struct running *running, u64 now_ns);

void activities_free(struct activities *a);

#endif
