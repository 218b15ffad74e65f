/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clocks: those that a program can ask for, and the dispatcher's, which is none of them and drifts
 * against them. Moments in its tables, such as when a policy expires, are on the dispatcher's.
 */
#ifndef SCX_TOPO_CLOCK_H
#define SCX_TOPO_CLOCK_H

#include <time.h>

#include "../bpf/intf.h"

static inline u64 clock_now_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * NSEC_PER_SEC + time.tv_nsec;
}

/*
 * Whatever ran last started then; it may have been ourselves. 0: nothing of ours runs, which is so
 * only for tasks of another class that ask.
 */
static inline u64 clock_of_dispatcher_ns(const struct cpu_ctx *cpus, u32 nr)
{
	u64 latest = 0;

	for (u32 i = 0; i < nr; i++) {
		u64 start = *(const volatile u64 *)&cpus[i].run_start_ns;

		latest = start > latest ? start : latest;
	}
	return latest;
}

#endif
