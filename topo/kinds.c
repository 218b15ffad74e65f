/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kinds of core, and the capacity of every CPU.
 *
 * First every CPU gets a *performance*, from the best fact that all CPUs have and that tells them
 * apart: the kernel's cpu_capacity; Intel's highest_perf, from which the kernel makes that capacity
 * (AMD's is a ranking of equal cores, no performance); the maximum frequency; the core type alone;
 * hwloc's ranking. Capacity is that, scaled so that the best CPU has 1024.
 *
 * Then CPUs of one core type whose performance is close become one kind. Equal cores differ in
 * capacity by a tenth because some are favoured with higher turbo steps, and in steps of maximum
 * frequency by more in all, so frequencies are only told apart where there is a wide gap.
 */
#include "facts.h"
#include "kind_names.h"
#include "saved.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_MAX	  1024
#define SAME_KIND_PERCENT 88 /* of the kind's best capacity */
#define SAME_STEP_PERCENT 85 /* of the next higher frequency */

/*
 * Work per clock against a P core. Linux's capacities of Raptor Lake (E at 3.9 GHz: 640, P at
 * 5 GHz: 1000) mean 80 %; a low-power E core is the same design behind slower memory.
 */
static const int work_percent[] = {
	[CORE_UNKNOWN] = 100,
	[CORE_LOWPOWER] = 70,
	[CORE_ATOM] = 80,
	[CORE_PERF] = 100,
};

/* If the type is all that is known: with usual frequencies, as measured on such machines. */
static const int typical_capacity[] = {
	[CORE_UNKNOWN] = 1024,
	[CORE_LOWPOWER] = 420,
	[CORE_ATOM] = 640,
	[CORE_PERF] = 1024,
};

/* CPUs that will be one kind. */
struct cluster {
	enum core_type type;
	long best, worst; /* performance */
	int kind;	  /* the kind that it becomes */
};

struct grading {
	struct topo *topo;
	struct facts *facts;	  /* these four by position */
	long *performance;	  /* in the unit of the fact it is made from */
	int *cluster_of;	  /* index into clusters */
	int *sorted;		  /* positions by type and performance, the best first */
	struct cluster *clusters; /* nr_clusters of them, at most one a CPU */
	int nr_clusters;
	bool typed;    /* core types are known */
	bool by_steps; /* performance is a frequency and nothing else */
	const char *source;
};

static bool tells_apart(const struct grading *g, size_t field)
{
	return facts_tell_apart(g->facts, g->topo->nr_cpus, field);
}

static void copy_fact(struct grading *g, size_t field, const char *source)
{
	for (int i = 0; i < g->topo->nr_cpus; i++)
		g->performance[i] = facts_field(&g->facts[i], field);
	g->source = source;
}

static void from_frequency(struct grading *g)
{
	copy_fact(g, offsetof(struct facts, max_mhz), "max_freq");
	for (int i = 0; i < g->topo->nr_cpus; i++)
		g->performance[i] *= work_percent[g->facts[i].type];
	g->by_steps = !g->typed;
}

static void from_type(struct grading *g)
{
	for (int i = 0; i < g->topo->nr_cpus; i++)
		g->performance[i] = typical_capacity[g->facts[i].type];
	g->source = "core type";
}

/* The best fact there is. Without any all CPUs are equal. */
static void grade(struct grading *g)
{
	if (tells_apart(g, offsetof(struct facts, capacity)))
		copy_fact(g, offsetof(struct facts, capacity), "cpu_capacity");
	else if (topo_is_intel(g->topo) && tells_apart(g, offsetof(struct facts, highest_perf)))
		copy_fact(g, offsetof(struct facts, highest_perf), "highest_perf");
	else if (tells_apart(g, offsetof(struct facts, max_mhz)) ||
		 (g->typed &&
		  facts_known(g->facts, g->topo->nr_cpus, offsetof(struct facts, max_mhz))))
		from_frequency(g);
	else if (g->typed)
		from_type(g);
	else if (tells_apart(g, offsetof(struct facts, hwloc_order)))
		copy_fact(g, offsetof(struct facts, hwloc_order), "hwloc ranking");
	else
		for (int i = 0; i < g->topo->nr_cpus; i++)
			g->performance[i] = 1;
}

/* By type, then performance, the best first. Positions are what is sorted. */
static int compare_positions(const void *left, const void *right, void *context)
{
	const struct grading *g = context;
	int a = *(const int *)left, b = *(const int *)right;

	if (g->facts[a].type != g->facts[b].type)
		return g->facts[a].type > g->facts[b].type ? -1 : 1;
	if (g->performance[a] != g->performance[b])
		return g->performance[a] > g->performance[b] ? -1 : 1;
	return a - b;
}

static bool belongs(const struct grading *g, const struct cluster *cluster, int position)
{
	long performance = g->performance[position];

	if (cluster->type != g->facts[position].type)
		return false;
	if (g->by_steps)
		return performance * 100 >= cluster->worst * SAME_STEP_PERCENT;
	return performance * 100 >= cluster->best * SAME_KIND_PERCENT;
}

static void make_clusters(struct grading *g)
{
	for (int i = 0; i < g->topo->nr_cpus; i++)
		g->sorted[i] = i;
	qsort_r(g->sorted, g->topo->nr_cpus, sizeof(*g->sorted), compare_positions, g);
	for (int i = 0; i < g->topo->nr_cpus; i++) {
		int position = g->sorted[i];
		struct cluster *last = &g->clusters[g->nr_clusters - 1];

		if (g->nr_clusters == 0 || !belongs(g, last, position)) {
			last = &g->clusters[g->nr_clusters++];
			last->type = g->facts[position].type;
			last->best = g->performance[position];
		}
		last->worst = g->performance[position];
		g->cluster_of[position] = last - g->clusters;
	}
}

static int compare_clusters(const void *left, const void *right)
{
	const struct cluster *const *a = left, *const *b = right;

	if ((*a)->best != (*b)->best)
		return (*a)->best < (*b)->best ? -1 : 1;
	return (int)(*a)->type - (int)(*b)->type;
}

/* Joins the two kinds that are nearest in performance. */
static void merge_nearest(struct cluster **kinds, int *nr)
{
	int nearest = 0;

	for (int i = 1; i + 1 < *nr; i++)
		if (kinds[i + 1]->best - kinds[i]->best <
		    kinds[nearest + 1]->best - kinds[nearest]->best)
			nearest = i;
	(*nr)--;
	for (int i = nearest; i < *nr; i++)
		kinds[i] = kinds[i + 1];
}

/*
 * Numbers the kinds, the least powerful first. Each cluster becomes a kind, or with too many of
 * them joins the next more powerful one that stayed.
 */
static int number_kinds(struct grading *g, struct cluster **kinds)
{
	int nr = g->nr_clusters;

	for (int i = 0; i < nr; i++)
		kinds[i] = &g->clusters[i];
	qsort(kinds, nr, sizeof(struct cluster *), compare_clusters);
	while (nr > TOPO_MAX_KINDS)
		merge_nearest(kinds, &nr);
	for (int i = 0; i < g->nr_clusters; i++) {
		struct cluster *own = &g->clusters[i];
		int kind = 0;

		while (kind + 1 < nr && compare_clusters(&kinds[kind], &own) < 0)
			kind++;
		own->kind = kind;
	}
	return nr;
}

static int scale(long performance, long best)
{
	long capacity = (performance * CAPACITY_MAX + best / 2) / best;

	return capacity < 1 ? 1 : (int)capacity;
}

static int write_kinds(struct grading *g, struct cluster **kinds)
{
	struct topo *topo = g->topo;
	long best = kinds[topo->nr_kinds - 1]->best;

	for (int i = 0; i < topo->nr_kinds; i++) {
		struct topo_kind *kind = &topo->kinds[i];

		kind->cpus = hwloc_bitmap_alloc();
		if (!kind->cpus)
			return -ENOMEM;
		kind->capacity = scale(kinds[i]->best, best);
		if (topo->nr_kinds > 1)
			snprintf(kind->source, sizeof(kind->source), "%s%s", g->source,
				 g->typed && strcmp(g->source, "core type") ? "+core type" : "");
	}
	for (int i = 0; i < topo->nr_cpus; i++) {
		struct topo_cpu *cpu = &topo->cpus[i];

		cpu->kind = g->clusters[g->cluster_of[i]].kind;
		cpu->capacity = scale(g->performance[i], best);
		if (hwloc_bitmap_set(topo->kinds[cpu->kind].cpus, cpu->cpu) < 0)
			return -ENOMEM;
	}
	return 0;
}

static void name_kinds(const struct grading *g, struct cluster **kinds)
{
	enum core_type types[TOPO_MAX_KINDS];

	for (int i = 0; i < g->topo->nr_kinds; i++)
		types[i] = kinds[i]->type;
	topo_name_kinds(g->topo, types);
}

/* Which of equal cores come first: the kernel's order, or else what they differ in. */
static void set_favour(struct grading *g)
{
	static const size_t by[] = {
		offsetof(struct facts, ranking),
		offsetof(struct facts, highest_perf),
		offsetof(struct facts, capacity),
		offsetof(struct facts, max_mhz),
	};
	size_t n = 0;

	while (n < sizeof(by) / sizeof(by[0]) && !tells_apart(g, by[n]))
		n++;
	for (int i = 0; n < sizeof(by) / sizeof(by[0]) && i < g->topo->nr_cpus; i++)
		g->topo->cpus[i].favour = facts_field(&g->facts[i], by[n]);
}

static int make_kinds(struct grading *g)
{
	struct cluster **kinds;
	int ret;

	g->typed = facts_find_types(g->topo, g->facts);
	grade(g);
	make_clusters(g);
	kinds = topo_array(g->nr_clusters, sizeof(*kinds));
	if (!kinds)
		return -ENOMEM;
	g->topo->nr_kinds = number_kinds(g, kinds);
	g->topo->kinds = topo_array(g->topo->nr_kinds, sizeof(*g->topo->kinds));
	ret = g->topo->kinds ? write_kinds(g, kinds) : -ENOMEM;
	if (!ret)
		name_kinds(g, kinds);
	set_favour(g);
	free(kinds);
	return ret;
}

static int find_kinds(struct builder *b)
{
	int n = b->topo->nr_cpus, ret = -ENOMEM;
	struct grading g = {
		.topo = b->topo,
		.facts = topo_array(n, sizeof(struct facts)),
		.performance = topo_array(n, sizeof(long)),
		.cluster_of = topo_array(n, sizeof(int)),
		.sorted = topo_array(n, sizeof(int)),
		.clusters = topo_array(n, sizeof(struct cluster)),
		.source = "",
	};

	if (g.facts && g.performance && g.cluster_of && g.sorted && g.clusters) {
		ret = 0;
		if (b->topo->source.type == TOPO_XML)
			ret = facts_from_hwloc(b, g.facts);
		else if (b->topo->source.type != TOPO_SYNTHETIC)
			facts_from_sysfs(b, g.facts);
		if (!ret)
			ret = make_kinds(&g);
	}
	free(g.facts);
	free(g.performance);
	free(g.cluster_of);
	free(g.sorted);
	free(g.clusters);
	return ret;
}

int topo_build_kinds(struct builder *b)
{
	int ret = b->topo->source.type == TOPO_XML ? saved_kinds(b) : 0;

	if (ret == 0)
		return find_kinds(b);
	return ret > 0 ? 0 : ret;
}
