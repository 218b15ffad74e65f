/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clocks of a simulated machine, and who sets them.
 *
 * With `hardware`, the default, a busy CPU runs at its full capacity. With `schedutil` each clock
 * has a few levels, and is set as kernel/sched/cpufreq_schedutil.c (7.3) does: to the lowest level
 * that holds the utilisation of its busiest CPU and a quarter more, at most once in a millisecond.
 *
 *	fair	   utilisation is the larger of two: of the CPU, and what its tasks have used
 *		   whenever they were awake (PELT and util_est). A new task counts as half a CPU.
 *	sched_ext  what the policy asks for, full until it does. A wish that comes too early is
 *		   forgotten until the next one.
 *
 * CPUs that share an L2 share a clock: the threads of a core, a module of Intel's small cores.
 *
 * Left out: boost for tasks that wait for I/O, uclamp, the time a change takes, levels that
 * temperature forbids, and that the kernel itself is slower at a lower level.
 */
#ifndef SCX_TOPO_SIM_GOVERNOR_H
#define SCX_TOPO_SIM_GOVERNOR_H

#include "bpf/intf.h"
#include "utilisation.h"

struct sim;
struct sim_cpu;
struct task_struct;

enum sim_governor { GOVERNOR_HARDWARE, GOVERNOR_SCHEDUTIL, NR_GOVERNORS };

#define CLOCK_FULL 1024

/* Both of 1024: how fast, and the power of a busy CPU. */
struct clock_level {
	u16 speed, power;
};

struct clock_domain {
	const struct clock_level *levels; /* the slowest first */
	u32 nr_levels, level;
	u64 changed_ns;
	struct sim_cpu **cpus;
	u32 nr_cpus;
};

/* Part of each simulated CPU. */
struct governor_cpu {
	struct clock_domain *clock;
	struct utilisation used;
	u32 expected; /* sum of what its tasks use when they are awake, 0..1024 each */
	u32 wish;     /* of a sched_ext policy, of 1024 */
};

/* Part of each task. */
struct governor_task {
	struct utilisation used;
	u32 expected;
	u32 cpu;      /* whose `expected` it is part of */
	bool counted; /* if it is */
};

/* How fast CPUs of a kind ran while they were busy. */
struct governor_stats {
	u64 busy_ns, full_ns; /* full_ns: as much at full speed */
};

struct governor {
	enum sim_governor type;
	struct clock_domain *clocks;
	struct sim_cpu **cpus; /* of all clocks */
	struct governor_stats stats[TOPO_MAX_KINDS];
	u64 nr_changes;
};

/* NULL: there is none of that name. */
const char *sim_governor_name(enum sim_governor type);
bool sim_governor_find(const char *name, enum sim_governor *type);

/* Returns 0 or -ENOMEM. */
int governor_init(struct sim *sim, enum sim_governor type);
void governor_free(struct sim *sim);

/* What a sched_ext policy may ask: of 1024, of the CPU's own full speed. */
void governor_wish(struct sim *sim, u32 cpu, u32 utilisation);
u32 governor_speed(const struct sim *sim, u32 cpu);

/* The kernel's part, all of it nothing unless there is a governor: a policy begins. */
void governor_begin(struct sim *sim);
/* A CPU is about to become busy or idle; a task gets on it; a tick comes. */
void governor_switch(struct sim *sim, struct sim_cpu *c, bool was_busy);
void governor_start(struct sim *sim, struct sim_cpu *c, struct task_struct *p);
void governor_tick(struct sim *sim, struct sim_cpu *c);
/* What runs here is about to stop. */
void governor_stop(struct sim *sim, struct sim_cpu *c);
/* A task has woken on its CPU; it is about to sleep. */
void governor_wake(struct sim *sim, struct task_struct *p);
void governor_sleep(struct sim *sim, struct task_struct *p);

#endif
