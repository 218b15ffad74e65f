/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a task that only computes stays on small cores: it is put on one, set free, and the time
 * until it finds itself on a big core is measured, again and again. Every round starts with a
 * sleep, so that it is judged anew. Ends with status 1 if a round took longer than the limit.
 */
#include "tests/vm/lib/options.h"
#include "tests/vm/lib/worker.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUND_END_MS 1000
#define SLEEP_MS     100

static long rounds = 20, limit_ms = 20, first_big = 4, small_cpu;

static void allow(int first, int nr)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (int i = first; i < first + nr; i++)
		CPU_SET(i, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		perror("heavy: sched_setaffinity");
		exit(2);
	}
}

/* Time until it is on a big core; about ROUND_END_MS if it never gets there. */
static double one_round(void)
{
	uint64_t start;

	allow(small_cpu, 1);
	sleep_ns(SLEEP_MS * NSEC_PER_MSEC);
	allow(0, CPU_SETSIZE);
	start = now_ns();
	while (sched_getcpu() < first_big && now_ns() - start < ROUND_END_MS * NSEC_PER_MSEC)
		;
	return (double)(now_ns() - start) / NSEC_PER_MSEC;
}

int main(int argc, char **argv)
{
	const struct option_number table[] = {
		{ "rounds", &rounds, 1, 1000, "how often" },
		{ "limit", &limit_ms, 1, ROUND_END_MS, "ms that a round may take" },
		{ "first-big", &first_big, 1, 4095, "CPUs from this one on are big" },
		{ "start", &small_cpu, 0, 4095, "the small CPU to start on" },
		{ 0 },
	};
	double longest = 0, sum = 0;

	parse_options(argc, argv, table, "heavy [OPTIONS]");
	for (long i = 0; i < rounds; i++) {
		double ms = one_round();

		sum += ms;
		longest = ms > longest ? ms : longest;
	}
	printf("to a big core in %.1f ms on average, %.1f ms at most, of %ld times\n", sum / rounds,
	       longest, rounds);
	return longest > limit_ms;
}
