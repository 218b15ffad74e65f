/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduler thread: when it runs, and what happens when it does not do its work.
 *
 * It is a task like any other, but one that waits in a DSQ of its own while it has nothing to do.
 * It has, when messages wait for it or when it holds tasks back and a CPU asks for work. Whoever
 * looks for work then finds it; a tick sees to it that this is soon.
 *
 * The guard. User space shows progress by ending rounds and by sending decisions. When tasks wait
 * and there has been none for conf.guard_ns, the kernel side dispatches by itself, first come first
 * served: the tasks in limbo, new ones, and the scheduler thread among them, so that it neither
 * starves nor is in the way. The first sign of progress ends that. All of this is looked at where
 * CPUs pass anyway (dispatch, tick); a timer runs only while tasks wait and a CPU is idle.
 */
#ifndef SCX_TOPO_USER_GUARD_BPF_H
#define SCX_TOPO_USER_GUARD_BPF_H

#include "user_state.bpf.h"

#define PARKING_MAX_NS NSEC_PER_SEC /* far below the watchdog of sched_ext */
#define RESCUE_LOOK_NS (100 * NSEC_PER_MSEC)

struct timer {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, u32);
	__type(value, struct timer);
} timers SEC(".maps");

enum { TIMER_GUARD, TIMER_PARKING };

static __always_inline bool messages_wait(void)
{
	return kernel_side.sent != user_side.consumed;
}

/* A scheduler that decided nothing in its last round is not asked again at once. */
static __always_inline bool scheduler_needed(void)
{
	return messages_wait() || (user_side.held && user_side.last_decided) ||
	       kernel_side.heartbeat;
}

static __always_inline void start_timer(u32 which, u64 delay_ns)
{
	struct timer *t = bpf_map_lookup_elem(&timers, &which);

	if (t)
		bpf_timer_start(&t->timer, delay_ns, 0);
}

static __always_inline void arm_guard(void)
{
	if (!kernel_side.guard_armed && !__sync_lock_test_and_set(&kernel_side.guard_armed, 1))
		start_timer(TIMER_GUARD, conf.guard_ns / 2);
}

static __always_inline void arm_parking(void)
{
	if (!kernel_side.parking_armed && !__sync_lock_test_and_set(&kernel_side.parking_armed, 1))
		start_timer(TIMER_PARKING, PARKING_MAX_NS);
}

static __always_inline void note_progress(u64 now)
{
	kernel_side.rounds_seen = user_side.rounds;
	kernel_side.submitted_seen = user_side.submitted;
	kernel_side.progress_ns = now;
	if (kernel_side.guard) {
		kernel_side.guard = 0;
		count(USER_STAT_GUARD_OFF);
	}
}

/* Cheap as long as there is progress, which is nearly always. */
static __always_inline void check_guard(u64 now)
{
	if (kernel_side.rounds_seen != user_side.rounds ||
	    kernel_side.submitted_seen != user_side.submitted) {
		note_progress(now);
		return;
	}
	if (kernel_side.guard || !time_before(kernel_side.progress_ns + conf.guard_ns, now) ||
	    scx_bpf_dsq_nr_queued(DSQ_LIMBO) <= 0)
		return;
	if (!__sync_lock_test_and_set(&kernel_side.guard, 1))
		count(USER_STAT_GUARD_ON);
}

/* When was the oldest task in limbo announced? Only from ops.dispatch. */
static __always_inline u64 oldest_wait_ns(u64 now)
{
	struct bpf_iter_scx_dsq it;
	struct user_task_ctx *t;
	struct task_struct *p = NULL;
	u64 wait_ns = 0;

	if (!bpf_iter_scx_dsq_new(&it, DSQ_LIMBO, 0))
		p = bpf_iter_scx_dsq_next(&it);
	if (p) {
		t = task_ctx(p);
		if (t && time_before(t->enq_ns, now))
			wait_ns = now - t->enq_ns;
	}
	bpf_iter_scx_dsq_destroy(&it);
	return wait_ns;
}

/* A scheduler may well be busy and yet forget a task. */
static __always_inline void check_rescue(u64 now)
{
	if (time_before(now, kernel_side.rescue_checked_ns + RESCUE_LOOK_NS))
		return;
	kernel_side.rescue_checked_ns = now;
	kernel_side.rescue = oldest_wait_ns(now) > conf.hold_max_ns;
}

static int guard_timer(void *map, u32 *key, struct timer *timer)
{
	u32 cpu;

	kernel_side.guard_armed = 0;
	if (scx_bpf_dsq_nr_queued(DSQ_LIMBO) <= 0)
		return 0;
	check_guard(scx_bpf_now());
	if (kernel_side.guard || kernel_side.parked) {
		bpf_for(cpu, 0, conf.nr_cpu_ids)
			kick_idle(cpu);
	}
	arm_guard();
	return 0;
}

static int parking_timer(void *map, u32 *key, struct timer *timer)
{
	kernel_side.parking_armed = 0;
	if (!kernel_side.parked)
		return 0;
	if (time_before(scx_bpf_now(), kernel_side.parked_ns + PARKING_MAX_NS / 2)) {
		arm_parking();
		return 0;
	}
	kernel_side.heartbeat = 1;
	kick_idle(kernel_side.parked_cpu);
	arm_parking();
	return 0;
}

static __always_inline int init_timers(void)
{
	u32 guard = TIMER_GUARD, parking = TIMER_PARKING;
	struct timer *g = bpf_map_lookup_elem(&timers, &guard);
	struct timer *p = bpf_map_lookup_elem(&timers, &parking);
	int err;

	if (!g || !p)
		return -2;
	err = bpf_timer_init(&g->timer, &timers, 1 /* CLOCK_MONOTONIC */);
	err = err ?: bpf_timer_set_callback(&g->timer, guard_timer);
	err = err ?: bpf_timer_init(&p->timer, &timers, 1);
	return err ?: bpf_timer_set_callback(&p->timer, parking_timer);
}

/* The scheduler thread wants to run. */
static __always_inline void enqueue_scheduler(struct task_struct *p)
{
	if (kernel_side.guard) {
		compat_dsq_insert(p, DSQ_KERNEL, conf.slice_ns, 0);
		return;
	}
	kernel_side.parked_ns = scx_bpf_now();
	kernel_side.parked_cpu = scx_bpf_task_cpu(p);
	__sync_lock_test_and_set(&kernel_side.parked, 1); /* before others' work is looked at */
	compat_dsq_insert(p, DSQ_SCHEDULER, conf.slice_ns, 0);
	arm_parking();
}

static __always_inline bool run_scheduler(void)
{
	if (!kernel_side.parked || !compat_dsq_move_to_local(DSQ_SCHEDULER))
		return false;
	kernel_side.heartbeat = 0;
	count(USER_STAT_RUN_SCHED);
	return true;
}

/*
 * Between the scheduler thread's "nothing to do" and its arrival in its queue somebody may have
 * needed it and not found it: the CPU on which it parked looks again.
 */
static __always_inline void look_again_when_idle(s32 cpu)
{
	if (kernel_side.parked && scheduler_needed())
		compat_kick(cpu, 0);
}

/* All CPUs are busy and the scheduler thread has to wait: end the slice of what runs here. */
static __always_inline bool scheduler_overdue(u64 now)
{
	return kernel_side.parked && scheduler_needed() &&
	       time_before(kernel_side.parked_ns + conf.lag_ns, now);
}

#endif
