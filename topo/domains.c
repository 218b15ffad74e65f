/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Last-level caches and domains.
 *
 * A CPU's last-level cache is the outermost L2..L5 above it, cut at the border of its NUMA node.
 * That is a domain, with two exceptions: CPUs without such a cache, and caches of a single core
 * (a domain in which no task can move helps nobody). Those CPUs are joined from the inside out: a
 * group (cluster), then a die, then a package takes what is still without a domain inside it, if
 * that is two cores at least, always cut at the border of the node; at last the node itself does.
 * A core that is left over then is alone. So every CPU is in exactly one domain.
 *
 * No nesting is assumed: nodes lie inside caches, caches inside nodes, packages below caches.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_cache(hwloc_obj_t object)
{
	/* Knights Landing's memory-side cache poses as an L3: it caches memory, not cores. */
	return object->type >= HWLOC_OBJ_L2CACHE && object->type <= HWLOC_OBJ_L5CACHE &&
	       !(object->subtype && strcmp(object->subtype, "MemorySideCache") == 0);
}

static hwloc_obj_t outermost_cache(hwloc_obj_t pu)
{
	hwloc_obj_t cache = NULL;

	for (hwloc_obj_t up = pu->parent; up; up = up->parent)
		if (is_cache(up))
			cache = up;
	return cache;
}

/*
 * The id of the LLC that is this cache in this node. Threads of a cache come one after the other,
 * so that the ids of its parts in several nodes are the last ones given.
 */
static int find_llc(const struct topo *topo, const hwloc_obj_t *caches, hwloc_obj_t cache, int node)
{
	for (int i = topo->nr_llcs - 1; i >= 0 && caches[i] == cache; i--)
		if (topo->llcs[i].node == node)
			return i;
	return -1;
}

static int new_llc(struct topo *topo, hwloc_obj_t cache, int node)
{
	struct topo_llc *llc = &topo->llcs[topo->nr_llcs];

	llc->cpus = hwloc_bitmap_alloc();
	if (!llc->cpus)
		return -ENOMEM;
	llc->node = node;
	llc->level = cache->attr->cache.depth;
	llc->size_kib = cache->attr->cache.size >> 10;
	return topo->nr_llcs++;
}

/* One LLC for each pair of cache and node; caches[] says which hwloc object each one is. */
static int build_llcs(struct builder *b, hwloc_obj_t *caches)
{
	struct topo *topo = b->topo;

	topo->llcs = topo_array(topo->nr_cpus, sizeof(*topo->llcs));
	if (!topo->llcs)
		return -ENOMEM;
	for (int i = 0; i < topo->nr_cpus; i++) {
		struct topo_cpu *cpu = &topo->cpus[b->logical[i]];
		hwloc_obj_t cache = outermost_cache(b->pus[b->logical[i]]);

		cpu->llc = -1;
		if (!cache)
			continue;
		cpu->llc = find_llc(topo, caches, cache, cpu->node);
		if (cpu->llc < 0) {
			cpu->llc = new_llc(topo, cache, cpu->node);
			if (cpu->llc < 0)
				return -ENOMEM;
			caches[cpu->llc] = cache;
		}
		hwloc_bitmap_set(topo->llcs[cpu->llc].cpus, cpu->cpu);
	}
	return 0;
}

/* True if the set holds threads of at least two cores. */
static bool several_cores(const struct builder *b, hwloc_const_bitmap_t set)
{
	int cpu, core = -1;

	hwloc_bitmap_foreach_begin(cpu, set) {
		int own = b->topo->cpus[b->position[cpu]].core;

		if (core >= 0 && own != core)
			return true;
		core = own;
	}
	hwloc_bitmap_foreach_end();
	return false;
}

/* Makes a domain of the set. Ids are temporary: number_domains() puts them in order. */
static void place(struct builder *b, hwloc_const_bitmap_t set, hwloc_bitmap_t unplaced)
{
	int cpu;

	hwloc_bitmap_foreach_begin(cpu, set) {
		b->topo->cpus[b->position[cpu]].domain = b->topo->nr_domains;
	}
	hwloc_bitmap_foreach_end();
	hwloc_bitmap_andnot(unplaced, unplaced, set);
	b->topo->nr_domains++;
}

/* What is still unplaced of a set, one node after the other; lone cores stay unplaced. */
static void join(struct builder *b, hwloc_const_bitmap_t set, hwloc_bitmap_t unplaced,
		 bool even_alone)
{
	hwloc_bitmap_t rest = hwloc_bitmap_alloc(), part = hwloc_bitmap_alloc();

	if (rest && part)
		hwloc_bitmap_and(rest, set, unplaced);
	while (rest && part && !hwloc_bitmap_iszero(rest)) {
		const struct topo_cpu *first =
			&b->topo->cpus[b->position[hwloc_bitmap_first(rest)]];

		hwloc_bitmap_and(part, rest, b->topo->nodes[first->node].cpus);
		hwloc_bitmap_andnot(rest, rest, part);
		if (even_alone || several_cores(b, part))
			place(b, part, unplaced);
	}
	hwloc_bitmap_free(rest);
	hwloc_bitmap_free(part);
}

