/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "../bpf/bits.h"

/*
 * Knobs. The slice bounds: 20 ms is what the kernel gives without asking, 1 ms is the tick of the
 * fastest common kernel, and shorter slices cost more in switches than they gain. The credit makes
 * sixty wake-ups a second, a screen's rate, worth 120 ms of lead. Stealing costs: refilling an L2
 * of 2 MiB from memory at 10 GB/s is 200 us; across nodes the working set is remote for longer.
 */
static const struct topo_conf default_conf = {
	.slice_max_ns = 20 * NSEC_PER_MSEC,
	.slice_min_ns = 1 * NSEC_PER_MSEC,
	.credit_ns = 20 * NSEC_PER_MSEC,
	.lag_max_ns = 200 * NSEC_PER_MSEC,
	.awake_max_ns = 100 * NSEC_PER_MSEC,
	.preempt_ns = 1 * NSEC_PER_MSEC,
	.steal_node_ns = 200 * NSEC_PER_USEC,
	.steal_machine_ns = 1 * NSEC_PER_MSEC,
};

/* A task that uses more than this of a CPU leaves too little for its next burst. */
#define FIT_PERCENT 80

/* What each further thread adds to its core: a quarter, with two threads as a rule of thumb. */
#define SMT_PERCENT 25

/* A CPU with what its place in the slots depends on. */
struct seat {
	const struct topo_cpu *cpu;
	int core_favour; /* of its most favoured thread: a core stays together */
};

static int compare_int(int a, int b)
{
	return (a > b) - (a < b);
}

/* Domain by domain; inside, powerful kinds first, favoured cores first, then by L2, core, thread.
 */
static int compare_seats(const void *left, const void *right)
{
	const struct seat *a = left, *b = right;
	int order;

	if ((order = compare_int(a->cpu->domain, b->cpu->domain)))
		return order;
	if ((order = compare_int(b->cpu->kind, a->cpu->kind)))
		return order;
	if ((order = compare_int(b->core_favour, a->core_favour)))
		return order;
	if ((order = compare_int(a->cpu->l2, b->cpu->l2)))
		return order;
	if ((order = compare_int(a->cpu->core, b->cpu->core)))
		return order;
	return compare_int(a->cpu->smt, b->cpu->smt);
}

static struct seat *make_seats(const struct topo *topo)
{
	struct seat *seats = calloc(topo->nr_cpus, sizeof(*seats));
	int *favour = calloc(topo->nr_cores, sizeof(*favour));
	int i;

	if (!seats || !favour) {
		free(seats);
		free(favour);
		return NULL;
	}
	for (i = 0; i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];

		if (cpu->favour > favour[cpu->core])
			favour[cpu->core] = cpu->favour;
	}
	for (i = 0; i < topo->nr_cpus; i++) {
		seats[i].cpu = &topo->cpus[i];
		seats[i].core_favour = favour[topo->cpus[i].core];
	}
	free(favour);
	qsort(seats, topo->nr_cpus, sizeof(*seats), compare_seats);
	return seats;
}

static bool same_core(const struct seat *a, const struct seat *b)
{
	return a->cpu->core == b->cpu->core && a->cpu->kind == b->cpu->kind;
}

/* How many seats, from the first one on, belong to one core. */
static int core_width(const struct seat *seats, int nr)
{
	int n = 1;

	while (n < nr && n < TILE_SLOTS && same_core(&seats[0], &seats[n]))
		n++;
	return n;
}

/* How many seats go into one tile: whole cores of one domain, up to 64. */
static int tile_width(const struct seat *seats, int nr)
{
	int n = 0;

	while (n < nr && seats[n].cpu->domain == seats[0].cpu->domain) {
		int width = core_width(seats + n, nr - n);

		if (n + width > TILE_SLOTS)
			break;
		n += width;
	}
	return n;
}

/* Where the next tile's slots go: tiles of small domains share a word of a task's affinity. */
struct packing {
	u32 word;
	u32 used; /* slots of that word */
};

static u32 pack_slots(struct packing *pack, u32 width)
{
	u32 first;

	if (pack->used + width > TILE_SLOTS) {
		pack->word++;
		pack->used = 0;
	}
	first = pack->used;
	pack->used += width;
	return first;
}

