/* SPDX-License-Identifier: GPL-2.0-only */
/* Which CPUs are idle: whole cores, and the three levels of the idle bitmap. */
#include "fake_env.h"
#include "bpf/idle.h"

/* Cores of a tile by their number of threads, ended by 0, and the width of the widest. */
struct core_shape {
	u32 smt_width;
	u32 widths[17];
};

static const struct core_shape core_shapes[] = {
	{ 1, { 1, 1, 1, 1, 1, 1, 1, 1 } },
	{ 2, { 2, 2, 2, 2, 2 } },
	{ 2, { 2, 2, 1, 1, 1, 1 } },
	{ 2, { 1, 2, 1, 2, 1, 2 } },
	{ 4, { 4, 4, 4 } },
	{ 4, { 4, 1, 2, 3, 1 } },
	{ 4, { 1, 4, 4, 2 } },
	{ 8, { 8, 4 } },
	{ 8, { 1, 8, 2 } },
	{ 8, { 3, 8 } },
};

static u64 slow_whole_cores(const struct core_shape *shape, u64 idle)
{
	u64 whole = 0;
	u32 i, at = 0;

	for (i = 0; shape->widths[i]; at += shape->widths[i++]) {
		u64 core = ((1ULL << shape->widths[i]) - 1) << at;

		if ((idle & core) == core)
			whole |= core;
	}
	return whole;
}

static void check_core_shape(const struct core_shape *shape)
{
	u64 first = 0, slots, idle;
	u32 i, nr = 0;

	for (i = 0; shape->widths[i]; i++) {
		first |= 1ULL << nr;
		nr += shape->widths[i];
	}
	slots = (1ULL << nr) - 1;
	for (idle = 0; idle <= slots; idle++) {
		u64 expected = slow_whole_cores(shape, idle);
		static const u32 middle = 20;
		u32 end = 64 - nr;

		assert_int_equal(whole_cores(idle, slots, first, shape->smt_width), expected);
		assert_int_equal(whole_cores(idle << middle, slots << middle, first << middle,
					     shape->smt_width),
				 expected << middle);
		assert_int_equal(whole_cores(idle << end, slots << end, first << end,
					     shape->smt_width),
				 expected << end);
	}
}

static void whole_cores_are_found_in_every_state(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(core_shapes) / sizeof(*core_shapes); i++)
		check_core_shape(&core_shapes[i]);
}

/* 70 domains in one node, each of two tiles of two cores. */
static int setup(void **state)
{
	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 1, .domains = 70, .tiles = 2, .cores = 2, .smt = 1 });
	return 0;
}

static void assert_idle_levels(u32 domain, u64 tiles, u64 domains, u64 words)
{
	assert_int_equal(fake.domains[domain].idle_tiles, tiles);
	assert_int_equal(fake.machine.idle_domains[domain / 64], domains);
	assert_int_equal(fake.machine.idle_words, words);
}

static void an_idle_cpu_shows_at_all_levels(void **state)
{
	const struct cpu_ctx *c = &fake.cpus[65 * 4 + 3];

	(void)state;
	idle_set_cpu(c);
	assert_int_equal(c->slot, 33);
	assert_int_equal(fake.tiles[131].idle, 1ULL << 33);
	assert_idle_levels(65, 2, 2, 2);
	assert_int_equal(fake.machine.idle_domains[0], 0);
	idle_set_cpu(c);
	assert_int_equal(fake.tiles[131].idle, 1ULL << 33);
	assert_idle_levels(65, 2, 2, 2);
}

static void only_one_claims_a_cpu(void **state)
{
	const struct cpu_ctx *c = &fake.cpus[65 * 4 + 3];

	(void)state;
	assert_false(idle_claim_cpu(c));
	idle_set_cpu(c);
	assert_true(idle_claim_cpu(c));
	assert_false(idle_claim_cpu(c));
	assert_int_equal(fake.tiles[131].idle, 0);
	assert_idle_levels(65, 0, 0, 0);
}

static void what_has_other_idle_cpus_stays_shown(void **state)
{
	const struct cpu_ctx *c = &fake.cpus[65 * 4];

	(void)state;
	idle_set_cpu(&c[0]);
	idle_set_cpu(&c[1]);	     /* same tile */
	idle_set_cpu(&c[2]);	     /* other tile */
	idle_set_cpu(&c[4]);	     /* domain 66, in the same word */
	idle_set_cpu(&fake.cpus[0]); /* another word */
	assert_true(idle_claim_cpu(&c[0]));
	assert_idle_levels(65, 3, 6, 3);
	assert_true(idle_claim_cpu(&c[1]));
	assert_idle_levels(65, 2, 6, 3);
	assert_true(idle_claim_cpu(&c[2]));
	assert_idle_levels(65, 0, 4, 3);
	assert_true(idle_claim_cpu(&c[4]));
	assert_idle_levels(66, 0, 0, 1);
	assert_idle_levels(0, 1, 1, 1);
}

/* Somebody else had taken the bit: who comes second leaves the levels above alone. */
static void a_lost_claim_changes_nothing(void **state)
{
	struct domain *d = &fake.domains[65];

	(void)state;
	idle_tile_show(&fake.machine, d, 130);
	assert_false(idle_claim(&fake.machine, d, &fake.tiles[130], 130, 0));
	assert_idle_levels(65, 1, 2, 2);
}

