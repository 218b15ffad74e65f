/* SPDX-License-Identifier: GPL-2.0-only */
/* Better: who ran for a short time last has the earlier deadline, and slices are short. */
#include "scxu.h"

static void schedule(struct scxu *s)
{
	struct scxu_task *t;

	while ((t = scxu_dequeue(s))) {
		t->cpu = scxu_select_cpu(s, t);
		t->slice_ns = 2 * SCXU_NSEC_PER_MSEC;
		t->deadline_ns = t->enq_ns + 10 * t->run_ns;
		scxu_dispatch(s, t);
	}
}
SCXU_MAIN("short_first", schedule)
