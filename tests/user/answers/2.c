/* SPDX-License-Identifier: GPL-2.0-only */
/* Worse: long slices, last come first served. */
#include "scxu.h"

static void schedule(struct scxu *s)
{
	static uint64_t order = 1ULL << 60;
	struct scxu_task *t;

	while ((t = scxu_dequeue(s))) {
		t->slice_ns = 60 * SCXU_NSEC_PER_MSEC;
		t->deadline_ns = order--;
		scxu_dispatch(s, t);
	}
}
SCXU_MAIN("worse", schedule)
