/* SPDX-License-Identifier: GPL-2.0-only */
/* One line of the kernel's text of a trace, taken apart. */
#ifndef SCX_TOPO_SCHED_EVENT_H
#define SCX_TOPO_SCHED_EVENT_H

#include <stdbool.h>

#include "../bpf/types.h"

#define COMM_LEN 32

enum sched_event_type {
	EVENT_SWITCH,
	EVENT_WAKING, /* somebody is about to wake it */
	EVENT_WOKEN,  /* it may run, also for the first time */
	EVENT_FREQUENCY,
	EVENT_GRANT, /* what sched_ext gave to the task that comes; see tracefs_probe_grants() */
	EVENT_POWER,
};

struct sched_event {
	enum sched_event_type type;
	u64 time_us;
	u32 cpu; /* where it happened; of a frequency, whose it is */

	/* EVENT_SWITCH, EVENT_GRANT: who comes; of the others, who is woken. 0: the idle task. */
	u32 pid;
	int prio;
	char comm[COMM_LEN];

	u32 prev_pid;	 /* EVENT_SWITCH: who goes */
	bool prev_ready; /* and would rather have gone on */
	u32 target_cpu;	 /* EVENT_WAKING, EVENT_WOKEN */
	bool interrupt;	 /* not the doing of the task that runs there */
	u32 khz;	 /* EVENT_FREQUENCY */

	u64 slice_ns, deadline_ns; /* EVENT_GRANT */

	char zone[16]; /* EVENT_POWER: of which zone, as in SCHED_EVENT_POWER */
	double watts;
};

/* A reading of power, as a line in the trace's marker file: zone, watts. */
#define SCHED_EVENT_POWER "scx_topo power %s %.3f"

/* False: a comment, or another event. */
bool sched_event_parse(const char *line, struct sched_event *event);

#endif
