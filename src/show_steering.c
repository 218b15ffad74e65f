/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <time.h>

#include "energy_view.h"
#include "running.h"
#include "show_steering.h"

#define INTERVAL_MS 500

static void measure(double *zone_watts)
{
	const struct timespec interval = { .tv_nsec = INTERVAL_MS * NSEC_PER_MSEC };
	struct rapl_reading reading;
	struct rapl_clock now;
	struct rapl rapl;

	rapl_open(&rapl, "/");
	rapl_now(&now);
	rapl_read(&rapl, &now, &reading);
	if (rapl.nr_zones) {
		nanosleep(&interval, NULL);
		rapl_now(&now);
		rapl_read(&rapl, &now, &reading);
	}
	energy_view_zones(&reading, zone_watts);
	rapl_close(&rapl);
}

void show_steering(void)
{
	struct energy_view view = { 0 };
	struct running running;
	struct policy policy;
	char why[256];

	if (running_open(&running, why, sizeof(why)))
		return;
	measure(view.zone_watts);
	policy = *running_policy(&running);
	view.layout = &running.layout;
	view.policy = &policy;
	view.reason = energy_view_reason(&policy, running_clock_ns(&running));
	printf("\nscheduled by scx_topo\n");
	energy_view_text(stdout, &view);
	running_close(&running);
}
