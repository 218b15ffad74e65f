/* SPDX-License-Identifier: GPL-2.0-only */
/* A table with a line for each CPU, for eyes and for awk: no field has a space in it. */
#include "print.h"

#include <errno.h>

/* A right-aligned number; "-" stands for what is unknown or does not exist. */
static void number(FILE *out, int width, int value)
{
	if (value < 0)
		fprintf(out, "%*s ", width, "-");
	else
		fprintf(out, "%*d ", width, value);
}

static void online_line(FILE *out, const struct topo *topo, const struct topo_cpu *cpu)
{
	const char *kind = topo->kinds[cpu->kind].name;

	number(out, 4, cpu->cpu);
	number(out, 3, cpu->package);
	number(out, 4, cpu->node);
	number(out, 4, cpu->domain);
	number(out, 4, cpu->llc);
	number(out, 4, cpu->l2);
	number(out, 4, cpu->core);
	number(out, 3, cpu->smt);
	fprintf(out, "%6s ", kind[0] ? kind : "-");
	number(out, 4, cpu->capacity);
	number(out, 6, cpu->favour ? cpu->favour : -1);
	number(out, 4, cpu->rank);
	fprintf(out, "%#7llx %s\n", DSQ_CPU_BASE + cpu->cpu,
		cpu->disallowed ? "disallowed" : "online");
}

static void offline_line(FILE *out, int cpu)
{
	fprintf(out, "%4d %3s %4s %4s %4s %4s %4s %3s %6s %4s %6s %4s %7s offline\n", cpu, "-", "-",
		"-", "-", "-", "-", "-", "-", "-", "-", "-", "-");
}

int topo_print_cpus(FILE *out, const struct topo *topo)
{
	hwloc_bitmap_t all = hwloc_bitmap_alloc();
	int cpu;

	if (!all || hwloc_bitmap_or(all, topo->online, topo->offline) < 0) {
		hwloc_bitmap_free(all);
		return -ENOMEM;
	}
	fprintf(out, "%4s %3s %4s %4s %4s %4s %4s %3s %6s %4s %6s %4s %7s STATE\n", "CPU", "PKG",
		"NODE", "DOM", "LLC", "L2", "CORE", "SMT", "KIND", "CAP", "FAVOUR", "RANK", "DSQ");
	hwloc_bitmap_foreach_begin(cpu, all) {
		const struct topo_cpu *online = topo_cpu(topo, cpu);

		if (online)
			online_line(out, topo, online);
		else
			offline_line(out, cpu);
	}
	hwloc_bitmap_foreach_end();
	hwloc_bitmap_free(all);
	return 0;
}
