/* SPDX-License-Identifier: GPL-2.0-only */
/* Who waits where, where a task may run, and which policy holds. */
#include "fake_env.h"
#include "bpf/affinity.h"
#include "bpf/policy.h"
#include "bpf/queue.h"

/* 70 domains in one node, each of two tiles of two cores. */
static int setup(void **state)
{
	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 1, .domains = 70, .tiles = 2, .cores = 2, .smt = 1 });
	return 0;
}

/* --- Queues --- */

static void a_domain_counts_who_waits_and_who_came(void **state)
{
	struct domain *d = &fake.domains[65];
	struct task_ctx a = { 0 }, b = { 0 };

	(void)state;
	queue_enter_domain(&a, d);
	assert_int_equal(a.queue, QUEUE_DOMAIN);
	assert_int_equal(a.queue_id, 65);
	assert_int_equal(d->line, 1ULL << 32 | 1);
	queue_enter_domain(&b, d);
	assert_int_equal(line_waiting(&d->line), 2);
	assert_int_equal(line_arrivals(&d->line), 2);
	assert_int_equal(fake.machine.waiting_domains[1], 2);
	assert_int_equal(fake.machine.waiting_domains[0], 0);

	queue_leave(&a);
	assert_int_equal(a.queue, QUEUE_NONE);
	assert_int_equal(line_waiting(&d->line), 1);
	assert_int_equal(fake.machine.waiting_domains[1], 2);
	queue_leave(&a);
	assert_int_equal(line_waiting(&d->line), 1);
	queue_leave(&b);
	assert_int_equal(line_waiting(&d->line), 0);
	assert_int_equal(line_arrivals(&d->line), 2);
	assert_int_equal(fake.machine.waiting_domains[1], 0);
}

static void a_cpu_counts_its_own_queue(void **state)
{
	struct cpu_ctx *c = &fake.cpus[7];
	struct task_ctx a = { 0 };

	(void)state;
	queue_enter_cpu(&a, c, 7);
	assert_int_equal(a.queue, QUEUE_CPU);
	assert_int_equal(a.queue_id, 7);
	assert_int_equal(c->line, 1ULL << 32 | 1);
	assert_int_equal(fake.domains[c->domain].line, 0);
	assert_int_equal(fake.machine.waiting_domains[0], 0);
	queue_leave(&a);
	assert_int_equal(a.queue, QUEUE_NONE);
	assert_int_equal(c->line, 1ULL << 32);
}

static void domains_of_one_word_do_not_hide_each_other(void **state)
{
	(void)state;
	waiting_domain_show(&fake.machine, 64);
	waiting_domain_show(&fake.machine, 66);
	waiting_domain_hide(&fake.machine, &fake.domains[64]);
	assert_int_equal(fake.machine.waiting_domains[1], 4);
	/* A task came after the last one had been counted out. */
	fake.domains[66].line = 3ULL << 32 | 1;
	waiting_domain_hide(&fake.machine, &fake.domains[66]);
	assert_int_equal(fake.machine.waiting_domains[1], 4);
}

static void arrivals_go_round_without_touching_who_waits(void **state)
{
	struct domain *d = &fake.domains[0];
	struct task_ctx a = { 0 };

	(void)state;
	d->line = 0xffffffffULL << 32 | 2;
	queue_enter_domain(&a, d);
	assert_int_equal(line_waiting(&d->line), 3);
	assert_int_equal(line_arrivals(&d->line), 0);
}

static void a_queue_that_is_not_there_is_left_quietly(void **state)
{
	struct task_ctx a = { .queue = QUEUE_DOMAIN, .queue_id = 70 };
	struct task_ctx b = { .queue = QUEUE_CPU, .queue_id = 280 };

	(void)state;
	queue_leave(&a);
	queue_leave(&b);
	assert_int_equal(a.queue, QUEUE_NONE);
	assert_int_equal(b.queue, QUEUE_NONE);
}

/* --- Affinity --- */

static void a_task_without_affinity_has_all_slots(void **state)
{
	struct task_struct p = fake_task(0);
	u32 i;

	(void)state;
	memset(p.ctx.allowed, 0, sizeof(p.ctx.allowed));
	affinity_update(&p, &p.ctx);
	assert_int_equal(fake.conf.nr_words, 70);
	for (i = 0; i < TOPO_MAX_WORDS; i++)
		assert_int_equal(p.ctx.allowed[i], i < 70 ? -1ULL : 0);
	assert_int_equal(affinity_slots(&fake.conf, &p.ctx, &fake.tiles[131]), 3ULL << 32);
}

