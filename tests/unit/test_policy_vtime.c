/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy's arithmetic: bits of words, and who is next. Expected values are worked out by hand.
 */
#include "fake_env.h"
#include "bpf/vtime.h"

static const struct topo_conf conf = { .credit_ns = 20 * MS, .lag_max_ns = 200 * MS };

static void bit_goes_round_at_64(void **state)
{
	(void)state;
	assert_int_equal(bit(0), 1);
	assert_int_equal(bit(63), 0x8000000000000000ULL);
	assert_int_equal(bit(64), 1);
	assert_int_equal(bit(130), 4);
}

static void first_bit_finds_each_of_64(void **state)
{
	u32 n;

	(void)state;
	for (n = 0; n < 64; n++) {
		assert_int_equal(first_bit(1ULL << n), n);
		assert_int_equal(first_bit(~0ULL << n), n);
		assert_int_equal(first_bit(1ULL << 63 | 1ULL << n), n);
	}
	assert_int_equal(first_bit(0), 0);
}

static u32 slow_first_bit_from(u64 word, u32 start)
{
	u32 i;

	for (i = 0; i < 64; i++) {
		if (word >> ((start + i) % 64) & 1)
			return (start + i) % 64;
	}
	return 0;
}

static void first_bit_from_goes_round(void **state)
{
	static const u64 words[] = {
		1, 1ULL << 63, 0x8000000000000001ULL, 0xf0f0, ~0ULL, 1ULL << 31
	};
	u32 i, start;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		for (start = 0; start < 130; start++)
			assert_int_equal(first_bit_from(words[i], start),
					 slow_first_bit_from(words[i], start));
	}
	assert_int_equal(first_bit_from(0, 5), 0);
}

static void words_change_and_tell_what_was(void **state)
{
	u64 word = 0x0c;

	(void)state;
	assert_int_equal(set_bits(&word, 0x05), 0x0c);
	assert_int_equal(word, 0x0d);
	assert_int_equal(clear_bits(&word, 0x14), 0x0d);
	assert_int_equal(word, 0x09);
	assert_int_equal(read_word(&word), 0x09);
}

static void time_is_compared_by_signed_distance(void **state)
{
	(void)state;
	assert_true(time_before(1, 2));
	assert_false(time_before(2, 1));
	assert_false(time_before(2, 2));
	assert_true(time_before(-5ULL, 3));
	assert_false(time_before(3, -5ULL));
	assert_true(time_before(10, 10 + (1ULL << 63) - 1));
	assert_false(time_before(10 + (1ULL << 63) - 1, 10));
	assert_int_equal(time_max(7, 9), 9);
	assert_int_equal(time_max(9, 7), 9);
	assert_int_equal(time_max(-5ULL, 3), 3);
}

static void running_is_charged_by_weight_and_capacity(void **state)
{
	(void)state;
	assert_int_equal(charge_ns(10 * MS, 100, 1024), 10 * MS);
	assert_int_equal(charge_ns(10 * MS, 200, 1024), 5 * MS);
	assert_int_equal(charge_ns(10 * MS, 50, 1024), 20 * MS);
	assert_int_equal(charge_ns(10 * MS, 100, 512), 5 * MS);
	assert_int_equal(charge_ns(10 * MS, 10000, 256), 25 * US);
	assert_int_equal(charge_ns(1000, 100, 614), 599);
	assert_int_equal(charge_ns(1000, 300, 1024), 333);
	assert_int_equal(charge_ns(10, 0, 1024), 1000);
	assert_int_equal(charge_ns(0, 100, 1024), 0);
}

static void sleep_frequency_is_a_moving_average(void **state)
{
	(void)state;
	assert_int_equal(sleep_freq_after(0, 100 * MS), 4);
	assert_int_equal(sleep_freq_after(16, 100 * MS), 16);
	assert_int_equal(sleep_freq_after(100, 50 * MS), 83);
	assert_int_equal(sleep_freq_after(160, -1ULL), 120);
	/* 64 switches in 100 ms are the most that count. */
	assert_int_equal(sleep_freq_after(0, 1562500), 256);
	assert_int_equal(sleep_freq_after(0, 1 * MS), 256);
	assert_int_equal(sleep_freq_after(1024, 1), 1024);
	assert_int_equal(sleep_freq_after(1024, 0), 1024);
	assert_int_equal(sleep_freq_after(0, 2 * MS), 200);
}

static void who_sleeps_often_earns_credit(void **state)
{
	(void)state;
	assert_int_equal(wake_credit_ns(&conf, 6 * 16, 100, 0, 4), 120 * MS);
	assert_int_equal(wake_credit_ns(&conf, 40, 100, 0, 4), 50 * MS);
	/* One switch at least; never more than the bound. */
	assert_int_equal(wake_credit_ns(&conf, 0, 100, 0, 4), 20 * MS);
	assert_int_equal(wake_credit_ns(&conf, 16, 100, 0, 4), 20 * MS);
	assert_int_equal(wake_credit_ns(&conf, 10 * 16, 100, 0, 4), 200 * MS);
	assert_int_equal(wake_credit_ns(&conf, 11 * 16, 100, 0, 4), 200 * MS);
	assert_int_equal(wake_credit_ns(&conf, 1024, 10000, 0, 4), 200 * MS);
	/* Times the weight. */
	assert_int_equal(wake_credit_ns(&conf, 3 * 16, 200, 0, 4), 120 * MS);
	assert_int_equal(wake_credit_ns(&conf, 6 * 16, 1, 0, 4), 1200 * US);
}

