/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ran where and when, as a file that ui.perfetto.dev and chrome://tracing open: the JSON trace
 * event format, one track a CPU.
 */
#ifndef SCX_TOPO_SIM_TRACE_H
#define SCX_TOPO_SIM_TRACE_H

#include <stdio.h>

struct sim;
struct sim_cpu;
struct trace;

/* NULL: the file cannot be written, errno says why. */
struct trace *trace_open(const char *file, const struct sim *sim);

/* A task starts or stops running on the CPU. */
void trace_start(struct trace *trace, const struct sim *sim, const struct sim_cpu *c);
void trace_stop(struct trace *trace, const struct sim *sim, const struct sim_cpu *c);

/* Returns 0, or -errno if anything could not be written. */
int trace_close(struct trace *trace, const struct sim *sim);

#endif
