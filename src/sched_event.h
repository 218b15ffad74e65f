/* SPDX-License-Identifier: GPL-2.0-only */
/* One line of the kernel's text of a trace, taken apart. */
#ifndef SCX_TOPO_SCHED_EVENT_H
#define SCX_TOPO_SCHED_EVENT_H

#include <stdbool.h>

#include "../bpf/types.h"

#define COMM_LEN 32

enum sched_event_type { EVENT_SWITCH, EVENT_WAKING, EVENT_FREQUENCY };

struct sched_event {
	enum sched_event_type type;
	u64 time_us;
	u32 cpu; /* where it happened; of a frequency, whose it is */

	/* EVENT_SWITCH: who comes; EVENT_WAKING: who is woken. 0: the idle task. */
	u32 pid;
	int prio;
	char comm[COMM_LEN];

	u32 prev_pid;	 /* EVENT_SWITCH: who goes */
	bool prev_ready; /* and would rather have gone on */
	u32 target_cpu;	 /* EVENT_WAKING */
	u32 khz;	 /* EVENT_FREQUENCY */
};

/* False: a comment, or another event. */
bool sched_event_parse(const char *line, struct sched_event *event);

#endif
