/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Comparing two ways of doing the same work, A and B, by doing it A, B, B, A for five seconds each:
 * whatever rises or falls steadily meanwhile, such as temperature, hits both alike. The first
 * reading after each change belongs to both and counts for neither.
 */
#ifndef SCX_TOPO_ENERGY_PROBE_H
#define SCX_TOPO_ENERGY_PROBE_H

#include "sample.h"

#define PROBE_STEPS	4
#define PROBE_STEP_NS	(5 * NSEC_PER_SEC)
#define PROBE_MORE_WORK 1.25 /* between two windows of one way: the load has changed */
/* And between the two ways, as threads that share a core look as if they did more than they do. */
#define PROBE_MORE_BUSY 2.0

enum probe_subject {
	PROBE_NOTHING,
	PROBE_KINDS,   /* A: the kind `a` first; B: the kind `b` first */
	PROBE_PACKING, /* A: active CPUs first; B: all alike */
};

struct probe_window {
	double seconds, joules, work;
	double busy[TOPO_MAX_KINDS]; /* CPU seconds, as if at full speed */
};

struct probe {
	enum probe_subject subject;
	u32 a, b;
	bool reversed; /* B, A, A, B */
	u32 step;
	u64 step_start_ns; /* 0: the next reading is the first of its step */
	struct probe_window windows[PROBE_STEPS];
};

/* All per second of time, except joules_per_work. */
struct probe_side {
	double watts, work, joules_per_work;
	double busy[TOPO_MAX_KINDS];
};

struct probe_result {
	struct probe_side a, b;
	double noise; /* standard deviation of a mean power, as a share of it */
};

enum probe_verdict { PROBE_GOES_ON, PROBE_DONE, PROBE_SPOILT };

void probe_start(struct probe *probe, enum probe_subject subject, u32 a, u32 b, bool reversed);

/* Whether A is to be done now. */
bool probe_is_a(const struct probe *probe);

/*
 * Takes a reading; `capacity` is that of a CPU of each kind, 0..1. The probe is over unless it goes
 * on; with PROBE_DONE there is a result.
 */
enum probe_verdict probe_take(struct probe *probe, const struct energy_sample *sample,
			      const double *capacity, struct probe_result *result);

#endif
