// SPDX-License-Identifier: GPL-2.0-only
/* Jobs of so much CPU time, so many at a time, as make -j starts them. */
#include "lib/measure.h"

#include <stdio.h>
#include <unistd.h>

static long jobs = 16, at_a_time = 4, work_us = 10000;

static const struct option_number options[] = {
	{ "jobs", &jobs, 1, 100000, "jobs" },
	{ "at-a-time", &at_a_time, 1, 1000, "how many run at once" },
	{ "work", &work_us, 1, 10000000, "us of CPU time of each" },
	{ 0 },
};

int main(int argc, char **argv)
{
	long running = 0;
	uint64_t start;
	char name[64];

	parse_options(argc, argv, options, "usage: batch [OPTIONS]");
	start = now_ns();
	for (long i = 0; i < jobs; i++) {
		if (running == at_a_time) {
			wait_children(1);
			running--;
		}
		running++;
		if (!start_child()) {
			burn_cpu_time(work_us * NSEC_PER_USEC);
			_exit(0);
		}
	}
	wait_children(running);
	snprintf(name, sizeof(name), work_us >= 1000 ? "jobs_%ld_at_a_time_ms" : "forks_%ld_ms",
		 at_a_time);
	result(name, (now_ns() - start) / 1e6);
	return 0;
}
