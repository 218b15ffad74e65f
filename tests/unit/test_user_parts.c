/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of libscxu that need no kernel: queue by deadline, locked memory, reading a ring. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "src/user/internal.h"

#define NR_TASKS 500

static struct scxu_task tasks[NR_TASKS];

static void push(struct scxu_queue *q, int i, uint64_t deadline_ns)
{
	tasks[i].pid = i;
	tasks[i].deadline_ns = deadline_ns;
	scxu_queue_push(q, &tasks[i]);
}

static void an_empty_queue(void **state)
{
	struct scxu_queue q = { 0 };

	(void)state;
	assert_null(scxu_queue_pop(&q));
	push(&q, 0, 5);
	assert_int_equal(q.nr, 1);
	assert_ptr_equal(scxu_queue_pop(&q), &tasks[0]);
	assert_null(scxu_queue_pop(&q));
	assert_int_equal(q.nr, 0);
}

static void equals_first_in_first_out(void **state)
{
	struct scxu_queue q = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		push(&q, i, 7);
	for (i = 0; i < 100; i++)
		assert_int_equal(scxu_queue_pop(&q)->pid, i);
}

static void deadlines_that_wrap(void **state)
{
	struct scxu_queue q = { 0 };

	(void)state;
	push(&q, 0, 3);
	push(&q, 1, UINT64_MAX - 3);
	assert_int_equal(scxu_queue_pop(&q)->pid, 1);
	assert_int_equal(scxu_queue_pop(&q)->pid, 0);
}

/* Pushes and pops at random; what comes out is always the smallest of what is in. */
static void random_order(void **state)
{
	struct scxu_queue q = { 0 };
	bool in[NR_TASKS] = { 0 };
	int step, i;

	(void)state;
	srand(1);
	for (step = 0; step < 20000; step++) {
		struct scxu_task *t;

		i = rand() % NR_TASKS;
		if (!in[i] && rand() % 2) {
			push(&q, i, rand() % 1000);
			in[i] = true;
			continue;
		}
		t = scxu_queue_pop(&q);
		if (!t)
			continue;
		in[t->pid] = false;
		for (i = 0; i < NR_TASKS; i++) {
			if (in[i])
				assert_true(tasks[i].deadline_ns >= t->deadline_ns);
		}
	}
}

static void memory_comes_back(void **state)
{
	struct scxu s = { .arena.size = 4096 };
	void *first, *again, *big;

	(void)state;
	s.arena.start = scxu_memory_map(4096);
	assert_non_null(s.arena.start);
	first = scxu_alloc(&s, 100);
	assert_non_null(first);
	memset(first, 1, 100);
	scxu_free(&s, first);
	again = scxu_alloc(&s, 90);
	assert_ptr_equal(again, first);
	assert_int_equal(*(char *)again, 0); /* zeroed anew */
	big = scxu_alloc(&s, 2000);
	assert_non_null(big);
	assert_null(scxu_alloc(&s, 2000)); /* used up, and said so */
	assert_null(scxu_alloc(&s, SIZE_MAX / 2));
	scxu_free(&s, big);
	assert_ptr_equal(scxu_alloc(&s, 1500), big);
	scxu_free(&s, NULL);
	scxu_memory_unmap(s.arena.start, 4096);
}

/* Two CPUs and two tasks held back: virtual time goes half as fast as the clock, at least. */
static void virtual_time(void **state)
{
	struct scxu_ops ops = { .max_tasks = 1 };
	struct scxu s = { .ops = &ops, .tasks = tasks, .topology.nr_cpus = 2 };
	uint64_t start_ns = scxu_now_ns(), vtime_ns, elapsed_ns;

	(void)state;
	scxu_tasks_init(&s);
	s.nr_held = 2;
	s.vtime_at_ns = start_ns - SCXU_NSEC_PER_SEC;
	vtime_ns = scxu_vtime(&s);
	elapsed_ns = scxu_now_ns() - start_ns;
	assert_true(vtime_ns >= SCXU_NSEC_PER_SEC + SCXU_NSEC_PER_SEC / 2);
	assert_true(vtime_ns <= SCXU_NSEC_PER_SEC + (SCXU_NSEC_PER_SEC + elapsed_ns) / 2);
	assert_true(scxu_vtime(&s) >= vtime_ns);
	s.vtime_ns = UINT64_MAX; /* it may wrap */
	assert_int_equal(scxu_later(s.vtime_ns, 5), 5);
	assert_int_equal(scxu_later(5, s.vtime_ns), 5);
}

#define RING_SIZE 4096

/* A ring as the kernel writes it, with its data mapped twice. */
struct fake_ring {
	unsigned long consumer, producer;
	char data[2 * RING_SIZE];
};

static void write_record(struct fake_ring *ring, int32_t pid, uint32_t flags)
{
	unsigned long length = sizeof(struct user_queued);
	unsigned long at = ring->producer % RING_SIZE;
	uint32_t header = length | flags;
	struct user_queued m = { .pid = pid };
	unsigned long i;

	memcpy(ring->data + at, &header, sizeof(header));
	memcpy(ring->data + at + BPF_RINGBUF_HDR_SZ, &m, sizeof(m));
	for (i = 0; i < BPF_RINGBUF_HDR_SZ + sizeof(m); i++) /* the other mapping */
		ring->data[(at + i + RING_SIZE) % (2 * RING_SIZE)] = ring->data[at + i];
	ring->producer += BPF_RINGBUF_HDR_SZ + length;
}

static void ring_in_order(void **state)
{
	struct fake_ring *ring = calloc(1, sizeof(*ring));
	struct ring_reader reader = { .consumer = &ring->consumer,
				      .producer = &ring->producer,
				      .data = ring->data,
				      .size = RING_SIZE };
	const struct user_queued *m;
	size_t length;
	int i;

	(void)state;
	assert_null(scxu_ring_peek(&reader, &length));
	assert_true(scxu_ring_empty(&reader));
	for (i = 0; i < 200; i++) { /* several times round */
		write_record(ring, i, 0);
		write_record(ring, i + 1000, 0);
		m = scxu_ring_peek(&reader, &length);
		assert_int_equal(m->pid, i);
		assert_int_equal(length, sizeof(*m));
		scxu_ring_pop(&reader, length);
		m = scxu_ring_peek(&reader, &length);
		assert_int_equal(m->pid, i + 1000);
		scxu_ring_pop(&reader, length);
	}
	assert_true(scxu_ring_empty(&reader));
	/* One that is still being written is not read, but is not nothing either. */
	write_record(ring, 5, BPF_RINGBUF_BUSY_BIT);
	assert_null(scxu_ring_peek(&reader, &length));
	assert_false(scxu_ring_empty(&reader));
	free(ring);
}

static void bad_ops(void **state)
{
	struct scxu_ops ops = { .name = "ok" };

	(void)state;
	assert_int_equal(scxu_run(&ops), -22); /* no schedule() */
	ops.schedule = (void (*)(struct scxu *))abort;
	ops.name = "two words";
	assert_int_equal(scxu_run(&ops), -22);
	ops.name = NULL;
	assert_int_equal(scxu_run(&ops), -22);
	ops.name = "ok";
	ops.max_tasks = 1U << 30;
	assert_int_equal(scxu_run(&ops), -22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_queue),      cmocka_unit_test(equals_first_in_first_out),
		cmocka_unit_test(deadlines_that_wrap), cmocka_unit_test(random_order),
		cmocka_unit_test(memory_comes_back),   cmocka_unit_test(virtual_time),
		cmocka_unit_test(ring_in_order),       cmocka_unit_test(bad_ops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
