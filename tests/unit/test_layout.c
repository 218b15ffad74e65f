/* SPDX-License-Identifier: GPL-2.0-only */
/* The dispatcher's tables of machines: seats, masks, words, rings, knobs. */
#include "machine.h"

#include "bpf/bits.h"
#include "topo/layout.h"

#include <errno.h>

struct machine_tables {
	struct topo *topo;
	struct layout layout;
};

/* What must hold of every CPU of every machine. */
static void check_cpu(const struct machine_tables *m, const struct topo_cpu *cpu)
{
	const struct cpu_ctx *c = &m->layout.cpus[cpu->cpu];
	const struct tile *t = &m->layout.tiles[c->tile];
	u64 core = 0, l2 = 0;
	int i;

	assert_true(c->online);
	assert_int_equal(c->domain, cpu->domain);
	assert_int_equal(c->node, cpu->node);
	assert_int_equal(c->kind, cpu->kind);
	assert_int_equal(c->capacity, cpu->capacity);
	assert_int_equal(t->domain, cpu->domain);
	assert_int_equal(t->cpu[c->slot], cpu->cpu);
	assert_true(t->slots & bit(c->slot));
	for (i = 0; i < m->topo->nr_kinds; i++)
		assert_int_equal(!!(t->kind[i] & bit(c->slot)), i == cpu->kind);
	for (i = 0; i < m->topo->nr_cpus; i++) {
		const struct topo_cpu *other = &m->topo->cpus[i];
		const struct cpu_ctx *o = &m->layout.cpus[other->cpu];

		if (o->tile != c->tile)
			continue;
		if (other->core == cpu->core)
			core |= bit(o->slot);
		if (other->l2 == cpu->l2 && cpu->l2 >= 0)
			l2 |= bit(o->slot);
	}
	assert_int_equal(c->core_mask, core);
	assert_int_equal(c->l2_mask, l2 | core);
	assert_int_equal(!!(t->first & bit(c->slot)), first_bit(core) == c->slot);
	/* The threads of a core are neighbours. */
	assert_int_equal(core >> first_bit(core), (2ULL << (__builtin_popcountll(core) - 1)) - 1);
}

static void check_domain(const struct machine_tables *m, u32 id)
{
	const struct domain *d = &m->layout.domains[id];
	hwloc_bitmap_t cpus = m->topo->domains[id].cpus;
	u32 i, kinds = 0, seats = 0, capacity = 0;

	assert_int_equal(d->id, id);
	assert_int_equal(d->node, m->topo->domains[id].node);
	assert_int_equal(d->nr_cpus, hwloc_bitmap_weight(cpus));
	assert_int_equal(d->first_cpu, hwloc_bitmap_first(cpus));
	for (i = 0; i < d->nr_tiles; i++) {
		const struct tile *t = &m->layout.tiles[d->first_tile + i];

		u64 slot;

		assert_int_equal(t->domain, id);
		seats += __builtin_popcountll(t->slots);
		for (slot = 0; slot < TILE_SLOTS; slot++) {
			const struct cpu_ctx *c = &m->layout.cpus[t->cpu[slot]];

			if (!(t->slots >> slot & 1))
				continue;
			kinds |= 1U << c->kind;
			capacity += t->first >> slot & 1 ? c->capacity : c->capacity / 4;
		}
	}
	assert_int_equal(d->kinds, kinds);
	assert_int_equal(d->capacity, capacity);
	assert_int_equal(seats, d->nr_cpus);
}

