/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "cost.h"

static const struct sim_cost costs[] = {
	/*
	 * A current x86 machine.
	 * tick_period: Debian's kernels have HZ=250.
	 * switch, wakeup: "perf bench sched pipe" on one CPU is 2 wake-ups and 2 switches in
	 *	4 to 6 us on machines of 2018 to 2024; half of a side to each. The scx policies'
	 *	own part, 0.5 to 1 us in instructions (docs/measured.md), is in them.
	 * ipi: a reschedule IPI takes 0.5 to 1.5 us between cores of a socket (Linux "ipi-bench").
	 * migrate: a working set of 64 KiB out of L2, half an L2 of 1 MiB out of L3 and out of
	 *	memory, at 100, 20 and 10 GB/s; another node at half the bandwidth of memory.
	 * restart: a pause of 50 ms (src/cmd_run.c), reading the topology, and the verifier, which
	 *	has most of it; an estimate. Longer is only more time of the fair model.
	 * smt: two threads of a core together do 1.2 to 1.3 times the work of one (Intel's figure
	 *	for its cores, 1.25; SPECint rate with and without SMT).
	 */
	{
		.name = "x86",
		.tick_period_ns = 4 * NSEC_PER_MSEC,
		.tick_ns = 2000,
		.switch_ns = 1200,
		.wakeup_ns = 1000,
		.land_ns = 150,
		.ipi_ns = 800,
		.fork_ns = 60000,
		.restart_ns = 300 * NSEC_PER_MSEC,
		.migrate_ns = { 0, 2000, 25000, 50000, 100000 },
		.smt_speed = 640,
	},
	/*
	 * The virtual machine with an instruction counter for a clock (1 ns an instruction, no
	 * caches, no SMT). From the run of a pipe between two processes of one CPU there: 7.7 us a
	 * hand-over under a small sched_ext scheduler, of which 2 us is the system call itself; a
	 * fork of a small process is 0.2 ms.
	 */
	{
		.name = "icount",
		.tick_period_ns = 4 * NSEC_PER_MSEC,
		.tick_ns = 8000,
		.switch_ns = 4000,
		.wakeup_ns = 3500,
		.land_ns = 300,
		.ipi_ns = 3000,
		.fork_ns = 200000,
		.restart_ns = 300 * NSEC_PER_MSEC,
		.takes_turns = true,
		.smt_speed = 1024,
	},
};

const struct sim_cost *sim_cost_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		if (!strcmp(costs[i].name, name))
			return &costs[i];
	}
	return NULL;
}
