/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In which order the CPUs of a machine are taken into use.
 *
 * Powersave packs: the efficient kind first; of that, one domain after the other; in it one L2
 * after the other; in that one core after the other with all its threads. What sleeps then is
 * whole cores, caches and nodes.
 *
 * Performance spreads: by what a CPU is worth when the ones before it are busy (its kind's
 * capacity, and only a share of it when it is a later thread of a busy core); of equal worth,
 * favoured cores first, then the domains take turns, starting with another node each time.
 *
 * Both are sorts by a key, so the order is the same however often it is made.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KEYS 8

struct key {
	int part[KEYS]; /* compared from the first to the last, smaller is earlier */
	int position;
};

static int compare_keys(const void *left, const void *right)
{
	const struct key *a = left, *b = right;

	for (int i = 0; i < KEYS; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return a->position < b->position ? -1 : 1;
}

/* Per container, how much its most favoured CPU of a kind is favoured. */
static int *best_favour(const struct topo *topo, int nr, int (*of)(const struct topo_cpu *))
{
	int *best = topo_array((size_t)nr * topo->nr_kinds, sizeof(*best));

	for (int i = 0; best && i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];
		int *slot = &best[of(cpu) * topo->nr_kinds + cpu->kind];

		if (cpu->favour > *slot)
			*slot = cpu->favour;
	}
	return best;
}

static int domain_of(const struct topo_cpu *cpu)
{
	return cpu->domain;
}

static int core_of(const struct topo_cpu *cpu)
{
	return cpu->core;
}

/* CPUs without an L2 are their cores' own. */
static int l2_of(const struct topo_cpu *cpu)
{
	return cpu->l2 < 0 ? 0 : cpu->l2 + 1;
}

static void powersave_keys(const struct topo *topo, struct key *keys)
{
	int *domain = best_favour(topo, topo->nr_domains, domain_of);
	int *l2 = best_favour(topo, topo->nr_l2 + 1, l2_of);
	int *core = best_favour(topo, topo->nr_cores, core_of);

	for (int i = 0; domain && l2 && core && i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];
		int kind = cpu->kind, nr = topo->nr_kinds;
		int part[KEYS] = {
			kind,	     -domain[cpu->domain * nr + kind],
			cpu->domain, -l2[l2_of(cpu) * nr + kind],
			cpu->l2,     -core[cpu->core * nr + kind],
			cpu->core,   cpu->smt,
		};

		memcpy(keys[i].part, part, sizeof(part));
	}
	free(domain);
	free(l2);
	free(core);
}

/*
 * A later thread of a core gets its share of it. So the second thread of a hybrid's P core comes
 * after its idle E cores, but before its low-power ones.
 */
static int worth(const struct topo *topo, const struct topo_cpu *cpu)
{
	return topo->kinds[cpu->kind].capacity / (cpu->smt + 1);
}

/*
 * The place of each core in its domain and kind, and of each domain in its node: the first cores
 * of all domains come before the second ones.
 */
static void perf_keys(const struct topo *topo, struct key *keys)
{
	int *core_place = topo_array(topo->nr_cores, sizeof(int));
	int *in_domain = topo_array((size_t)topo->nr_domains * topo->nr_kinds, sizeof(int));
	int *domain_place = topo_array(topo->nr_domains, sizeof(int));
	int *in_node = topo_array(topo->nr_nodes, sizeof(int));

	if (core_place && in_domain && domain_place && in_node) {
		for (int i = 0; i < topo->nr_domains; i++)
			domain_place[i] = in_node[topo->domains[i].node]++;
		for (int i = 0; i < topo->nr_cpus; i++) {
			const struct topo_cpu *cpu = &topo->cpus[i];

			if (cpu->smt == 0)
				core_place[cpu->core] =
					in_domain[cpu->domain * topo->nr_kinds + cpu->kind]++;
		}
		for (int i = 0; i < topo->nr_cpus; i++) {
			const struct topo_cpu *cpu = &topo->cpus[i];
			int part[KEYS] = {
				-worth(topo, cpu),
				-cpu->kind,
				cpu->smt,
				-cpu->favour,
				core_place[cpu->core],
				domain_place[cpu->domain],
				cpu->node,
				cpu->domain,
			};

			memcpy(keys[i].part, part, sizeof(part));
		}
	}
	free(core_place);
	free(in_domain);
	free(domain_place);
	free(in_node);
}

void topo_order(const struct topo *topo, enum topo_mode mode, int *order)
{
	struct key *keys = topo_array(topo->nr_cpus, sizeof(*keys));

	for (int i = 0; i < topo->nr_cpus; i++) {
		order[i] = i;
		if (keys)
			keys[i].position = i;
	}
	if (!keys)
		return;
	if (mode == TOPO_MODE_PERF)
		perf_keys(topo, keys);
	else
		powersave_keys(topo, keys);
	qsort(keys, topo->nr_cpus, sizeof(*keys), compare_keys);
	for (int i = 0; i < topo->nr_cpus; i++)
		order[i] = keys[i].position;
	free(keys);
}
