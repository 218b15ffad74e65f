/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The controller: readings in, a policy for the dispatcher out.
 *
 * It reads nothing, writes nothing and knows no time but that of the readings, so that a test or
 * the simulator can drive it. Call it with a reading whenever one is taken; it says when it wants
 * the next one.
 *
 * Performance needs no steering: its policy is the static one, for good, and no readings are
 * wanted. In powersave it keeps the cost model, the active CPUs (active.h), and now and then probes
 * whether one kind of core is cheaper than another, or whether packing pays at all. Where a probe
 * says that it does not, by 2 % and twice the noise, packing is given up for half a minute, then
 * for twice as long each time, up to half an hour.
 *
 * Without energy counters the ranking of kinds is the static one, and packing is taken on trust.
 *
 * A policy expires unless it is renewed, so that a user space that hangs steers nothing: 0.9 s
 * after the last sign of life while there is load, which takes three signs a second; later on an
 * idle machine, where nothing is placed, and where being woken up costs more than it may be worth.
 */
#ifndef SCX_TOPO_ENERGY_STEER_H
#define SCX_TOPO_ENERGY_STEER_H

#include "active.h"
#include "model.h"
#include "probe.h"

#define STEER_PERIOD_NS	     NSEC_PER_SEC
#define STEER_IDLE_PERIOD_NS (5 * NSEC_PER_SEC)
#define STEER_RENEWAL_NS     (STEER_PERIOD_NS / 3)
#define STEER_LIFETIME_NS    (900 * NSEC_PER_MSEC)
#define STEER_HISTORY	     5

struct steer {
	struct energy_machine *machine;
	struct energy_cpu *order; /* CPUs, those of the cheapest kind first */
	struct cost_model model;
	struct active active;
	struct probe probe;
	enum topo_mode mode;
	u64 not_before_ns; /* the next probe of kinds */
	u64 packing_not_before_ns;
	u64 veto_until_ns, veto_ns;    /* how long the next veto lasts */
	u32 spoilt_in_a_row;	       /* probes: the next one waits longer */
	u32 spoilt_probes;	       /* of all */
	bool had_energy;	       /* a reading of it */
	u32 lost_readings;	       /* since then */
	bool reverse;		       /* the next probe starts with B */
	double history[STEER_HISTORY]; /* the latest work rates, CPUs of full power */
	u32 nr_history;
	u32 nr_idle; /* readings in a row with next to no load */
	double utilisation;
	enum policy_reason reason;
	char explanation[200]; /* what was decided last and why; "" if nothing was */
};

/* Returns 0 or -ENOMEM. The machine is kept by reference. */
int steer_start(struct steer *steer, struct energy_machine *machine);
void steer_end(struct steer *steer);

/* The model was replaced by one that was kept. */
void steer_recalled(struct steer *steer);

/* Changes the mode, from the next policy on. */
void steer_set_mode(struct steer *steer, enum topo_mode mode);

/* Takes a reading. True: something was decided, and explanation says what. */
bool steer_take(struct steer *steer, const struct energy_sample *sample);

/* The policy as of now. It expires unless it is written again, or renewed, in time. */
void steer_policy(const struct steer *steer, u64 now_ns, struct policy *policy);

/* When a policy expires that is written or renewed now; 0: never. */
u64 steer_expires_ns(const struct steer *steer, u64 now_ns);

/* How soon it is to be renewed; 0: not at all. */
u64 steer_renewal_ns(const struct steer *steer);

/* When the next reading is wanted; 0: none is. */
u64 steer_period_ns(const struct steer *steer);

#endif
