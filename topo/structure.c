/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUs and what they are parts of: cores, L2s, packages. Ids are counted while walking the threads
 * in hwloc's logical order, in which the parts of every container stand side by side: a container
 * that differs from the one before is a new one.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>

/* A file may claim anything; hwloc itself keeps these promises for machines. */
static int check_thread(const struct builder *b, hwloc_obj_t pu)
{
	if (pu->os_index >= TOPO_MAX_CPUS)
		return topo_fail(&b->error, E2BIG,
				 "CPU number %u: this program stops at %d (numbers 0 to %d)",
				 pu->os_index, TOPO_MAX_CPUS, TOPO_MAX_CPUS - 1);
	if (!pu->cpuset || hwloc_bitmap_weight(pu->cpuset) != 1 ||
	    !hwloc_bitmap_isset(pu->cpuset, pu->os_index))
		return topo_fail(&b->error, EINVAL,
				 "not a usable topology: CPU %u is not the one CPU of its cpuset",
				 pu->os_index);
	if (hwloc_bitmap_isset(b->topo->online, pu->os_index))
		return topo_fail(&b->error, EINVAL, "not a usable topology: CPU %u is in it twice",
				 pu->os_index);
	return 0;
}

static int allocate(struct builder *b, int nr_cpus)
{
	struct topo *topo = b->topo;

	if (nr_cpus <= 0)
		return topo_fail(&b->error, EINVAL, "not a usable topology: no CPUs in it");
	if (nr_cpus > TOPO_MAX_CPUS)
		return topo_fail(&b->error, E2BIG, "%d CPUs: this program stops at %d", nr_cpus,
				 TOPO_MAX_CPUS);
	topo->nr_cpus = nr_cpus;
	topo->cpus = topo_array(nr_cpus, sizeof(*topo->cpus));
	topo->online = hwloc_bitmap_alloc();
	b->pus = topo_array(nr_cpus, sizeof(*b->pus));
	b->logical = topo_array(nr_cpus, sizeof(*b->logical));
	return topo->cpus && topo->online && b->pus && b->logical ? 0 : -ENOMEM;
}

/* topo->cpus by number, and the ways from there to hwloc and back. */
static void sort_cpus(struct builder *b)
{
	struct topo *topo = b->topo;
	int position = 0, cpu;

	for (int i = 0; i < TOPO_MAX_CPUS; i++)
		b->position[i] = -1;
	hwloc_bitmap_foreach_begin(cpu, topo->online) {
		topo->cpus[position].cpu = cpu;
		b->position[cpu] = position++;
	}
	hwloc_bitmap_foreach_end();
	for (int i = 0; i < topo->nr_cpus; i++) {
		hwloc_obj_t pu = hwloc_get_obj_by_type(topo->hwloc, HWLOC_OBJ_PU, i);

		b->logical[i] = b->position[pu->os_index];
		b->pus[b->logical[i]] = pu;
	}
}

static int collect_cpus(struct builder *b)
{
	struct topo *topo = b->topo;
	int ret = allocate(b, hwloc_get_nbobjs_by_type(topo->hwloc, HWLOC_OBJ_PU));

	for (int i = 0; !ret && i < topo->nr_cpus; i++) {
		hwloc_obj_t pu = hwloc_get_obj_by_type(topo->hwloc, HWLOC_OBJ_PU, i);

		ret = check_thread(b, pu);
		if (!ret && hwloc_bitmap_set(topo->online, pu->os_index) < 0)
			ret = -ENOMEM;
	}
	if (!ret)
		sort_cpus(b);
	return ret;
}

/* The id of a container that is NULL for CPUs outside of any. */
static int next_id(hwloc_obj_t container, hwloc_obj_t *last, int *count)
{
	if (!container)
		return -1;
	if (container != *last)
		(*count)++;
	*last = container;
	return *count - 1;
}

