/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A topology as a tree of parts to show: packages, nodes and domains, in whichever way they nest on
 * this machine. The cores of a domain are *rows* of cores that are equal.
 */
#ifndef SCX_TOPO_PARTS_H
#define SCX_TOPO_PARTS_H

#include "topo.h"

enum part_type { PART_MACHINE, PART_PACKAGE, PART_NODE, PART_DOMAIN };

struct row {
	int kind;
	int threads;		     /* of each core */
	int l2_cores;		     /* that share an L2; 0: no L2 is known */
	unsigned long long l2_bytes; /* 0: unknown */
	int nr_cores;
	int capacity_min, capacity_max;
	int *cpus; /* positions in topo->cpus by L2, core and thread; nr_cpus of them */
	int nr_cpus;
};

struct part {
	enum part_type type;
	int id; /* -1: CPUs outside of any package */
	hwloc_bitmap_t cpus;
	struct part *children;
	int nr_children;
	struct row *rows; /* of a domain, the most powerful kind first */
	int nr_rows;
};

/* The machine; NULL without memory. To be freed with parts_free(). */
struct part *parts_make(const struct topo *topo);
void parts_free(struct part *machine);

/*
 * True if two parts look the same but for the numbers of what is in them: same domains, made by the
 * same rule of the same cache, with the same rows.
 */
bool parts_alike(const struct topo *topo, const struct part *a, const struct part *b);

/* The last-level cache of a domain, or NULL if it has none or several. */
const struct topo_llc *part_llc(const struct topo *topo, const struct part *domain);

#endif
