/* SPDX-License-Identifier: GPL-2.0-only */
#include "active.h"

u32 active_prefix(const struct energy_machine *machine, const struct energy_cpu *order,
		  double demand)
{
	double wanted = demand * 1024 * (100 + ACTIVE_HEADROOM_PERCENT) / ACTIVE_FILL_PERCENT;
	double held = 0;

	for (u32 i = 0; i < machine->nr_cpus; i++) {
		held += order[i].capacity;
		if (held >= wanted && order[i].ends_core)
			return i + 1;
	}
	return machine->nr_cpus;
}

/* The end of the run of CPUs of one kind that holds place i. */
static u32 end_of_kind(const struct energy_machine *machine, const struct energy_cpu *order, u32 i)
{
	u16 kind = order[i].kind;

	while (i < machine->nr_cpus && order[i].kind == kind)
		i++;
	return i;
}

/* And its start. */
static u32 start_of_kind(const struct energy_cpu *order, u32 i)
{
	while (i && order[i - 1].kind == order[i].kind)
		i--;
	return i;
}

static void set(struct active *active, u32 nr_cpus, enum policy_reason reason)
{
	active->nr_cpus = nr_cpus;
	active->reason = reason;
	active->below_since_ns = 0;
}

static void shrink(struct active *active, const struct energy_cpu *order, u32 wanted, u64 now_ns)
{
	u32 kind_start = start_of_kind(order, active->nr_cpus - 1);

	if (wanted >= active->nr_cpus || now_ns < active->hold_until_ns) {
		active->below_since_ns = 0;
		return;
	}
	if (!active->below_since_ns)
		active->below_since_ns = now_ns;
	if (now_ns - active->below_since_ns < ACTIVE_SHRINK_HOLD_NS)
		return;
	set(active, wanted > kind_start ? wanted : kind_start ?: wanted, POLICY_SHRUNK);
}

bool active_update(struct active *active, const struct energy_machine *machine,
		   const struct energy_cpu *order, double demand, u64 nr_waits, u64 nr_long_waits,
		   u64 now_ns)
{
	u32 before = active->nr_cpus, wanted = active_prefix(machine, order, demand);

	if (!before) {
		set(active, wanted, POLICY_DEMAND);
		return true;
	}
	if (wanted > before) {
		set(active, wanted, POLICY_GROWN);
	} else if (nr_long_waits * ACTIVE_LONG_WAITS > nr_waits && before < machine->nr_cpus) {
		set(active, end_of_kind(machine, order, before), POLICY_WAITS);
		active->hold_until_ns = now_ns + ACTIVE_WAIT_HOLD_NS;
	} else {
		u32 smaller = active_prefix(machine, order, demand * 100 / ACTIVE_SHRINK_PERCENT);

		shrink(active, order, smaller, now_ns);
	}
	return active->nr_cpus != before;
}
