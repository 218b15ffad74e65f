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

#define ENERGY_VIEW_CPUS_LEN 1024 /* enough for a list of active CPUs */

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

/* The place of a kind in the order in which kinds are used, from 1. */
u32 energy_view_place(const struct policy *policy, u32 kind);

/* The CPUs that are used first, "0-3,8"; all of them where there is no such set. */
void energy_view_active(const struct energy_view *view, char *text, size_t size);

/* Some lines; nothing of costs where all cores are of one kind. */
void energy_view_text(FILE *out, const struct energy_view *view);

/* Members of an object, with a comma before each. */
void energy_view_json(FILE *out, const struct energy_view *view);

#endif
