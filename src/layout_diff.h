/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the dispatcher's tables describe the machine that they should: what two layouts say about
 * the machine's shape, number by number. What the dispatcher itself writes into them (clocks, idle
 * CPUs, queues) does not count.
 */
#ifndef SCX_TOPO_LAYOUT_DIFF_H
#define SCX_TOPO_LAYOUT_DIFF_H

#include <stdio.h>

#include "../topo/layout.h"

/* Writes a line for each difference and returns how many there are. */
int layout_diff(FILE *out, const struct layout *wanted, const struct layout *found);

/* Writes a line for each domain: its node and its CPUs, as the tables have them. */
void layout_list_domains(FILE *out, const struct layout *layout);

#endif
