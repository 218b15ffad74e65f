/* SPDX-License-Identifier: GPL-2.0-only */
#include "internal.h"

#include <errno.h>
#include <stdio.h>

int topo_build_kinds(struct builder *b)
{
	struct topo *topo = b->topo;

	topo->nr_kinds = 1;
	topo->kinds = topo_array(1, sizeof(*topo->kinds));
	if (!topo->kinds)
		return -ENOMEM;
	topo->kinds[0].cpus = hwloc_bitmap_dup(topo->online);
	topo->kinds[0].capacity = 1024;
	for (int i = 0; i < topo->nr_cpus; i++)
		topo->cpus[i].capacity = 1024;
	return topo->kinds[0].cpus ? 0 : -ENOMEM;
}
