/* SPDX-License-Identifier: GPL-2.0-only */
/* Worse: first come, first served, in long slices. */
#include "scxu.h"

static void schedule(struct scxu *s)
{
	struct scxu_task *t;

	while ((t = scxu_dequeue(s))) {
		t->slice_ns = 60 * SCXU_NSEC_PER_MSEC;
		scxu_dispatch(s, t);
	}
}
SCXU_MAIN("worse", schedule)
