/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

struct idle_state {
	u64 residency_ns;
	u64 exit_ns;
	u32 percent; /* of the power with one CPU busy */
	u64 wake_nj;
	bool off; /* no supply: the level of the clock does not matter */
};

/*
 * Residencies and latencies: the kernel's intel_idle table for Alder Lake and later (C1E 2/4 us,
 * C6 170/500 us, C10 620/1800 us). Powers: C1 halts the clock (a third is left, mostly leakage),
 * C6 takes the supply away. Waking refills what the state has lost: an L2 of 1.25 MiB at 20 pJ a
 * bit after C6, LLC and fabric after the package's state.
 */
static const struct idle_state core_states[] = {
	{ 0, 1000, 30, 0, false },
	{ 4000, 2000, 20, 200, false },
	{ 500000, 170000, 2, 20000, true },
};
static const struct idle_state shared_states[] = {
	{ 0, 0, 60, 0, false }, { 1800000, 450000, 8, 200000, true }, /* on top of C6 */
};

#define NR_STATES(states) (sizeof(states) / sizeof((states)[0]))

/*
 * Power of a core of a laptop by its capacity, in mW: an Intel P core at its sustained clock about
 * 8 W, an E core 2.4 W, an LP-E core 1 W (ratios of the kinds in Intel's own core comparisons and
 * of AnandTech's 12900K review, 78 W for one P core at its highest clock against 48 W for eight E
 * cores); between them linear. A server's cores run at the efficient end: an EPYC 9654 has 360 W
 * for 96 of them, I/O die included.
 */
static const struct {
	u32 capacity, mw;
} core_power[] = { { 0, 150 },	  { 256, 450 },	 { 400, 1000 },
		   { 640, 2400 }, { 800, 4400 }, { 1024, 8000 } };
#define SERVER_CORES	  24 /* in a package */
#define SERVER_PERCENT	  35
#define MORE_PERCENT	  15 /* a second thread's power, of the first's */
#define CACHE_MW_PER_CORE 120
#define PACKAGE_MW	  1200 /* laptop: ring, memory controller; about 1 W */
#define SERVER_PACKAGE_MW 40000

static u32 core_mw(u32 capacity, bool server)
{
	u32 i = 1, mw;

	while (core_power[i].capacity < capacity)
		i++;
	mw = core_power[i - 1].mw + (capacity - core_power[i - 1].capacity) *
					    (core_power[i].mw - core_power[i - 1].mw) /
					    (core_power[i].capacity - core_power[i - 1].capacity);
	return server ? mw * SERVER_PERCENT / 100 : mw;
}

/* Where hwloc knows of no packages, all is one. */
static struct power_unit *package_of(const struct power *power, const struct topo_cpu *cpu)
{
	return &power->packages[cpu->package < 0 ? 0 : cpu->package];
}

int power_init(struct power *power, const struct topo *topo)
{
	int i, nr_packages = topo->nr_packages ? topo->nr_packages : 1;
	bool server = topo->nr_cores / nr_packages > SERVER_CORES;

	power->nr_cores = topo->nr_cores;
	power->nr_caches = topo->nr_domains;
	power->nr_packages = nr_packages;
	power->cores = calloc(power->nr_cores, sizeof(*power->cores));
	power->caches = calloc(power->nr_caches, sizeof(*power->caches));
	power->packages = calloc(power->nr_packages, sizeof(*power->packages));
	if (!power->cores || !power->caches || !power->packages)
		return -ENOMEM;
	for (i = 0; i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];
		struct power_unit *core = &power->cores[cpu->core];
		struct power_unit *cache = &power->caches[cpu->domain];
		struct power_unit *package = package_of(power, cpu);

		core->kind = cpu->kind;
		core->full_mw = core->busy_mw = core_mw(cpu->capacity, server);
		core->more_mw = core->busy_mw * MORE_PERCENT / 100;
		if (!cpu->smt)
			cache->full_mw = cache->busy_mw += CACHE_MW_PER_CORE;
		package->full_mw = package->busy_mw = server ? SERVER_PACKAGE_MW : PACKAGE_MW;
		cache->kind = package->kind = ENERGY_SHARED;
		cache->level = POWER_CACHES;
		package->level = POWER_PACKAGES;
	}
	return 0;
}

void power_free(struct power *power)
{
	free(power->cores);
	free(power->caches);
	free(power->packages);
}

void power_cpu_init(struct power *power, const struct topo_cpu *topo, struct power_cpu *cpu)
{
	cpu->core = &power->cores[topo->core];
	cpu->cache = &power->caches[topo->domain];
	cpu->package = package_of(power, topo);
}

