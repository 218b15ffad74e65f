/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * @NAME@: a Linux CPU scheduler. Change schedule(), then `make && sudo ./@NAME@`.
 *
 * schedule() is called whenever tasks want to run. It must not sleep, print, or allocate other than
 * with scxu_alloc(); see scxu.h or man libscxu for what a task tells and what can be decided.
 */
#include <scxu.h>

#define SLICE_NS (5 * SCXU_NSEC_PER_MSEC)

static void schedule(struct scxu *s)
{
	uint64_t slice_ns = SLICE_NS / (scxu_nr_queued(s) + 1);
	struct scxu_task *t;

	while ((t = scxu_dequeue(s))) {
		t->cpu = scxu_select_cpu(s, t); /* an idle CPU, or whichever is free first */
		t->slice_ns = slice_ns;
		t->deadline_ns = 0; /* in the order of dispatching */
		scxu_dispatch(s, t);
	}
}
SCXU_MAIN("@NAME@", schedule)
