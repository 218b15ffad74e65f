/* SPDX-License-Identifier: GPL-2.0-only */
/* Choosing an idle CPU. */
#include "fake_env.h"
#include "bpf/select.h"

#define NO_STEP (NR_LEVELS + 1)

/* 4 nodes of 35 domains of one core of 2 threads; domains 64 and on are in another word. */
static int wide(void **state)
{
	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 4, .domains = 35, .tiles = 1, .cores = 1, .smt = 2 });
	return 0;
}

static void idle(u32 cpu)
{
	idle_set_cpu(&fake.cpus[cpu]);
}

static void idle_range(u32 first, u32 last)
{
	while (first <= last)
		idle(first++);
}

/* --- Steps --- */

static bool step_of(const struct policy *policy, u32 nr_kinds, u32 i, struct select_step *step)
{
	if (policy_saves(policy))
		return select_step_powersave(policy, nr_kinds, i, step);
	return select_step_perf(policy, nr_kinds, i, step);
}

static void check_steps(const struct policy *policy, u32 nr_kinds,
			const struct select_step *expected)
{
	struct select_step step;
	u32 i;

	for (i = 0; expected[i].reach != NO_STEP; i++) {
		assert_true(step_of(policy, nr_kinds, i, &step));
		assert_int_equal(step.kind, expected[i].kind);
		assert_int_equal(step.want, expected[i].want);
		assert_int_equal(step.reach, expected[i].reach);
	}
	assert_false(step_of(policy, nr_kinds, i, &step));
	assert_true(i <= SELECT_STEPS);
}

#define END                      \
	{                        \
		.reach = NO_STEP \
	}
#define ANY	   KIND_ANY
#define WHOLE_NEAR (WANT_WHOLE | WANT_NEAR)

static void performance_wants_whole_powerful_cores_nearby(void **state)
{
	static const struct policy policy = { .mode = TOPO_MODE_PERF, .kind_order = { 2, 1, 0 } };
	static const struct policy two = { .mode = TOPO_MODE_PERF, .kind_order = { 1, 0 } };

	(void)state;
	check_steps(&policy, 1,
		    (struct select_step[]){ { ANY, WANT_WHOLE, LEVEL_LLC },
					    { ANY, WANT_WHOLE, LEVEL_MACHINE },
					    { ANY, 0, LEVEL_LLC },
					    { ANY, 0, LEVEL_MACHINE },
					    END });
	check_steps(&two, 2,
		    (struct select_step[]){ { 1, WHOLE_NEAR, LEVEL_NODE },
					    { 0, WHOLE_NEAR, LEVEL_NODE },
					    { 1, 0, LEVEL_LLC },
					    { 0, 0, LEVEL_LLC },
					    { ANY, WANT_WHOLE, LEVEL_MACHINE },
					    { ANY, 0, LEVEL_MACHINE },
					    END });
	check_steps(&policy, 3,
		    (struct select_step[]){ { 2, WHOLE_NEAR, LEVEL_NODE },
					    { 1, WHOLE_NEAR, LEVEL_NODE },
					    { 0, WHOLE_NEAR, LEVEL_NODE },
					    { 2, 0, LEVEL_LLC },
					    { 1, 0, LEVEL_LLC },
					    { 0, 0, LEVEL_LLC },
					    { ANY, WANT_WHOLE, LEVEL_MACHINE },
					    { ANY, 0, LEVEL_MACHINE },
					    END });
}

static void powersave_fills_efficient_kinds(void **state)
{
	static const struct policy policy = { .mode = TOPO_MODE_POWERSAVE,
					      .kind_order = { 0, 1, 2 } };

	(void)state;
	check_steps(
		&policy, 1,
		(struct select_step[]){ { ANY, 0, LEVEL_LLC }, { ANY, 0, LEVEL_MACHINE }, END });
	check_steps(&policy, 2,
		    (struct select_step[]){ { 0, 0, LEVEL_NODE },
					    { 1, 0, LEVEL_NODE },
					    { ANY, 0, LEVEL_MACHINE },
					    END });
	check_steps(&policy, 3,
		    (struct select_step[]){ { 0, 0, LEVEL_NODE },
					    { 1, 0, LEVEL_NODE },
					    { 2, 0, LEVEL_NODE },
					    { ANY, 0, LEVEL_MACHINE },
					    END });
}

