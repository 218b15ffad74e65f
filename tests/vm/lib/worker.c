// SPDX-License-Identifier: GPL-2.0-only
#include "worker.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile bool *stop;

static uint64_t read_clock(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * NSEC_PER_SEC + time.tv_nsec;
}

uint64_t now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t cpu_time_ns(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

void sleep_ns(uint64_t ns)
{
	struct timespec time = { .tv_sec = ns / NSEC_PER_SEC, .tv_nsec = ns % NSEC_PER_SEC };

	nanosleep(&time, NULL);
}

void burn(void)
{
	volatile unsigned int sink = 0;

	for (int i = 0; i < 5000; i++)
		sink += i;
}

static void *share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("shared memory for workers");
		exit(1);
	}
	return memory;
}

struct worker *make_workers(int nr)
{
	stop = share(sizeof(*stop));
	return share(sizeof(struct worker) * (nr + 1));
}

static void confine(const struct worker *worker)
{
	cpu_set_t *set;

	if (worker->nice && setpriority(PRIO_PROCESS, 0, worker->nice)) {
		perror("nice value of a worker");
		exit(1);
	}
	if (worker->cpu < 0)
		return;
	set = CPU_ALLOC(worker->cpu + 1);
	CPU_ZERO_S(CPU_ALLOC_SIZE(worker->cpu + 1), set);
	CPU_SET_S(worker->cpu, CPU_ALLOC_SIZE(worker->cpu + 1), set);
	if (sched_setaffinity(0, CPU_ALLOC_SIZE(worker->cpu + 1), set)) {
		perror("CPU of a worker");
		exit(1);
	}
	CPU_FREE(set);
}

void start_worker(struct worker *worker, worker_fn fn)
{
	pid_t pid;

	worker->last_step_ns = now_ns();
	pid = fork();
	if (pid < 0) {
		perror("starting a worker");
		exit(1);
	}
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		confine(worker);
		fn(worker);
		_exit(0);
	}
	worker->pid = pid;
}

bool working(void)
{
	return !*stop;
}

static void note_gap(struct worker *worker, uint64_t gap_ns)
{
	if (gap_ns > worker->longest_gap_ns)
		worker->longest_gap_ns = gap_ns;
}

void step_done(struct worker *worker, uint64_t idle_ns)
{
	uint64_t now = now_ns(), gap_ns = now - worker->last_step_ns;

	note_gap(worker, gap_ns > idle_ns ? gap_ns - idle_ns : 0);
	worker->cpu_ns = cpu_time_ns();
	worker->last_step_ns = now;
	worker->steps++;
}

/* Its partner may be gone already, so that it would wait for ever. */
static void end_worker(struct worker *worker)
{
	int status = 0;

	kill(worker->pid, SIGKILL);
	waitpid(worker->pid, &status, 0);
	worker->failed = WIFSIGNALED(status) ? WTERMSIG(status) != SIGKILL : status != 0;
}

void stop_workers(struct worker *workers, int nr)
{
	uint64_t end = now_ns();

	for (int i = 0; i < nr; i++)
		if (workers[i].last_step_ns < end)
			note_gap(&workers[i], end - workers[i].last_step_ns);
	*stop = true;
	for (int i = 0; i < nr; i++)
		end_worker(&workers[i]);
}
