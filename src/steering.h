/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Steers the dispatcher while it runs: reads supplies, power profile, energy and the dispatcher's
 * counters, and writes policies. What is decided, and why, is in energy/; this is the plumbing.
 *
 * It sleeps as long as nothing changes. In performance mode no reading is ever taken; in powersave
 * one a second, and one in five seconds on an idle machine; in between the policy is renewed.
 * Mains, battery and profile tell of themselves; a battery is looked at every 30 s besides, as not
 * all of them do.
 */
#ifndef SCX_TOPO_STEERING_H
#define SCX_TOPO_STEERING_H

#include <poll.h>
#include <stdbool.h>

#include "../energy/epp.h"
#include "../energy/mode.h"
#include "../energy/profile.h"
#include "../energy/rapl.h"
#include "../energy/steer.h"
#include "../energy/store.h"
#include "../energy/supply.h"
#include "loader.h"

#define STEERING_FDS 4

struct steering_options {
	bool no_energy; /* static policies only: nothing is read but supply and profile */
	bool explain;	/* one line for each decision, on stdout */
	bool epp;
	struct model_store *store; /* what was learned, shared with who may write it to a file */
};

struct steering {
	struct steering_options options;
	struct energy_machine machine;
	struct steer steer;
	struct rapl rapl;
	struct profile_reader profile;
	struct mode_inputs inputs;
	struct mode_state mode;
	struct epp epp;
	struct energy_counters counters; /* at the reading before */
	u64 read_ns;			 /* when that was; 0: there was none */
	u64 renewed_ns;			 /* the policy's last sign of life */
	u64 supply_ns;			 /* when to look at the battery; 0: never */
	u64 governor_ns;		 /* when to look at the clocks' governor again */
	bool outdated;			 /* that has changed */
	int watch;			 /* for power supplies, or -1 */
	int timer;
	bool open;
};

/* Opens what root is needed for. Returns 0 or -errno. */
int steering_open(struct steering *s, const struct topo *topo, const struct layout *layout,
		  const struct steering_options *options);
void steering_close(struct steering *s);

/* What the user asks for; takes effect at once. */
void steering_set_wish(struct steering *s, struct loader *loader, enum topo_mode wish);

/* Fills in what to wait for: STEERING_FDS entries, unused ones with fd -1. */
void steering_fds(const struct steering *s, struct pollfd *fds);

/*
 * Another governor sets the clocks than the dispatcher was built for: it has to be loaded anew.
 * Looked at when powersave begins, and then beside a reading every 5 s.
 */
bool steering_outdated(const struct steering *s);

/* Something of it happened. */
void steering_event(struct steering *s, struct loader *loader, const struct pollfd *fds);

#endif
