/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the tree's printing: print_tree.c writes what stands around the parts, tree.c them. */
#ifndef SCX_TOPO_TREE_H
#define SCX_TOPO_TREE_H

#include "parts.h"
#include "text.h"

/* What is being printed, handed down the tree. */
struct tree {
	struct text text;
	const struct topo *topo;
	int *best_favour;    /* by kind; 0 where its CPUs are not told apart */
	bool any_favoured;   /* marks that were printed, */
	bool any_disallowed; /* for the legend */
};

enum text_style tree_kind_style(const struct topo *topo, int kind);

/* The children of a part, each with what is in it, at that depth below the machine. */
void tree_children(struct tree *tree, const struct part *part, int depth);

#endif
