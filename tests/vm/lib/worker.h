/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Workers are processes that do small steps until told to stop. Each notes in shared memory how
 * many it did and the longest time it had to wait between two, so that starvation shows however
 * short it was.
 */
#ifndef SCX_TOPO_TESTS_VM_WORKER_H
#define SCX_TOPO_TESTS_VM_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define NSEC_PER_MSEC 1000000ULL
#define NSEC_PER_SEC  1000000000ULL

struct worker {
	const char *kind;
	int index; /* among the workers of its kind */
	int nice;
	int cpu; /* the only one it may use, or -1 */
	pid_t pid;
	bool failed; /* ended by itself, with an error */
	uint64_t steps;
	uint64_t violations; /* steps on a CPU that was forbidden */
	uint64_t last_step_ns;
	uint64_t longest_gap_ns;
	uint64_t cpu_ns; /* CPU time used, noted at each step */
} __attribute__((aligned(128)));

typedef void (*worker_fn)(struct worker *worker);

uint64_t now_ns(void);
uint64_t cpu_time_ns(void);
void sleep_ns(uint64_t ns);

/* Computes for about 50 us on an idle machine, always the same amount. */
void burn(void);

/* Room for that many workers; ends the program when there is none. */
struct worker *make_workers(int nr);

/* Runs fn in a process of its own, with the worker's nice value and CPU. */
void start_worker(struct worker *worker, worker_fn fn);

/* For workers: are we to go on? */
bool working(void);

/* For workers: a step is done, of which `idle_ns` was spent asleep on purpose. */
void step_done(struct worker *worker, uint64_t idle_ns);

/* Ends all workers and takes the time since their last steps into account. */
void stop_workers(struct worker *workers, int nr);

#endif
