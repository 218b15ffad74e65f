/* SPDX-License-Identifier: GPL-2.0-only */
#include "utilisation.h"

#define PERIOD_NS    (1024 * 1024ULL)
#define HALF_PERIODS 32
#define FORGOTTEN    (64 * HALF_PERIODS) /* periods after which nothing is left */
#define ONE	     (1ULL << 32)
#define PERIOD_KEEPS 0xfa83b2daULL /* of ONE: its 32nd power is a half */
#define ALWAYS_RUNNING \
	(UTILISATION_ALL - UTILISATION_ALL / 46) /* it has no idle time to catch up */

/* Between two periods it goes straight. */
static u64 decayed(u64 value, u64 ns)
{
	u64 periods = ns / PERIOD_NS, i;

	if (periods >= FORGOTTEN)
		return 0;
	value >>= periods / HALF_PERIODS;
	for (i = periods % HALF_PERIODS; i; i--)
		value = value * PERIOD_KEEPS / ONE;
	return value - value * (ONE - PERIOD_KEEPS) / ONE * (ns % PERIOD_NS) / PERIOD_NS;
}

void utilisation_ran(struct utilisation *u, u64 now_ns, u32 speed)
{
	u64 ns = now_ns - u->now_ns, counts_ns = ns * speed / 1024;

	u->now_ns = now_ns;
	u->value = decayed(u->value, counts_ns) + UTILISATION_ALL -
		   decayed(UTILISATION_ALL, counts_ns);
	u->lost_ns = u->value > ALWAYS_RUNNING ? 0 : u->lost_ns + ns - counts_ns;
}

void utilisation_rested(struct utilisation *u, u64 now_ns)
{
	u->value = decayed(u->value, now_ns - u->now_ns + u->lost_ns);
	u->lost_ns = 0;
	u->now_ns = now_ns;
}

u32 utilisation_of(const struct utilisation *u)
{
	return u->value / (UTILISATION_ALL / 1024);
}
