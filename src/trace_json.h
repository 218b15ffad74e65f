/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scheduling events as a file that ui.perfetto.dev opens: the JSON trace event format. A process is
 * a domain, its threads are the domain's CPUs, and a slice is a task that runs; an arrow leads from
 * the run that woke it to the run that follows (none where a timer or a device did), and counters
 * say how many tasks of a domain run and wait, what frequency a CPU has and what power a zone
 * takes, where the machine tells. Under sched_ext a slice says what the scheduler gave the task: so
 * much time, and the deadline by which it was queued.
 */
#ifndef SCX_TOPO_TRACE_JSON_H
#define SCX_TOPO_TRACE_JSON_H

#include <stdio.h>

#include "../topo/topo.h"
#include "sched_event.h"

struct trace_json;

/* Perfetto takes thread 0 for something of its own, and puts what is there on another row. */
static inline u32 trace_json_thread(u32 cpu)
{
	return cpu + 1;
}

/* Writes the tracks; NULL: no memory. `title` tells which scheduler it was. */
struct trace_json *trace_json_begin(FILE *out, const struct topo *topo, const char *title);

/* The next event; times never go back. */
void trace_json_event(struct trace_json *trace, const struct sched_event *event);

/* Ends the slices that are open, and the file; frees the trace. Returns the number of slices. */
unsigned long trace_json_end(struct trace_json *trace);

#endif
