/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the benchmark's programs have in common: work given as CPU time, hogs to compete with, and
 * results as lines "NAME VALUE", which tests/bench/table reads. Work is never given as a number of
 * instructions: on the deterministic clock those take the same time however they are spread.
 */
#ifndef SCX_TOPO_TESTS_BENCH_MEASURE_H
#define SCX_TOPO_TESTS_BENCH_MEASURE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../../vm/lib/options.h"
#include "../../vm/lib/worker.h"

#define NSEC_PER_USEC 1000ULL

/* Computes until this thread has had `ns` more of CPU time. */
void burn_cpu_time(uint64_t ns);

/* Sleeps until that moment of now_ns(). */
void sleep_until(uint64_t ns);

/* Processes that compute until stop_workers(); nr may be 0. */
struct worker *start_hogs(int nr);

/* Ends the program with status 1. */
void fail(const char *what) __attribute__((noreturn));

/* fork(), after which the child dies with its parent. */
pid_t start_child(void);

/* Waits for that many children; fails if one failed. */
void wait_children(int nr);

/* How often the kernel has moved that process from CPU to CPU; 0: this one. */
uint64_t migrations_of(pid_t pid);

void result(const char *name, double value);

/* The samples, in order of time, as a line, then NAME_p50, _p95, _p99 and _max; sorts them. */
void result_samples(const char *name, double *samples, int nr);

#endif