static void number_containers(struct builder *b)
{
	struct topo *topo = b->topo;
	hwloc_obj_t last_core = NULL, last_l2 = NULL, last_package = NULL;

	for (int i = 0; i < topo->nr_cpus; i++) {
		struct topo_cpu *cpu = &topo->cpus[b->logical[i]];
		hwloc_obj_t pu = b->pus[b->logical[i]];
		hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(topo->hwloc, HWLOC_OBJ_CORE, pu);

		/* Where hwloc knows no cores a thread is a core of its own. */
		cpu->core = next_id(core ? core : pu, &last_core, &topo->nr_cores);
		cpu->l2 =
			next_id(hwloc_get_ancestor_obj_by_type(topo->hwloc, HWLOC_OBJ_L2CACHE, pu),
				&last_l2, &topo->nr_l2);
		cpu->package =
			next_id(hwloc_get_ancestor_obj_by_type(topo->hwloc, HWLOC_OBJ_PACKAGE, pu),
				&last_package, &topo->nr_packages);
	}
}

/* Threads of a core are counted by CPU number. */
static int number_threads(struct topo *topo)
{
	int *threads = topo_array(topo->nr_cores, sizeof(*threads));

	if (!threads)
		return -ENOMEM;
	for (int i = 0; i < topo->nr_cpus; i++) {
		struct topo_cpu *cpu = &topo->cpus[i];

		cpu->smt = threads[cpu->core]++;
		if (threads[cpu->core] > topo->smt_width)
			topo->smt_width = threads[cpu->core];
	}
	free(threads);
	return 0;
}

/*
 * hwloc knows CPUs that are plugged in; the kernel may have numbers for more, and its arrays are
 * as long as that.
 */
static int read_possible(const struct topo *topo)
{
	bool sysfs = topo->source.type == TOPO_SYSFS;
	int root, last = -1;
	hwloc_bitmap_t possible;

	if (!sysfs && topo->source.type != TOPO_LIVE)
		return -1;
	root = sysfs_open(sysfs ? topo->source.arg : "/");
	if (root < 0)
		return -1;
	possible = sysfs_read_cpulist(root, "sys/devices/system/cpu/possible");
	if (possible)
		last = hwloc_bitmap_last(possible);
	hwloc_bitmap_free(possible);
	sysfs_close(root);
	return last;
}

static int find_offline(struct topo *topo)
{
	hwloc_const_bitmap_t complete = hwloc_topology_get_complete_cpuset(topo->hwloc);
	int last;

	topo->offline = hwloc_bitmap_alloc();
	if (!topo->offline || hwloc_bitmap_andnot(topo->offline, complete, topo->online) < 0 ||
	    hwloc_bitmap_clr_range(topo->offline, TOPO_MAX_CPUS, -1) < 0)
		return -ENOMEM;
	if (topo->source.offline &&
	    hwloc_bitmap_or(topo->offline, topo->offline, topo->source.offline) < 0)
		return -ENOMEM;
	topo->nr_offline = hwloc_bitmap_weight(topo->offline);
	topo->nr_cpu_ids = hwloc_bitmap_last(topo->online) + 1;
	last = hwloc_bitmap_last(topo->offline);
	if (last >= topo->nr_cpu_ids)
		topo->nr_cpu_ids = last + 1;
	last = read_possible(topo);
	if (last >= topo->nr_cpu_ids)
		topo->nr_cpu_ids = last + 1;
	return 0;
}

static void mark_disallowed(struct topo *topo)
{
	hwloc_const_bitmap_t allowed = hwloc_topology_get_allowed_cpuset(topo->hwloc);

	for (int i = 0; i < topo->nr_cpus; i++)
		topo->cpus[i].disallowed = !hwloc_bitmap_isset(allowed, topo->cpus[i].cpu);
}

int topo_build_structure(struct builder *b)
{
	int ret = collect_cpus(b);

	if (ret)
		return ret;
	b->topo->this_system = hwloc_topology_is_thissystem(b->topo->hwloc);
	number_containers(b);
	mark_disallowed(b->topo);
	ret = number_threads(b->topo);
	return ret ? ret : find_offline(b->topo);
}
