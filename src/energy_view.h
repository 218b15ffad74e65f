/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the steering of placement is shown: watts of each zone, what work costs on each kind of core
 * and how sure that is, and the active CPUs with the reason for them.
 */
#ifndef SCX_TOPO_ENERGY_VIEW_H
#define SCX_TOPO_ENERGY_VIEW_H

#include <stdio.h>

#include "../energy/rapl.h"
#include "../topo/layout.h"

struct energy_view {
	const struct layout *layout;
	const struct policy *policy;
	const char *reason;		  /* of the policy */
	double zone_watts[NR_RAPL_TYPES]; /* of all zones of a type; < 0: there is none */
};

/* Why placement is as the policy says; a policy that has expired does not count. */
const char *energy_view_reason(const struct policy *policy, u64 now_ns);

/* Power of each type of zone between two readings, < 0 for those that were not read. */
void energy_view_zones(const struct rapl_reading *reading, double *zone_watts);

/* Some lines; nothing of costs where all cores are of one kind. */
void energy_view_text(FILE *out, const struct energy_view *view);

/* Members of an object, with a comma before each. */
void energy_view_json(FILE *out, const struct energy_view *view);

#endif