static void seat_cpu(struct layout *layout, u32 tile, const struct topo_cpu *cpu, u32 slot)
{
	struct cpu_ctx *c = &layout->cpus[cpu->cpu];
	struct tile *t = &layout->tiles[tile];

	c->tile = tile;
	c->domain = cpu->domain;
	c->slot = slot;
	c->node = cpu->node;
	c->kind = cpu->kind;
	c->capacity = cpu->capacity;
	c->online = 1;
	t->slots |= bit(slot);
	t->kind[cpu->kind] |= bit(slot);
	t->cpu[slot] = cpu->cpu;
}

/* Masks of a CPU's core and L2, from its neighbours in the tile. */
static void seat_neighbours(struct layout *layout, const struct seat *seats, int nr, u32 first)
{
	int i, k;

	for (i = 0; i < nr; i++) {
		struct cpu_ctx *c = &layout->cpus[seats[i].cpu->cpu];

		for (k = 0; k < nr; k++) {
			if (same_core(&seats[i], &seats[k]))
				c->core_mask |= bit(first + k);
			if (seats[i].cpu->l2 >= 0 && seats[i].cpu->l2 == seats[k].cpu->l2)
				c->l2_mask |= bit(first + k);
		}
		c->l2_mask |= c->core_mask;
	}
}

static void fill_tile(struct layout *layout, u32 tile, const struct seat *seats, int nr,
		      struct packing *pack)
{
	struct tile *t = &layout->tiles[tile];
	u32 first = pack_slots(pack, nr);
	int i;

	t->word = pack->word;
	t->domain = seats[0].cpu->domain;
	t->alike = seats[0].cpu->kind == seats[nr - 1].cpu->kind &&
		   seats[0].core_favour == seats[nr - 1].core_favour;
	for (i = 0; i < nr; i++) {
		seat_cpu(layout, tile, seats[i].cpu, first + i);
		if (!i || !same_core(&seats[i - 1], &seats[i]))
			t->first |= bit(first + i);
	}
	seat_neighbours(layout, seats, nr, first);
}

static void count_domain(struct domain *d, const struct seat *seats, int nr, u32 tile)
{
	int i;

	if (!d->nr_tiles) {
		d->id = seats[0].cpu->domain;
		d->node = seats[0].cpu->node;
		d->first_tile = tile;
		d->first_cpu = seats[0].cpu->cpu;
	}
	d->nr_tiles++;
	d->nr_cpus += nr;
	for (i = 0; i < nr; i++) {
		d->kinds |= bit(seats[i].cpu->kind);
		d->capacity +=
			seats[i].cpu->capacity * (seats[i].cpu->smt ? SMT_PERCENT : 100) / 100;
		if ((u32)seats[i].cpu->cpu < d->first_cpu)
			d->first_cpu = seats[i].cpu->cpu;
	}
}

static int fill_tiles(struct layout *layout, const struct seat *seats, int nr)
{
	struct packing pack = { 0 };
	int i, width;

	for (i = 0; i < nr; i += width) {
		struct domain *d = &layout->domains[seats[i].cpu->domain];

		width = tile_width(seats + i, nr - i);
		fill_tile(layout, layout->conf.nr_tiles, seats + i, width, &pack);
		count_domain(d, seats + i, width, layout->conf.nr_tiles);
		layout->conf.nr_tiles++;
		if (d->nr_tiles > 64 || pack.word >= TOPO_MAX_WORDS)
			return -E2BIG;
	}
	layout->conf.nr_words = pack.word + 1;
	return 0;
}

/* A domain seen from another. */
struct neighbour {
	u32 id;
	u32 word;
	u16 level;
	u32 distance;
	u32 detour; /* words between the two: neighbours in number are neighbours in the machine */
};

static int compare_neighbours(const void *left, const void *right)
{
	const struct neighbour *a = left, *b = right;
	int order;

	if ((order = compare_int(a->level, b->level)))
		return order;
	if ((order = compare_int(a->distance, b->distance)))
		return order;
	if ((order = compare_int(a->detour, b->detour)))
		return order;
	return compare_int(a->id, b->id);
}

static void fill_neighbours(const struct topo *topo, const struct domain *home, bool exact,
			    struct neighbour *neighbours)
{
	u32 n = 0, i, word = home->id / 64;

