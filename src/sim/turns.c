/* SPDX-License-Identifier: GPL-2.0-only */
#include "turns.h"

u64 turns_next(const struct sim *sim, const struct sim_cpu *c)
{
	u64 period_ns = sim->cost->tick_period_ns, turn_ns, into_ns;
	u32 nr = 0, rank = 0, cpu;

	for (cpu = 0; cpu < sim->nr_cpu_ids; cpu++) {
		const struct sim_cpu *other = &sim->cpus[cpu];

		if (other->state != CPU_RUNS && other != c)
			continue;
		rank += other->cpu < c->cpu;
		nr++;
	}
	turn_ns = period_ns / nr;
	into_ns = (sim->now_ns + period_ns - sim->tick_phase_ns) % period_ns;
	if (into_ns >= rank * turn_ns && (into_ns < (rank + 1) * turn_ns || rank + 1 == nr))
		return sim->now_ns;
	if (into_ns < rank * turn_ns)
		return sim->now_ns + rank * turn_ns - into_ns;
	return sim->now_ns + period_ns + rank * turn_ns - into_ns;
}
