/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy that user space wrote, as long as it is good.
 *
 * A policy that user space has stopped renewing (it hangs, or was killed) must not steer placement
 * for ever, so it carries a moment after which the order that the program started with holds again.
 *
 * What is asked for to save energy is asked for here, in fit.h and in speed.h only.
 */
#ifndef SCX_TOPO_POLICY_H
#define SCX_TOPO_POLICY_H

#include "env.h"
#include "vtime.h"

static inline bool policy_good(const struct policy *policy, u64 now_ns)
{
	if (policy->version != POLICY_VERSION)
		return false;
	return !policy->expires_ns || time_before(now_ns, policy->expires_ns);
}

static inline const struct policy *policy_current(void)
{
	const struct policy *policy = env_policy();

	if (!policy)
		return &env_conf()->fallback;
	if (policy_good(policy, policy->expires_ns ? env_now() : 0))
		return policy;
	count(STAT_BAD_POLICY);
	return &env_conf()->fallback;
}

/* Whether tasks are placed to save energy. */
static inline bool policy_saves(const struct policy *policy)
{
	return policy->mode != TOPO_MODE_PERF;
}

/* Whether some CPUs are to be used before others of their kind. */
static inline bool policy_packs(const struct policy *policy)
{
	return policy->nr_active;
}

/* Slots of those CPUs in a tile's word. */
static inline u64 policy_active_slots(const struct tile *t)
{
	const struct policy *policy = env_policy();
	u32 word = t->word;

	return policy ? policy->active[env_index(word, TOPO_MAX_WORDS)] : 0;
}

#endif