static void a_cpu_that_became_idle_meanwhile_is_shown_again(void **state)
{
	struct domain *d = &fake.domains[65];

	(void)state;
	idle_set_cpu(&fake.cpus[65 * 4 + 2]);
	idle_tile_hide(&fake.machine, d, &fake.tiles[131], 131);
	assert_idle_levels(65, 2, 2, 2);
	idle_domain_hide(&fake.machine, d);
	assert_idle_levels(65, 2, 2, 2);
}

static void hints_are_hidden_one_by_one(void **state)
{
	struct machine *m = &fake.machine;

	(void)state;
	idle_domain_show(m, 65);
	idle_domain_show(m, 69);
	assert_idle_levels(65, 0, 0x22, 2);
	idle_domain_hide(m, &fake.domains[69]);
	assert_idle_levels(65, 0, 2, 2);
	idle_domain_hide(m, &fake.domains[65]);
	assert_idle_levels(65, 0, 0, 0);
	idle_tile_show(m, &fake.domains[3], 7);
	assert_idle_levels(3, 2, 8, 1);
	idle_tile_hide(m, &fake.domains[3], &fake.tiles[7], 7);
	assert_idle_levels(3, 0, 0, 0);
}

static void a_cpu_without_tables_is_never_idle(void **state)
{
	struct cpu_ctx no_tile = { .tile = 140 }, no_domain = { .domain = 70 };

	(void)state;
	idle_set_cpu(&no_tile);
	idle_set_cpu(&no_domain);
	assert_int_equal(fake.machine.idle_words, 0);
	assert_false(idle_claim_cpu(&no_tile));
	assert_false(idle_claim_cpu(&no_domain));
}

static void the_average_idle_time_has_a_bound(void **state)
{
	(void)state;
	assert_int_equal(idle_avg_after(0, 400), 100);
	assert_int_equal(idle_avg_after(400, 400), 400);
	assert_int_equal(idle_avg_after(0, 4 * MS), 1 * MS);
	assert_int_equal(idle_avg_after(0, 3600000 * MS), 1 * MS);
}

static void idle_times_are_noted_where_there_are_other_domains(void **state)
{
	struct cpu_ctx *c = &fake.cpus[5];

	(void)state;
	idle_begins(c);
	assert_int_equal(c->idle, 1);
	assert_int_equal(c->idle_since_ns, 1000 * MS);
	fake.now_ns += 1 * MS;
	idle_begins(c); /* kicked in vain */
	fake.now_ns += 1 * MS;
	idle_ends(c, fake.now_ns);
	assert_int_equal(c->idle, 0);
	assert_int_equal(c->idle_avg_ns, 500 * US);
	assert_int_equal(c->idle_since_ns, 0);
	fake.now_ns += 2 * MS;
	idle_ends(c, fake.now_ns); /* it was not idle */
	assert_int_equal(c->idle_avg_ns, 500 * US);
	c->idle_since_ns = fake.now_ns + 1; /* on another clock */
	idle_ends(c, fake.now_ns);
	assert_int_equal(c->idle_avg_ns, 500 * US);
	assert_int_equal(c->idle_since_ns, 0);
	fake.conf.nr_domains = 1;
	idle_begins(c);
	assert_int_equal(c->idle_since_ns, 0);
}

static void who_came_unclaimed_takes_the_bit(void **state)
{
	(void)state;
	idle_set_cpu(&fake.cpus[5]);
	idle_ends(&fake.cpus[5], fake.now_ns);
	assert_false(fake_is_idle(5));
	assert_int_equal(fake.machine.idle_words, 0);
}

/* Whoever claimed it finds another, and it looks for work when the higher class has left. */
static void a_cpu_of_a_higher_class_is_not_idle(void **state)
{
	(void)state;
	assert_false(idle_is_taken(5));
	assert_int_equal(fake.nr_kicks, 0);
	fake.taken[5] = true;
	assert_true(idle_is_taken(5));
	assert_int_equal(fake.nr_kicks, 1);
	assert_int_equal(fake.kicks[0].cpu, 5);
	assert_int_equal(fake.kicks[0].how, ENV_KICK_IDLE);
	assert_int_equal(counted(STAT_SEL_TAKEN), 1);
	assert_int_equal(counted(STAT_KICK_IDLE), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_cores_are_found_in_every_state),
		cmocka_unit_test_setup(an_idle_cpu_shows_at_all_levels, setup),
		cmocka_unit_test_setup(only_one_claims_a_cpu, setup),
		cmocka_unit_test_setup(what_has_other_idle_cpus_stays_shown, setup),
		cmocka_unit_test_setup(a_lost_claim_changes_nothing, setup),
		cmocka_unit_test_setup(a_cpu_that_became_idle_meanwhile_is_shown_again, setup),
		cmocka_unit_test_setup(hints_are_hidden_one_by_one, setup),
		cmocka_unit_test_setup(a_cpu_without_tables_is_never_idle, setup),
		cmocka_unit_test(the_average_idle_time_has_a_bound),
		cmocka_unit_test_setup(idle_times_are_noted_where_there_are_other_domains,
				       fake_four_domains),
		cmocka_unit_test_setup(who_came_unclaimed_takes_the_bit, setup),
		cmocka_unit_test_setup(a_cpu_of_a_higher_class_is_not_idle, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
