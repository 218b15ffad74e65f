/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUs: how the machine is built, and which of them is idle. The BPF program keeps a bit for each
 * idle CPU in memory that is mapped here; clearing it claims the CPU, so choosing one is a few
 * operations on words and no system call.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

static bool test(const uint64_t *mask, int32_t cpu)
{
	return mask[cpu / 64] >> (cpu % 64) & 1;
}

static void set(uint64_t *mask, int32_t cpu)
{
	mask[cpu / 64] |= 1ULL << (cpu % 64);
}

static void fill_cpu(struct scxu *s, const struct topo_cpu *from)
{
	struct scxu_cpu *to = &s->cpus[from->cpu];

	*to = (struct scxu_cpu){
		.cpu = from->cpu,
		.core = from->core,
		.llc = from->domain, /* where no cache is known, what stands in for one */
		.node = from->node,
		.package = from->package,
		.kind = from->kind,
		.capacity = from->capacity,
		.smt = from->smt,
	};
	set(s->masks.llcs[to->llc], to->cpu);
	set(s->masks.nodes[to->node], to->cpu);
	set(s->masks.kinds[to->kind], to->cpu);
}

static int fill_cpus(struct scxu *s, const struct topo *topo)
{
	int i;

	s->cpus = calloc(topo->nr_cpu_ids, sizeof(*s->cpus));
	s->masks.llcs = calloc(topo->nr_domains, sizeof(*s->masks.llcs));
	s->masks.nodes = calloc(topo->nr_nodes, sizeof(*s->masks.nodes));
	s->masks.kinds = calloc(topo->nr_kinds, sizeof(*s->masks.kinds));
	if (!s->cpus || !s->masks.llcs || !s->masks.nodes || !s->masks.kinds)
		return scxu_fail(s, -ENOMEM, "out of memory");
	for (i = 0; i < topo->nr_cpu_ids; i++)
		s->cpus[i].cpu = -1;
	for (i = 0; i < topo->nr_cpus; i++)
		fill_cpu(s, &topo->cpus[i]);
	s->topology = (struct scxu_topology){
		.nr_cpus = topo->nr_cpus,
		.nr_cpu_ids = topo->nr_cpu_ids,
		.nr_cores = topo->nr_cores,
		.nr_llcs = topo->nr_domains,
		.nr_nodes = topo->nr_nodes,
		.nr_kinds = topo->nr_kinds,
		.cpus = s->cpus,
	};
	s->nr_words = (topo->nr_cpu_ids + 63) / 64;
	return 0;
}

int scxu_cpus_init(struct scxu *s)
{
	const struct topo_source live = { .type = TOPO_LIVE };
	struct topo *topo;
	char why[200];
	int err;

	err = topo_load(&live, &topo, why, sizeof(why));
	if (err)
		return scxu_fail(s, err, "cannot read the machine's topology: %s", why);
	err = fill_cpus(s, topo);
	topo_free(topo);
	return err;
}

void scxu_cpus_free(struct scxu *s)
{
	free(s->cpus);
	free(s->masks.llcs);
	free(s->masks.nodes);
	free(s->masks.kinds);
	s->cpus = NULL;
	s->masks = (struct cpu_masks){ 0 };
}

const struct scxu_topology *scxu_topology(const struct scxu *s)
{
	return &s->topology;
}

const uint64_t *scxu_llc_mask(const struct scxu *s, int32_t llc)
{
	return llc >= 0 && llc < s->topology.nr_llcs ? s->masks.llcs[llc] : NULL;
}

const uint64_t *scxu_node_mask(const struct scxu *s, int32_t node)
{
	return node >= 0 && node < s->topology.nr_nodes ? s->masks.nodes[node] : NULL;
}

const uint64_t *scxu_kind_mask(const struct scxu *s, int32_t kind)
{
	return kind >= 0 && kind < s->topology.nr_kinds ? s->masks.kinds[kind] : NULL;
}

/* True: it was idle, and is ours now. */
static bool claim(struct scxu *s, int32_t cpu)
{
	uint64_t bit = 1ULL << (cpu % 64);

	return __atomic_fetch_and(&s->idle_cpus[cpu / 64], ~bit, __ATOMIC_ACQ_REL) & bit;
}

void scxu_release_claim(struct scxu *s, int32_t cpu)
{
	__atomic_fetch_or(&s->idle_cpus[cpu / 64], 1ULL << (cpu % 64), __ATOMIC_RELEASE);
}

/* The first idle CPU in both masks (NULL: any), claimed. */
static int32_t claim_in(struct scxu *s, const uint64_t *a, const uint64_t *b)
{
	int i;

	for (i = 0; i < s->nr_words; i++) {
		uint64_t idle = __atomic_load_n(&s->idle_cpus[i], __ATOMIC_RELAXED);

		idle &= (a ? a[i] : ~0ULL) & (b ? b[i] : ~0ULL);
		while (idle) {
			int32_t cpu = i * 64 + __builtin_ctzll(idle);

			if (cpu < s->topology.nr_cpu_ids && claim(s, cpu))
				return cpu;
			idle &= idle - 1;
		}
	}
	return SCXU_CPU_ANY;
}

static bool usable(const struct scxu *s, int32_t cpu, const uint64_t *mask)
{
	return cpu >= 0 && cpu < s->topology.nr_cpu_ids && s->cpus[cpu].cpu >= 0 &&
	       (!mask || test(mask, cpu));
}

static int32_t claim_near(struct scxu *s, int32_t cpu, const uint64_t *mask)
{
	const struct scxu_cpu *c = &s->cpus[cpu];
	int32_t found = claim_in(s, s->masks.llcs[c->llc], mask);

	if (found < 0)
		found = claim_in(s, s->masks.nodes[c->node], mask);
	return found < 0 ? claim_in(s, mask, NULL) : found;
}

int32_t scxu_select_cpu_in(struct scxu *s, struct scxu_task *t, const uint64_t *mask)
{
	bool everywhere = t->nr_cpus_allowed >= (uint32_t)s->topology.nr_cpus;
	int32_t found = SCXU_CPU_ANY;

	if (t->claimed_cpu >= 0)
		scxu_release_claim(s, t->claimed_cpu);
	t->claimed_cpu = SCXU_CPU_ANY;
	if (usable(s, t->idle_cpu, mask)) {
		if (claim(s, t->idle_cpu))
			t->claimed_cpu = t->idle_cpu;
		return t->idle_cpu;
	}
	if (usable(s, t->prev_cpu, mask) && claim(s, t->prev_cpu))
		found = t->prev_cpu;
	else if (everywhere && usable(s, t->prev_cpu, NULL))
		found = claim_near(s, t->prev_cpu, mask);
	t->claimed_cpu = found;
	return found;
}

int32_t scxu_select_cpu(struct scxu *s, struct scxu_task *t)
{
	return scxu_select_cpu_in(s, t, NULL);
}
