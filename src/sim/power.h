/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Energy, modelled: never measured, and only good for comparing two runs of one machine.
 *
 * A core draws power by its kind and capacity while a thread of it runs, a little more with every
 * further thread, and by the depth of its idle state otherwise. Last-level caches and packages draw
 * a floor while anything below them runs. An idle state has a power, an exit latency and a
 * residency: an idle time is spent in the deepest state whose residency it reaches, as a governor
 * that guesses right would do, and each wake-up costs the energy of the state that it ends.
 *
 * The shape differs on purpose from the one that the energy controller learns with (a sum of
 * per-kind powers over busy time): there are steps here, threads that cost less than the first, and
 * the price of waking up.
 */
#ifndef SCX_TOPO_SIM_POWER_H
#define SCX_TOPO_SIM_POWER_H

#include "topo/topo.h"

struct sim_cpu;

enum power_level { POWER_CORES, POWER_CACHES, POWER_PACKAGES, NR_POWER_LEVELS };

/* A part of the machine that can sleep: core, last-level cache (domain) or package. */
struct power_unit {
	u64 since_ns;
	u32 nr_busy; /* CPUs */
	u32 full_mw; /* with one CPU busy, at the highest level of the clock */
	u32 busy_mw; /* at its present level */
	u32 more_mw; /* for each further one */
	u32 kind;    /* whose energy it is; NR_ENERGY_KINDS - 1 for caches and packages */
	u32 level;   /* enum power_level */
};

#define ENERGY_SHARED	TOPO_MAX_KINDS /* caches and packages */
#define NR_ENERGY_KINDS (TOPO_MAX_KINDS + 1)

/* Part of each simulated CPU. */
struct power_cpu {
	struct power_unit *core, *cache, *package;
};

struct power {
	struct power_unit *cores, *caches, *packages;
	u32 nr_cores, nr_caches, nr_packages;
	u64 energy_uj[NR_ENERGY_KINDS];
	u64 rest_pj[NR_ENERGY_KINDS];  /* not a whole uJ yet */
	u64 awake_ns[NR_POWER_LEVELS]; /* with something busy: summed over the units */
	u64 wakes[NR_POWER_LEVELS];
};

/* Returns 0 or -ENOMEM. All CPUs begin idle. */
int power_init(struct power *power, const struct topo *topo);
void power_free(struct power *power);
void power_cpu_init(struct power *power, const struct topo_cpu *topo, struct power_cpu *cpu);

/* The CPU begins to run, or to idle. */
void power_busy(struct power *power, struct sim_cpu *c, u64 now_ns);
void power_idle(struct power *power, struct sim_cpu *c, u64 now_ns);

/* The clock of the CPU's core changes: a busy CPU draws so many 1024ths of its most. */
void power_set_level(struct power *power, struct sim_cpu *c, u32 power_share, u64 now_ns);

/* How long waking an idle CPU takes now. */
u64 power_exit_latency(const struct power *power, const struct sim_cpu *c, u64 now_ns);

/* All energy used up to now, as a meter would show it. */
u64 power_now_uj(const struct power *power, u64 now_ns);

/* Accounts for everything up to the end. */
void power_finish(struct power *power, u64 now_ns);

#endif
