/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scenario files: one task a line, or one group of tasks.
 *
 *	# name     what                                      how many
 *	game       periodic run=4ms every=16.7ms             x1
 *	build      burst run=30ms..200ms sleep=0.5ms         x16 nice=5
 *
 * Names are for reports. The first word after it says what it does, KEY=VALUE how; xN how many of
 * them. Durations have a unit (ns, us, ms, s) and may be a range A..B, of which each instance draws
 * one. docs/simulator.md lists kinds and keys. Parsing is strict: what is not understood is an
 * error, with the file and line.
 *
 * Used by the simulator and by the driver that runs scenarios on a real kernel.
 */
#ifndef SCX_TOPO_SIM_SCENARIO_H
#define SCX_TOPO_SIM_SCENARIO_H

#include <stddef.h>

#include "bpf/intf.h"

enum workload_kind {
	WORK_LOOP,     /* computes for ever */
	WORK_PERIODIC, /* computes `run` every `every`: a frame; late if not done within `every` */
	WORK_BURST,    /* computes, sleeps */
	WORK_YIELD,    /* computes, lets others go first */
	WORK_PINGPONG, /* two tasks that wake each other in turn */
	WORK_CHAIN,    /* `length` tasks, each wakes the next; the last one ends the frame */
	WORK_MESSAGES, /* senders and receivers, each sender to each receiver */
	WORK_FORK,     /* makes a child every `every`, which computes and exits */
	WORK_BUILD,    /* keeps `jobs` children computing, with sleeps, as make -j does */
	WORK_KTHREAD,  /* a burst on every CPU, bound to it */
	WORK_RT,       /* a higher scheduling class takes every CPU now and then */
	WORK_HOTPLUG,  /* no task: the CPUs are offline between start and end */
	NR_WORKLOAD_KINDS,
};

/* A duration, or a range to draw from. */
struct span {
	u64 min_ns, max_ns;
};

#define WORKLOAD_NAME_MAX 32
#define CPU_WORDS	  (TOPO_MAX_CPUS / 64)

struct workload {
	char name[WORKLOAD_NAME_MAX];
	enum workload_kind kind;
	struct span run, every, sleep;
	struct span rebind;   /* how often its affinity changes; 0: never */
	u64 start_ns, end_ns; /* end 0: with the run */
	u32 copies;
	s32 nice;
	u32 weight;    /* of that nice level, 100 for 0 */
	bool has_cpus; /* an affinity: */
	bool each_cpu; /* cpus=each: copy i on the i-th CPU */
	u64 cpus[CPU_WORDS];
	u32 length, jobs, senders, receivers;
	u32 line;
};

struct scenario {
	struct workload *workloads;
	u32 nr_workloads;
};

/*
 * Parses `text`; `file` is for messages only. Returns 0, or -EINVAL or -ENOMEM with a line in err
 * that begins with FILE:LINE. To be freed with scenario_free() if it returned 0.
 */
int scenario_parse(const char *text, const char *file, struct scenario *scenario, char *err,
		   size_t err_size);
void scenario_free(struct scenario *scenario);

/* The same as text that scenario_parse() reads. */
void scenario_write(const struct scenario *scenario, char *text, size_t size);

const char *workload_kind_name(enum workload_kind kind);

/* How many tasks one copy of it begins with. */
u32 workload_tasks(const struct workload *w);

/* A duration with its unit, e.g. "16.7ms". Returns 0 or -EINVAL. */
int scenario_duration(const char *word, u64 *ns);

/* CPU weight of a nice level as sched_ext has it: 100 for 0. */
u32 scenario_weight(s32 nice);

#endif
