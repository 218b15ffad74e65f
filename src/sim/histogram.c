/* SPDX-License-Identifier: GPL-2.0-only */
#include "histogram.h"

static u32 bucket_of(u64 ns)
{
	u32 log;

	if (ns < (1U << HISTOGRAM_FINE))
		return ns;
	log = 63 - __builtin_clzll(ns);
	return ((log - HISTOGRAM_FINE + 1) << HISTOGRAM_FINE) +
	       ((ns >> (log - HISTOGRAM_FINE)) & ((1U << HISTOGRAM_FINE) - 1));
}

static u64 middle_of(u32 bucket)
{
	u32 shift, fine = bucket & ((1U << HISTOGRAM_FINE) - 1);

	if (bucket < (1U << HISTOGRAM_FINE))
		return bucket;
	shift = (bucket >> HISTOGRAM_FINE) - 1;
	return ((u64)(fine + (1U << HISTOGRAM_FINE)) << shift) + ((1ULL << shift) >> 1);
}

void histogram_add(struct histogram *h, u64 ns)
{
	h->nr++;
	h->sum_ns += ns;
	if (ns > h->max_ns)
		h->max_ns = ns;
	h->bucket[bucket_of(ns)]++;
}

u64 histogram_percentile(const struct histogram *h, u32 percent)
{
	u64 rank = (h->nr * percent + 99) / 100, seen = 0;
	u32 i;

	for (i = 0; i < HISTOGRAM_BUCKETS && h->nr; i++) {
		seen += h->bucket[i];
		if (seen && seen >= rank)
			return middle_of(i) < h->max_ns ? middle_of(i) : h->max_ns;
	}
	return 0;
}
