/* SPDX-License-Identifier: GPL-2.0-only */
#include "parts.h"
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LEVELS 3

/* Facts that a row of cores is made by: by core or by L2. */
struct tables {
	int *threads_of_core;
	int *cores_of_l2;
	unsigned long long *l2_bytes;
};

static void free_tables(struct tables *tables)
{
	free(tables->threads_of_core);
	free(tables->cores_of_l2);
	free(tables->l2_bytes);
}

static unsigned long long cache_bytes(const struct topo *topo, int cpu)
{
	hwloc_obj_t pu = hwloc_get_pu_obj_by_os_index(topo->hwloc, cpu);
	hwloc_obj_t l2 =
		pu ? hwloc_get_ancestor_obj_by_type(topo->hwloc, HWLOC_OBJ_L2CACHE, pu) : NULL;

	return l2 ? l2->attr->cache.size : 0;
}

static bool make_tables(const struct topo *topo, struct tables *tables)
{
	tables->threads_of_core = topo_array(topo->nr_cores, sizeof(int));
	tables->cores_of_l2 = topo_array(topo->nr_l2, sizeof(int));
	tables->l2_bytes = topo_array(topo->nr_l2, sizeof(*tables->l2_bytes));
	if (!tables->threads_of_core || !tables->cores_of_l2 || !tables->l2_bytes)
		return false;
	for (int i = 0; i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];

		tables->threads_of_core[cpu->core]++;
		if (cpu->l2 < 0 || cpu->smt > 0)
			continue;
		if (tables->cores_of_l2[cpu->l2]++ == 0)
			tables->l2_bytes[cpu->l2] = cache_bytes(topo, cpu->cpu);
	}
	return true;
}

static struct row shape_of(const struct topo_cpu *cpu, const struct tables *tables)
{
	return (struct row){
		.kind = cpu->kind,
		.threads = tables->threads_of_core[cpu->core],
		.l2_cores = cpu->l2 < 0 ? 0 : tables->cores_of_l2[cpu->l2],
		.l2_bytes = cpu->l2 < 0 ? 0 : tables->l2_bytes[cpu->l2],
	};
}

static bool same_shape(const struct row *a, const struct row *b)
{
	return a->kind == b->kind && a->threads == b->threads && a->l2_cores == b->l2_cores &&
	       a->l2_bytes == b->l2_bytes;
}

static bool add_to_row(struct part *domain, const struct topo *topo, int position,
		       const struct tables *tables)
{
	const struct topo_cpu *cpu = &topo->cpus[position];
	struct row shape = shape_of(cpu, tables), *row = domain->rows;

	while (row < domain->rows + domain->nr_rows && !same_shape(row, &shape))
		row++;
	if (row == domain->rows + domain->nr_rows) {
		*row = shape;
		row->capacity_min = row->capacity_max = cpu->capacity;
		row->cpus = topo_array(hwloc_bitmap_weight(domain->cpus), sizeof(int));
		domain->nr_rows++;
		if (!row->cpus)
			return false;
	}
	row->cpus[row->nr_cpus++] = position;
	row->nr_cores += cpu->smt == 0;
	if (cpu->capacity < row->capacity_min)
		row->capacity_min = cpu->capacity;
	if (cpu->capacity > row->capacity_max)
		row->capacity_max = cpu->capacity;
	return true;
}

static int compare_cpus(const void *left, const void *right, void *context)
{
	const struct topo *topo = context;
	const struct topo_cpu *a = &topo->cpus[*(const int *)left];
	const struct topo_cpu *b = &topo->cpus[*(const int *)right];

	if (a->l2 != b->l2)
		return a->l2 - b->l2;
	return a->core != b->core ? a->core - b->core : a->smt - b->smt;
}

static int compare_rows(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	return a->kind != b->kind ? b->kind - a->kind : a->cpus[0] - b->cpus[0];
}

static bool make_rows(struct part *domain, const struct topo *topo, const struct tables *tables)
{
	int cpu;

	domain->rows = topo_array(hwloc_bitmap_weight(domain->cpus), sizeof(struct row));
	if (!domain->rows)
		return false;
	hwloc_bitmap_foreach_begin(cpu, domain->cpus) {
		if (!add_to_row(domain, topo, topo_cpu(topo, cpu) - topo->cpus, tables))
			return false;
	}
	hwloc_bitmap_foreach_end();
	for (int i = 0; i < domain->nr_rows; i++)
		qsort_r(domain->rows[i].cpus, domain->rows[i].nr_cpus, sizeof(int), compare_cpus,
			(void *)topo);
	qsort(domain->rows, domain->nr_rows, sizeof(struct row), compare_rows);
	return true;
}

static int id_at(const struct topo_cpu *cpu, enum part_type type)
{
	switch (type) {
	case PART_PACKAGE:
		return cpu->package;
	case PART_NODE:
		return cpu->node;
	default:
		return cpu->domain;
	}
}

/* True if the CPUs of each part of type `inner` are all in one part of type `outer`. */
static bool nests(const struct topo *topo, enum part_type inner, enum part_type outer)
{
	int *outer_of = topo_array(topo->nr_cpus, sizeof(int)); /* id + 2 */
	bool nested = outer_of;

	for (int i = 0; nested && i < topo->nr_cpus; i++) {
		int in = id_at(&topo->cpus[i], inner), out = id_at(&topo->cpus[i], outer) + 2;

		if (outer_of[in] && outer_of[in] != out)
			nested = false;
		outer_of[in] = out;
	}
	free(outer_of);
	return nested;
}

