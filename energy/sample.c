/* SPDX-License-Identifier: GPL-2.0-only */
#include "sample.h"

#include "model.h"

void energy_counters_add(struct energy_counters *counters, u32 kind, const struct cpu_stats *stats)
{
	counters->busy_ns[kind] += stats->busy_ns;
	counters->slow_ns[kind] += stats->slow_ns;
	for (u32 i = 0; i < WAIT_BUCKETS; i++) {
		counters->nr_waits += stats->wait_histogram[i];
		if (i >= SAMPLE_LONG_WAIT_BUCKET)
			counters->nr_long_waits += stats->wait_histogram[i];
	}
}

void energy_sample_counters(struct energy_sample *sample, const struct energy_counters *before,
			    const struct energy_counters *now)
{
	for (u32 k = 0; k < TOPO_MAX_KINDS; k++) {
		sample->busy_ns[k] = now->busy_ns[k] - before->busy_ns[k];
		sample->slow_ns[k] = now->slow_ns[k] - before->slow_ns[k];
	}
	sample->nr_waits = now->nr_waits - before->nr_waits;
	sample->nr_long_waits = now->nr_long_waits - before->nr_long_waits;
}

static double full_s(const struct energy_sample *sample, u32 kind)
{
	return ((double)sample->busy_ns[kind] - (double)sample->slow_ns[kind]) / NSEC_PER_SEC;
}

double energy_sample_busy(const struct energy_sample *sample, u32 kind)
{
	double busy_s = (double)sample->busy_ns[kind] / NSEC_PER_SEC;

	return busy_s > 0 ? busy_s * model_level_power(full_s(sample, kind) / busy_s) : 0;
}

double energy_sample_work(const struct energy_sample *sample, const double *capacity)
{
	double work = 0;

	for (u32 k = 0; k < TOPO_MAX_KINDS; k++)
		work += full_s(sample, k) * capacity[k];
	return work;
}