static void powersave_prefers_active_cpus(void **state)
{
	static const struct policy policy = { .mode = TOPO_MODE_POWERSAVE,
					      .kind_order = { 0, 1, 2 },
					      .nr_active = 3 };

	(void)state;
	check_steps(&policy, 1,
		    (struct select_step[]){ { ANY, WANT_ACTIVE, LEVEL_LLC },
					    { ANY, 0, LEVEL_LLC },
					    { ANY, 0, LEVEL_MACHINE },
					    END });
	check_steps(&policy, 2,
		    (struct select_step[]){ { 0, WANT_ACTIVE, LEVEL_NODE },
					    { 1, WANT_ACTIVE, LEVEL_NODE },
					    { 0, 0, LEVEL_NODE },
					    { 1, 0, LEVEL_NODE },
					    { ANY, 0, LEVEL_MACHINE },
					    END });
}

/* --- Where one step looks --- */

static void slots_are_idle_allowed_and_as_wanted(void **state)
{
	struct task_struct p = fake_task(0);
	const struct tile *t = &fake.tiles[1];
	u32 base = 32;

	(void)state;
	assert_int_equal(select_slots(&fake.conf, &p.ctx, t, ANY, 0), 0);
	idle_range(9, 12); /* slots 1 to 4 of the tile */
	assert_int_equal(select_slots(&fake.conf, &p.ctx, t, ANY, 0), 0x1eULL << base);
	assert_int_equal(select_slots(&fake.conf, &p.ctx, t, ANY, WANT_WHOLE), 0x0cULL << base);
	assert_int_equal(select_slots(&fake.conf, &p.ctx, t, 0, 0), 0x10ULL << base);
	assert_int_equal(select_slots(&fake.conf, &p.ctx, t, 1, 0), 0x0eULL << base);
	fake.policy.active[0] = 0x12ULL << base;
	fake.policy.active[1] = -1ULL;
	assert_int_equal(policy_active_slots(t), 0x12ULL << base);
	assert_int_equal(select_slots(&fake.conf, &p.ctx, t, ANY, WANT_ACTIVE), 0x12ULL << base);
	assert_int_equal(select_slots(&fake.conf, &p.ctx, t, ANY, WANT_ACTIVE | WANT_WHOLE), 0);
	p.ctx.allowed[0] = 0x06ULL << base;
	assert_int_equal(select_slots(&fake.conf, &p.ctx, t, ANY, 0), 0x06ULL << base);
	fake.no_policy = true;
	assert_int_equal(policy_active_slots(t), 0);
}

static void the_best_slot_is_claimed(void **state)
{
	struct machine *m = &fake.machine;
	struct domain *d = &fake.domains[1];
	struct tile *t = &fake.tiles[1];

	(void)state;
	idle_range(9, 10);
	assert_int_equal(select_claim(m, d, 1, t, 0, 0), -1);
	assert_int_equal(select_claim(m, d, 1, t, 6ULL << 32, 0), 9);
	assert_int_equal(t->idle, 4ULL << 32);
	assert_int_equal(counted(STAT_SEL_CLAIM_LOST), 0);
	assert_int_equal(select_claim(m, d, 1, t, 6ULL << 32, 0), -1);
	assert_int_equal(counted(STAT_SEL_CLAIM_LOST), 1);
	fake.taken[10] = true;
	assert_int_equal(select_claim(m, d, 1, t, 4ULL << 32, 0), -1);
	assert_int_equal(t->idle, 0);
	assert_int_equal(counted(STAT_SEL_TAKEN), 1);
}

