/* SPDX-License-Identifier: GPL-2.0-only */
/* Facts about the cores of the running machine, or of a snapshot of its files. */
#include "facts.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>

#define KHZ_PER_MHZ 1000

/* A number that each CPU has in a file of its own. */
struct cpu_file {
	const char *name;
	size_t field; /* offset in struct facts */
	long divisor;
};

static const struct cpu_file cpu_files[] = {
	{ "cpu_capacity", offsetof(struct facts, capacity), 1 },
	{ "acpi_cppc/highest_perf", offsetof(struct facts, highest_perf), 1 },
	{ "cpufreq/cpuinfo_max_freq", offsetof(struct facts, max_mhz), KHZ_PER_MHZ },
	{ "cpufreq/amd_pstate_prefcore_ranking", offsetof(struct facts, ranking), 1 },
};

static int *field(struct facts *facts, const struct cpu_file *file)
{
	return (int *)((char *)facts + file->field);
}

/*
 * Reads a file of every CPU. Where it is missing for one CPU it says nothing about the others
 * either, as they cannot be compared: the numbers are 0 then.
 */
static void read_file(const struct topo *topo, int root, const struct cpu_file *file,
		      struct facts *facts)
{
	for (int i = 0; i < topo->nr_cpus; i++) {
		long value = 0;

		if (sysfs_read_number(root, &value, "sys/devices/system/cpu/cpu%d/%s",
				      topo->cpus[i].cpu, file->name) < 0 ||
		    value < file->divisor || value / file->divisor > INT_MAX) {
			while (i-- > 0)
				*field(&facts[i], file) = 0;
			return;
		}
		*field(&facts[i], file) = value / file->divisor;
	}
}

/* Intel's hybrids have a PMU for each type of core, which lists its CPUs. */
static void read_type(const struct topo *topo, int root, const char *path, enum core_type type,
		      struct facts *facts)
{
	hwloc_bitmap_t cpus = sysfs_read_cpulist(root, path);

	for (int i = 0; cpus && i < topo->nr_cpus; i++)
		if (hwloc_bitmap_isset(cpus, topo->cpus[i].cpu))
			facts[i].type = type;
	hwloc_bitmap_free(cpus);
}

void facts_from_sysfs(const struct builder *b, struct facts *facts)
{
	const struct topo *topo = b->topo;
	int root = sysfs_open(topo->source.type == TOPO_SYSFS ? topo->source.arg : "/");

	if (root < 0)
		return; /* nothing is known then */
	for (size_t i = 0; i < sizeof(cpu_files) / sizeof(cpu_files[0]); i++)
		read_file(topo, root, &cpu_files[i], facts);
	read_type(topo, root, "sys/devices/cpu_core/cpus", CORE_PERF, facts);
	read_type(topo, root, "sys/devices/cpu_atom/cpus", CORE_ATOM, facts);
	read_type(topo, root, "sys/devices/cpu_lowpower/cpus", CORE_LOWPOWER, facts);
	sysfs_close(root);
}
