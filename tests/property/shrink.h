/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SCX_TOPO_SHRINK_H
#define SCX_TOPO_SHRINK_H

#include "generate.h"

struct sim_policy;

/* Makes a failing case as small as it can be while still failing; breach: what breaks then. */
void shrink(struct test_case *test, const struct sim_policy *policy, char *breach);

/* In property.c. */
bool run_case(const struct test_case *test, const struct sim_policy *policy,
	      struct sim_stats *stats, char *breach);

#endif