/* One claim that comes to nothing must not hide the idle CPUs beside it. */
static void the_next_one_is_claimed_instead(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	idle_range(8, 11);
	fake.taken[8] = fake.taken[9] = fake.taken[10] = true;
	assert_int_equal(select_domain(&p.ctx, 1, ANY, 0), 11);
	assert_int_equal(counted(STAT_SEL_TAKEN), 3);
	assert_int_equal(fake.machine.idle_words, 0);
}

/* --- What most wake-ups find --- */

static void the_previous_core_is_found_at_once(void **state)
{
	struct task_struct p = fake_task(9);
	const struct cpu_ctx *prev = &fake.cpus[9];
	const struct policy *policy = &fake.conf.fallback;
	struct cpu_ctx nowhere = fake.cpus[9];

	(void)state;
	idle(9);
	assert_false(select_prev(&p.ctx, prev, 9, policy)); /* its sibling is busy */
	idle(8);
	assert_true(select_prev(&p.ctx, prev, 9, policy));
	assert_false(fake_is_idle(9));
	assert_true(fake_is_idle(8));
	assert_int_equal(counted(STAT_SEL_PREV_CORE), 1);
	idle(9);
	p.ctx.allowed[fake.tiles[1].word] = ~bit(prev->slot);
	assert_false(select_prev(&p.ctx, prev, 9, policy));
	assert_true(fake_is_idle(9));
	p = fake_task(9);
	fake.taken[9] = true;
	assert_false(select_prev(&p.ctx, prev, 9, policy));
	assert_int_equal(counted(STAT_SEL_PREV_CORE), 1);
	assert_int_equal(counted(STAT_SEL_TAKEN), 1);
	fake.taken[9] = false;
	idle(9);
	nowhere.domain = 70;
	assert_false(select_prev(&p.ctx, &nowhere, 9, policy)); /* it cannot be claimed */
}

static void a_lesser_previous_core_is_not(void **state)
{
	struct task_struct p = fake_task(4);

	(void)state;
	idle_range(0, 4);
	assert_false(select_prev(&p.ctx, &fake.cpus[4], 4, &fake.conf.fallback));
	assert_true(select_prev(&p.ctx, &fake.cpus[0], 0, &fake.conf.fallback));
}

/* Only these of the first eight CPUs, as bits. */
static void only_idle(u32 cpus)
{
	u32 cpu;

	for (cpu = 0; cpu < 8; cpu++) {
		idle_claim_cpu(&fake.cpus[cpu]);
		if (cpus >> cpu & 1)
			idle(cpu);
	}
}

static s32 found_by_steps(struct task_ctx *t, u32 prev_cpu)
{
	struct select_step step;
	s32 cpu = -1;
	u32 i;

	for (i = 0; cpu < 0 && select_step_perf(&fake.conf.fallback, 2, i, &step); i++)
		cpu = select_by_step(t, &fake.cpus[prev_cpu], prev_cpu, &step);
	return cpu;
}

/* The shortcut must lead to where the whole way leads, whichever CPUs are idle. */
static void the_shortcut_finds_what_the_steps_find(void **state)
{
	struct task_struct p = fake_task(0);
	u32 cpus, prev, nr_found = 0;

	(void)state;
	for (cpus = 0; cpus < 256; cpus++) {
		for (prev = 0; prev < 8; prev++) {
			only_idle(cpus);
			if (!select_prev(&p.ctx, &fake.cpus[prev], prev, &fake.conf.fallback))
				continue;
			nr_found++;
			only_idle(cpus);
			assert_int_equal(found_by_steps(&p.ctx, prev), prev);
		}
	}
	assert_int_equal(nr_found, 4 * 64); /* of the two powerful cores, each thread */
}

