/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the energy part has to know of a machine: its kinds of core, and its CPUs in the order of
 * topo_order() for powersave, each with its place in the dispatcher's words.
 */
#ifndef SCX_TOPO_ENERGY_MACHINE_H
#define SCX_TOPO_ENERGY_MACHINE_H

#include "../topo/layout.h"

struct energy_cpu {
	u16 cpu;
	u16 kind;
	u16 capacity;
	u16 word; /* of struct policy's active slots */
	u8 slot;
	bool ends_core; /* the next CPU in the order is of another core */
};

struct energy_kind {
	char name[16];
	u32 capacity; /* of one CPU, 1..1024 */
	u32 nr_cpus;
	u64 total_capacity;
};

struct energy_machine {
	u32 nr_cpus, nr_kinds;
	bool sets_speed; /* the dispatcher says how fast CPUs run */
	u64 total_capacity;
	u64 signature; /* differs between machines with different kinds */
	struct energy_kind kinds[TOPO_MAX_KINDS];
	struct energy_cpu *cpus;		/* nr_cpus, in the powersave order */
	struct policy policies[TOPO_MODE_AUTO]; /* the static one of each mode */
};

/* Returns 0 or -ENOMEM; to be freed with energy_machine_free(). */
int energy_machine_make(const struct topo *topo, const struct layout *layout,
			struct energy_machine *machine);
void energy_machine_free(struct energy_machine *machine);

/*
 * The policy of a mode where nothing is known of the load. Where the dispatcher sets the speed of
 * CPUs, powersave spreads work over all of them: packed, few would run fast.
 */
void energy_machine_policy(const struct energy_machine *machine, enum topo_mode mode,
			   struct policy *policy);

#endif
