/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs that have work take more from domains that have a lot more of it. */
#include "fake_env.h"
#include "bpf/sched.h"

#define HOME  (&fake.domains[1])
#define OTHER (&fake.domains[0])

static void set_load(struct domain *d, u64 load)
{
	d->load = d->load_avg = load;
}

static void the_average_follows_the_load(void **state)
{
	(void)state;
	assert_int_equal(load_avg_after(0, 400), 100);
	assert_int_equal(load_avg_after(400, 400), 400);
	assert_int_equal(load_avg_after(400, 0), 300);
}

static void one_cpu_of_a_domain_compares_every_2_ms(void **state)
{
	(void)state;
	HOME->load = 400;
	HOME->balance_ns = 998 * MS + 1;
	assert_false(balance_is_due(HOME));
	HOME->balance_ns--;
	assert_true(balance_is_due(HOME));
	assert_int_equal(HOME->balance_ns, 1000 * MS);
	assert_int_equal(HOME->load_avg, 100);
	assert_false(balance_is_due(HOME));
	assert_int_equal(HOME->load_avg, 100);
	assert_true(balance_is_due(OTHER)); /* each has its own time */
	fake.conf.nr_domains = 1;
	HOME->balance_ns = 0;
	assert_false(balance_is_due(HOME));
}

static void it_pays_while_the_other_has_a_quarter_more_afterwards(void **state)
{
	(void)state;
	set_load(HOME, 300);
	set_load(OTHER, 600); /* then 400 and 500 */
	assert_false(balance_pays(HOME, OTHER));
	set_load(OTHER, 601);
	assert_true(balance_pays(HOME, OTHER));
	set_load(HOME, 301);
	assert_false(balance_pays(HOME, OTHER));
	set_load(HOME, 0);
	set_load(OTHER, 99);
	assert_false(balance_pays(HOME, OTHER));
}

static void pressure_is_load_over_capacity(void **state)
{
	(void)state;
	set_load(HOME, 300);
	set_load(OTHER, 350); /* then 400 on four CPUs and 250 on two */
	OTHER->capacity = 2048;
	assert_false(balance_pays(HOME, OTHER));
	set_load(OTHER, 351);
	assert_true(balance_pays(HOME, OTHER));
}

static void what_is_there_now_counts_if_it_says_less(void **state)
{
	(void)state;
	set_load(HOME, 300);
	set_load(OTHER, 800);
	assert_true(balance_pays(HOME, OTHER));
	OTHER->load = 600;
	assert_false(balance_pays(HOME, OTHER));
	OTHER->load = 1200, OTHER->load_avg = 600;
	assert_false(balance_pays(HOME, OTHER));
	OTHER->load_avg = 800;
	HOME->load_avg = 500;
	assert_false(balance_pays(HOME, OTHER));
	HOME->load_avg = 300, HOME->load = 500;
	assert_false(balance_pays(HOME, OTHER));
}

static void a_busy_cpu_takes_from_a_domain_under_pressure(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	set_load(HOME, 400);
	set_load(OTHER, 800);
	fake_queue(DOMAIN_DSQ(0), 2, 0);
	fake_queue(DOMAIN_DSQ(1), 1, 0); /* at home somebody waits, too */
	sched_dispatch(5, &p);
	assert_int_equal(fake.nr_moves, 1);
	assert_int_equal(fake.moves[0], DOMAIN_DSQ(0));
	assert_int_equal(counted(STAT_DSP_BALANCE), 1);
	assert_int_equal(counted(STAT_DSP_STEAL_NODE), 1);
	assert_int_equal(counted(STAT_DSP_KEEP), 0);
	sched_dispatch(6, NULL); /* too soon for another */
	assert_int_equal(counted(STAT_DSP_BALANCE), 1);
	assert_int_equal(counted(STAT_DSP_DOMAIN), 1);
}

static void without_pressure_it_goes_on(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	set_load(HOME, 400);
	set_load(OTHER, 500);
	fake_queue(DOMAIN_DSQ(0), 1, 0);
	sched_dispatch(5, &p);
	assert_int_equal(fake.nr_moves, 0);
	assert_int_equal(counted(STAT_DSP_STEAL_LEFT), 1);
	assert_int_equal(counted(STAT_DSP_BALANCE), 0);
	assert_int_equal(counted(STAT_DSP_KEEP), 1);
}

static void it_has_to_be_worth_the_move(void **state)
{
	struct task_struct p = fake_task(5);

	(void)state;
	set_load(HOME, 0);
	set_load(OTHER, 800);
	fake_queue(DOMAIN_DSQ(0), 1, 0);
	fake.conf.steal_node_ns = 4 * MS + 1; /* one waits for four CPUs: 20 ms * 4/5 / 4 */
	sched_dispatch(5, &p);
	assert_int_equal(counted(STAT_DSP_STEAL_LEFT), 1);
	assert_int_equal(counted(STAT_DSP_BALANCE), 0);
	fake.now_ns += BALANCE_NS;
	fake.conf.steal_node_ns--;
	sched_dispatch(5, &p);
	assert_int_equal(counted(STAT_DSP_BALANCE), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_average_follows_the_load),
		cmocka_unit_test_setup(one_cpu_of_a_domain_compares_every_2_ms, fake_four_domains),
		cmocka_unit_test_setup(it_pays_while_the_other_has_a_quarter_more_afterwards,
				       fake_four_domains),
		cmocka_unit_test_setup(pressure_is_load_over_capacity, fake_four_domains),
		cmocka_unit_test_setup(what_is_there_now_counts_if_it_says_less, fake_four_domains),
		cmocka_unit_test_setup(a_busy_cpu_takes_from_a_domain_under_pressure,
				       fake_four_domains),
		cmocka_unit_test_setup(without_pressure_it_goes_on, fake_four_domains),
		cmocka_unit_test_setup(it_has_to_be_worth_the_move, fake_four_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
