/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts about cores from the CPU kinds that hwloc wrote into an XML file. Its own ranking is the
 * last thing to believe: versions differ in what they make of the same machine.
 */
#include "facts.h"
#include "hwloc_compat.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* A positive number that is all of the info's text, or 0. */
static int info_number(hwloc_topology_t hwloc, unsigned kind, const char *name)
{
	const char *text = compat_cpukind_info(hwloc, kind, name);
	char *end;
	long number;

	if (!text || *text < '0' || *text > '9')
		return 0;
	errno = 0;
	number = strtol(text, &end, 10);
	return errno || *end || number > INT_MAX ? 0 : (int)number;
}

static enum core_type info_type(hwloc_topology_t hwloc, unsigned kind)
{
	const char *text = compat_cpukind_info(hwloc, kind, "CoreType");

	if (!text)
		return CORE_UNKNOWN;
	if (strcmp(text, "IntelLowPower") == 0)
		return CORE_LOWPOWER;
	if (strcmp(text, "IntelAtom") == 0)
		return CORE_ATOM;
	return strcmp(text, "IntelCore") == 0 ? CORE_PERF : CORE_UNKNOWN;
}

/* Kinds may list CPUs that are not in the topology. */
static void set_facts(const struct builder *b, hwloc_const_bitmap_t cpus, const struct facts *kind,
		      struct facts *facts)
{
	for (int i = 0; i < b->topo->nr_cpus; i++)
		if (hwloc_bitmap_isset(cpus, b->topo->cpus[i].cpu))
			facts[i] = *kind;
}

int facts_from_hwloc(const struct builder *b, struct facts *facts)
{
	hwloc_topology_t hwloc = b->topo->hwloc;
	hwloc_bitmap_t cpus = hwloc_bitmap_alloc();
	int nr = hwloc_cpukinds_get_nr(hwloc, 0);

	if (!cpus)
		return -ENOMEM;
	for (int i = 0; i < nr; i++) {
		struct facts kind = {
			.type = info_type(hwloc, i),
			.capacity = info_number(hwloc, i, "LinuxCapacity"),
			.max_mhz = info_number(hwloc, i, "FrequencyMaxMHz"),
		};
		int efficiency = -1;

		if (compat_cpukind(hwloc, i, cpus, &efficiency) < 0)
			continue;
		if (efficiency >= 0)
			kind.hwloc_order = i + 1; /* sorted by efficiency if they are ranked */
		set_facts(b, cpus, &kind, facts);
	}
	hwloc_bitmap_free(cpus);
	return 0;
}
