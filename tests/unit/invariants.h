/* SPDX-License-Identifier: GPL-2.0-only */
/* What holds for every topology, whatever the machine. */
#ifndef SCX_TOPO_TESTS_INVARIANTS_H
#define SCX_TOPO_TESTS_INVARIANTS_H

#include "machine.h"

/* The sets of n containers, `stride` bytes apart and each beginning with its set, are a partition.
 */
static inline void check_partition(const struct topo *topo, const void *containers, int n,
				   size_t stride)
{
	hwloc_bitmap_t seen = hwloc_bitmap_alloc();

	for (int i = 0; i < n; i++) {
		hwloc_bitmap_t cpus =
			*(const hwloc_bitmap_t *)((const char *)containers + i * stride);

		assert_false(hwloc_bitmap_iszero(cpus));
		assert_false(hwloc_bitmap_intersects(seen, cpus));
		hwloc_bitmap_or(seen, seen, cpus);
	}
	assert_true(hwloc_bitmap_isequal(seen, topo->online));
	hwloc_bitmap_free(seen);
}

static inline void check_ids(const struct topo *topo)
{
	for (int i = 0; i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];

		assert_true(i == 0 || topo->cpus[i - 1].cpu < cpu->cpu);
		assert_ptr_equal(topo_cpu(topo, cpu->cpu), cpu);
		assert_in_range(cpu->core, 0, topo->nr_cores - 1);
		assert_in_range(cpu->smt, 0, topo->smt_width - 1);
		assert_in_range(cpu->l2 + 1, 0, topo->nr_l2);
		assert_in_range(cpu->llc + 1, 0, topo->nr_llcs);
		assert_in_range(cpu->package + 1, 0, topo->nr_packages);
		assert_in_range(cpu->capacity, 1, 1024);
		assert_true(hwloc_bitmap_isset(topo->domains[cpu->domain].cpus, cpu->cpu));
		assert_true(hwloc_bitmap_isset(topo->nodes[cpu->node].cpus, cpu->cpu));
		assert_true(hwloc_bitmap_isset(topo->kinds[cpu->kind].cpus, cpu->cpu));
		assert_int_equal(topo->domains[cpu->domain].node, cpu->node);
		if (cpu->llc >= 0) {
			assert_true(hwloc_bitmap_isset(topo->llcs[cpu->llc].cpus, cpu->cpu));
			assert_int_equal(topo->llcs[cpu->llc].node, cpu->node);
		}
	}
	assert_null(topo_cpu(topo, TOPO_MAX_CPUS));
	assert_null(topo_cpu(topo, -1));
}

static inline bool one_core(const struct topo *topo, hwloc_const_bitmap_t cpus)
{
	int cpu, core = topo_cpu(topo, hwloc_bitmap_first(cpus))->core;

	hwloc_bitmap_foreach_begin(cpu, cpus) {
		if (topo_cpu(topo, cpu)->core != core)
			return false;
	}
	hwloc_bitmap_foreach_end();
	return true;
}

/* A domain inside a node; at most one of a lone core there, as two of them could be joined. */
static inline void check_domains(const struct topo *topo)
{
	int *lone = calloc(topo->nr_nodes, sizeof(int));

	for (int i = 0; i < topo->nr_domains; i++) {
		const struct topo_domain *domain = &topo->domains[i];

		assert_true(hwloc_bitmap_isincluded(domain->cpus, topo->nodes[domain->node].cpus));
		lone[domain->node] += one_core(topo, domain->cpus);
		assert_in_range(lone[domain->node], 0, 1);
	}
	free(lone);
}

static inline void check_kinds(const struct topo *topo)
{
	int best = 0;

	assert_in_range(topo->nr_kinds, 1, TOPO_MAX_KINDS);
	for (int i = 0; i < topo->nr_kinds; i++) {
		int cpu, capacity = 0;

		hwloc_bitmap_foreach_begin(cpu, topo->kinds[i].cpus) {
			int own = topo_cpu(topo, cpu)->capacity;

			capacity = own > capacity ? own : capacity;
		}
		hwloc_bitmap_foreach_end();
		assert_int_equal(capacity, topo->kinds[i].capacity);
		assert_true(i == 0 || topo->kinds[i - 1].capacity <= capacity);
		assert_int_equal(topo->nr_kinds > 1, topo->kinds[i].name[0] != '\0');
		best = capacity;
	}
	assert_int_equal(best, 1024);
}

/* Each CPU once; ranks are the places in the powersave order. */
static inline void check_orders(const struct topo *topo)
{
	int *order = calloc(topo->nr_cpus, sizeof(int));
	bool *seen = calloc(topo->nr_cpus, sizeof(bool));

	topo_order(topo, TOPO_MODE_POWERSAVE, order);
	for (int i = 0; i < topo->nr_cpus; i++) {
		assert_int_equal(topo->cpus[order[i]].rank, i);
		assert_true(i == 0 || topo->cpus[order[i]].kind >= topo->cpus[order[i - 1]].kind);
	}
	topo_order(topo, TOPO_MODE_PERF, order);
	for (int i = 0; i < topo->nr_cpus; i++) {
		assert_false(seen[order[i]]);
		seen[order[i]] = true;
	}
	assert_int_equal(topo->cpus[order[0]].kind, topo->nr_kinds - 1);
	assert_int_equal(topo->cpus[order[0]].smt, 0);
	free(order);
	free(seen);
}

static inline void check_distances(const struct topo *topo)
{
	for (int i = 0; i < topo->nr_nodes; i++)
		for (int j = 0; j < topo->nr_nodes; j++)
			assert_in_range(topo_distance(topo, i, j), 10, i == j ? 10 : 255);
}

static inline void check_invariants(const struct topo *topo)
{
	assert_int_equal(hwloc_bitmap_weight(topo->online), topo->nr_cpus);
	assert_int_equal(hwloc_bitmap_weight(topo->offline), topo->nr_offline);
	assert_false(hwloc_bitmap_intersects(topo->online, topo->offline));
	assert_true(topo->nr_cpu_ids > hwloc_bitmap_last(topo->online));
	check_partition(topo, topo->domains, topo->nr_domains, sizeof(*topo->domains));
	check_partition(topo, topo->nodes, topo->nr_nodes, sizeof(*topo->nodes));
	check_partition(topo, topo->kinds, topo->nr_kinds, sizeof(*topo->kinds));
	check_ids(topo);
	check_domains(topo);
	check_kinds(topo);
	check_orders(topo);
	check_distances(topo);
}

/* "0-3 4-7": the sets of n containers, in order. */
static inline void check_sets(const void *containers, int n, size_t stride, const char *expected)
{
	char text[4096] = "", *list;
	size_t used = 0;

	for (int i = 0; i < n; i++) {
		hwloc_bitmap_list_asprintf(
			&list, *(const hwloc_bitmap_t *)((const char *)containers + i * stride));
		used += snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "", list);
		assert_true(used < sizeof(text));
		free(list);
	}
	assert_string_equal(text, expected);
}

#define CHECK_DOMAINS(topo, expected) \
	check_sets((topo)->domains, (topo)->nr_domains, sizeof(*(topo)->domains), expected)
#define CHECK_LLCS(topo, expected) \
	check_sets((topo)->llcs, (topo)->nr_llcs, sizeof(*(topo)->llcs), expected)
#define CHECK_KINDS(topo, expected) \
	check_sets((topo)->kinds, (topo)->nr_kinds, sizeof(*(topo)->kinds), expected)

#endif
