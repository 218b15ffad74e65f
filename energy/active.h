/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many CPUs powersave should use.
 *
 * The active CPUs are the shortest prefix of an order of CPUs that holds what the load demands,
 * plus a quarter, when each CPU is filled to three fifths; always whole cores.
 *
 *	load 1.1 CPUs of full power -> wanted 1.1 * 1.25 / 0.6 = 2.3 of them -> 4 E cores of 0.6
 *
 * More is granted at once. Less is taken only after the load has been clearly below for some time,
 * and then at most down to the end of the kind before, so that a pause does not move everything.
 * When tasks have to wait although CPUs are there, the demand was misjudged: the rest of the kind,
 * or the whole next one, is added and kept for a while.
 */
#ifndef SCX_TOPO_ENERGY_ACTIVE_H
#define SCX_TOPO_ENERGY_ACTIVE_H

#include "machine.h"

#define ACTIVE_FILL_PERCENT	60
#define ACTIVE_HEADROOM_PERCENT 25
#define ACTIVE_SHRINK_PERCENT                                              \
	70 /* of what the smaller set would hold, the load has to be below \
	    */
#define ACTIVE_SHRINK_HOLD_NS (500 * NSEC_PER_MSEC)
#define ACTIVE_WAIT_HOLD_NS   (10 * NSEC_PER_SEC)
#define ACTIVE_LONG_WAITS     100 /* one wait in so many is long: grow */

struct active {
	u32 nr_cpus;
	u64 below_since_ns; /* 0: the load is not below */
	u64 hold_until_ns;  /* no shrinking before */
	enum policy_reason reason;
};

/* The length of the shortest prefix of the order that holds the demand; at least one core. */
u32 active_prefix(const struct energy_machine *machine, const struct energy_cpu *order,
		  double demand);

/*
 * A new reading. The demand is in CPUs of full power; waits are those since the reading before.
 * True: the number of active CPUs has changed.
 */
bool active_update(struct active *active, const struct energy_machine *machine,
		   const struct energy_cpu *order, double demand, u64 nr_waits, u64 nr_long_waits,
		   u64 now_ns);

#endif
