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
};

/*
 * Makes the instance, with so much room for each CPU. Returns 0 or -errno: -EPERM without root,
 * -ENOENT where there is no tracefs, -EBUSY when somebody else is using the instance.
 */
int tracefs_open(struct tracefs *fs, unsigned int kib_per_cpu);

int tracefs_start(const struct tracefs *fs);
int tracefs_stop(const struct tracefs *fs);

/* The events recorded, as text sorted by time, or NULL. */
FILE *tracefs_events(const struct tracefs *fs);

/* How many events had no room and are missing at the beginning. */
unsigned long long tracefs_lost(const struct tracefs *fs);

/* Removes the instance. */
void tracefs_close(struct tracefs *fs);

#endif
