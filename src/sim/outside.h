/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to the machine from outside: CPUs come and go, affinities change.
 *
 * When a CPU comes or goes the kernel throws the policy out, as that has no operations for it; its
 * tasks are the fair class's until user space has looked at the machine again and loaded the policy
 * anew. So it is here, with the model of a fair policy meanwhile. Models of policies are just
 * restarted.
 */
#ifndef SCX_TOPO_SIM_OUTSIDE_H
#define SCX_TOPO_SIM_OUTSIDE_H

#include "event_queue.h"
#include "rng.h"

struct cpu_set;
struct sim;
struct task_struct;
struct workload;

/* A task whose affinity changes: to one CPU of a set, to the set again, and so on. */
struct rebinding {
	struct task_struct *task;
	const struct cpu_set *all; /* NULL: all CPUs */
	bool bound;
};

struct outside {
	struct event_queue
		events; /* timer 0: the policy is loaded again; then hotplug; then tasks */
	u64 next_ns;	/* ~0: nothing will happen */
	struct rebinding *rebindings;
	u32 nr_rebindings;
	struct rng rng;
};

/* Looks for what will happen in the scenario. Returns 0, or -errno with a line in err. */
int outside_start(struct sim *sim, char *err, size_t err_size);
void outside_stop(struct sim *sim);

/* What is due now. */
void outside_happens(struct sim *sim);

#endif
