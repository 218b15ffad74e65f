/* SPDX-License-Identifier: GPL-2.0-only */
#include "machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a. */
static u64 mix(u64 hash, u64 value)
{
	for (int i = 0; i < 8; i++)
		hash = (hash ^ (value >> (8 * i) & 0xff)) * 0x100000001b3ULL;
	return hash;
}

static void count_cpu(struct energy_machine *machine, const struct topo_cpu *cpu)
{
	struct energy_kind *kind = &machine->kinds[cpu->kind];

	kind->nr_cpus++;
	kind->total_capacity += cpu->capacity;
	machine->total_capacity += cpu->capacity;
}

static void describe_kinds(struct energy_machine *machine, const struct topo *topo)
{
	machine->signature = mix(0xcbf29ce484222325ULL, topo->nr_kinds);
	for (int i = 0; i < topo->nr_kinds; i++) {
		struct energy_kind *kind = &machine->kinds[i];

		memcpy(kind->name, topo->kinds[i].name, sizeof(kind->name));
		kind->capacity = topo->kinds[i].capacity;
		machine->signature = mix(machine->signature, kind->capacity);
		machine->signature = mix(machine->signature, kind->nr_cpus);
	}
}

int energy_machine_make(const struct topo *topo, const struct layout *layout,
			struct energy_machine *machine)
{
	int *order = calloc(topo->nr_cpus, sizeof(*order));

	memset(machine, 0, sizeof(*machine));
	machine->cpus = calloc(topo->nr_cpus, sizeof(*machine->cpus));
	if (!order || !machine->cpus) {
		free(order);
		energy_machine_free(machine);
		return -ENOMEM;
	}
	topo_order(topo, TOPO_MODE_POWERSAVE, order);
	machine->nr_cpus = topo->nr_cpus;
	machine->nr_kinds = topo->nr_kinds;
	machine->sets_speed = layout->conf.sets_speed;
	for (int i = 0; i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[order[i]];
		const struct cpu_ctx *seat = &layout->cpus[cpu->cpu];

		machine->cpus[i] = (struct energy_cpu){
			.cpu = cpu->cpu,
			.kind = cpu->kind,
			.capacity = cpu->capacity,
			.word = layout->tiles[seat->tile].word,
			.slot = seat->slot,
			.ends_core = i + 1 == topo->nr_cpus ||
				     topo->cpus[order[i + 1]].core != cpu->core,
		};
		count_cpu(machine, cpu);
	}
	free(order);
	describe_kinds(machine, topo);
	layout_policy(topo, TOPO_MODE_PERF, &machine->policies[TOPO_MODE_PERF]);
	layout_policy(topo, TOPO_MODE_POWERSAVE, &machine->policies[TOPO_MODE_POWERSAVE]);
	return 0;
}

void energy_machine_free(struct energy_machine *machine)
{
	free(machine->cpus);
	memset(machine, 0, sizeof(*machine));
}

void energy_machine_policy(const struct energy_machine *machine, enum topo_mode mode,
			   struct policy *policy)
{
	*policy = machine->policies[mode];
	if (mode == TOPO_MODE_PERF || !machine->sets_speed)
		return;
	policy->nr_active = machine->nr_cpus;
	for (u32 i = 0; i < machine->nr_cpus; i++)
		policy->active[machine->cpus[i].word] |= 1ULL << machine->cpus[i].slot;
}
