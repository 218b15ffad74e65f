/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A topology as the dispatcher's tables: what is written into the BPF maps, and what the simulator
 * runs on. bpf/intf.h says what the tables mean.
 */
#ifndef SCX_TOPO_LAYOUT_H
#define SCX_TOPO_LAYOUT_H

#include "topo.h"

struct layout {
	struct topo_conf conf;	/* sizes; the knobs have their defaults */
	struct cpu_ctx *cpus;	/* conf.nr_cpu_ids */
	struct tile *tiles;	/* conf.nr_tiles */
	struct domain *domains; /* conf.nr_domains */
};

/*
 * Returns 0, -ENOMEM, or -E2BIG for a machine that the tables cannot hold (a domain of more than 64
 * tiles, or more than TOPO_MAX_WORDS words). To be freed with layout_free().
 */
int layout_build(const struct topo *topo, struct layout *layout);
void layout_free(struct layout *layout);

/* The static policy of a mode: kinds in the order of topo_order(), never expiring. */
void layout_policy(const struct topo *topo, enum topo_mode mode, struct policy *policy);

#endif
