/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The values of a scenario line: durations, ranges, numbers, CPU lists. All functions return 0 or
 * -EINVAL, and accept nothing but the whole word.
 */
#ifndef SCX_TOPO_SIM_SCENARIO_VALUE_H
#define SCX_TOPO_SIM_SCENARIO_VALUE_H

#include <stdio.h>

#include "scenario.h"

int value_span(const char *word, struct span *span); /* at least 1 us */
int value_int(const char *word, s32 min, s32 max, s32 *value);
int value_cpus(const char *word, u64 *cpus); /* "0-3,8" */

/* What a key wants, for messages. */
const char *value_wanted(const char *key);

/* " KEY=VALUE", or nothing for a NULL span. */
void value_write_span(FILE *out, const char *key, const struct span *span);
void value_write_cpus(FILE *out, const u64 *cpus);

#endif