	for (i = 0; i < (u32)topo->nr_domains; i++) {
		struct neighbour *near = &neighbours[n];
		int node = topo->domains[i].node;

		if (i == home->id)
			continue;
		near->id = i;
		near->word = i / 64;
		near->level = node == (int)home->node ? LEVEL_NODE : LEVEL_MACHINE;
		near->distance = topo_distance(topo, home->node, exact ? node : (int)home->node);
		near->detour = near->word > word ? near->word - word : word - near->word;
		n++;
	}
	qsort(neighbours, n, sizeof(*neighbours), compare_neighbours);
}

/* Puts neighbours at one distance and in one word together. False: they need more rings. */
static bool fill_rings(struct domain *home, const struct neighbour *neighbours, u32 nr)
{
	struct ring *ring = NULL;
	u32 i;

	home->nr_rings = 0;
	for (i = 0; i < nr; i++) {
		const struct neighbour *near = &neighbours[i];

		if (!ring || ring->word != near->word || ring->level != near->level ||
		    ring->distance != near->distance) {
			if (home->nr_rings == TOPO_MAX_RINGS)
				return false;
			ring = &home->rings[home->nr_rings++];
			*ring = (struct ring){ .word = near->word,
					       .level = near->level,
					       .distance = near->distance };
		}
		ring->domains |= bit(near->id);
	}
	return true;
}

/*
 * A machine of thousands of domains and many distances may need more rings than there are; then all
 * other nodes count as equally far.
 */
static int make_rings(const struct topo *topo, struct layout *layout)
{
	u32 nr = topo->nr_domains, i;
	struct neighbour *neighbours = calloc(nr, sizeof(*neighbours));

	if (!neighbours)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		struct domain *home = &layout->domains[i];

		fill_neighbours(topo, home, true, neighbours);
		if (fill_rings(home, neighbours, nr - 1))
			continue;
		fill_neighbours(topo, home, false, neighbours);
		fill_rings(home, neighbours, nr - 1);
	}
	free(neighbours);
	return 0;
}

static int allocate(const struct topo *topo, struct layout *layout)
{
	layout->conf = default_conf;
	layout->conf.nr_cpu_ids = topo->nr_cpu_ids;
	layout->conf.nr_cpus = topo->nr_cpus;
	layout->conf.nr_domains = topo->nr_domains;
	layout->conf.nr_kinds = topo->nr_kinds;
	layout->conf.smt_width = topo->smt_width;
	layout->conf.nr_possible = topo->nr_cpus + topo->nr_offline;
	layout_policy(topo, TOPO_MODE_PERF, &layout->conf.fallback);
	layout->cpus = calloc(topo->nr_cpu_ids, sizeof(*layout->cpus));
	layout->tiles = calloc(topo->nr_cpus, sizeof(*layout->tiles)); /* at most one a CPU */
	layout->domains = calloc(topo->nr_domains, sizeof(*layout->domains));
	return layout->cpus && layout->tiles && layout->domains ? 0 : -ENOMEM;
}

int layout_build(const struct topo *topo, struct layout *layout)
{
	struct seat *seats;
	int err;

	memset(layout, 0, sizeof(*layout));
	err = allocate(topo, layout);
	if (err)
		goto out;
	seats = make_seats(topo);
	if (!seats) {
		err = -ENOMEM;
		goto out;
	}
	err = fill_tiles(layout, seats, topo->nr_cpus);
	free(seats);
	if (!err)
		err = make_rings(topo, layout);
out:
	if (err)
		layout_free(layout);
	return err;
}

void layout_free(struct layout *layout)
{
	free(layout->cpus);
	free(layout->tiles);
	free(layout->domains);
	memset(layout, 0, sizeof(*layout));
}

void layout_policy(const struct topo *topo, enum topo_mode mode, struct policy *policy)
{
	int i;

	*policy = (struct policy){ .version = POLICY_VERSION,
				   .mode = mode,
				   .nr_kinds = topo->nr_kinds };
	for (i = 0; i < topo->nr_kinds; i++)
		policy->kind_order[i] = mode == TOPO_MODE_PERF ? topo->nr_kinds - 1 - i : i;
	/* The most powerful kind holds everything. */
	for (i = 0; mode != TOPO_MODE_PERF && i < topo->nr_kinds - 1; i++)
		policy->fit_util[i] = topo->kinds[i].capacity * FIT_PERCENT / 100;
}
