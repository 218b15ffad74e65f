// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who gets how much of one CPU. Workers that only compute are pinned to it, each with the nice
 * value of an argument, and their shares of CPU time are compared to their weights. With --new,
 * more of them join when half the time is over: that must not make anybody wait for long.
 */
#include "tests/vm/lib/options.h"
#include "tests/vm/lib/worker.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_WORKERS 1000

/* The kernel's weight of each nice value from -20 to 19: a step is worth about a quarter. */
static const int nice_weight[40] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548,  7620,  6100,  4904,  3906,  3121,  2501,	 1991,	1586,  1277,
	1024,  820,   655,   526,   423,   335,	  272,	 215,	172,   137,
	110,   87,    70,    56,    45,	   36,	  29,	 23,	18,    15,
};

static long seconds = 10, cpu, limit_ms = 1000, tolerance = 10, newcomers;

static const struct option_number options[] = {
	{ "seconds", &seconds, 1, 86400, "how long" },
	{ "cpu", &cpu, 0, 4095, "which CPU" },
	{ "limit", &limit_ms, 1, 3600000, "ms that a worker may wait" },
	{ "tolerance", &tolerance, 1, 1000, "percent that a share may be off" },
	{ "new", &newcomers, 0, MAX_WORKERS, "workers of nice 0 that start at half time" },
	{ 0 },
};

static void hog(struct worker *worker)
{
	while (working()) {
		burn();
		step_done(worker, 0);
	}
}

static void start(struct worker *worker, const char *kind, int index, int nice)
{
	worker->kind = kind;
	worker->index = index;
	worker->nice = nice;
	worker->cpu = cpu;
	start_worker(worker, hog);
}

static double weight(const struct worker *worker)
{
	return nice_weight[worker->nice + 20];
}

/* With newcomers the due share is that of the second half, and only waiting is judged. */
static int judge(const struct worker *workers, int nr, int nr_old)
{
	double total_ns = 0, total_weight = 0, share, due;
	int unhappy = 0, bad;

	for (int i = 0; i < nr; i++) {
		total_ns += workers[i].cpu_ns;
		total_weight += weight(&workers[i]);
	}
	printf("%-6s %5s %9s %9s %9s %15s\n", "worker", "nice", "CPU ms", "share %", "due %",
	       "longest wait ms");
	for (int i = 0; i < nr; i++) {
		share = total_ns ? 100 * workers[i].cpu_ns / total_ns : 0;
		due = 100 * weight(&workers[i]) / total_weight;
		bad = workers[i].failed || workers[i].longest_gap_ns > limit_ms * NSEC_PER_MSEC;
		if (nr == nr_old)
			bad |= share < due * (100 - tolerance) / 100 ||
			       share > due * (100 + tolerance) / 100;
		printf("%-6s %5d %9.1f %9.2f %9.2f %15.1f%s\n", workers[i].kind, workers[i].nice,
		       workers[i].cpu_ns / 1e6, share, due, workers[i].longest_gap_ns / 1e6,
		       bad ? "  <- FAILED" : "");
		unhappy += bad;
	}
	return unhappy;
}

int main(int argc, char **argv)
{
	int first = parse_options(argc, argv, options, "usage: fair [OPTIONS] NICE...");
	int nr_old = argc - first, nr;
	struct worker *workers;
	uint64_t half_ns;

	if (nr_old < 1 || nr_old > MAX_WORKERS) {
		fprintf(stderr, "fair: needs a nice value for each worker; try --help\n");
		return 2;
	}
	workers = make_workers(nr_old + newcomers);
	for (nr = 0; nr < nr_old; nr++)
		workers[nr].nice = parse_number("nice value", argv[first + nr], -20, 19);
	for (nr = 0; nr < nr_old; nr++)
		start(&workers[nr], "old", nr, workers[nr].nice);
	half_ns = seconds * NSEC_PER_SEC / 2;
	sleep_ns(half_ns);
	for (; nr < nr_old + newcomers; nr++)
		start(&workers[nr], "new", nr - nr_old, 0);
	sleep_ns(half_ns);
	stop_workers(workers, nr);
	return judge(workers, nr, nr_old) != 0;
}
