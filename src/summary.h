/* SPDX-License-Identifier: GPL-2.0-only */
/* What the scheduler did, as a table for people. */
#ifndef SCX_TOPO_SUMMARY_H
#define SCX_TOPO_SUMMARY_H

#include <stdio.h>

#include "../bpf/intf.h"

/* What each counter counts, for a table; and its name, for programs: lower case with underscores.
 */
const char *stat_text(enum topo_stat stat);
const char *stat_name(enum topo_stat stat);

/* The function that counts it, as a title for a table. */
const char *stat_group(enum topo_stat stat);

/*
 * The wait that `permille` of 1000 waits did not exceed, in us: the upper end of the histogram's
 * bucket, so up to twice too large. 0: there were none.
 */
u64 wait_quantile_us(const struct cpu_stats *stats, u32 permille);

/* Counters that are not zero, by the function that counted them, and the waits. */
void summary_print(FILE *file, const struct cpu_stats *stats);

#endif