static void near_is_the_cpu_then_its_core_then_its_l2(void **state)
{
	struct task_struct p = fake_task(9);

	(void)state;
	idle_range(8, 15);
	assert_int_equal(select_near(&p.ctx, 11, ANY, 0), 11);
	assert_int_equal(select_near(&p.ctx, 11, ANY, 0), 10);
	assert_int_equal(select_near(&p.ctx, 11, ANY, 0), 8);
	assert_int_equal(select_near(&p.ctx, 11, ANY, 0), 9);
	assert_int_equal(select_near(&p.ctx, 11, ANY, 0), -1);
	assert_int_equal(select_near(&p.ctx, 1000, ANY, 0), -1);
	assert_int_equal(select_near(NULL, 12, ANY, 0), -1);
	assert_int_equal(select_near(&p.ctx, 12, 1, 0), -1);
	assert_int_equal(select_near(&p.ctx, 13, 0, WANT_WHOLE), 13);
	assert_int_equal(select_near(&p.ctx, 13, 0, WANT_WHOLE), 14);
}

/* 12 tiles in a domain. */
static void a_domain_is_searched_tile_by_tile(void **state)
{
	struct task_struct p;
	u32 tile;

	(void)state;
	fake_start((struct fake_shape){
		.nodes = 1, .domains = 2, .tiles = 12, .cores = 40, .smt = 1 });
	p = fake_task(0);
	for (tile = 12; tile < 24; tile++)
		idle(tile * 40 + 5);
	assert_int_equal(select_domain(&p.ctx, 1, ANY, 0), 12 * 40 + 5);
	assert_int_equal(select_domain(&p.ctx, 1, ANY, 0), 13 * 40 + 5);
	/* Eight idle tiles are looked at and no more. */
	for (tile = 14; tile < 21; tile++)
		p.ctx.allowed[tile] = 0;
	assert_int_equal(select_domain(&p.ctx, 1, ANY, 0), 21 * 40 + 5);
	p.ctx.allowed[22] = 0;
	assert_int_equal(select_domain(&p.ctx, 1, ANY, 0), -1);
	assert_int_equal(select_domain(&p.ctx, 0, ANY, 0), -1);
	assert_int_equal(select_domain(&p.ctx, 2, ANY, 0), -1);
	assert_int_equal(select_domain(NULL, 1, ANY, 0), -1);
}

static void a_ring_is_searched_from_our_own_number_on(void **state)
{
	struct task_struct p = fake_task(0);
	u32 i;

	(void)state;
	idle(2 * 3), idle(2 * 11), idle(2 * 30);
	assert_int_equal(select_ring(&p.ctx, 10, 0, ANY, 0), 2 * 11);
	assert_int_equal(select_ring(&p.ctx, 10, 0, ANY, 0), 2 * 30);
	assert_int_equal(select_ring(&p.ctx, 10, 0, ANY, 0), 2 * 3);
	assert_int_equal(select_ring(&p.ctx, 10, 0, ANY, 0), -1);
	/* A ring in the bitmap's second word: node 1 has domains 35 to 69. */
	idle(2 * 66);
	assert_int_equal(fake.domains[0].rings[2].word, 1);
	assert_int_equal(select_ring(&p.ctx, 0, 2, ANY, 0), 2 * 66);
	/* Eight domains are looked at and no more. */
	memset(p.ctx.allowed, 0, sizeof(p.ctx.allowed));
	p.ctx.allowed[5] = -1ULL;
	for (i = 3; i <= 10; i++)
		idle(2 * i);
	assert_int_equal(select_ring(&p.ctx, 2, 0, ANY, 0), 2 * 10);
	idle(2 * 10), idle(2 * 2);
	assert_int_equal(select_ring(&p.ctx, 1, 0, ANY, 0), -1);
	assert_int_equal(select_ring(&p.ctx, 2, TOPO_MAX_RINGS, ANY, 0), -1);
	assert_int_equal(select_ring(&p.ctx, 1000, 0, ANY, 0), -1);
}