/* Tiles that share a word have slots of their own; every other domain is in one ring. */
static void check_words_and_rings(const struct machine_tables *m)
{
	static u64 used[TOPO_MAX_WORDS];
	u32 i, k;

	memset(used, 0, sizeof(used));
	for (i = 0; i < m->layout.conf.nr_tiles; i++) {
		const struct tile *t = &m->layout.tiles[i];

		assert_true(t->word < m->layout.conf.nr_words);
		assert_int_equal(used[t->word] & t->slots, 0);
		used[t->word] |= t->slots;
	}
	assert_true(used[m->layout.conf.nr_words - 1]);
	for (i = 0; i < m->layout.conf.nr_domains; i++) {
		const struct domain *d = &m->layout.domains[i];
		u32 others = 0;

		assert_true(d->nr_rings <= TOPO_MAX_RINGS);
		for (k = 0; k < d->nr_rings; k++) {
			const struct ring *ring = &d->rings[k], *before = ring - !!k;

			others += __builtin_popcountll(ring->domains);
			assert_true(before->level <= ring->level);
			assert_true(before->level < ring->level ||
				    before->distance <= ring->distance);
			assert_false(ring->word == i / 64 && ring->domains & bit(i));
		}
		assert_int_equal(others, m->layout.conf.nr_domains - 1);
	}
}

static void tables_build(struct machine_tables *m, struct topo *topo)
{
	int i;

	m->topo = topo;
	assert_int_equal(layout_build(topo, &m->layout), 0);
	assert_int_equal(m->layout.conf.nr_cpu_ids, topo->nr_cpu_ids);
	assert_int_equal(m->layout.conf.nr_cpus, topo->nr_cpus);
	assert_int_equal(m->layout.conf.nr_domains, topo->nr_domains);
	assert_int_equal(m->layout.conf.nr_kinds, topo->nr_kinds);
	assert_int_equal(m->layout.conf.smt_width, topo->smt_width);
	assert_int_equal(m->layout.conf.nr_possible, topo->nr_cpus + topo->nr_offline);
	for (i = 0; i < topo->nr_cpus; i++)
		check_cpu(m, &topo->cpus[i]);
	for (i = 0; i < topo->nr_domains; i++)
		check_domain(m, i);
	check_words_and_rings(m);
}

static void tables_free(struct machine_tables *m)
{
	layout_free(&m->layout);
	assert_null(m->layout.cpus);
	topo_free(m->topo);
}

static void assert_ring(const struct ring *ring, u64 domains, u32 word, u32 level, u32 distance)
{
	assert_int_equal(ring->domains, domains);
	assert_int_equal(ring->word, word);
	assert_int_equal(ring->level, level);
	assert_int_equal(ring->distance, distance);
}

static void a_small_machine_is_laid_out_as_expected(void **state)
{
	struct machine_tables m;

	(void)state;
	tables_build(&m, machine_load("P { N L3:8192 { L2:512 { C2 C2 } L2:512 { C2 } } }"
				      "P { N L3:8192 { L2:512 { C2 C } } }",
				      "", ""));
	assert_int_equal(m.layout.conf.nr_tiles, 2);
	assert_int_equal(m.layout.conf.nr_words, 1);
	assert_int_equal(m.layout.tiles[0].slots, 0x03f);
	assert_int_equal(m.layout.tiles[0].first, 0x015);
	assert_int_equal(m.layout.tiles[1].slots, 0x1c0);
	assert_int_equal(m.layout.tiles[1].first, 0x140);
	assert_int_equal(m.layout.cpus[1].core_mask, 0x003);
	assert_int_equal(m.layout.cpus[1].l2_mask, 0x00f);
	assert_int_equal(m.layout.cpus[4].l2_mask, 0x030);
	assert_int_equal(m.layout.cpus[8].slot, 8);
	assert_int_equal(m.layout.cpus[8].core_mask, 0x100);
	assert_int_equal(m.layout.cpus[8].l2_mask, 0x1c0);
	assert_int_equal(m.layout.domains[1].first_tile, 1);
	assert_int_equal(m.layout.domains[0].nr_rings, 1);
	assert_ring(&m.layout.domains[0].rings[0], 2, 0, LEVEL_MACHINE,
		    topo_distance(m.topo, 0, 1));
	tables_free(&m);
}

