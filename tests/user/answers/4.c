/* SPDX-License-Identifier: GPL-2.0-only */
/* Stalls: takes every task and never lets one run. */
#include "scxu.h"

static void schedule(struct scxu *s)
{
	for (;;)
		scxu_dequeue(s);
}
SCXU_MAIN("stalls", schedule)
