/* SPDX-License-Identifier: GPL-2.0-only */
/* First come, first served; the more tasks wait, the shorter each may run. */
#include "scxu.h"

static void schedule(struct scxu *s)
{
	uint64_t slice_ns = 5 * SCXU_NSEC_PER_MSEC / (scxu_nr_queued(s) + 1);
	struct scxu_task *t;

	while ((t = scxu_dequeue(s))) {
		t->cpu = scxu_select_cpu(s, t);
		t->slice_ns = slice_ns;
		scxu_dispatch(s, t);
	}
}
SCXU_MAIN("fifo", schedule)