/* A core goes by its most favoured thread. */
static void powerful_and_favoured_cores_sit_first(void **state)
{
	struct topo *topo = machine_load("P { N L3:8192 { C2 C C2 C C2 } }", "", "");
	static const int expected[] = { 4, 5, 6, 2, 3, 7, 0, 1 };
	struct machine_tables m;
	int i;

	(void)state;
	/* Cores 1 and 3 (CPUs 2 and 5) are small, core 4 is favoured for its second thread. */
	topo->nr_kinds = 2;
	topo->kinds = realloc(topo->kinds, 2 * sizeof(*topo->kinds));
	topo->kinds[1] = topo->kinds[0];
	topo->kinds[1].cpus = hwloc_bitmap_dup(topo->kinds[0].cpus);
	topo->kinds[0].capacity = 600;
	for (i = 0; i < 8; i++) {
		topo->cpus[i].kind = i == 2 || i == 5 ? 0 : 1;
		topo->cpus[i].capacity = i == 2 || i == 5 ? 600 : 1024;
	}
	topo->cpus[7].favour = 9;
	topo->cpus[3].favour = topo->cpus[4].favour = 7;
	topo->cpus[0].favour = 1;
	tables_build(&m, topo);
	for (i = 0; i < 8; i++)
		assert_int_equal(m.layout.cpus[i].slot, expected[i]);
	assert_int_equal(m.layout.tiles[0].kind[0], 0xc0);
	assert_int_equal(m.layout.tiles[0].kind[1], 0x3f);
	tables_free(&m);
}

/* 24 cores of three threads: 21 of them are in the first tile. */
/* Two domains of one tile each: some core of the one, and then of the other, stands out. */
static void tiles_know_whether_their_cores_are_alike(void **state)
{
	struct machine_tables m;
	struct topo *topo;

	(void)state;
	tables_build(&m, load_ok(TOPO_SYNTHETIC, "l3:2 core:2 pu:1"));
	assert_int_equal(m.layout.tiles[0].alike, 1);
	assert_int_equal(m.layout.tiles[1].alike, 1);
	tables_free(&m);

	topo = load_ok(TOPO_SYNTHETIC, "l3:2 core:2 pu:1");
	topo->cpus[1].favour = 1;
	topo->cpus[2].kind = 1;
	assert_int_equal(layout_build(topo, &m.layout), 0);
	assert_int_equal(m.layout.tiles[0].alike, 0);
	assert_int_equal(m.layout.tiles[1].alike, 0);
	layout_free(&m.layout);
	topo_free(topo);
}

static void cores_are_not_cut_by_tiles(void **state)
{
	struct machine_tables m;
	struct topo *topo = load_ok(TOPO_SYNTHETIC, "node:1 l3:1 core:24 pu:3");

	(void)state;
	tables_build(&m, topo);
	assert_int_equal(m.layout.conf.nr_tiles, 2);
	assert_int_equal(m.layout.conf.nr_words, 2);
	assert_int_equal(m.layout.domains[0].nr_tiles, 2);
	assert_int_equal(m.layout.tiles[0].slots, ~0ULL >> 1);
	assert_int_equal(m.layout.tiles[1].slots, 0x1ff);
	assert_int_equal(m.layout.tiles[1].word, 1);
	tables_free(&m);
}

static void check_packing(const char *synthetic, u32 tiles, u32 words)
{
	struct machine_tables m;

	tables_build(&m, load_ok(TOPO_SYNTHETIC, synthetic));
	assert_int_equal(m.layout.conf.nr_tiles, tiles);
	assert_int_equal(m.layout.conf.nr_words, words);
	tables_free(&m);
}

static void small_tiles_share_words(void **state)
{
	(void)state;
	check_packing("node:1 l3:4 core:8 pu:2", 4, 1);
	check_packing("node:1 l3:5 core:8 pu:2", 5, 2);
	check_packing("node:1 l3:4 core:12 pu:2", 4, 2);
	check_packing("node:1 l3:3 core:33 pu:1", 3, 3);
	check_packing("node:1 l3:1 core:32 pu:2", 1, 1);
	check_packing("node:1 l3:1 core:65 pu:1", 2, 2);
	check_packing("node:2 l3:3 core:20 pu:8", 18, 18);
}

