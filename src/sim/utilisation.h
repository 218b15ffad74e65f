/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much of the most powerful CPU a task or a CPU uses, as the kernel's PELT tells it: an average
 * in which what was 32 ms ago counts half. Time on a slow CPU counts for less, and what is left of
 * it passes as soon as it rests, so that the same work comes to the same whatever it ran on.
 */
#ifndef SCX_TOPO_SIM_UTILISATION_H
#define SCX_TOPO_SIM_UTILISATION_H

#include "bpf/intf.h"

struct utilisation {
	u64 now_ns; /* up to which moment it is known */
	u64 lost_ns;
	u32 value; /* UTILISATION_ALL: the most powerful CPU, all the time */
};

#define UTILISATION_ALL (1U << 20)

/* It has run since it was last told of, at a speed of 1..1024; or it has not. */
void utilisation_ran(struct utilisation *u, u64 now_ns, u32 speed);
void utilisation_rested(struct utilisation *u, u64 now_ns);

/* 0..1024 */
u32 utilisation_of(const struct utilisation *u);

#endif
