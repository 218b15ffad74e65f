/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens next: timers, each known by a small number, of which each is set at most once.
 *
 * A hierarchical timing wheel (Varghese, Lauck, SOSP 1987): a timer goes into a slot by the highest
 * digit in which its time differs from now, and moves to a finer wheel when that slot's time has
 * come. So setting, moving and cancelling cost the same for ten timers and for a million. Only
 * those due within the finest slot are kept in order, in a small heap.
 *
 *	finest slot 0.5 us, wheels of 256 slots: 0.13 ms, 34 ms, 8.6 s, 37 min, ...
 *
 * Timers for the same moment fire in the order in which they were set: the same run gives the same
 * order on any machine.
 */
#ifndef SCX_TOPO_SIM_EVENT_QUEUE_H
#define SCX_TOPO_SIM_EVENT_QUEUE_H

#include "bpf/types.h"

#define WHEEL_DIGIT_BITS 8
#define WHEEL_SLOTS	 (1U << WHEEL_DIGIT_BITS)
#define WHEEL_FINEST	 9 /* log2 of the ns of a finest slot */
#define WHEELS		 6

struct event {
	u64 time_ns;
	u64 order; /* running number << TIMER_BITS | timer */
};

struct timer {
	u64 time_ns;
	u64 order;
	u32 place;	/* 0: not set; in the heap; or in a slot: see event_queue.c */
	u32 next, prev; /* in the same slot, plus 1 */
	u32 pad;
};

struct wheel {
	u64 used[WHEEL_SLOTS / 64]; /* bit: the slot is not empty */
	u32 first[WHEEL_SLOTS];	    /* timer, plus 1 */
};

struct event_queue {
	struct event *heap; /* due in the current finest slot */
	u32 nr_heap;
	u32 nr_timers;
	struct timer *timers;
	u64 slot_ns; /* begin of the current finest slot */
	u64 set_so_far;
	struct wheel wheels[WHEELS];
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
	return q->timers[timer].place;
}

/* When it fires; the end of time if it is not set. */
static inline u64 event_queue_time(const struct event_queue *q, u32 timer)
{
	return q->timers[timer].place ? q->timers[timer].time_ns : ~0ULL;
}

/* When the next timer fires; false: there is none. */
bool event_queue_next(struct event_queue *q, u64 *time_ns);

/* Takes the next timer out; false: there is none. */
bool event_queue_pop(struct event_queue *q, u64 *time_ns, u32 *timer);

#endif
