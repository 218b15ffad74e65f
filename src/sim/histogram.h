/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Durations, counted in buckets of 1/64 of their size: percentiles are right to 1.6 % and cost the
 * same for a thousand samples as for a billion. Integers only, so that they are the same anywhere.
 */
#ifndef SCX_TOPO_SIM_HISTOGRAM_H
#define SCX_TOPO_SIM_HISTOGRAM_H

#include "bpf/types.h"

#define HISTOGRAM_FINE	  6 /* 2^6 buckets for each power of two */
#define HISTOGRAM_BUCKETS ((64 - HISTOGRAM_FINE + 1) << HISTOGRAM_FINE)

struct histogram {
	u64 nr, sum_ns, max_ns;
	u32 bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, u64 ns);

/* The smallest value that `percent` of the samples do not exceed (middle of its bucket). 0: empty.
 */
u64 histogram_percentile(const struct histogram *h, u32 percent);

#endif
