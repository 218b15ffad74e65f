/* SPDX-License-Identifier: GPL-2.0-only */
/* Types of Intel's cores, where the machine's structure tells and its kernel does not. */
#include "facts.h"
#include "kind_names.h"

#include <stdlib.h>

bool facts_known(const struct facts *facts, int n, size_t field)
{
	for (int i = 0; i < n; i++)
		if (facts_field(&facts[i], field) <= 0)
			return false;
	return true;
}

bool facts_tell_apart(const struct facts *facts, int n, size_t field)
{
	for (int i = 1; i < n; i++)
		if (facts_field(&facts[i], field) != facts_field(&facts[0], field))
			return facts_known(facts, n, field);
	return false;
}

static bool any_type(const struct topo *topo, const struct facts *facts)
{
	for (int i = 0; i < topo->nr_cpus; i++)
		if (facts[i].type != CORE_UNKNOWN)
			return true;
	return false;
}

/* Which L2s several cores share. NULL without memory. */
static bool *shared_l2s(const struct topo *topo)
{
	int *core_of = topo_array(topo->nr_l2, sizeof(*core_of)); /* id + 1 of the last seen */
	bool *shared = topo_array(topo->nr_l2, sizeof(*shared));

	for (int i = 0; core_of && shared && i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];

		if (cpu->l2 < 0)
			continue;
		if (core_of[cpu->l2] && core_of[cpu->l2] != cpu->core + 1)
			shared[cpu->l2] = true;
		core_of[cpu->l2] = cpu->core + 1;
	}
	free(core_of);
	return shared;
}

/*
 * Old kernels do not list the types, but E cores share their L2 in modules of four while P cores
 * have one each.
 */
static void infer_types(const struct topo *topo, struct facts *facts)
{
	bool *shared = shared_l2s(topo);
	int nr_shared = 0;

	for (int i = 0; shared && i < topo->nr_l2; i++)
		nr_shared += shared[i];
	for (int i = 0; nr_shared && nr_shared < topo->nr_l2 && i < topo->nr_cpus; i++)
		if (topo->cpus[i].l2 >= 0)
			facts[i].type = shared[topo->cpus[i].l2] ? CORE_ATOM : CORE_PERF;
	free(shared);
}

/* Low-power E cores sit outside of the L3; not every kernel tells them from E cores. */
static void find_lowpower(const struct topo *topo, struct facts *facts)
{
	bool any_l3 = false;

	for (int i = 0; i < topo->nr_llcs; i++)
		any_l3 |= topo->llcs[i].level >= 3;
	for (int i = 0; any_l3 && i < topo->nr_cpus; i++) {
		int llc = topo->cpus[i].llc;

		if (facts[i].type == CORE_ATOM && (llc < 0 || topo->llcs[llc].level < 3))
			facts[i].type = CORE_LOWPOWER;
	}
}

bool facts_find_types(const struct topo *topo, struct facts *facts)
{
	int n = topo->nr_cpus;

	/* Structure alone is no proof: some modules may have lost cores to hotplug. */
	if (!any_type(topo, facts) && topo_is_intel(topo) &&
	    (facts_tell_apart(facts, n, offsetof(struct facts, highest_perf)) ||
	     facts_tell_apart(facts, n, offsetof(struct facts, max_mhz))))
		infer_types(topo, facts);
	find_lowpower(topo, facts);
	return any_type(topo, facts);
}
