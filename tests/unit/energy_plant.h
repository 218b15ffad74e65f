/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine for tests of the controller: it obeys a policy in the way that the dispatcher does, and
 * uses power by a law of its own, which is not the model's: idle CPUs leak, power grows less than
 * in proportion with the number of busy CPUs of a kind, the floor has a step, work differs in how
 * hard it is, and counters are noisy.
 */
#ifndef SCX_TOPO_TEST_ENERGY_PLANT_H
#define SCX_TOPO_TEST_ENERGY_PLANT_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../energy/steer.h"

#define PLANT_CPUS 8

struct plant {
	struct energy_machine machine;
	struct energy_cpu cpus[PLANT_CPUS];
	double watts[TOPO_MAX_KINDS]; /* of one busy CPU */
	double packing_bonus;	      /* watts that a sleeping half of the machine saves */
	double load;		      /* wanted, CPUs of full power */
	double noise;
	u64 seed;
	u64 now_ns;
	double joules, work;
	double busy_share[PLANT_CPUS];
};

/* xorshift64*, the same anywhere. */
static inline double plant_random(struct plant *plant)
{
	plant->seed ^= plant->seed >> 12;
	plant->seed ^= plant->seed << 25;
	plant->seed ^= plant->seed >> 27;
	return (double)(plant->seed * 0x2545F4914F6CDD1DULL >> 11) / (1ULL << 53);
}

/* 4 small cores of that capacity and 4 big ones. */
static inline void plant_make(struct plant *plant, u32 small_capacity, u64 seed)
{
	static const char *const names[] = { "E", "P" };
	struct energy_machine *m = &plant->machine;

	memset(plant, 0, sizeof(*plant));
	plant->seed = seed * 0x9E3779B97F4A7C15ULL + 1;
	plant->now_ns = 100 * NSEC_PER_SEC;
	m->cpus = plant->cpus;
	m->nr_cpus = PLANT_CPUS;
	m->nr_kinds = small_capacity == 1024 ? 1 : 2;
	for (u32 i = 0; i < PLANT_CPUS; i++) {
		u32 kind = m->nr_kinds == 1 ? 0 : i >= PLANT_CPUS / 2;
		u32 capacity = i >= PLANT_CPUS / 2 ? 1024 : small_capacity;

		plant->cpus[i] = (struct energy_cpu){
			.cpu = i,
			.kind = kind,
			.capacity = capacity,
			.slot = i,
			.ends_core = true,
		};
		m->kinds[kind].capacity = capacity;
		m->kinds[kind].nr_cpus++;
		m->kinds[kind].total_capacity += capacity;
		m->total_capacity += capacity;
		strcpy(m->kinds[kind].name, names[kind]);
	}
	for (u32 mode = TOPO_MODE_PERF; mode < TOPO_MODE_AUTO; mode++) {
		struct policy *policy = &m->policies[mode];

		policy->version = POLICY_VERSION;
		policy->mode = mode;
		policy->nr_kinds = m->nr_kinds;
		for (u32 k = 0; k < m->nr_kinds; k++)
			policy->kind_order[k] = mode == TOPO_MODE_PERF ? m->nr_kinds - 1 - k : k;
	}
}

/* Work goes to the active CPUs of the first kind up to nine tenths of them, and so on. */
static inline void plant_place(struct plant *plant, const struct policy *policy, double work,
			       struct energy_sample *sample)
{
	double share[PLANT_CPUS] = { 0 };

	for (u32 round = 0; round < 3; round++) {
		for (u32 place = 0; place < plant->machine.nr_kinds; place++) {
			for (u32 i = 0; i < PLANT_CPUS; i++) {
				const struct energy_cpu *cpu = &plant->cpus[i];
				bool active = policy->active[0] >> i & 1;
				double room, take;

				if (cpu->kind != policy->kind_order[place] ||
				    (round == 0 && !active && policy->nr_active))
					continue;
				room = (round < 2 ? 0.9 : 1.0) - share[i];
				take = fmin(room * cpu->capacity / 1024, work);
				if (take <= 0)
					continue;
				work -= take;
				share[i] += take * 1024 / cpu->capacity;
			}
		}
	}
	for (u32 i = 0; i < PLANT_CPUS; i++) {
		sample->busy_ns[plant->cpus[i].kind] += share[i] * sample->interval_ns;
		plant->busy_share[i] = share[i];
		plant->work += share[i] * plant->cpus[i].capacity / 1024 * sample->interval_ns /
			       NSEC_PER_SEC;
	}
}

static inline double plant_power(struct plant *plant, double hardness)
{
	double power = 0.9, busy[TOPO_MAX_KINDS] = { 0 };
	u32 awake = 0;

	for (u32 i = 0; i < PLANT_CPUS; i++) {
		busy[plant->cpus[i].kind] += plant->busy_share[i];
		awake += plant->busy_share[i] > 0.001;
		power += 0.03;
	}
	for (u32 k = 0; k < plant->machine.nr_kinds; k++)
		power += plant->watts[k] * hardness * pow(busy[k], 0.93);
	if (awake > PLANT_CPUS / 2)
		power += plant->packing_bonus;
	return power + (awake ? 0.7 : 0);
}

/* Lets some time pass under a policy and takes a reading of it. */
static inline struct energy_sample plant_run(struct plant *plant, const struct policy *policy,
					     u64 interval_ns)
{
	struct energy_sample sample = { .interval_ns = interval_ns, .has_energy = true };
	double seconds = (double)interval_ns / NSEC_PER_SEC, wiggle, hardness, power;

	wiggle = 1 + plant->noise * (plant_random(plant) - 0.5) * 2;
	hardness = 1 + plant->noise * (plant_random(plant) - 0.5) * 2;
	plant_place(plant, policy, plant->load * wiggle, &sample);
	power = plant_power(plant, hardness) *
		(1 + plant->noise / 2 * (plant_random(plant) - 0.5) * 2);
	plant->joules += power * seconds;
	plant->now_ns += interval_ns;
	sample.now_ns = plant->now_ns;
	sample.energy_uj = power * seconds * 1e6;
	sample.nr_waits = 1000;
	return sample;
}

#endif