static void far_goes_from_near_to_remote_nodes(void **state)
{
	struct task_struct p = fake_task(0);

	(void)state;
	idle(2 * 139), idle(2 * 40), idle(2 * 90), idle(2 * 20);
	assert_int_equal(select_far(&p.ctx, 0, ANY, 0, LEVEL_LLC), -1);
	assert_int_equal(select_far(&p.ctx, 0, ANY, 0, LEVEL_NODE), 2 * 20);
	assert_int_equal(select_far(&p.ctx, 0, ANY, 0, LEVEL_NODE), -1);
	assert_int_equal(select_far(&p.ctx, 0, ANY, 0, LEVEL_MACHINE), 2 * 40);
	assert_int_equal(select_far(&p.ctx, 0, ANY, 0, LEVEL_MACHINE), 2 * 90);
	assert_int_equal(select_far(&p.ctx, 0, ANY, 0, LEVEL_MACHINE), 2 * 139);
	assert_int_equal(select_far(&p.ctx, 0, ANY, 0, LEVEL_MACHINE), -1);
	assert_int_equal(select_far(&p.ctx, 1000, ANY, 0, LEVEL_MACHINE), -1);
}

static void a_step_leaves_the_domain_only_if_it_may(void **state)
{
	struct task_struct p = fake_task(8);
	const struct cpu_ctx *prev = &fake.cpus[8];
	struct select_step step = { ANY, 0, LEVEL_LLC };

	(void)state;
	idle(1), idle(9), idle(15), idle(17);
	assert_int_equal(select_by_step(&p.ctx, prev, 8, &step), 9);
	assert_int_equal(select_by_step(&p.ctx, prev, 8, &step), 15);
	assert_int_equal(select_by_step(&p.ctx, prev, 8, &step), -1);
	step.reach = LEVEL_NODE;
	assert_int_equal(select_by_step(&p.ctx, prev, 8, &step), 1);
	assert_int_equal(select_by_step(&p.ctx, prev, 8, &step), -1);
	step.reach = LEVEL_MACHINE;
	assert_int_equal(select_by_step(&p.ctx, prev, 8, &step), 17);
}

/* --- The whole choice --- */

static void check_selected(u32 prev, u32 cpu, u32 want, enum topo_stat stat)
{
	u64 before = counted(stat);

	count_selected(&fake.policy, prev, cpu, want);
	assert_int_equal(counted(stat), before + 1);
}

static void choices_are_counted_by_distance(void **state)
{
	(void)state;
	check_selected(0, 0, WANT_WHOLE, STAT_SEL_PREV_CORE);
	check_selected(0, 0, 0, STAT_SEL_PREV_THREAD);
	check_selected(0, 1, WANT_WHOLE, STAT_SEL_CORE_L2);
	check_selected(0, 2, WANT_WHOLE, STAT_SEL_CORE_L2);
	check_selected(0, 1, 0, STAT_SEL_THREAD_L2);
	check_selected(0, 2, 0, STAT_SEL_THREAD_L2);
	check_selected(0, 4, WANT_WHOLE, STAT_SEL_CORE_LLC);
	check_selected(0, 4, 0, STAT_SEL_THREAD_LLC);
	check_selected(0, 8, WANT_WHOLE, STAT_SEL_NODE);
	check_selected(0, 8, 0, STAT_SEL_NODE);
	check_selected(0, 16, WANT_WHOLE, STAT_SEL_MACHINE);
	check_selected(0, 16, 0, STAT_SEL_MACHINE);
	assert_int_equal(counted(STAT_SEL_SPILL), 0);
	fake.policy.nr_active = 1;
	check_selected(0, 16, 0, STAT_SEL_SPILL);
	count_selected(&fake.policy, 0, 16, WANT_ACTIVE);
	assert_int_equal(counted(STAT_SEL_SPILL), 1);
	count_selected(&fake.policy, 0, 1000, 0);
	assert_int_equal(counted(STAT_SEL_SPILL), 1);
}

