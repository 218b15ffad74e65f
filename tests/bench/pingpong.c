// SPDX-License-Identifier: GPL-2.0-only
/* Two processes hand a byte back and forth: the cost of a switch and of waking somebody. */
#include "lib/measure.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static long trips = 2000, cpus;

static const struct option_number options[] = {
	{ "trips", &trips, 1, 10000000, "round trips" },
	{ "cpus", &cpus, 0, 2, "keep both on one CPU, or on two; 0: where they like" },
	{ 0 },
};

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (cpus && sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity");
}

static void hand_over(int in, int out, long times)
{
	char byte;

	while (times--)
		if (read(in, &byte, 1) != 1 || write(out, &byte, 1) != 1)
			fail("ping-pong");
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "pingpong_free_ms", "pingpong_1_cpu_ms",
					     "pingpong_2_cpus_ms" };
	int there[2], back[2];
	uint64_t start;

	parse_options(argc, argv, options, "usage: pingpong [OPTIONS]");
	if (pipe(there) || pipe(back))
		fail("pipe");
	pin(0);
	if (!start_child()) {
		pin(cpus == 2);
		hand_over(there[0], back[1], trips);
		_exit(0);
	}
	start = now_ns();
	if (write(there[1], "x", 1) != 1)
		fail("ping-pong");
	hand_over(back[0], there[1], trips - 1);
	if (read(back[0], &(char){ 0 }, 1) != 1)
		fail("ping-pong");
	result(names[cpus], (now_ns() - start) / 1e6);
	wait_children(1);
	return 0;
}
