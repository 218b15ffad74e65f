// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mixed nice values: so many hogs of nice 0 and of nice 5 on each CPU, and how far from their
 * weights they share the machine. 1 is exact; above, the heavier ones got more than their due. And
 * how far apart those of nice 0 are: the most over the least that one got.
 */
#include "lib/measure.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>

#define NICE	     5
#define WEIGHT_RATIO (1024.0 / 335) /* nice 0 to nice 5, from the kernel's table */

static long each = 2, milliseconds = 1000;

static const struct option_number options[] = {
	{ "each", &each, 1, 100, "hogs of each nice value for each CPU" },
	{ "milliseconds", &milliseconds, 10, 1000000, "how long" },
	{ 0 },
};

static void hog(struct worker *worker)
{
	while (working()) {
		burn();
		step_done(worker, 0);
	}
}

/* Of nice 0; 0: one got nothing. */
static double most_over_least(const struct worker *workers, long nr)
{
	uint64_t most = 0, least = UINT64_MAX;

	for (long i = 0; i < nr; i += 2) {
		most = workers[i].cpu_ns > most ? workers[i].cpu_ns : most;
		least = workers[i].cpu_ns < least ? workers[i].cpu_ns : least;
	}
	return least ? (double)most / least : 0;
}

int main(int argc, char **argv)
{
	uint64_t cpu_ns[2] = { 0 };
	struct worker *workers;
	long nr;

	parse_options(argc, argv, options, "usage: shares [OPTIONS]");
	nr = 2 * each * get_nprocs();
	workers = make_workers(nr);
	for (long i = 0; i < nr; i++) {
		workers[i].cpu = -1;
		workers[i].nice = i % 2 ? NICE : 0;
		start_worker(&workers[i], hog);
	}
	sleep_ns(milliseconds * NSEC_PER_MSEC);
	for (long i = 0; i < nr; i++)
		cpu_ns[i % 2] += workers[i].cpu_ns;
	stop_workers(workers, nr);
	result("share_nice_0_to_5", cpu_ns[1] ? cpu_ns[0] / (WEIGHT_RATIO * cpu_ns[1]) : 0);
	result("share_most_over_least", most_over_least(workers, nr));
	return 0;
}
