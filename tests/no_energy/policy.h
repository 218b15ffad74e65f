/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bpf/policy.h of a dispatcher that only knows performance: user space has no say.
 */
#ifndef SCX_TOPO_POLICY_H
#define SCX_TOPO_POLICY_H

#include "env.h"
#include "vtime.h"

static inline const struct policy *policy_current(void)
{
	return &env_conf()->fallback;
}

static inline bool policy_saves(const struct policy *policy)
{
	(void)policy;
	return false;
}

static inline bool policy_packs(const struct policy *policy)
{
	(void)policy;
	return false;
}

static inline u64 policy_active_slots(const struct tile *t)
{
	(void)t;
	return ~0ULL;
}

#endif
