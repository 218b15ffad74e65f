/* SPDX-License-Identifier: GPL-2.0-only */
#include "saved.h"
#include "hwloc_compat.h"
#include "text.h"

#include <errno.h>
#include <stdlib.h>

/* The info's number if it is one in that range, else -1. */
static int info_number(hwloc_obj_t pu, const char *name, int min, int max)
{
	const char *text = hwloc_obj_get_info_by_name(pu, name);
	char *end;
	long number;

	if (!text || *text < '0' || *text > '9')
		return -1;
	errno = 0;
	number = strtol(text, &end, 10);
	return errno || *end || number < min || number > max ? -1 : (int)number;
}

static bool read_cpus(struct builder *b, int *best)
{
	struct topo *topo = b->topo;

	for (int i = 0; i < topo->nr_cpus; i++) {
		struct topo_cpu *cpu = &topo->cpus[i];

		cpu->kind = info_number(b->pus[i], SAVED_KIND, 0, TOPO_MAX_KINDS - 1);
		cpu->capacity = info_number(b->pus[i], SAVED_CAPACITY, 1, 1024);
		cpu->favour = info_number(b->pus[i], SAVED_FAVOUR, 0, 1 << 30);
		if (cpu->kind < 0 || cpu->capacity < 0 || cpu->favour < 0)
			return false;
		if (cpu->capacity > best[cpu->kind])
			best[cpu->kind] = cpu->capacity;
	}
	return true;
}

/* Kinds must be dense, in the order of their capacities, and the best CPU must have 1024. */
static int count_kinds(const int *best)
{
	int nr = 0;

	while (nr < TOPO_MAX_KINDS && best[nr] && (nr == 0 || best[nr] >= best[nr - 1]))
		nr++;
	for (int i = nr; i < TOPO_MAX_KINDS; i++)
		if (best[i])
			return 0;
	return nr && best[nr - 1] == 1024 ? nr : 0;
}

static void read_names(struct builder *b, struct topo_kind *kind)
{
	int index = hwloc_cpukinds_get_by_cpuset(b->topo->hwloc, kind->cpus, 0);

	if (index < 0)
		return;
	text_name(kind->name, sizeof(kind->name),
		  compat_cpukind_info(b->topo->hwloc, index, SAVED_KIND_NAME));
	text_name(kind->source, sizeof(kind->source),
		  compat_cpukind_info(b->topo->hwloc, index, SAVED_KIND_SOURCE));
}

static int make_kinds(struct builder *b, const int *best, int nr)
{
	struct topo *topo = b->topo;

	topo->nr_kinds = nr;
	topo->kinds = topo_array(nr, sizeof(*topo->kinds));
	if (!topo->kinds)
		return -ENOMEM;
	for (int i = 0; i < nr; i++) {
		topo->kinds[i].capacity = best[i];
		topo->kinds[i].cpus = hwloc_bitmap_alloc();
		if (!topo->kinds[i].cpus)
			return -ENOMEM;
	}
	for (int i = 0; i < topo->nr_cpus; i++)
		if (hwloc_bitmap_set(topo->kinds[topo->cpus[i].kind].cpus, topo->cpus[i].cpu) < 0)
			return -ENOMEM;
	for (int i = 0; i < nr; i++)
		read_names(b, &topo->kinds[i]);
	return 1;
}

int saved_kinds(struct builder *b)
{
	int best[TOPO_MAX_KINDS] = { 0 };
	int nr = read_cpus(b, best) ? count_kinds(best) : 0;

	if (nr)
		return make_kinds(b, best, nr);
	for (int i = 0; i < b->topo->nr_cpus; i++)
		b->topo->cpus[i].favour = 0;
	return 0;
}