static void rings_go_from_the_node_outwards_word_by_word(void **state)
{
	struct topo *topo = load_ok(TOPO_SYNTHETIC, "node:3 l3:50 core:2 pu:1");
	struct machine_tables m;
	const struct ring *rings;
	static const int distances[] = { 10, 30, 20, 30, 10, 20, 20, 20, 10 };

	(void)state;
	memcpy(topo->distances, distances, sizeof(distances));
	tables_build(&m, topo);
	/* Node 0 is domains 0 to 49, node 1 50 to 99, node 2 100 to 149. */
	rings = m.layout.domains[3].rings;
	assert_int_equal(m.layout.domains[3].nr_rings, 5);
	assert_ring(&rings[0], (bit(50) - 1) & ~bit(3), 0, LEVEL_NODE, 10);
	assert_ring(&rings[1], ~(bit(36) - 1), 1, LEVEL_MACHINE, 20);
	assert_ring(&rings[2], bit(22) - 1, 2, LEVEL_MACHINE, 20);
	assert_ring(&rings[3], ~(bit(50) - 1), 0, LEVEL_MACHINE, 30);
	assert_ring(&rings[4], bit(36) - 1, 1, LEVEL_MACHINE, 30);
	/* Domain 149 is in word 2: the nearest words come first. */
	rings = m.layout.domains[149].rings;
	assert_int_equal(m.layout.domains[149].nr_rings, 4);
	assert_ring(&rings[0], bit(21) - 1, 2, LEVEL_NODE, 10);
	assert_ring(&rings[1], ~(bit(36) - 1), 1, LEVEL_NODE, 10);
	assert_ring(&rings[2], bit(36) - 1, 1, LEVEL_MACHINE, 20);
	assert_ring(&rings[3], ~0ULL, 0, LEVEL_MACHINE, 20);
	tables_free(&m);
}

/* More distances than rings: other nodes count as equally far then. */
static void too_many_distances_are_taken_as_one(void **state)
{
	struct topo *topo = load_ok(TOPO_SYNTHETIC, "node:80 l3:1 core:2 pu:1");
	struct machine_tables m;
	int i;

	(void)state;
	for (i = 1; i < 80; i++)
		topo->distances[i] = 20 + i;
	tables_build(&m, topo);
	assert_int_equal(m.layout.domains[0].nr_rings, 2);
	assert_ring(&m.layout.domains[0].rings[0], ~1ULL, 0, LEVEL_MACHINE, 10);
	assert_ring(&m.layout.domains[0].rings[1], 0xffff, 1, LEVEL_MACHINE, 10);
	assert_int_equal(m.layout.domains[1].rings[0].distance, topo_distance(topo, 1, 0));
	tables_free(&m);
}

static void machines_beyond_the_tables_are_refused(void **state)
{
	struct topo *topo = load_ok(TOPO_SYNTHETIC, "node:1 l3:124 core:33 pu:1");
	struct layout layout;
	int i;

	(void)state;
	assert_int_equal(layout_build(topo, &layout), 0);
	assert_int_equal(layout.conf.nr_words, 124);
	layout_free(&layout);
	topo_free(topo);
	/* A domain has 64 tiles at most; of cores of 33 threads each has one. */
	topo = load_ok(TOPO_SYNTHETIC, "node:1 l3:1 core:124 pu:33");
	assert_int_equal(layout_build(topo, &layout), -E2BIG);
	assert_null(layout.cpus);
	topo_free(topo);
	topo = load_ok(TOPO_SYNTHETIC, "node:1 l3:1 core:64 pu:33");
	assert_int_equal(layout_build(topo, &layout), 0);
	assert_int_equal(layout.domains[0].nr_tiles, 64);
	for (i = 0; i < 64; i++)
		assert_int_equal(layout.tiles[i].word, i);
	layout_free(&layout);
	topo_free(topo);
}

