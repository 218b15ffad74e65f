/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The energy controller of the shipped policy (energy/steer.h) on a simulated machine: it takes the
 * readings that it asks for, of the machine's modelled energy, and its policies take effect.
 */
#ifndef SCX_TOPO_SIM_STEERING_H
#define SCX_TOPO_SIM_STEERING_H

#include "energy/steer.h"

struct sim;

struct sim_steering {
	struct energy_machine machine;
	struct steer steer;
	struct energy_counters counters; /* at the reading before, as are: */
	u64 energy_uj, read_ns;
	u64 next_ns; /* the next reading; 0: none is wanted */
};

/* Returns 0 or -ENOMEM. The policy's tables have been laid out. */
int sim_steering_start(struct sim *sim);
/* The policy without the controller, for good. Returns likewise. */
int sim_steering_static(struct sim *sim);
void sim_steering_read(struct sim *sim);
void sim_steering_end(struct sim *sim);

#endif
