// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mixed load for a scheduler under test: computing, message passing, forking, pinned, kernel-worker
 * and sleeping workers at the same time. Afterwards every worker must have made progress without
 * ever having waited too long, and none may have run where it must not.
 */
#include "tests/vm/lib/options.h"
#include "tests/vm/lib/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define SLEEP_NS    NSEC_PER_MSEC
#define WATCH_NS    (20 * NSEC_PER_MSEC)
#define MAX_WORKERS 4096

/* A wait is made of several steps on several CPUs, each of which the host may hold up. */
#define HOLD_UPS 3

static void hog(struct worker *worker)
{
	while (working()) {
		burn();
		step_done(worker, 0);
	}
}

static void fail(const char *what)
{
	perror(what);
	_exit(1);
}

/* Both ends in one worker: the other end is a child that sends each byte back. */
static void ping_pong(struct worker *worker)
{
	int there[2], back[2];
	char byte = 0;

	if (pipe(there) || pipe(back))
		fail("pipe");
	if (!fork()) {
		close(there[1]);
		while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
			;
		_exit(0);
	}
	while (working()) {
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			fail("ping-pong");
		step_done(worker, 0);
	}
}

static void fork_storm(struct worker *worker)
{
	pid_t child;

	while (working()) {
		child = fork();
		if (child < 0)
			fail("fork");
		if (!child) {
			burn();
			_exit(0);
		}
		if (waitpid(child, NULL, 0) != child)
			fail("waitpid");
		step_done(worker, 0);
	}
}

/* Moves itself from CPU to CPU, so that a change of affinity is tested too. */
static void pinned(struct worker *worker)
{
	cpu_set_t allowed, one;
	int cpu = worker->index % CPU_SETSIZE;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		fail("sched_getaffinity");
	while (working()) {
		do
			cpu = (cpu + 1) % CPU_SETSIZE;
		while (!CPU_ISSET(cpu, &allowed));
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one)) {
			if (errno == EINVAL) /* gone offline */
				continue;
			fail("sched_setaffinity");
		}
		for (int i = 0; i < 200 && working(); i++) {
			burn();
			worker->violations += sched_getcpu() != cpu;
			step_done(worker, 0);
		}
	}
}

/* What is written into a terminal reaches its other side through a kernel worker. */
static void terminal(struct worker *worker)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct termios raw;
	char byte = 'x';

	if (master < 0 || grantpt(master) || unlockpt(master))
		fail("posix_openpt");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || tcgetattr(slave, &raw))
		fail("pseudo terminal");
	cfmakeraw(&raw);
	tcsetattr(slave, TCSANOW, &raw);
	while (working()) {
		if (write(master, &byte, 1) != 1 || read(slave, &byte, 1) != 1)
			fail("terminal");
		step_done(worker, 0);
	}
}

static void sleeper(struct worker *worker)
{
	while (working()) {
		sleep_ns(SLEEP_NS);
		step_done(worker, SLEEP_NS);
	}
}

/* Stands still only when the CPU does. */
static void watcher(struct worker *worker)
{
	const struct sched_param priority = { .sched_priority = 50 };

	if (sched_setscheduler(0, SCHED_FIFO, &priority))
		fail("real-time priority of a watcher");
	while (working()) {
		sleep_ns(WATCH_NS);
		step_done(worker, WATCH_NS);
	}
}

static long seconds = 5, limit_ms = 3000, watch = 1;

static struct kind {
	const char *name;
	worker_fn fn;
	long nr;
} kinds[] = {
	{ "hogs", hog, 4 },	    { "pipes", ping_pong, 4 },	  { "forks", fork_storm, 2 },
	{ "pinned", pinned, 4 },    { "terminals", terminal, 2 }, { "sleepers", sleeper, 8 },
	{ "watchers", watcher, 0 },
};
#define NR_KINDS (int)(sizeof(kinds) / sizeof(kinds[0]))
#define WATCHERS (NR_KINDS - 1)

