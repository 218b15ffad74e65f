/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tasks do: one line of a scenario, and the program of each task that it makes.
 */
#ifndef SCX_TOPO_SIM_WORKLOAD_H
#define SCX_TOPO_SIM_WORKLOAD_H

#include "scenario.h"

struct sim;
struct task_struct;

enum workload_does {
	WORKLOAD_RUNS, /* work_left says how long */
	WORKLOAD_SLEEPS,
	WORKLOAD_YIELDS,
	WORKLOAD_EXITS,
};

/* Makes the tasks of all workloads and sets the timers that start them. Returns 0 or -errno. */
int workload_start(struct sim *sim, char *err, size_t err_size);
void workload_stop(struct sim *sim);

/* The task runs and has nothing in hand: what does it do? */
enum workload_does workload_step(struct sim *sim, struct task_struct *p);

/* What a task that is about to sleep waits for has happened already. */
bool workload_woken(struct sim *sim, const struct task_struct *p);

/* A sleeping task's timer has expired. */
void workload_timer(struct sim *sim, struct task_struct *p);

/* The run is over: accounts for what is not finished. */
void workload_account(struct sim *sim, struct task_struct *p);

#endif