static void where_none_is_better_the_last_cpu_is_where_to_begin(void **state)
{
	struct task_struct p = fake_task(6);
	struct tile *tile = &fake.tiles[1];

	(void)state;
	assert_int_equal(select_start(&p.ctx, tile, 1), 0); /* they differ */
	tile->alike = 1;
	assert_int_equal(select_start(&p.ctx, tile, 1), fake.cpus[6].slot);
	assert_int_equal(select_start(&p.ctx, tile, 0), 0);
	p.ctx.last_cpu = NO_CPU;
	assert_int_equal(select_start(&p.ctx, tile, 1), 0);
	p.ctx.last_cpu = 6;
	idle_set_cpu(&fake.cpus[4]), idle_set_cpu(&fake.cpus[7]);
	assert_int_equal(select_domain(&p.ctx, 1, KIND_ANY, 0), 7);
	fake.policy.mode = TOPO_MODE_POWERSAVE; /* fills from the first */
	idle_set_cpu(&fake.cpus[7]);
	assert_int_equal(select_domain(&p.ctx, 1, KIND_ANY, 0), 4);
}

static s32 choose(const struct task_struct *p, u32 prev)
{
	struct task_ctx t = p->ctx;

	return select_idle_cpu(&t, prev, SELECT_FAR);
}

static void performance_takes_cores_before_threads(void **state)
{
	struct task_struct p = fake_task(1);

	(void)state;
	assert_int_equal(choose(&p, 1), -1);
	idle(1);	    /* the previous CPU, its sibling busy */
	idle_range(2, 3);   /* a powerful core */
	idle_range(4, 5);   /* a small one */
	idle_range(10, 11); /* a powerful one in the next domain */
	idle_range(16, 17); /* and one on the other node */
	assert_int_equal(choose(&p, 1), 2);
	assert_int_equal(counted(STAT_SEL_CORE_L2) + counted(STAT_SEL_CORE_LLC), 1);
	assert_int_equal(choose(&p, 1), 4);
	assert_int_equal(choose(&p, 1), 1);
	assert_int_equal(choose(&p, 1), 3);
	assert_int_equal(choose(&p, 1), 5);
	assert_int_equal(choose(&p, 1), 10);
	assert_int_equal(choose(&p, 1), 16);
	assert_int_equal(choose(&p, 1), 11);
	assert_int_equal(choose(&p, 1), 17);
	assert_int_equal(choose(&p, 1), -1);
	assert_int_equal(choose(&p, 1000), -1);
	assert_int_equal(select_idle_cpu(NULL, 1, SELECT_FAR), -1);
}

static void a_step_goes_far_for_better_kinds_only(void **state)
{
	struct domain home = { .kinds = 2 };
	struct select_step step = { .kind = 1, .reach = LEVEL_LLC };

	(void)state;
	assert_false(select_goes_far(&home, &step));
	step.reach = LEVEL_NODE;
	assert_true(select_goes_far(&home, &step));
	step.want = WANT_NEAR;
	assert_false(select_goes_far(&home, &step));
	step.kind = 0;
	assert_false(select_goes_far(&home, &step));
	step.kind = 2;
	assert_true(select_goes_far(&home, &step));
}

/* Small cores that share no cache with the others. */
static void performance_leaves_a_domain_without_powerful_cores(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	idle_range(4, 5);
	idle_range(10, 11);
	assert_int_equal(choose(&p, 5), 5);
	fake.domains[0].kinds = 1;
	assert_int_equal(choose(&p, 5), 10);
	assert_int_equal(choose(&p, 5), 4);
}

static void powersave_passes_over_what_does_not_fit(void **state)
{
	struct task_struct p = fake_task(1);

	(void)state;
	fake_powersave();
	idle_range(0, 15);
	assert_int_equal(choose(&p, 1), 4);
	assert_int_equal(choose(&p, 1), 5);
	assert_int_equal(choose(&p, 12), 12);
	p.ctx.util = 410;
	p.ctx.util_ns = fake.now_ns;
	assert_int_equal(select_unfit(&fake.conf, &fake.policy, &p.ctx), 1);
	assert_int_equal(choose(&p, 7), 0);
	p.ctx.util = 409;
	assert_int_equal(select_unfit(&fake.conf, &fake.policy, &p.ctx), 0);
	assert_int_equal(choose(&p, 7), 7);
	/* Machines of one kind do not ask. */
	p.ctx.util = 1024;
	fake.conf.nr_kinds = 1;
	assert_int_equal(select_unfit(&fake.conf, &fake.policy, &p.ctx), 0);
}

