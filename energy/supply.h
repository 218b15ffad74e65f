/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the machine runs from its battery, how full that is and what is drawn from it.
 *
 * Power supplies of other things (scope "Device": a mouse, a headset) do not count. A machine
 * without a battery is on mains whatever else it has: a desktop, or one behind a dock. A machine
 * whose mains has no entry is on battery when a battery says that it is being discharged.
 */
#ifndef SCX_TOPO_ENERGY_SUPPLY_H
#define SCX_TOPO_ENERGY_SUPPLY_H

#include <stdbool.h>

#include "../bpf/types.h"

struct supply {
	bool has_battery;
	bool on_battery;
	int percent;  /* charge of all batteries together, 0..100; -1: unknown */
	u64 power_uw; /* drawn from the batteries, while on battery; 0: unknown */
};

/* Reads what is below the root ("/" or a fake one). What cannot be read counts as not there. */
void supply_read(const char *root, struct supply *supply);

/* What a message of the kernel's may be about, as bits. */
enum supply_news {
	NEWS_SUPPLY = 1,
	NEWS_PROFILE = 2, /* the firmware's power profile */
};

/*
 * A socket on which the kernel tells that something about power supplies or the power profile may
 * have changed: to be polled for reading. A file descriptor or -errno; without it, read now and
 * then.
 */
int supply_watch_open(void);

/* Takes what has arrived off the socket: enum supply_news. */
u32 supply_watch_read(int fd);

#endif
