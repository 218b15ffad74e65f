/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vruntime and deadline: who is next.
 *
 * Each task has a vruntime, the CPU time it has had over its weight, and each domain a clock that
 * follows the vruntime of what runs there. A task's deadline is its vruntime plus the time it has
 * run since it last slept: one that sleeps often is before one that has been computing for long,
 * although both get their fair share in the end, as only vruntime is charged and kept.
 *
 *	clock 1000 ms, two tasks of nice 0:
 *	compiler  vruntime 1000, awake 40 ms                  -> deadline 1040
 *	game      wakes with vruntime 700; sleeps 6 times in 100 ms, so it may lag the clock by
 *	          6 x 20 ms: vruntime 880, awake 0            -> deadline  880, it runs first
 *
 * The clock moves with the work that is done, divided by the weight of all who want to run: it is
 * where a task stands that always got its share. (A clock that follows the largest vruntime is
 * carried away by one nice'd task on an otherwise idle CPU, and everybody else then waits for
 * nothing; one that follows the smallest stands still while a storm of new tasks, which start at
 * the clock, goes past those that wait.) Nobody may be further from the clock than a bound when
 * lining up: beyond it the lead or lag is forgiven, as it was made while nobody wanted that CPU
 * time.
 *
 * What this is bad at: a task that sleeps often *and* computes much is favoured until its lag is
 * used up; a burst of such tasks delays hogs by the sum of their credits.
 *
 * All of it is unsigned 64-bit arithmetic that wraps, compared by signed distance.
 */
#ifndef SCX_TOPO_VTIME_H
#define SCX_TOPO_VTIME_H

#include "intf.h"

#define WEIGHT_NICE0 100
#define CAPACITY_MAX 1024
#define SLEEP_FREQ_NS                                                              \
	(100 * NSEC_PER_MSEC) /* sleep_freq counts voluntary switches in this time \
			       */
#define SLEEP_FREQ_MAX	 64
#define SLEEP_FREQ_SCALE 16 /* sleep_freq is a fixed-point number with this denominator */

/* Before, in the sense of time: right as long as the two are less than 2^63 apart. */
static inline bool time_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

static inline u64 time_max(u64 a, u64 b)
{
	return time_before(a, b) ? b : a;
}

/*
 * What running for `run_ns` costs: half the time on a core that does half the work, and twice the
 * time for half the weight.
 */
static inline u64 charge_ns(u64 run_ns, u32 weight, u32 capacity)
{
	u64 work_ns = run_ns * capacity / CAPACITY_MAX;

	if (weight == WEIGHT_NICE0) /* most tasks, and a division is dear in BPF */
		return work_ns;
	return work_ns * WEIGHT_NICE0 / (weight ? weight : 1);
}

/*
 * How often a task gives up the CPU of its own will: three quarters of what it was, one quarter of
 * what the newest interval says. Bounded, so that nobody can earn unlimited credit by many tiny
 * sleeps.
 */
static inline u32 sleep_freq_after(u32 sleep_freq, u64 interval_ns)
{
	u64 now = SLEEP_FREQ_NS * SLEEP_FREQ_SCALE / (interval_ns ? interval_ns : 1);

	if (now > SLEEP_FREQ_MAX * SLEEP_FREQ_SCALE)
		now = SLEEP_FREQ_MAX * SLEEP_FREQ_SCALE;
	return (sleep_freq * 3 + now) / 4;
}

/*
 * How far behind the clock a task may wake. Every voluntary switch in 100 ms is worth `credit_ns`,
 * one at least, times the weight, up to `lag_max_ns`. With many tasks waiting it shrinks to what
 * one switch is worth: in a crowd everybody's lead is somebody's wait.
 */
static inline u64 wake_credit_ns(const struct topo_conf *conf, u32 sleep_freq, u32 weight,
				 u32 nr_waiting, u32 nr_cpus)
{
	u64 switches = sleep_freq > SLEEP_FREQ_SCALE ? sleep_freq : SLEEP_FREQ_SCALE;
	u64 credit;

	if (nr_waiting >= nr_cpus)
		switches /= 1 + (nr_cpus ? nr_waiting / nr_cpus : nr_waiting);
	if (switches < SLEEP_FREQ_SCALE)
		switches = SLEEP_FREQ_SCALE;
	credit = conf->credit_ns * switches / SLEEP_FREQ_SCALE;
	if (weight != WEIGHT_NICE0)
		credit = credit * weight / WEIGHT_NICE0;
	return credit < conf->lag_max_ns ? credit : conf->lag_max_ns;
}

/*
 * How far ahead of the clock a task may line up: what two of the longest slices charge it. One
 * slice is what a task legitimately is ahead; more comes from running without competition.
 */
static inline u64 lead_max_ns(u64 slice_max_ns, u32 weight, u64 bound_ns)
{
	u64 lead_ns = 2 * charge_ns(slice_max_ns, weight, CAPACITY_MAX);

	return lead_ns < bound_ns ? lead_ns : bound_ns;
}

/* A vruntime brought within its lag and lead of the clock. */
static inline u64 bound_vruntime(u64 vruntime_ns, u64 clock_ns, u64 lag_ns, u64 lead_ns)
{
	if (time_before(vruntime_ns, clock_ns - lag_ns))
		return clock_ns - lag_ns;
	if (time_before(clock_ns + lead_ns, vruntime_ns))
		return clock_ns + lead_ns;
	return vruntime_ns;
}

/* From one domain's clock to another's: the lead or lag stays the same. */
static inline u64 rebase(u64 on_clock_ns, u64 from_clock_ns, u64 to_clock_ns)
{
	return to_clock_ns + (on_clock_ns - from_clock_ns);
}

/* Time awake counts up to a bound, so that a hog's deadline stays as near as that to its vruntime.
 */
static inline u64 deadline_ns(u64 vruntime_ns, u64 awake_ns, u64 awake_max_ns)
{
	return vruntime_ns + (awake_ns < awake_max_ns ? awake_ns : awake_max_ns);
}

/* How far the clock moves when somebody has worked for `run_ns` while `load` wanted to. */
static inline u64 clock_step_ns(u64 run_ns, u64 load, u32 capacity)
{
	u64 work_ns = run_ns * capacity / CAPACITY_MAX;

	return work_ns * WEIGHT_NICE0 / (load ? load : 1);
}

/*
 * How long a task may run: the longest slice when nobody waits, half of it with one task waiting
 * for each CPU, a third with two, and so on down to the shortest.
 */
static inline u64 slice_ns(u64 max_ns, u64 min_ns, u32 nr_waiting, u32 nr_cpus)
{
	u64 cpus = nr_cpus ? nr_cpus : 1, slice = max_ns;

	if (nr_waiting)
		slice = max_ns * cpus / (cpus + nr_waiting);
	return slice > min_ns ? slice : min_ns;
}

#endif