static const struct option_number options[] = {
	{ "seconds", &seconds, 1, 86400, "how long" },
	{ "limit", &limit_ms, 1, 3600000, "ms that a worker may wait between two steps" },
	{ "hogs", &kinds[0].nr, 0, MAX_WORKERS, "workers that only compute" },
	{ "pipes", &kinds[1].nr, 0, MAX_WORKERS, "pairs that send a byte back and forth" },
	{ "forks", &kinds[2].nr, 0, MAX_WORKERS, "workers that fork all the time" },
	{ "pinned", &kinds[3].nr, 0, MAX_WORKERS, "workers that move from CPU to CPU" },
	{ "terminals", &kinds[4].nr, 0, MAX_WORKERS, "workers that need a kernel worker" },
	{ "sleepers", &kinds[5].nr, 0, MAX_WORKERS, "workers that sleep for 1 ms each time" },
	{ "watch", &watch, 0, 1, "1: allow for what the host held up; 0: CPUs may come and go" },
	{ 0 },
};

/* A watcher for each CPU that we may use, where we may have any. */
static void count_watchers(cpu_set_t *cpus)
{
	if (!watch || sched_getaffinity(0, sizeof(*cpus), cpus) || geteuid())
		return;
	kinds[WATCHERS].nr = CPU_COUNT(cpus);
}

static void start_all(struct worker *workers, const cpu_set_t *cpus)
{
	struct worker *worker = workers;
	int cpu = -1;

	for (int k = 0; k < NR_KINDS; k++) {
		for (int i = 0; i < kinds[k].nr; i++, worker++) {
			worker->kind = kinds[k].name;
			worker->index = i;
			worker->cpu = -1;
			if (k == WATCHERS) {
				do
					cpu++;
				while (!CPU_ISSET(cpu, cpus));
				worker->cpu = cpu;
			}
			start_worker(worker, kinds[k].fn);
		}
	}
}

/* How long the host let a CPU stand still. */
static uint64_t longest_hold_up(const struct worker *watchers)
{
	uint64_t longest_ns = 0;

	for (int i = 0; i < kinds[WATCHERS].nr; i++)
		if (watchers[i].longest_gap_ns > longest_ns)
			longest_ns = watchers[i].longest_gap_ns;
	return longest_ns;
}

/* Prints a line of the table and returns how many of the workers have reason to complain. */
static int judge(const struct kind *kind, const struct worker *workers, uint64_t limit_ns)
{
	uint64_t steps = 0, least = UINT64_MAX, gap_ns = 0, violations = 0;
	int unhappy = 0;

	if (!kind->nr)
		return 0;
	for (int i = 0; i < kind->nr; i++) {
		steps += workers[i].steps;
		least = workers[i].steps < least ? workers[i].steps : least;
		gap_ns = workers[i].longest_gap_ns > gap_ns ? workers[i].longest_gap_ns : gap_ns;
		violations += workers[i].violations;
		unhappy += workers[i].failed || !workers[i].steps || workers[i].violations ||
			   workers[i].longest_gap_ns > limit_ns;
	}
	printf("%-10s %7ld %11llu %11llu %14.1f %9llu%s\n", kind->name, kind->nr,
	       (unsigned long long)steps, (unsigned long long)least, gap_ns / 1e6,
	       (unsigned long long)violations, unhappy ? "  <- FAILED" : "");
	return unhappy;
}

static int judge_all(const struct worker *workers, int nr)
{
	uint64_t hold_up_ns = longest_hold_up(workers + nr - kinds[WATCHERS].nr);
	uint64_t limit_ns = limit_ms * NSEC_PER_MSEC + HOLD_UPS * hold_up_ns;
	int unhappy = 0;

	printf("%-10s %7s %11s %11s %14s %9s\n", "kind", "workers", "steps", "least",
	       "longest gap ms", "wrong CPU");
	for (int k = 0; k < NR_KINDS; workers += kinds[k++].nr)
		unhappy += judge(&kinds[k], workers,
				 k == WATCHERS ? limit_ms * NSEC_PER_MSEC : limit_ns);
	printf("gaps up to %.1f ms count as fair: %ld ms, and %d times what the host took\n",
	       limit_ns / 1e6, limit_ms, HOLD_UPS);
	return unhappy;
}

int main(int argc, char **argv)
{
	struct worker *workers;
	cpu_set_t cpus;
	int nr = 0;

	if (parse_options(argc, argv, options, "usage: load [OPTIONS]") != argc) {
		fprintf(stderr, "load: takes only options; try --help\n");
		return 2;
	}
	count_watchers(&cpus);
	for (int k = 0; k < NR_KINDS; k++)
		nr += kinds[k].nr;
	workers = make_workers(nr);
	start_all(workers, &cpus);
	sleep_ns(seconds * NSEC_PER_SEC);
	stop_workers(workers, nr);
	return judge_all(workers, nr) != 0;
}
