/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine whose CPUs take turns, as QEMU's with an instruction counter do: between two timer
 * interrupts each CPU that is not idle executes for an equal part of the time, one after the other,
 * while the clock of all goes on. What happens to a CPU outside of its turn waits for it. To a task
 * CPU time passes meanwhile.
 *
 * Only for comparing with such a machine: see struct sim_cost.
 */
#ifndef SCX_TOPO_SIM_TURNS_H
#define SCX_TOPO_SIM_TURNS_H

#include "machine.h"

/* When the CPU can handle what happens now: now, or when its turn comes. */
u64 turns_next(const struct sim *sim, const struct sim_cpu *c);

#endif
