/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "policy.h"

const struct sim_policy *sim_policy_find(const char *name)
{
	static const struct sim_policy *const all[] = { &policy_topo, &policy_fifo, &policy_vtime,
							&policy_fair };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!strcmp(all[i]->name, name))
			return all[i];
	}
	return NULL;
}
