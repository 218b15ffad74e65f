/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of this folder share while a topology is being built. topo_load() runs the steps
 * below in this order; each fills its own fields of `struct topo` and may use those before it.
 */
#ifndef SCX_TOPO_INTERNAL_H
#define SCX_TOPO_INTERNAL_H

#include "sysfs.h"
#include "topo.h"

/* Where the one-line reason of a failure goes. */
struct topo_error {
	char *text;
	size_t size;
};

/* Writes the reason and returns -error, so that callers can `return topo_fail(...)`. */
__attribute__((format(printf, 3, 4))) int topo_fail(const struct topo_error *error, int errnum,
						    const char *format, ...);

struct builder {
	struct topo *topo;
	struct topo_error error;
	hwloc_obj_t *pus;	       /* by position in topo->cpus */
	int *logical;		       /* positions in hwloc's logical order, nr_cpus of them */
	short position[TOPO_MAX_CPUS]; /* of a CPU number in topo->cpus, or -1 */
};

/* source.c: an hwloc topology from where the source says. */
int topo_open(const struct topo_source *source, hwloc_topology_t *topology,
	      const struct topo_error *error);

/* structure.c: CPUs, cores, L2s, packages, offline and disallowed CPUs. */
int topo_build_structure(struct builder *b);

/* nodes.c: NUMA nodes that have CPUs, and the distances between them. */
int topo_build_nodes(struct builder *b);

/* domains.c: last-level caches clipped to nodes, and from them the domains. */
int topo_build_domains(struct builder *b);

/* kinds.c: kinds of core, and the capacity of every CPU. */
int topo_build_kinds(struct builder *b);

/* Zeroed memory for an array that is never empty, even when n is 0. */
void *topo_array(size_t n, size_t size);

#endif
