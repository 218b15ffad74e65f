/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between hwloc 2 and 3, in one place. Remove when hwloc 2 is no longer supported
 * (Debian 13 has 2.12).
 */
#ifndef SCX_TOPO_HWLOC_COMPAT_H
#define SCX_TOPO_HWLOC_COMPAT_H

#include <hwloc.h>
#include <string.h>
#include <hwloc/cpukinds.h>
#include <hwloc/distances.h>
#include <hwloc/export.h>

#if HWLOC_API_VERSION >= 0x30000

#define COMPAT_DISTANCES_OS_LATENCY \
	(HWLOC_DISTANCES_KIND_FROM_OS | HWLOC_DISTANCES_KIND_VALUE_LATENCY)
#define COMPAT_EXPORT_XML_V2 HWLOC_TOPOLOGY_EXPORT_XML_FLAG_V2

/* The value of an info of CPU kind i, or NULL. */
static inline const char *compat_cpukind_info(hwloc_topology_t topology, unsigned i,
					      const char *name)
{
	struct hwloc_infos_s *infos;

	if (hwloc_cpukinds_get_info(topology, i, NULL, NULL, &infos, 0) < 0)
		return NULL;
	for (unsigned n = 0; n < infos->count; n++)
		if (strcmp(infos->array[n].name, name) == 0)
			return infos->array[n].value;
	return NULL;
}

static inline int compat_cpukind(hwloc_topology_t topology, unsigned i, hwloc_bitmap_t cpus,
				 int *efficiency)
{
	return hwloc_cpukinds_get_info(topology, i, cpus, efficiency, NULL, 0);
}

static inline int compat_cpukind_register(hwloc_topology_t topology, hwloc_bitmap_t cpus,
					  int efficiency, struct hwloc_info_s *infos, unsigned nr)
{
	struct hwloc_infos_s list = { .array = infos, .count = nr };

	return hwloc_cpukinds_register(topology, cpus, efficiency, &list, 0);
}

#else

#define COMPAT_DISTANCES_OS_LATENCY \
	(HWLOC_DISTANCES_KIND_FROM_OS | HWLOC_DISTANCES_KIND_MEANS_LATENCY)
#define COMPAT_EXPORT_XML_V2 0 /* hwloc 2 writes version 2 by itself */

static inline const char *compat_cpukind_info(hwloc_topology_t topology, unsigned i,
					      const char *name)
{
	struct hwloc_info_s *infos;
	unsigned nr;

	if (hwloc_cpukinds_get_info(topology, i, NULL, NULL, &nr, &infos, 0) < 0)
		return NULL;
	for (unsigned n = 0; n < nr; n++)
		if (strcmp(infos[n].name, name) == 0)
			return infos[n].value;
	return NULL;
}

static inline int compat_cpukind(hwloc_topology_t topology, unsigned i, hwloc_bitmap_t cpus,
				 int *efficiency)
{
	return hwloc_cpukinds_get_info(topology, i, cpus, efficiency, NULL, NULL, 0);
}

static inline int compat_cpukind_register(hwloc_topology_t topology, hwloc_bitmap_t cpus,
					  int efficiency, struct hwloc_info_s *infos, unsigned nr)
{
	return hwloc_cpukinds_register(topology, cpus, efficiency, nr, infos, 0);
}

#endif

#endif