static void an_affinity_becomes_slots(void **state)
{
	struct task_struct p = fake_task(0);
	u32 i;

	(void)state;
	p.has_affinity = true;
	p.may_run[1] = p.may_run[65 * 4 + 3] = p.may_run[279] = p.may_run[8] = true;
	fake.cpus[8].online = 0;
	affinity_update(&p, &p.ctx);
	for (i = 0; i < 70; i++) {
		u64 expected = i == 0 ? 1ULL << 1 : i == 65 || i == 69 ? 1ULL << 33 : 0;

		assert_int_equal(p.ctx.allowed[i], expected);
	}
	assert_int_equal(affinity_slots(&fake.conf, &p.ctx, &fake.tiles[131]), 1ULL << 33);
	assert_int_equal(affinity_slots(&fake.conf, &p.ctx, &fake.tiles[130]), 0);
}

static void tiles_of_64_cpus_have_words_of_their_own(void **state)
{
	struct task_struct p;

	(void)state;
	fake_start(
		(struct fake_shape){ .nodes = 1, .domains = 1, .tiles = 4, .cores = 32, .smt = 2 });
	p = fake_task(0);
	p.has_affinity = true;
	p.may_run[63] = p.may_run[64] = p.may_run[255] = true;
	affinity_update(&p, &p.ctx);
	assert_int_equal(p.ctx.allowed[0], 1ULL << 63);
	assert_int_equal(p.ctx.allowed[1], 1);
	assert_int_equal(p.ctx.allowed[2], 0);
	assert_int_equal(p.ctx.allowed[3], 1ULL << 63);
}

static void a_word_out_of_range_allows_nothing(void **state)
{
	struct task_struct p = fake_task(0);
	struct tile t = fake.tiles[0];

	(void)state;
	t.word = 69;
	assert_int_equal(affinity_slots(&fake.conf, &p.ctx, &t), 3);
	t.word = 70;
	assert_int_equal(affinity_slots(&fake.conf, &p.ctx, &t), 0);
	fake.conf.nr_words = 200;
	t.word = 128;
	assert_int_equal(affinity_slots(&fake.conf, &p.ctx, &t), 0);

	memset(p.ctx.allowed, 0, sizeof(p.ctx.allowed));
	fake.conf.nr_words = 1;
	affinity_add(&fake.conf, &p.ctx, 8); /* word 2 */
	affinity_add(&fake.conf, &p.ctx, 1000);
	assert_int_equal(p.ctx.allowed[2], 0);
	affinity_add(&fake.conf, &p.ctx, 0);
	assert_int_equal(p.ctx.allowed[0], 1);
}

/* --- The policy of user space --- */

static void a_policy_is_good_until_it_expires(void **state)
{
	struct policy policy = { .version = POLICY_VERSION, .expires_ns = 1000 };

	(void)state;
	assert_true(policy_good(&policy, 999));
	assert_false(policy_good(&policy, 1000));
	assert_false(policy_good(&policy, 1001));
	policy.expires_ns = 0;
	assert_true(policy_good(&policy, -1ULL));
	policy.version = POLICY_VERSION - 1;
	assert_false(policy_good(&policy, 0));
	policy.version = POLICY_VERSION + 1;
	assert_false(policy_good(&policy, 0));
}

static void a_bad_policy_falls_back_and_is_counted(void **state)
{
	(void)state;
	assert_ptr_equal(policy_current(), &fake.policy);
	fake.policy.expires_ns = fake.now_ns + 1;
	assert_ptr_equal(policy_current(), &fake.policy);
	assert_int_equal(counted(STAT_BAD_POLICY), 0);
	fake.now_ns++;
	assert_ptr_equal(policy_current(), &fake.conf.fallback);
	assert_int_equal(counted(STAT_BAD_POLICY), 1);
	fake.no_policy = true; /* and none is not a bad one */
	assert_ptr_equal(policy_current(), &fake.conf.fallback);
	assert_int_equal(counted(STAT_BAD_POLICY), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_domain_counts_who_waits_and_who_came, setup),
		cmocka_unit_test_setup(a_cpu_counts_its_own_queue, setup),
		cmocka_unit_test_setup(domains_of_one_word_do_not_hide_each_other, setup),
		cmocka_unit_test_setup(arrivals_go_round_without_touching_who_waits, setup),
		cmocka_unit_test_setup(a_queue_that_is_not_there_is_left_quietly, setup),
		cmocka_unit_test_setup(a_task_without_affinity_has_all_slots, setup),
		cmocka_unit_test_setup(an_affinity_becomes_slots, setup),
		cmocka_unit_test_setup(tiles_of_64_cpus_have_words_of_their_own, setup),
		cmocka_unit_test_setup(a_word_out_of_range_allows_nothing, setup),
		cmocka_unit_test_setup(a_policy_is_good_until_it_expires, setup),
		cmocka_unit_test_setup(a_bad_policy_falls_back_and_is_counted, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
