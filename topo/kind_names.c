/* SPDX-License-Identifier: GPL-2.0-only */
#include "kind_names.h"

#include <stdio.h>
#include <string.h>

const char *topo_cpu_vendor(const struct topo *topo)
{
	hwloc_obj_t package = hwloc_get_obj_by_type(topo->hwloc, HWLOC_OBJ_PACKAGE, 0);

	return package ? hwloc_obj_get_info_by_name(package, "CPUVendor") : NULL;
}

bool topo_is_intel(const struct topo *topo)
{
	const char *vendor = topo_cpu_vendor(topo);

	return vendor && strcmp(vendor, "GenuineIntel") == 0;
}

static const char *type_name(enum core_type type)
{
	static const char *const names[] = {
		[CORE_UNKNOWN] = "other",
		[CORE_LOWPOWER] = "LP-E",
		[CORE_ATOM] = "E",
		[CORE_PERF] = "P",
	};

	return names[type];
}

/* The n-th of kinds that differ in nothing but power, counted from the most powerful one. */
static const char *place_name(int n, int nr, bool x86)
{
	static const char *const arm[] = { "big", "mid" }, *const intel[] = { "P", "E", "LP-E" };

	if (x86)
		return intel[n < 2 ? n : 2];
	return n == nr - 1 ? "little" : arm[n ? 1 : 0];
}

void topo_name_kinds(struct topo *topo, const enum core_type *types)
{
	bool x86 = topo_cpu_vendor(topo), typed = false;
	const char *last = "";
	int same = 1;

	for (int i = 0; i < topo->nr_kinds; i++)
		typed |= types[i] != CORE_UNKNOWN;
	for (int i = topo->nr_kinds - 1; i >= 0 && topo->nr_kinds > 1; i--) {
		const char *name = typed ? type_name(types[i])
					 : place_name(topo->nr_kinds - 1 - i, topo->nr_kinds, x86);

		/* The second of one name is "P2"; same names follow each other but for odd cases.
		 */
		same = name == last ? same + 1 : 1;
		last = name;
		if (same == 1)
			snprintf(topo->kinds[i].name, sizeof(topo->kinds[i].name), "%s", name);
		else
			snprintf(topo->kinds[i].name, sizeof(topo->kinds[i].name), "%.8s%u", name,
				 (unsigned)same % 100);
	}
}
