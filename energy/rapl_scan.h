/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding RAPL zones; see rapl.h.
 */
#ifndef SCX_TOPO_ENERGY_RAPL_SCAN_H
#define SCX_TOPO_ENERGY_RAPL_SCAN_H

#include "rapl.h"

/* What a zone's counter shows; false: it cannot be read. */
static inline bool rapl_counter(const struct rapl_zone *zone, u64 *counter_uj)
{
	uint64_t value;

	if (powercap_zone_get_energy_uj(&zone->fds, &value))
		return false;
	*counter_uj = value;
	return true;
}

void rapl_scan_open(struct rapl *rapl, const char *root);
void rapl_scan_close(struct rapl *rapl);

/* Zones were lost or may have come: looks again, and starts all counters anew. */
void rapl_scan_again(struct rapl *rapl);

#endif
