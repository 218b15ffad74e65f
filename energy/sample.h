/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One reading of a running machine: what has happened since the reading before.
 */
#ifndef SCX_TOPO_ENERGY_SAMPLE_H
#define SCX_TOPO_ENERGY_SAMPLE_H

#include "machine.h"

struct energy_sample {
	u64 now_ns;
	u64 interval_ns; /* 0: this is the first reading, the rest means nothing */
	bool has_energy;
	u64 energy_uj;		     /* of what placement has an influence on */
	u64 busy_ns[TOPO_MAX_KINDS]; /* summed over the CPUs of a kind */
	u64 slow_ns[TOPO_MAX_KINDS]; /* as much of it was lost to slow clocks */
	u64 nr_waits;
	u64 nr_long_waits; /* of at least SAMPLE_LONG_WAIT_US */
};

#define SAMPLE_LONG_WAIT_BUCKET 12
#define SAMPLE_LONG_WAIT_US	(1 << SAMPLE_LONG_WAIT_BUCKET)

/* Counters of the dispatcher at some moment, summed up for the kinds. */
struct energy_counters {
	u64 busy_ns[TOPO_MAX_KINDS], slow_ns[TOPO_MAX_KINDS];
	u64 nr_waits, nr_long_waits;
};

/* Adds one CPU's counters. */
void energy_counters_add(struct energy_counters *counters, u32 kind, const struct cpu_stats *stats);

/* The counters' part of a sample. */
void energy_sample_counters(struct energy_sample *sample, const struct energy_counters *before,
			    const struct energy_counters *now);

/* Seconds at full speed that CPUs of a kind would have taken as much power for. */
double energy_sample_busy(const struct energy_sample *sample, u32 kind);

/*
 * Work done in the sample's interval, in seconds of the most powerful CPU; `capacity` is that of a
 * CPU of each kind, 0..1.
 */
double energy_sample_work(const struct energy_sample *sample, const double *capacity);

#endif
