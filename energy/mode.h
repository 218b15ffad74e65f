/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which mode holds now.
 *
 * The first of these that has an opinion decides:
 *
 *	the user      perf or powersave
 *	the profile   power-saver or performance, where somebody has chosen one
 *	a low battery powersave: below 20 %, until it is above 25 % again
 *	the supply    battery: powersave; mains: perf
 *
 * A plug that makes bad contact, or a dock that wakes up, changes the supply for a moment: a change
 * counts once it has lasted for three quarters of a second.
 *
 * Nothing here reads anything or knows the time of itself.
 */
#ifndef SCX_TOPO_ENERGY_MODE_H
#define SCX_TOPO_ENERGY_MODE_H

#include "../bpf/intf.h"
#include "profile.h"
#include "supply.h"

#define MODE_DEBOUNCE_NS (750 * NSEC_PER_MSEC)
#define MODE_LOW_PERCENT 20
#define MODE_OK_PERCENT	 25

struct mode_inputs {
	enum topo_mode wish; /* what the user asked for */
	enum profile profile;
	struct supply supply;
};

struct mode_state {
	enum topo_mode mode; /* TOPO_MODE_PERF or TOPO_MODE_POWERSAVE */
	const char *why;     /* for people */
	u64 recheck_ns;	     /* decide again at this moment, even if nothing changes; 0: never */

	bool started;
	bool on_battery; /* what counts */
	bool low;
	u64 since_ns; /* since when the supply is not what counts; 0: it is */
};

/* Starts from all zero. True: the mode is another one, or is known for the first time. */
bool mode_decide(struct mode_state *state, const struct mode_inputs *inputs, u64 now_ns);

#endif
