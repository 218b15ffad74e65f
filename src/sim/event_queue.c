/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event_queue.h"

#define CHILDREN  4
#define HEAP_ROOM 2 /* events in it for each timer, with those that do not hold any more */
#define TIME_MAX  ((1ULL << (WHEEL_FINEST + WHEELS * WHEEL_DIGIT_BITS)) - 1) /* 4.5 years */

/* A timer's place: in the heap, or 1 + its slot, counted through all wheels; 0: not set. */
#define IN_HEAP ((u32)-1)

int event_queue_resize(struct event_queue *q, u32 nr_timers)
{
	struct timer *timers;
	struct event *heap;

	if (nr_timers <= q->nr_timers)
		return 0;
	if (nr_timers > TIMER_MAX)
		return -E2BIG;
	heap = realloc(q->heap, HEAP_ROOM * nr_timers * sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	q->heap = heap;
	timers = realloc(q->timers, nr_timers * sizeof(*timers));
	if (!timers)
		return -ENOMEM;
	memset(timers + q->nr_timers, 0, (nr_timers - q->nr_timers) * sizeof(*timers));
	q->timers = timers;
	q->nr_timers = nr_timers;
	return 0;
}

void event_queue_free(struct event_queue *q)
{
	free(q->heap);
	free(q->timers);
	memset(q, 0, sizeof(*q));
}

/* --- The heap: what is due in the current slot ---------------------------------------------------
 *
 * Moving or cancelling a timer leaves its event here: it does not hold any more. So timers, which
 * are far apart in memory, need not know where in the heap they are.
 */

static bool before(const struct event *a, const struct event *b)
{
	return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

static u32 timer_of(const struct event *e)
{
	return e->order & (TIMER_MAX - 1);
}

static bool holds(const struct event_queue *q, const struct event *e)
{
	const struct timer *t = &q->timers[timer_of(e)];

	return t->place == IN_HEAP && t->order == e->order;
}

static void sift_up(struct event_queue *q, u32 at, struct event e)
{
	while (at) {
		u32 parent = (at - 1) / CHILDREN;

		if (!before(&e, &q->heap[parent]))
			break;
		q->heap[at] = q->heap[parent];
		at = parent;
	}
	q->heap[at] = e;
}

static u32 first_child(const struct event_queue *q, u32 at)
{
	u32 best = at * CHILDREN + 1, child;

	for (child = best + 1; child < q->nr_heap && child <= at * CHILDREN + CHILDREN; child++) {
		if (before(&q->heap[child], &q->heap[best]))
			best = child;
	}
	return best;
}

static void sift_down(struct event_queue *q, u32 at, struct event e)
{
	while (at * CHILDREN + 1 < q->nr_heap) {
		u32 child = first_child(q, at);

		if (!before(&q->heap[child], &e))
			break;
		q->heap[at] = q->heap[child];
		at = child;
	}
	q->heap[at] = e;
}

/* Drops what does not hold any more; of each timer at most one event is left. */
static void heap_sweep(struct event_queue *q)
{
	u32 i, nr = q->nr_heap;

	q->nr_heap = 0;
	for (i = 0; i < nr; i++) {
		if (holds(q, &q->heap[i]))
			sift_up(q, q->nr_heap++, q->heap[i]);
	}
}

static void heap_add(struct event_queue *q, struct timer *t)
{
	if (q->nr_heap == HEAP_ROOM * q->nr_timers)
		heap_sweep(q);
	t->place = IN_HEAP;
	sift_up(q, q->nr_heap++, (struct event){ t->time_ns, t->order });
}

static struct event heap_take(struct event_queue *q)
{
	struct event first = q->heap[0];

	if (--q->nr_heap)
		sift_down(q, 0, q->heap[q->nr_heap]);
	return first;
}

/* --- The wheels: what is due later ---------------------------------------------------------------
 */

static void slot_add(struct event_queue *q, u32 wheel, u32 slot, u32 timer)
{
	struct wheel *w = &q->wheels[wheel];
	struct timer *t = &q->timers[timer];

	t->place = 1 + wheel * WHEEL_SLOTS + slot;
	t->prev = 0;
	t->next = w->first[slot];
	if (t->next)
		q->timers[t->next - 1].prev = timer + 1;
	w->first[slot] = timer + 1;
	w->used[slot / 64] |= 1ULL << (slot % 64);
}

static void slot_remove(struct event_queue *q, const struct timer *t)
{
	struct wheel *w = &q->wheels[(t->place - 1) / WHEEL_SLOTS];
	u32 slot = (t->place - 1) % WHEEL_SLOTS;

	if (t->next)
		q->timers[t->next - 1].prev = t->prev;
	if (t->prev)
		q->timers[t->prev - 1].next = t->next;
	else
		w->first[slot] = t->next;
	if (!w->first[slot])
		w->used[slot / 64] &= ~(1ULL << (slot % 64));
}

/* By the highest digit in which its time differs from the current slot's. */
static void add(struct event_queue *q, u32 timer)
{
	u64 tick = q->timers[timer].time_ns >> WHEEL_FINEST, now = q->slot_ns >> WHEEL_FINEST;
	u32 wheel;

	if (tick <= now) {
		heap_add(q, &q->timers[timer]);
		return;
	}
	wheel = (63 - __builtin_clzll(tick ^ now)) / WHEEL_DIGIT_BITS;
	slot_add(q, wheel, (tick >> (wheel * WHEEL_DIGIT_BITS)) % WHEEL_SLOTS, timer);
}

static void remove_from_slot(struct event_queue *q, const struct timer *t)
{
	if (t->place && t->place != IN_HEAP)
		slot_remove(q, t);
}

void event_queue_set(struct event_queue *q, u32 timer, u64 time_ns)
{
	struct timer *t = &q->timers[timer];

	remove_from_slot(q, t);
	t->time_ns = time_ns < TIME_MAX ? time_ns : TIME_MAX;
	t->order = ++q->set_so_far << TIMER_BITS | timer;
	add(q, timer);
}

void event_queue_cancel(struct event_queue *q, u32 timer)
{
	remove_from_slot(q, &q->timers[timer]);
	q->timers[timer].place = 0;
}

/* The first slot in use of the finest wheel that has one: there is nothing before it. */
static bool next_slot(const struct event_queue *q, u32 *wheel, u32 *slot)
{
	u32 i;

	for (*wheel = 0; *wheel < WHEELS; ++*wheel) {
		for (i = 0; i < WHEEL_SLOTS / 64; i++) {
			u64 used = q->wheels[*wheel].used[i];

			if (!used)
				continue;
			*slot = i * 64 + __builtin_ctzll(used);
			return true;
		}
	}
	return false;
}

/* Goes on to that slot, and spreads its timers over the finer wheels and the heap. */
static void enter_slot(struct event_queue *q, u32 wheel, u32 slot)
{
	u32 shift = WHEEL_FINEST + wheel * WHEEL_DIGIT_BITS;
	u64 wheel_ns = q->slot_ns >> shift >> WHEEL_DIGIT_BITS << WHEEL_DIGIT_BITS;
	struct wheel *w = &q->wheels[wheel];
	u32 timer = w->first[slot], next;

	q->slot_ns = (wheel_ns | slot) << shift;
	w->first[slot] = 0;
	w->used[slot / 64] &= ~(1ULL << (slot % 64));
	for (; timer; timer = next) {
		next = q->timers[timer - 1].next;
		add(q, timer - 1);
	}
}

/* Makes the first event of the heap the next one that holds; false: there is none. */
static bool find_next(struct event_queue *q)
{
	u32 wheel, slot;

	for (;;) {
		while (q->nr_heap) {
			if (holds(q, &q->heap[0]))
				return true;
			heap_take(q);
		}
		if (!next_slot(q, &wheel, &slot))
			return false;
		enter_slot(q, wheel, slot);
	}
}

bool event_queue_next(struct event_queue *q, u64 *time_ns)
{
	if (!find_next(q))
		return false;
	*time_ns = q->heap[0].time_ns;
	return true;
}

bool event_queue_pop(struct event_queue *q, u64 *time_ns, u32 *timer)
{
	struct event first;

	if (!find_next(q))
		return false;
	first = heap_take(q);
	*time_ns = first.time_ns;
	*timer = timer_of(&first);
	q->timers[*timer].place = 0;
	return true;
}