/* mW x ns = pJ */
static void add_energy(struct power *power, u32 kind, u64 pj)
{
	pj += power->rest_pj[kind];
	power->energy_uj[kind] += pj / 1000000;
	power->rest_pj[kind] = pj % 1000000;
}

static const struct idle_state *idle_state(const struct idle_state *states, size_t nr, u64 idle_ns)
{
	while (nr > 1 && idle_ns < states[nr - 1].residency_ns)
		nr--;
	return &states[nr - 1];
}

/* Accounts for a unit up to now, and returns the idle state that it was in or NULL. */
static const struct idle_state *settle(struct power *power, struct power_unit *u, u64 now_ns)
{
	u64 ns = now_ns - u->since_ns, mw = u->busy_mw;
	const struct idle_state *state = NULL;

	u->since_ns = now_ns;
	if (u->nr_busy) {
		mw += (u->nr_busy - 1) * u->more_mw;
		power->awake_ns[u->level] += ns;
	} else {
		state = u->kind == ENERGY_SHARED
				? idle_state(shared_states, NR_STATES(shared_states), ns)
				: idle_state(core_states, NR_STATES(core_states), ns);
		mw = (state->off ? u->full_mw : mw) * state->percent / 100;
	}
	add_energy(power, u->kind, mw * ns);
	return state;
}

static void unit_busy(struct power *power, struct power_unit *u, u64 now_ns)
{
	const struct idle_state *state;

	if (u->nr_busy && !u->more_mw) {
		u->nr_busy++;
		return;
	}
	state = settle(power, u, now_ns);
	u->nr_busy++;
	if (!state)
		return;
	power->wakes[u->level]++;
	add_energy(power, u->kind, state->wake_nj * 1000);
}

static void unit_idle(struct power *power, struct power_unit *u, u64 now_ns)
{
	if (u->nr_busy == 1 || u->more_mw)
		settle(power, u, now_ns);
	u->nr_busy--;
}

void power_busy(struct power *power, struct sim_cpu *c, u64 now_ns)
{
	unit_busy(power, c->power.core, now_ns);
	unit_busy(power, c->power.cache, now_ns);
	unit_busy(power, c->power.package, now_ns);
}

void power_idle(struct power *power, struct sim_cpu *c, u64 now_ns)
{
	unit_idle(power, c->power.core, now_ns);
	unit_idle(power, c->power.cache, now_ns);
	unit_idle(power, c->power.package, now_ns);
}

void power_set_level(struct power *power, struct sim_cpu *c, u32 power_share, u64 now_ns)
{
	struct power_unit *core = c->power.core;

	/* An idle time is not cut in two, as its length decides on how deep it was. */
	if (core->nr_busy)
		settle(power, core, now_ns);
	core->busy_mw = (u64)core->full_mw * power_share / CLOCK_FULL;
	core->more_mw = core->busy_mw * MORE_PERCENT / 100;
}

u64 power_exit_latency(const struct power *power, const struct sim_cpu *c, u64 now_ns)
{
	const struct power_unit *core = c->power.core, *package = c->power.package;
	u64 ns = core_states[0].exit_ns;

	(void)power;
	if (!core->nr_busy)
		ns = idle_state(core_states, NR_STATES(core_states), now_ns - core->since_ns)
			     ->exit_ns;
	if (!package->nr_busy)
		ns += idle_state(shared_states, NR_STATES(shared_states),
				 now_ns - package->since_ns)
			      ->exit_ns;
	return ns;
}

static void peek(struct power *sum, const struct power_unit *units, u32 nr, u64 now_ns)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		struct power_unit copy = units[i];

		settle(sum, &copy, now_ns);
	}
}

u64 power_now_uj(const struct power *power, u64 now_ns)
{
	struct power sum = *power;
	u64 uj = 0;
	u32 i;

	peek(&sum, power->cores, power->nr_cores, now_ns);
	peek(&sum, power->caches, power->nr_caches, now_ns);
	peek(&sum, power->packages, power->nr_packages, now_ns);
	for (i = 0; i < NR_ENERGY_KINDS; i++)
		uj += sum.energy_uj[i];
	return uj;
}

void power_finish(struct power *power, u64 now_ns)
{
	u32 i;

	for (i = 0; i < power->nr_cores; i++)
		settle(power, &power->cores[i], now_ns);
	for (i = 0; i < power->nr_caches; i++)
		settle(power, &power->caches[i], now_ns);
	for (i = 0; i < power->nr_packages; i++)
		settle(power, &power->packages[i], now_ns);
}
