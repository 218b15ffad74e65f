/* SPDX-License-Identifier: GPL-2.0-only */
/* How `scx_topo monitor` shows an interval. */
#ifndef SCX_TOPO_MONITOR_H
#define SCX_TOPO_MONITOR_H

#include <stdio.h>

#include "activity.h"
#include "energy_view.h"

struct monitor_view {
	const struct running *running;
	const struct activities *activities;
	struct policy policy; /* the one in force */
	const char *reason;   /* for it */
	double time_s;	      /* of the clock on the wall */
	double watts;	      /* of what placement has an influence on; < 0: not known */
	double zone_watts[NR_RAPL_TYPES]; /* < 0: there is none */
};

/* For people: tables of domains and kinds, and each counter that is not 0 as a rate. */
void monitor_text(FILE *out, const struct monitor_view *view);

/* For programs: one object in one line, with every counter of every domain. */
void monitor_json(FILE *out, const struct monitor_view *view);

/* The part of it that is about energy. */
struct energy_view monitor_energy(const struct monitor_view *view);

#endif
