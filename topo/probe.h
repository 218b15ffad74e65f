/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SCX_TOPO_PROBE_H
#define SCX_TOPO_PROBE_H

#include <hwloc.h>
#include <stdbool.h>

/*
 * True if hwloc survives loading this XML into a topology that `configure` has prepared, and finds
 * the result consistent. Tried in a child process, with stderr closed: hwloc's importer trusts what
 * it reads, and crashes on files that damage made inconsistent.
 */
bool probe_xml(const char *text, int size, int (*configure)(hwloc_topology_t));

#endif
