/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Workers that compute for a while in each period, as a video player does. The work is given in CPU
 * time of a big core: on a CPU of half the capacity it takes twice as long, by what the kernel says
 * of its capacity. At the end, which SIGTERM brings about earlier, it says how often they were
 * late, and how the CPU time was divided.
 */
#include "tests/vm/lib/options.h"
#include "tests/vm/lib/worker.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define MAX_CPUS 512
#define FULL	 1024

static long nr_workers = 3, run_us = 4000, period_us = 16700, seconds = 10, first_big = 4;
static int capacity[MAX_CPUS];

/* Shared by the workers. */
static struct tally {
	uint64_t late, periods, small_ns, big_ns;
} * tally;

static void read_capacities(void)
{
	for (int cpu = 0; cpu < MAX_CPUS; cpu++) {
		char path[128];
		FILE *file;

		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/cpu_capacity", cpu);
		file = fopen(path, "r");
		capacity[cpu] = FULL;
		if (file && fscanf(file, "%d", &capacity[cpu]) != 1)
			capacity[cpu] = FULL;
		if (file)
			fclose(file);
	}
}

/* Burns until the work is done, at the speed of whatever CPU it is on. */
static void work(double full_ns)
{
	uint64_t before = cpu_time_ns();

	while (full_ns > 0) {
		int cpu = sched_getcpu();
		uint64_t now, used;

		burn();
		now = cpu_time_ns();
		used = now - before;
		before = now;
		full_ns -= (double)used * capacity[cpu % MAX_CPUS] / FULL;
		__atomic_fetch_add(cpu < first_big ? &tally->small_ns : &tally->big_ns, used,
				   __ATOMIC_RELAXED);
	}
}

static void pace(struct worker *worker)
{
	uint64_t due = now_ns() + worker->index * period_us * 1000 / nr_workers;

	while (working()) {
		uint64_t now = now_ns(), idle = due > now ? due - now : 0;

		if (idle)
			sleep_ns(idle);
		work(run_us * 1000.0);
		due += period_us * 1000;
		now = now_ns();
		__atomic_fetch_add(&tally->periods, 1, __ATOMIC_RELAXED);
		if (now > due) {
			__atomic_fetch_add(&tally->late, 1, __ATOMIC_RELAXED);
			due = now;
		}
		step_done(worker, idle);
	}
}

/* Only to wake us up. */
static void end(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	const struct option_number table[] = {
		{ "workers", &nr_workers, 1, 1000, "how many" },
		{ "run-us", &run_us, 1, 1000000, "of a big core, in each period" },
		{ "period-us", &period_us, 1, 1000000, "" },
		{ "seconds", &seconds, 1, 100000, "how long" },
		{ "first-big", &first_big, 1, MAX_CPUS, "CPUs from this one on are big" },
		{ 0 },
	};
	struct worker *workers;

	parse_options(argc, argv, table, "paced [OPTIONS]");
	read_capacities();
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (tally == MAP_FAILED)
		return 2;
	workers = make_workers(nr_workers);
	for (long i = 0; i < nr_workers; i++) {
		workers[i].kind = "paced";
		workers[i].index = i;
		workers[i].cpu = -1;
		start_worker(&workers[i], pace);
	}
	signal(SIGTERM, end);
	sleep_ns(seconds * NSEC_PER_SEC);
	stop_workers(workers, nr_workers);
	printf("paced: %lu of %lu late, %.1f s on small cores, %.1f s on big ones\n",
	       (unsigned long)tally->late, (unsigned long)tally->periods, tally->small_ns / 1e9,
	       tally->big_ns / 1e9);
	return 0;
}
