/* SPDX-License-Identifier: GPL-2.0-only */
/* Stalls: waits for tasks in a loop without an end. */
#include "scxu.h"

static void schedule(struct scxu *s)
{
	struct scxu_task *t;

	for (;;) {
		t = scxu_dequeue(s);
		if (t && scxu_nr_held(s) > 3)
			scxu_dispatch(s, t);
	}
}
SCXU_MAIN("stalls", schedule)
