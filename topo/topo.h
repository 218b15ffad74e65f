/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the machine is built, as a scheduler needs it.
 *
 * hwloc finds the structure (threads, cores, caches, NUMA nodes, packages); sysfs says what kinds
 * of core there are. Both are turned into one `struct topo`, whose heart are the *domains*: sets of
 * CPUs that share a last-level cache and a NUMA node, inside which moving a task is cheap. Domains
 * partition the online CPUs and never cross a node.
 *
 * CPUs are keyed by the operating system's number. There may be holes in that numbering and there
 * may be no CPU 0, so arrays are indexed by position (`topo->cpus[i]`) and topo_cpu() finds a
 * number. Cores, L2s, LLCs, domains, nodes, packages and kinds have ids of our own: dense, from 0,
 * in hwloc's logical order (kinds: by capacity, 0 the least powerful). A node's id is our own too;
 * the kernel's number is `os_index`.
 *
 * Everything is immutable after topo_load() and may be read from any thread.
 */
#ifndef SCX_TOPO_TOPO_H
#define SCX_TOPO_TOPO_H

#include <hwloc.h>
#include <stdbool.h>
#include <stddef.h>

#include "../bpf/intf.h"

/* Where a topology comes from. */
enum topo_source_type {
	TOPO_LIVE,	/* this machine */
	TOPO_XML,	/* an hwloc XML file */
	TOPO_SYNTHETIC, /* an hwloc synthetic description, "pack:2 l3:2 core:4 pu:2" */
	TOPO_SYSFS,	/* a snapshot of /sys and /proc below a directory */
};

struct topo_source {
	enum topo_source_type type;
	const char *arg;	      /* file name, description or directory; NULL for TOPO_LIVE */
	hwloc_const_bitmap_t offline; /* CPUs to take as offline though they are not; or NULL */
};

struct topo_cpu {
	int cpu;	 /* the operating system's number */
	int core;	 /* id of the physical core */
	int smt;	 /* place among the threads of its core, 0 first */
	int l2;		 /* id of the L2, or -1 where hwloc knows none */
	int llc;	 /* id of the last-level cache clipped to its node, or -1 */
	int domain;	 /* id of the scheduling domain */
	int node;	 /* id of the NUMA node */
	int package;	 /* id of the package */
	int kind;	 /* id of the kind of core, 0 the least powerful */
	int capacity;	 /* 1..1024, relative to the most powerful CPU of the machine */
	int favour;	 /* order inside a kind, higher is preferred (highest_perf), 0 unknown */
	int rank;	 /* place in the powersave order, 0 first; see topo_order() */
	bool disallowed; /* outside this process's cpuset; scheduled all the same */
};

/* A set of CPUs with a name of its own: every container below has these two first. */
struct topo_llc {
	hwloc_bitmap_t cpus;
	int node;
	int level;		/* 2..5: which cache is the last level here */
	unsigned long size_kib; /* 0: unknown */
};

/* The rule that made a domain, for people who wonder why it is what it is. */
enum topo_rule {
	TOPO_RULE_LLC,	   /* a last-level cache, inside one node */
	TOPO_RULE_CLIPPED, /* a last-level cache that spans nodes, cut at the node's border */
	TOPO_RULE_CLIMBED, /* a cache of one core only: joined up to cluster, die, node or package
			    */
	TOPO_RULE_NOCACHE, /* no cache is known here: what is left of cluster, die, node or package
			    */
};

struct topo_domain {
	hwloc_bitmap_t cpus;
	int node;
	enum topo_rule rule;
};

struct topo_node {
	hwloc_bitmap_t cpus;
	int os_index;
};

struct topo_kind {
	hwloc_bitmap_t cpus;
	int capacity;	 /* of the kind's most powerful CPU, 1..1024 */
	char name[16];	 /* "P", "E", "LP-E", "big", ..., or "" when there is one kind only */
	char source[24]; /* what told: "cpu_capacity", "cpu_atom", "hwloc", ... */
};

struct topo {
	struct topo_source source;
	char source_name[16]; /* "live", "xml", "synthetic", "sysfs" */
	bool this_system;     /* hwloc says that this is the running machine */

	int nr_cpus, nr_cores, nr_l2, nr_llcs, nr_domains, nr_nodes, nr_packages, nr_kinds;
	int nr_offline; /* CPUs that exist but are offline */
	int nr_cpu_ids; /* highest possible CPU number + 1 */
	int smt_width;	/* threads of the widest core */

	struct topo_cpu *cpus; /* sorted by CPU number */
	struct topo_llc *llcs;
	struct topo_domain *domains;
	struct topo_node *nodes;
	struct topo_kind *kinds;
	int *distances; /* nr_nodes x nr_nodes, ACPI SLIT scale, 10 is local */

	hwloc_bitmap_t online; /* scheduled CPUs: in hwloc's topology, disallowed ones included */
	hwloc_bitmap_t offline;
	hwloc_topology_t hwloc; /* kept for printing and XML export */
};

/*
 * What the user of an option `-i` means: the XML file of that name if there is one or if it looks
 * like a file's name (it has a '/' in it, or ends in ".xml"), else a synthetic description.
 */
struct topo_source topo_source_of_input(const char *input);

/*
 * Loads a topology. Returns 0 and a topology to be freed with topo_free(), or -errno with a
 * one-line reason in err (never ending in a newline):
 *	-EINVAL  the input is not a topology, or one without CPUs
 *	-E2BIG   more CPUs than TOPO_MAX_CPUS, or an input file that is unreasonably large
 *	-ENOENT, -EACCES, -EISDIR ... the input cannot be read
 * HWLOC_* variables of the environment have no influence.
 */
int topo_load(const struct topo_source *source, struct topo **topop, char *err, size_t err_size);
void topo_free(struct topo *topo);

/* The CPU with that operating system number, or NULL. */
const struct topo_cpu *topo_cpu(const struct topo *topo, int cpu);

static inline int topo_distance(const struct topo *topo, int from_node, int to_node)
{
	return topo->distances[from_node * topo->nr_nodes + to_node];
}

/*
 * The CPU order of a mode, best first: indexes into topo->cpus, nr_cpus of them. Performance takes
 * powerful kinds first and one thread of each core before second threads; powersave takes efficient
 * kinds first and fills cores, caches and domains one after the other. Inside a kind favoured cores
 * come first. topo_cpu.rank is the place in the powersave order.
 */
void topo_order(const struct topo *topo, enum topo_mode mode, int *order);

#endif
