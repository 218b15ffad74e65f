/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine whose CPUs take turns, as QEMU's with an instruction counter do (accel/tcg, the loop of
 * tcg-accel-ops-rr.c): a round gives each CPU that is not idle an equal part of the time until the
 * next timer is due, one CPU after the other, while the clock of all goes on. What happens to a CPU
 * outside of its turn waits for it; to its task CPU time passes meanwhile. A turn ends early when
 * the CPU goes idle, or sets a timer that is due before all others; then all CPUs are asked to
 * leave (rr_kick_vcpu_thread), and the time until the next timer is divided anew before each one's
 * turn.
 *
 * Only for comparing with such a machine: see struct sim_cost.
 */
#ifndef SCX_TOPO_SIM_TURNS_H
#define SCX_TOPO_SIM_TURNS_H

#include "bpf/types.h"

struct sim;

#define TURNS_DEFERRED_MAX 1024

struct turns {
	bool active; /* some CPU executes: */
	u32 cpu;
	u64 budget_ns;	   /* of each CPU in this round */
	u64 asked_to_look; /* CPUs, the first 64, before whose turn it is worked out anew */
	u32 deferred[TURNS_DEFERRED_MAX]; /* timers that have fired for CPUs whose turn it is not */
	u32 nr_deferred;
};

/* A timer fires that concerns this CPU. True: it has to wait, and will fire again. */
bool turns_defer(struct sim *sim, u32 timer, u32 cpu);

/* The turn is over. */
void turns_next(struct sim *sim);

/* The CPU goes idle, or has set a timer for that time; 0: it is idle. */
void turns_yield(struct sim *sim, u32 cpu, u64 timer_ns);

#endif
