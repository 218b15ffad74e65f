/* SPDX-License-Identifier: GPL-2.0-only */
/* The simulator's parts, each against the plainest possible version of itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/sim/dsq.h"
#include "src/sim/event_queue.h"
#include "src/sim/histogram.h"
#include "src/sim/rng.h"

#define NR 200

/* When a timer is due: at once, soon, or in any slot of any wheel. */
static u64 some_time(struct rng *rng, u64 now)
{
	return now + (rng_next(rng) >> rng_between(rng, 8, 63));
}

/* Sets, moves and cancels timers at random, and takes them out in order. */
static void timers_fire_in_order(void **state)
{
	struct rng rng = rng_stream(1, 1);
	struct event_queue q = { 0 };
	u64 due[NR] = { 0 }, set_at[NR] = { 0 }, time, now = 1;
	u32 timer, i, step;

	(void)state;
	assert_int_equal(event_queue_resize(&q, NR), 0);
	for (step = 1; step < 100000; step++) {
		timer = rng_below(&rng, NR);
		if (rng_below(&rng, 3)) {
			due[timer] = some_time(&rng, rng_below(&rng, 5) ? now : 1);
			set_at[timer] = step;
			event_queue_set(&q, timer, due[timer]);
			assert_true(event_queue_is_set(&q, timer));
			continue;
		}
		if (rng_below(&rng, 2)) {
			due[timer] = 0;
			event_queue_cancel(&q, timer);
			assert_false(event_queue_is_set(&q, timer));
			continue;
		}
		if (!event_queue_pop(&q, &time, &timer))
			continue;
		assert_true(time == due[timer]);
		now = time;
		due[timer] = 0;
		for (i = 0; i < NR; i++) {
			assert_false(due[i] && due[i] < time);
			assert_false(due[i] == time && set_at[i] < set_at[timer]);
		}
		if (!(step % 50)) /* else now is soon in the last slots */
			now = 1;
	}
	event_queue_free(&q);
}

/* Many more changes than timers inside one finest slot, and nothing that fires. */
static void moved_timers_leave_no_trace(void **state)
{
	struct event_queue q = { 0 };
	u64 time;
	u32 timer, i;

	(void)state;
	assert_int_equal(event_queue_resize(&q, 3), 0);
	for (i = 0; i < 100; i++)
		event_queue_set(&q, i % 3, 100 - i);
	for (i = 0; i < 3; i++) {
		assert_true(event_queue_pop(&q, &time, &timer));
		assert_int_equal(time, 1 + i);
		assert_int_equal(timer, (99 - i) % 3);
	}
	assert_false(event_queue_pop(&q, &time, &timer));
	event_queue_set(&q, 1, 7);
	event_queue_cancel(&q, 1);
	assert_false(event_queue_pop(&q, &time, &timer));
	event_queue_set(&q, 1, UINT64_MAX);
	assert_true(event_queue_pop(&q, &time, &timer));
	event_queue_free(&q);
}

static void too_many_timers_are_refused(void **state)
{
	struct event_queue q = { 0 };

	(void)state;
	assert_int_equal(event_queue_resize(&q, TIMER_MAX + 1), -7 /* E2BIG */);
	event_queue_free(&q);
}

/* Around the point where 64-bit time wraps: order is by signed distance. */
static void queue_is_ordered_first_come_first_served(void **state)
{
	struct rng rng = rng_stream(2, 1);
	struct dsq_node nodes[NR] = { 0 }, *n;
	u64 came[NR] = { 0 };
	struct dsq q = { 0 };
	u32 i, step;

	(void)state;
	for (step = 1; step < 5000; step++) {
		i = rng_below(&rng, NR);
		if (nodes[i].dsq) {
			dsq_remove(&nodes[i]);
		} else {
			dsq_insert(&q, &nodes[i], rng_below(&rng, 50) - 25);
			came[i] = step;
		}
		assert_true(dsq_sound(&q));
		for (n = q.first; n && n->next; n = n->next) {
			assert_true((s64)(n->next->vtime_ns - n->vtime_ns) >= 0);
			if (n->next->vtime_ns == n->vtime_ns)
				assert_true(came[n - nodes] < came[n->next - nodes]);
		}
	}
}

static void unsound_queue_is_noticed(void **state)
{
	struct dsq_node nodes[3] = { 0 };
	struct dsq q = { 0 };

	(void)state;
	dsq_insert(&q, &nodes[0], 1);
	dsq_insert(&q, &nodes[1], 2);
	dsq_insert(&q, &nodes[2], 3);
	nodes[1].vtime_ns = 4;
	assert_false(dsq_sound(&q));
	nodes[1].vtime_ns = 2;
	q.nr = 2;
	assert_false(dsq_sound(&q));
}

static void percentiles_are_right_to_two_percent(void **state)
{
	static struct histogram h;
	u64 i, p;
	static const u32 percents[] = { 1, 50, 95, 99 };

	(void)state;
	assert_int_equal(histogram_percentile(&h, 50), 0);
	for (i = 1; i <= 100000; i++)
		histogram_add(&h, i * 1000);
	for (i = 0; i < 4; i++) {
		p = histogram_percentile(&h, percents[i]);
		assert_in_range(p, percents[i] * 1000000ULL * 98 / 100,
				percents[i] * 1000000ULL * 102 / 100);
	}
	assert_int_equal(h.max_ns, 100000000);
	assert_true(histogram_percentile(&h, 100) <= h.max_ns);
	histogram_add(&h, UINT64_MAX);
	assert_int_equal(h.max_ns, UINT64_MAX);
}

/* The published test vector of splitmix64 with seed 1234567. */
static void random_numbers_are_those_of_splitmix64(void **state)
{
	struct rng rng = { .state = 1234567 };

	(void)state;
	assert_true(rng_next(&rng) == 6457827717110365317ULL);
	assert_true(rng_next(&rng) == 3203168211198807973ULL);
	assert_int_equal(rng_below(&rng, 0), 0);
	assert_int_equal(rng_between(&rng, 7, 7), 7);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_order),
		cmocka_unit_test(moved_timers_leave_no_trace),
		cmocka_unit_test(too_many_timers_are_refused),
		cmocka_unit_test(queue_is_ordered_first_come_first_served),
		cmocka_unit_test(unsound_queue_is_noticed),
		cmocka_unit_test(percentiles_are_right_to_two_percent),
		cmocka_unit_test(random_numbers_are_those_of_splitmix64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