static void the_knobs_are_what_the_manual_says(void **state)
{
	struct machine_tables m;

	(void)state;
	tables_build(&m, load_ok(TOPO_SYNTHETIC, "core:2 pu:2"));
	assert_int_equal(m.layout.conf.slice_max_ns, 20000000);
	assert_int_equal(m.layout.conf.slice_min_ns, 1000000);
	assert_int_equal(m.layout.conf.credit_ns, 20000000);
	assert_int_equal(m.layout.conf.lag_max_ns, 200000000);
	assert_int_equal(m.layout.conf.awake_max_ns, 100000000);
	assert_int_equal(m.layout.conf.preempt_ns, 1000000);
	assert_int_equal(m.layout.conf.steal_node_ns, 200000);
	assert_int_equal(m.layout.conf.steal_machine_ns, 1000000);
	assert_int_equal(m.layout.conf.fallback.version, POLICY_VERSION);
	assert_int_equal(m.layout.conf.fallback.mode, TOPO_MODE_PERF);
	tables_free(&m);
}

static void a_mode_orders_kinds_and_says_what_fits(void **state)
{
	struct topo_kind kinds[3] = { { .capacity = 300 },
				      { .capacity = 614 },
				      { .capacity = 1024 } };
	const struct topo topo = { .nr_kinds = 3, .kinds = kinds };
	struct policy policy;

	(void)state;
	layout_policy(&topo, TOPO_MODE_PERF, &policy);
	assert_int_equal(policy.version, POLICY_VERSION);
	assert_int_equal(policy.mode, TOPO_MODE_PERF);
	assert_int_equal(policy.nr_kinds, 3);
	assert_memory_equal(policy.kind_order, "\2\1\0", 3);
	assert_int_equal(policy.fit_util[0], 0);
	assert_int_equal(policy.expires_ns, 0);
	layout_policy(&topo, TOPO_MODE_POWERSAVE, &policy);
	assert_int_equal(policy.mode, TOPO_MODE_POWERSAVE);
	assert_memory_equal(policy.kind_order, "\0\1\2", 3);
	assert_int_equal(policy.fit_util[0], 240);
	assert_int_equal(policy.fit_util[1], 491);
	assert_int_equal(policy.fit_util[2], 0);
}

static void machines_from_the_wild_keep_all_rules(void **state)
{
	static const char *const machines[] = {
		"01-disallowed",
		"01-intel-rpl-1370p-hybrid",
		"02-intel-arl-225u-lpe",
		"04-arm-gb10-two-llc",
		"06-amd-2x9654-24ccx",
		"09-power9-smt4-asym-gpu-nodes",
		"12-x86-offline-cpu0-node0",
		"16-intel-clx-snc2-2lm-memcache",
	};
	struct machine_tables m;
	char path[200];
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		snprintf(path, sizeof(path), "tests/fixtures/topologies/%s.xml", machines[i]);
		tables_build(&m, load_ok(TOPO_XML, path));
		tables_free(&m);
	}
}

static void a_cpu_that_is_offline_has_no_seat(void **state)
{
	struct machine_tables m;
	int i, nr = 0;

	(void)state;
	tables_build(&m,
		     load_ok(TOPO_XML, "tests/fixtures/topologies/12-x86-offline-cpu0-node0.xml"));
	assert_true(m.topo->nr_cpu_ids > m.topo->nr_cpus);
	for (i = 0; i < m.topo->nr_cpu_ids; i++)
		nr += m.layout.cpus[i].online;
	assert_int_equal(nr, m.topo->nr_cpus);
	assert_int_equal(m.layout.cpus[0].online, 0);
	tables_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_machine_is_laid_out_as_expected),
		cmocka_unit_test(powerful_and_favoured_cores_sit_first),
		cmocka_unit_test(tiles_know_whether_their_cores_are_alike),
		cmocka_unit_test(cores_are_not_cut_by_tiles),
		cmocka_unit_test(small_tiles_share_words),
		cmocka_unit_test(rings_go_from_the_node_outwards_word_by_word),
		cmocka_unit_test(too_many_distances_are_taken_as_one),
		cmocka_unit_test(machines_beyond_the_tables_are_refused),
		cmocka_unit_test(the_knobs_are_what_the_manual_says),
		cmocka_unit_test(a_mode_orders_kinds_and_says_what_fits),
		cmocka_unit_test(machines_from_the_wild_keep_all_rules),
		cmocka_unit_test(a_cpu_that_is_offline_has_no_seat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
