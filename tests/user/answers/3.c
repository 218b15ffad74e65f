/* SPDX-License-Identifier: GPL-2.0-only */
/* Does not compile: there is no such function. */
#include "scxu.h"

static void schedule(struct scxu *s)
{
	scxu_make_everything_fast(s);
}
SCXU_MAIN("wishful", schedule)