static void an_unfit_task_takes_a_small_core_rather_than_wait(void **state)
{
	struct task_struct p = fake_task(1);

	(void)state;
	fake_powersave();
	idle(6);
	p.ctx.util = 1024;
	p.ctx.util_ns = fake.now_ns;
	assert_int_equal(choose(&p, 1), 6);
}

static void powersave_spills_beyond_the_active_cpus(void **state)
{
	struct task_struct p = fake_task(1);

	(void)state;
	fake_powersave();
	fake.policy.nr_active = 2;
	fake.policy.active[0] = 1ULL << 7 | 1ULL << 2; /* CPUs 7 (small) and 2 */
	idle_range(0, 7);
	assert_int_equal(choose(&p, 4), 7);
	assert_int_equal(choose(&p, 4), 2);
	assert_int_equal(counted(STAT_SEL_SPILL), 0);
	assert_int_equal(choose(&p, 4), 4);
	assert_int_equal(counted(STAT_SEL_SPILL), 1);
}

static void an_expired_policy_gives_way_to_the_static_order(void **state)
{
	struct task_struct p = fake_task(1);

	(void)state;
	fake_powersave();
	fake.policy.expires_ns = fake.now_ns;
	idle_range(0, 7);
	assert_int_equal(choose(&p, 5), 0); /* as in performance */
	assert_int_equal(counted(STAT_BAD_POLICY), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(performance_wants_whole_powerful_cores_nearby,
				       fake_hybrid_smt),
		cmocka_unit_test_setup(powersave_fills_efficient_kinds, fake_hybrid_smt),
		cmocka_unit_test_setup(powersave_prefers_active_cpus, fake_hybrid_smt),
		cmocka_unit_test_setup(slots_are_idle_allowed_and_as_wanted, fake_hybrid_smt),
		cmocka_unit_test_setup(the_best_slot_is_claimed, fake_hybrid_smt),
		cmocka_unit_test_setup(the_next_one_is_claimed_instead, fake_hybrid_smt),
		cmocka_unit_test_setup(the_previous_core_is_found_at_once, fake_hybrid_smt),
		cmocka_unit_test_setup(a_lesser_previous_core_is_not, fake_hybrid_smt),
		cmocka_unit_test_setup(the_shortcut_finds_what_the_steps_find, fake_hybrid_smt),
		cmocka_unit_test_setup(near_is_the_cpu_then_its_core_then_its_l2, fake_hybrid_smt),
		cmocka_unit_test_setup(a_domain_is_searched_tile_by_tile, fake_hybrid_smt),
		cmocka_unit_test_setup(a_ring_is_searched_from_our_own_number_on, wide),
		cmocka_unit_test_setup(far_goes_from_near_to_remote_nodes, wide),
		cmocka_unit_test_setup(a_step_leaves_the_domain_only_if_it_may, fake_hybrid_smt),
		cmocka_unit_test_setup(choices_are_counted_by_distance, fake_hybrid_smt),
		cmocka_unit_test_setup(performance_takes_cores_before_threads, fake_hybrid_smt),
		cmocka_unit_test_setup(a_step_goes_far_for_better_kinds_only, fake_hybrid_smt),
		cmocka_unit_test_setup(performance_leaves_a_domain_without_powerful_cores,
				       fake_hybrid_smt),
		cmocka_unit_test_setup(powersave_passes_over_what_does_not_fit, fake_hybrid_smt),
		cmocka_unit_test_setup(an_unfit_task_takes_a_small_core_rather_than_wait,
				       fake_hybrid_smt),
		cmocka_unit_test_setup(powersave_spills_beyond_the_active_cpus, fake_hybrid_smt),
		cmocka_unit_test_setup(an_expired_policy_gives_way_to_the_static_order,
				       fake_hybrid_smt),
		cmocka_unit_test_setup(where_none_is_better_the_last_cpu_is_where_to_begin,
				       fake_four_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
