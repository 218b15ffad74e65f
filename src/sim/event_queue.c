/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event_queue.h"

#define CHILDREN 4

int event_queue_resize(struct event_queue *q, u32 nr_timers)
{
	struct event *heap;
	u32 *place;

	if (nr_timers <= q->nr_timers)
		return 0;
	if (nr_timers > TIMER_MAX)
		return -E2BIG;
	heap = realloc(q->heap, nr_timers * sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	q->heap = heap;
	place = realloc(q->place, nr_timers * sizeof(*place));
	if (!place)
		return -ENOMEM;
	memset(place + q->nr_timers, 0, (nr_timers - q->nr_timers) * sizeof(*place));
	q->place = place;
	q->nr_timers = nr_timers;
	return 0;
}

void event_queue_free(struct event_queue *q)
{
	free(q->heap);
	free(q->place);
	memset(q, 0, sizeof(*q));
}

static bool before(const struct event *a, const struct event *b)
{
	return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

static u32 timer_of(const struct event *e)
{
	return e->order & (TIMER_MAX - 1);
}

static void put(struct event_queue *q, u32 at, struct event e)
{
	q->heap[at] = e;
	q->place[timer_of(&e)] = at + 1;
}

static void sift_up(struct event_queue *q, u32 at, struct event e)
{
	while (at) {
		u32 parent = (at - 1) / CHILDREN;

		if (!before(&e, &q->heap[parent]))
			break;
		put(q, at, q->heap[parent]);
		at = parent;
	}
	put(q, at, e);
}

static u32 first_child(const struct event_queue *q, u32 at)
{
	u32 best = at * CHILDREN + 1, child;

	for (child = best + 1; child < q->nr && child <= at * CHILDREN + CHILDREN; child++) {
		if (before(&q->heap[child], &q->heap[best]))
			best = child;
	}
	return best;
}

static void sift_down(struct event_queue *q, u32 at, struct event e)
{
	while (at * CHILDREN + 1 < q->nr) {
		u32 child = first_child(q, at);

		if (!before(&q->heap[child], &e))
			break;
		put(q, at, q->heap[child]);
		at = child;
	}
	put(q, at, e);
}

void event_queue_set(struct event_queue *q, u32 timer, u64 time_ns)
{
	struct event e = { time_ns, ++q->set_so_far << TIMER_BITS | timer };
	u32 place = q->place[timer];

	if (!place)
		sift_up(q, q->nr++, e);
	else if (before(&e, &q->heap[place - 1]))
		sift_up(q, place - 1, e);
	else
		sift_down(q, place - 1, e);
}

void event_queue_cancel(struct event_queue *q, u32 timer)
{
	u32 place = q->place[timer];
	struct event last;

	if (!place)
		return;
	q->place[timer] = 0;
	last = q->heap[--q->nr];
	if (place - 1 == q->nr)
		return;
	if (place > 1 && before(&last, &q->heap[(place - 2) / CHILDREN]))
		sift_up(q, place - 1, last);
	else
		sift_down(q, place - 1, last);
}

bool event_queue_pop(struct event_queue *q, u64 *time_ns, u32 *timer)
{
	struct event first;

	if (!q->nr)
		return false;
	first = q->heap[0];
	*time_ns = first.time_ns;
	*timer = timer_of(&first);
	q->place[*timer] = 0;
	if (--q->nr)
		sift_down(q, 0, q->heap[q->nr]);
	return true;
}
