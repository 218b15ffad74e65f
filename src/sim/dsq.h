/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A dispatch queue as the kernel's: ordered by vtime with signed distance, first come first served
 * among equals. A treap for finding the place, and a list through it for walking.
 */
#ifndef SCX_TOPO_SIM_DSQ_H
#define SCX_TOPO_SIM_DSQ_H

#include "bpf/types.h"

struct dsq;

/* Part of each task. */
struct dsq_node {
	struct dsq_node *left, *right, *parent;
	struct dsq_node *prev, *next;
	struct dsq *dsq; /* NULL: in none */
	u64 vtime_ns;
	u64 weight; /* random: keeps the tree shallow */
};

struct dsq {
	struct dsq_node *root, *first, *last;
	u64 nr_inserted;
	u32 nr;
	u32 owner; /* CPU whose queue it is, or DSQ_SHARED */
};
#define DSQ_SHARED ((u32)-1)

void dsq_insert(struct dsq *q, struct dsq_node *n, u64 vtime_ns);
void dsq_remove(struct dsq_node *n);

/* True if every neighbour in the list is in order and the tree has as many nodes as it says. */
bool dsq_sound(const struct dsq *q);

#endif
