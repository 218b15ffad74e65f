/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known about how powerful each CPU is, wherever it was read. Kinds are made from these
 * facts by kinds.c, which alone knows how much each of them is to be believed.
 */
#ifndef SCX_TOPO_FACTS_H
#define SCX_TOPO_FACTS_H

#include "internal.h"

/* In order of power, so that a smaller one is never the more powerful kind at equal capacity. */
enum core_type { CORE_UNKNOWN, CORE_LOWPOWER, CORE_ATOM, CORE_PERF };

/* Of one CPU. A number is 0 where nothing is known. */
struct facts {
	enum core_type type;
	int capacity;	  /* the kernel's cpu_capacity, of 1024 */
	int highest_perf; /* of ACPI CPPC, abstract units of this machine */
	int max_mhz;
	int ranking;	 /* amd_pstate's order of preferred cores, higher is better */
	int hwloc_order; /* place of its kind in hwloc's ranking, from 1 */
};

/* A number of a CPU, named by its offset in struct facts. */
static inline int facts_field(const struct facts *facts, size_t field)
{
	return *(const int *)((const char *)facts + field);
}

/* True if the number is known of all n CPUs, or is known of all and differs between them. */
bool facts_known(const struct facts *facts, int n, size_t field);
bool facts_tell_apart(const struct facts *facts, int n, size_t field);

/* Adds the types of Intel's cores that nobody names. True if any type is known then. */
bool facts_find_types(const struct topo *topo, struct facts *facts);

/* Where facts are read, by position in topo->cpus. */
void facts_from_sysfs(const struct builder *b, struct facts *facts); /* live and snapshots */
int facts_from_hwloc(const struct builder *b, struct facts *facts);  /* XML */

#endif