static void credit_shrinks_in_a_crowd(void **state)
{
	(void)state;
	assert_int_equal(wake_credit_ns(&conf, 96, 100, 3, 4), 120 * MS);
	assert_int_equal(wake_credit_ns(&conf, 96, 100, 4, 4), 60 * MS);
	assert_int_equal(wake_credit_ns(&conf, 96, 100, 8, 4), 40 * MS);
	assert_int_equal(wake_credit_ns(&conf, 96, 100, 40, 4), 20 * MS);
	assert_int_equal(wake_credit_ns(&conf, 96, 100, 1, 0), 60 * MS);
}

static void lead_and_lag_are_bounded(void **state)
{
	(void)state;
	assert_int_equal(lead_max_ns(20 * MS, 100, 200 * MS), 40 * MS);
	assert_int_equal(lead_max_ns(20 * MS, 50, 200 * MS), 80 * MS);
	assert_int_equal(lead_max_ns(20 * MS, 10, 200 * MS), 200 * MS);

	assert_int_equal(bound_vruntime(899, 1000, 100, 50), 900);
	assert_int_equal(bound_vruntime(901, 1000, 100, 50), 901);
	assert_int_equal(bound_vruntime(1049, 1000, 100, 50), 1049);
	assert_int_equal(bound_vruntime(1051, 1000, 100, 50), 1050);
	/* The same where the clock has just gone round. */
	assert_int_equal(bound_vruntime(-91ULL, 10, 100, 50), -90ULL);
	assert_int_equal(bound_vruntime(-89ULL, 10, 100, 50), -89ULL);
	assert_int_equal(bound_vruntime(41, -10ULL, 100, 50), 40);
	assert_int_equal(bound_vruntime(39, -10ULL, 100, 50), 39);
}

static void vruntime_moves_to_another_clock(void **state)
{
	(void)state;
	assert_int_equal(rebase(700, 1000, 5000), 4700);
	assert_int_equal(rebase(1300, 1000, 5000), 5300);
	assert_int_equal(rebase(700, 1000, 100), -200ULL);
}

static void deadline_adds_bounded_time_awake(void **state)
{
	(void)state;
	assert_int_equal(deadline_ns(1000, 40, 100), 1040);
	assert_int_equal(deadline_ns(1000, 100, 100), 1100);
	assert_int_equal(deadline_ns(1000, 101, 100), 1100);
	assert_int_equal(deadline_ns(-10ULL, 40, 100), 30);
}

static void clock_moves_by_work_over_load(void **state)
{
	(void)state;
	assert_int_equal(clock_step_ns(10 * MS, 100, 1024), 10 * MS);
	assert_int_equal(clock_step_ns(10 * MS, 400, 1024), 2500 * US);
	assert_int_equal(clock_step_ns(10 * MS, 100, 512), 5 * MS);
	assert_int_equal(clock_step_ns(1000, 300, 614), 199);
	assert_int_equal(clock_step_ns(10, 0, 1024), 1000);
}

static void slice_shrinks_with_those_who_wait(void **state)
{
	(void)state;
	assert_int_equal(slice_ns(20 * MS, 1 * MS, 0, 4), 20 * MS);
	assert_int_equal(slice_ns(20 * MS, 1 * MS, 1, 4), 16 * MS);
	assert_int_equal(slice_ns(20 * MS, 1 * MS, 4, 4), 10 * MS);
	assert_int_equal(slice_ns(20 * MS, 1 * MS, 8, 4), 6666666);
	assert_int_equal(slice_ns(20 * MS, 1 * MS, 1000, 4), 1 * MS);
	assert_int_equal(slice_ns(20 * MS, 1 * MS, 1, 0), 10 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bit_goes_round_at_64),
		cmocka_unit_test(first_bit_finds_each_of_64),
		cmocka_unit_test(first_bit_from_goes_round),
		cmocka_unit_test(words_change_and_tell_what_was),
		cmocka_unit_test(time_is_compared_by_signed_distance),
		cmocka_unit_test(running_is_charged_by_weight_and_capacity),
		cmocka_unit_test(sleep_frequency_is_a_moving_average),
		cmocka_unit_test(who_sleeps_often_earns_credit),
		cmocka_unit_test(credit_shrinks_in_a_crowd),
		cmocka_unit_test(lead_and_lag_are_bounded),
		cmocka_unit_test(vruntime_moves_to_another_clock),
		cmocka_unit_test(deadline_adds_bounded_time_awake),
		cmocka_unit_test(clock_moves_by_work_over_load),
		cmocka_unit_test(slice_shrinks_with_those_who_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