/* From the outside in. Packages are left out where domains reach across them. */
static int choose_levels(const struct topo *topo, enum part_type *levels)
{
	int nr = 0;
	bool node_in_package = topo->nr_packages && nests(topo, PART_NODE, PART_PACKAGE);

	if (node_in_package)
		levels[nr++] = PART_PACKAGE;
	levels[nr++] = PART_NODE;
	if (!node_in_package && topo->nr_packages && nests(topo, PART_DOMAIN, PART_PACKAGE))
		levels[nr++] = PART_PACKAGE;
	levels[nr++] = PART_DOMAIN;
	return nr;
}

static bool add_child(struct part *part, enum part_type type, int id)
{
	struct part *child = &part->children[part->nr_children];

	child->type = type;
	child->id = id;
	child->cpus = hwloc_bitmap_alloc();
	if (!child->cpus)
		return false;
	part->nr_children++;
	return true;
}

/* Makes the children of a part in the order of their ids. place[] is scratch, of all ids + 1. */
static bool split(struct part *part, const struct topo *topo, enum part_type type, int *place)
{
	int cpu, weight = hwloc_bitmap_weight(part->cpus);

	part->children = topo_array(weight, sizeof(*part->children));
	if (!part->children)
		return false;
	memset(place, 0, (topo->nr_cpus + 1) * sizeof(*place));
	hwloc_bitmap_foreach_begin(cpu, part->cpus) {
		place[id_at(topo_cpu(topo, cpu), type) + 1] = 1;
	}
	hwloc_bitmap_foreach_end();
	for (int id = -1; id < topo->nr_cpus; id++) {
		if (!place[id + 1])
			continue;
		place[id + 1] = part->nr_children;
		if (!add_child(part, type, id))
			return false;
	}
	hwloc_bitmap_foreach_begin(cpu, part->cpus) {
		int id = id_at(topo_cpu(topo, cpu), type);

		hwloc_bitmap_set(part->children[place[id + 1]].cpus, cpu);
	}
	hwloc_bitmap_foreach_end();
	return true;
}

static bool fill(struct part *part, const struct topo *topo, const struct tables *tables,
		 const enum part_type *levels, int nr_levels, int *place)
{
	if (nr_levels == 0)
		return make_rows(part, topo, tables);
	if (!split(part, topo, levels[0], place))
		return false;
	for (int i = 0; i < part->nr_children; i++)
		if (!fill(&part->children[i], topo, tables, levels + 1, nr_levels - 1, place))
			return false;
	return true;
}

static void free_contents(struct part *part)
{
	for (int i = 0; i < part->nr_children; i++)
		free_contents(&part->children[i]);
	for (int i = 0; i < part->nr_rows; i++)
		free(part->rows[i].cpus);
	free(part->children);
	free(part->rows);
	hwloc_bitmap_free(part->cpus);
}

void parts_free(struct part *machine)
{
	if (machine)
		free_contents(machine);
	free(machine);
}

struct part *parts_make(const struct topo *topo)
{
	enum part_type levels[MAX_LEVELS];
	int nr_levels = choose_levels(topo, levels);
	struct part *machine = calloc(1, sizeof(*machine));
	int *place = topo_array(topo->nr_cpus + 1, sizeof(*place));
	struct tables tables = { 0 };
	bool ok = machine && place && make_tables(topo, &tables);

	if (ok) {
		machine->type = PART_MACHINE;
		machine->cpus = hwloc_bitmap_dup(topo->online);
		ok = machine->cpus && fill(machine, topo, &tables, levels, nr_levels, place);
	}
	free_tables(&tables);
	free(place);
	if (!ok) {
		parts_free(machine);
		machine = NULL;
	}
	return machine;
}

const struct topo_llc *part_llc(const struct topo *topo, const struct part *domain)
{
	int llc = topo_cpu(topo, hwloc_bitmap_first(domain->cpus))->llc;

	if (llc < 0 || !hwloc_bitmap_isequal(topo->llcs[llc].cpus, domain->cpus))
		return NULL;
	return &topo->llcs[llc];
}

static bool domains_alike(const struct topo *topo, const struct part *a, const struct part *b)
{
	const struct topo_llc *llc_a = part_llc(topo, a), *llc_b = part_llc(topo, b);

	if (topo->domains[a->id].rule != topo->domains[b->id].rule || !llc_a != !llc_b ||
	    a->nr_rows != b->nr_rows)
		return false;
	if (llc_a && (llc_a->level != llc_b->level || llc_a->size_kib != llc_b->size_kib))
		return false;
	for (int i = 0; i < a->nr_rows; i++) {
		const struct row *x = &a->rows[i], *y = &b->rows[i];

		if (!same_shape(x, y) || x->nr_cores != y->nr_cores ||
		    x->capacity_min != y->capacity_min || x->capacity_max != y->capacity_max)
			return false;
	}
	return true;
}

bool parts_alike(const struct topo *topo, const struct part *a, const struct part *b)
{
	if (a->type != b->type || a->nr_children != b->nr_children)
		return false;
	if (a->type == PART_DOMAIN)
		return domains_alike(topo, a, b);
	for (int i = 0; i < a->nr_children; i++)
		if (!parts_alike(topo, &a->children[i], &b->children[i]))
			return false;
	return true;
}
