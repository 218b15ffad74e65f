/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens next: timers, each known by a small number, of which each is set at most once.
 *
 * A heap with four children a node and the place of every timer, so that setting, moving and
 * cancelling one are all a few steps. Timers for the same moment fire in the order in which they
 * were set: the same run gives the same order on any machine.
 */
#ifndef SCX_TOPO_SIM_EVENT_QUEUE_H
#define SCX_TOPO_SIM_EVENT_QUEUE_H

#include "bpf/types.h"

struct event {
	u64 time_ns;
	u64 order; /* running number << TIMER_BITS | timer */
};

struct event_queue {
	struct event *heap;
	u32 *place; /* of each timer in the heap, plus 1; 0: not set */
	u32 nr;
	u32 nr_timers;
	u64 set_so_far;
};

#define TIMER_BITS 22
#define TIMER_MAX  (1U << TIMER_BITS)

/* Makes room for timers 0 to nr_timers - 1. Returns 0, -ENOMEM or -E2BIG. */
int event_queue_resize(struct event_queue *q, u32 nr_timers);
void event_queue_free(struct event_queue *q);

/* Sets a timer, or moves it if it is set already. */
void event_queue_set(struct event_queue *q, u32 timer, u64 time_ns);
void event_queue_cancel(struct event_queue *q, u32 timer);

static inline bool event_queue_is_set(const struct event_queue *q, u32 timer)
{
	return q->place[timer];
}

/* When it fires; the end of time if it is not set. */
static inline u64 event_queue_time(const struct event_queue *q, u32 timer)
{
	return q->place[timer] ? q->heap[q->place[timer] - 1].time_ns : ~0ULL;
}

/* Takes the next timer out; false: there is none. */
bool event_queue_pop(struct event_queue *q, u64 *time_ns, u32 *timer);

#endif
