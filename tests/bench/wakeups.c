// SPDX-License-Identifier: GPL-2.0-only
/* Sleeps 1 ms at a time, and notes how late it runs again, with hogs to compete with or without. */
#include "lib/measure.h"

#include <stdio.h>

#define PERIOD_NS NSEC_PER_MSEC

static long hogs, wakeups = 400;

static const struct option_number options[] = {
	{ "hogs", &hogs, 0, 1000, "processes that compute meanwhile" },
	{ "wakeups", &wakeups, 1, 100000, "how often it sleeps" },
	{ 0 },
};

int main(int argc, char **argv)
{
	static double late_us[100000];
	struct worker *workers;
	char name[64];

	parse_options(argc, argv, options, "usage: wakeups [OPTIONS]");
	workers = start_hogs(hogs);
	for (long i = 0; i < wakeups; i++) {
		uint64_t target = now_ns() + PERIOD_NS;

		sleep_until(target);
		late_us[i] = (double)(now_ns() - target) / NSEC_PER_USEC;
	}
	stop_workers(workers, hogs);
	snprintf(name, sizeof(name), "wakeup_%ld_hogs_us", hogs);
	result_samples(name, late_us, wakeups);
	return 0;
}
