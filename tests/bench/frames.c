// SPDX-License-Identifier: GPL-2.0-only
/*
 * A game while something is built: every 16.67 ms it needs 4 ms of CPU time, and hogs want all
 * there is. A frame counts from the moment it is due; one that is not done when the next is due is
 * missed.
 */
#include "lib/measure.h"

#include <stdio.h>

#define FRAME_NS (NSEC_PER_SEC / 60)

static long hogs = 8, frames = 180, work_us = 4000;

static const struct option_number options[] = {
	{ "hogs", &hogs, 0, 1000, "processes that compute meanwhile" },
	{ "frames", &frames, 1, 100000, "how many frames" },
	{ "work", &work_us, 1, 16000, "us of CPU time of a frame" },
	{ 0 },
};

static uint64_t migrations_of_all(const struct worker *workers)
{
	uint64_t sum = 0;

	for (long i = 0; i < hogs; i++)
		sum += migrations_of(workers[i].pid);
	return sum;
}

int main(int argc, char **argv)
{
	static double frame_ms[100000];
	uint64_t due, first_due, moved, own;
	struct worker *workers;
	long missed = 0;

	parse_options(argc, argv, options, "usage: frames [OPTIONS]");
	workers = start_hogs(hogs);
	sleep_ns(100 * NSEC_PER_MSEC);
	moved = migrations_of_all(workers);
	own = migrations_of(0);
	due = first_due = now_ns() + FRAME_NS;
	for (long i = 0; i < frames; i++, due += FRAME_NS) {
		sleep_until(due);
		burn_cpu_time(work_us * NSEC_PER_USEC);
		frame_ms[i] = (double)(now_ns() - due) / NSEC_PER_MSEC;
		missed += now_ns() - due > FRAME_NS;
	}
	result("frame_first_due_us", first_due / 1e3); /* of the clock that traces have */
	result("frame_hog_migrations", migrations_of_all(workers) - moved);
	result("frame_game_migrations", migrations_of(0) - own);
	stop_workers(workers, hogs);
	result("frames_missed", missed);
	result_samples("frame_ms", frame_ms, frames);
	return 0;
}