static void place_caches(struct builder *b, hwloc_bitmap_t unplaced)
{
	for (int i = 0; i < b->topo->nr_llcs; i++)
		if (several_cores(b, b->topo->llcs[i].cpus))
			place(b, b->topo->llcs[i].cpus, unplaced);
}

static bool can_join(hwloc_obj_type_t type)
{
	return type == HWLOC_OBJ_GROUP || type == HWLOC_OBJ_DIE || type == HWLOC_OBJ_PACKAGE;
}

/* Groups, dies and packages from the inside out, then nodes, then whatever is left. */
static void place_others(struct builder *b, hwloc_bitmap_t unplaced)
{
	hwloc_topology_t hwloc = b->topo->hwloc;

	for (int depth = hwloc_topology_get_depth(hwloc) - 1; depth >= 0; depth--) {
		hwloc_obj_t object = NULL;

		if (!can_join(hwloc_get_depth_type(hwloc, depth)))
			continue;
		while ((object = hwloc_get_next_obj_by_depth(hwloc, depth, object)) &&
		       !hwloc_bitmap_iszero(unplaced))
			join(b, object->cpuset, unplaced, false);
	}
	for (int i = 0; i < b->topo->nr_nodes; i++)
		join(b, b->topo->nodes[i].cpus, unplaced, true);
}

/* Final ids: in hwloc's logical order of the first CPUs. */
static int number_domains(struct builder *b)
{
	struct topo *topo = b->topo;
	int *final = topo_array(topo->nr_domains, sizeof(*final)), nr = 0;

	topo->domains = topo_array(topo->nr_domains, sizeof(*topo->domains));
	if (!final || !topo->domains) {
		free(final);
		return -ENOMEM;
	}
	for (int i = 0; i < topo->nr_domains; i++)
		final[i] = -1;
	for (int i = 0; i < topo->nr_cpus; i++) {
		struct topo_cpu *cpu = &topo->cpus[b->logical[i]];
		struct topo_domain *domain;

		if (final[cpu->domain] < 0)
			final[cpu->domain] = nr++;
		cpu->domain = final[cpu->domain];
		domain = &topo->domains[cpu->domain];
		if (!domain->cpus)
			domain->cpus = hwloc_bitmap_alloc();
		if (!domain->cpus || hwloc_bitmap_set(domain->cpus, cpu->cpu) < 0) {
			free(final);
			return -ENOMEM;
		}
		domain->node = cpu->node;
	}
	free(final);
	return 0;
}

static bool is_clipped(const struct builder *b, int llc, hwloc_obj_t cache)
{
	hwloc_const_bitmap_t cpus = b->topo->llcs[llc].cpus;
	int cpu;

	hwloc_bitmap_foreach_begin(cpu, cache->cpuset) {
		if (hwloc_bitmap_isset(b->topo->online, cpu) && !hwloc_bitmap_isset(cpus, cpu))
			return true;
	}
	hwloc_bitmap_foreach_end();
	return false;
}

static void name_rules(struct builder *b, const hwloc_obj_t *caches)
{
	struct topo *topo = b->topo;

	for (int i = 0; i < topo->nr_domains; i++)
		topo->domains[i].rule = TOPO_RULE_NOCACHE;
	for (int i = 0; i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];
		struct topo_domain *domain = &topo->domains[cpu->domain];

		if (cpu->llc < 0 || domain->rule != TOPO_RULE_NOCACHE)
			continue;
		if (!hwloc_bitmap_isequal(domain->cpus, topo->llcs[cpu->llc].cpus))
			domain->rule = TOPO_RULE_CLIMBED;
		else if (is_clipped(b, cpu->llc, caches[cpu->llc]))
			domain->rule = TOPO_RULE_CLIPPED;
		else
			domain->rule = TOPO_RULE_LLC;
	}
}

int topo_build_domains(struct builder *b)
{
	hwloc_obj_t *caches = topo_array(b->topo->nr_cpus, sizeof(*caches));
	hwloc_bitmap_t unplaced = hwloc_bitmap_dup(b->topo->online);
	int ret = -ENOMEM;

	if (caches && unplaced) {
		ret = build_llcs(b, caches);
		if (!ret) {
			place_caches(b, unplaced);
			place_others(b, unplaced);
			ret = number_domains(b);
		}
		if (!ret)
			name_rules(b, caches);
	}
	hwloc_bitmap_free(unplaced);
	free(caches);
	return ret;
}
