/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own recording of scheduling events, in a tracing instance of ours, so that nobody
 * else's tracing is disturbed and nothing is left behind. Works with any scheduler. Needs root.
 */
#ifndef SCX_TOPO_TRACEFS_H
#define SCX_TOPO_TRACEFS_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct tracefs {
	char instance[128]; /* its folder; "": none */
	bool probing;	    /* tracefs_probe_grants() has made an event, for all instances */
};

/*
 * Makes the instance, with so much room for each CPU. Returns 0 or -errno: -EPERM without root,
 * -ENOENT where there is no tracefs, -EBUSY when somebody else is using the instance.
 */
int tracefs_open(struct tracefs *fs, unsigned int kib_per_cpu);

/* Records that event too, "sched/sched_wakeup". Returns 0 or -errno. */
int tracefs_enable(const struct tracefs *fs, const char *event);

/*
 * Records with each switch what sched_ext has given to the task that comes: its slice, and the
 * deadline that it was queued with. Of any sched_ext scheduler. -errno: not with this kernel.
 */
int tracefs_probe_grants(struct tracefs *fs);

/* A line among the events. */
int tracefs_mark(const struct tracefs *fs, const char *text);

int tracefs_start(const struct tracefs *fs);
int tracefs_stop(const struct tracefs *fs);

/* The events recorded, as text sorted by time, or NULL. */
FILE *tracefs_events(const struct tracefs *fs);

/* How many events had no room and are missing at the beginning. */
unsigned long long tracefs_lost(const struct tracefs *fs);

/* Removes the instance. */
void tracefs_close(struct tracefs *fs);

#endif
