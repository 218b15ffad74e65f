/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NUMA nodes, as far as they have CPUs. Nodes without CPUs (memory expanders, GPUs) either have no
 * cpuset or borrow that of the nearest node, so several may claim a CPU: the smallest one is its
 * node, of equal ones the first. CPUs whose own node is offline belong to the nearest one left, as
 * their memory does.
 */
#include "internal.h"
#include "hwloc_compat.h"

#include <errno.h>
#include <stdlib.h>

#define DISTANCE_LOCAL	10 /* the ACPI SLIT's own unit */
#define DISTANCE_REMOTE 20
#define DISTANCE_MAX	255

/* A NUMA object of hwloc by its logical index: how many CPUs it claims, and our id or -1. */
struct numa {
	hwloc_obj_t object;
	int weight;
	int id;
};

/* The smallest node of every CPU: an index into numa by position of the CPU, or -1. */
static void find_smallest(const struct builder *b, struct numa *numa, int nr_numa, int *node_of)
{
	int cpu;

	for (int i = 0; i < b->topo->nr_cpus; i++)
		node_of[i] = -1;
	for (int n = 0; n < nr_numa; n++) {
		hwloc_obj_t object = hwloc_get_obj_by_type(b->topo->hwloc, HWLOC_OBJ_NUMANODE, n);

		numa[n] = (struct numa){ object, hwloc_bitmap_weight(object->cpuset), -1 };
		if (numa[n].weight < 0)
			continue; /* infinite: nothing that a machine has */
		hwloc_bitmap_foreach_begin(cpu, object->cpuset) {
			int position = cpu < TOPO_MAX_CPUS ? b->position[cpu] : -1;

			if (position >= 0 && (node_of[position] < 0 ||
					      numa[n].weight < numa[node_of[position]].weight))
				node_of[position] = n;
		}
		hwloc_bitmap_foreach_end();
	}
}

/* The first node with CPUs that is attached near to a CPU that has none. */
static int nearest_node(hwloc_obj_t pu, const struct numa *numa, int nr_numa)
{
	for (hwloc_obj_t near = pu->parent; near; near = near->parent)
		for (int n = 0; near->nodeset && n < nr_numa; n++)
			if (numa[n].id >= 0 &&
			    hwloc_bitmap_isset(near->nodeset, numa[n].object->os_index))
				return numa[n].id;
	return 0;
}

/* Ids in hwloc's logical order for the nodes that are some CPU's own. */
static int number_nodes(struct builder *b, struct numa *numa, int nr_numa, const int *node_of)
{
	struct topo *topo = b->topo;

	for (int i = 0; i < topo->nr_cpus; i++)
		if (node_of[i] >= 0)
			numa[node_of[i]].id = 0;
	for (int n = 0; n < nr_numa; n++)
		if (numa[n].id == 0)
			numa[n].id = topo->nr_nodes++;
	if (topo->nr_nodes > TOPO_MAX_NODES)
		return topo_fail(&b->error, E2BIG,
				 "%d NUMA nodes with CPUs: this program stops "
				 "at %d",
				 topo->nr_nodes, TOPO_MAX_NODES);
	if (topo->nr_nodes == 0)
		topo->nr_nodes = 1;
	topo->nodes = topo_array(topo->nr_nodes, sizeof(*topo->nodes));
	if (!topo->nodes)
		return -ENOMEM;
	topo->nodes[0].os_index = -1; /* if hwloc has no node with CPUs at all */
	for (int n = 0; n < nr_numa; n++)
		if (numa[n].id >= 0)
			topo->nodes[numa[n].id].os_index = numa[n].object->os_index;
	return 0;
}

static int assign_cpus(struct builder *b, const struct numa *numa, int nr_numa, const int *node_of)
{
	struct topo *topo = b->topo;

	for (int i = 0; i < topo->nr_nodes; i++) {
		topo->nodes[i].cpus = hwloc_bitmap_alloc();
		if (!topo->nodes[i].cpus)
			return -ENOMEM;
	}
	for (int i = 0; i < topo->nr_cpus; i++) {
		int node = node_of[i] >= 0 ? numa[node_of[i]].id
					   : nearest_node(b->pus[i], numa, nr_numa);

		topo->cpus[i].node = node;
		hwloc_bitmap_set(topo->nodes[node].cpus, topo->cpus[i].cpu);
	}
	return 0;
}

static int plausible_distance(hwloc_uint64_t value)
{
	if (value < DISTANCE_LOCAL)
		return DISTANCE_LOCAL;
	return value > DISTANCE_MAX ? DISTANCE_MAX : (int)value;
}

static void copy_distances(struct topo *topo, const struct numa *numa, int nr_numa,
			   const struct hwloc_distances_s *matrix)
{
	for (unsigned i = 0; i < matrix->nbobjs; i++)
		for (unsigned j = 0; j < matrix->nbobjs; j++) {
			hwloc_obj_t from = matrix->objs[i], to = matrix->objs[j];

			if (i == j || !from || !to || (int)from->logical_index >= nr_numa ||
			    (int)to->logical_index >= nr_numa || numa[from->logical_index].id < 0 ||
			    numa[to->logical_index].id < 0)
				continue;
			topo->distances[numa[from->logical_index].id * topo->nr_nodes +
					numa[to->logical_index].id] =
				plausible_distance(matrix->values[i * matrix->nbobjs + j]);
		}
}

static int read_distances(struct topo *topo, const struct numa *numa, int nr_numa)
{
	struct hwloc_distances_s *matrix;
	unsigned count = 1;

	topo->distances = topo_array((size_t)topo->nr_nodes * topo->nr_nodes, sizeof(int));
	if (!topo->distances)
		return -ENOMEM;
	for (int i = 0; i < topo->nr_nodes; i++)
		for (int j = 0; j < topo->nr_nodes; j++)
			topo->distances[i * topo->nr_nodes + j] =
				i == j ? DISTANCE_LOCAL : DISTANCE_REMOTE;
	if (hwloc_distances_get_by_type(topo->hwloc, HWLOC_OBJ_NUMANODE, &count, &matrix,
					COMPAT_DISTANCES_OS_LATENCY, 0) < 0 ||
	    count == 0)
		return 0;
	copy_distances(topo, numa, nr_numa, matrix);
	hwloc_distances_release(topo->hwloc, matrix);
	return 0;
}

int topo_build_nodes(struct builder *b)
{
	int nr_numa = hwloc_get_nbobjs_by_type(b->topo->hwloc, HWLOC_OBJ_NUMANODE);
	struct numa *numa;
	int *node_of, ret = -ENOMEM;

	if (nr_numa < 0)
		nr_numa = 0;
	numa = topo_array(nr_numa, sizeof(*numa));
	node_of = topo_array(b->topo->nr_cpus, sizeof(*node_of));
	if (numa && node_of) {
		find_smallest(b, numa, nr_numa, node_of);
		ret = number_nodes(b, numa, nr_numa, node_of);
		if (!ret)
			ret = assign_cpus(b, numa, nr_numa, node_of);
		if (!ret)
			ret = read_distances(b->topo, numa, nr_numa);
	}
	free(numa);
	free(node_of);
	return ret;
}
