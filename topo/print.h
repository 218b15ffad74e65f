/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Showing a topology. Each function writes one whole document to a stream and returns 0 or -errno;
 * errors of the stream are the caller's to ask for (ferror()).
 */
#ifndef SCX_TOPO_PRINT_H
#define SCX_TOPO_PRINT_H

#include "topo.h"

#include <stdio.h>

/* For people: at most 100 columns, alike parts of large machines shown once. */
int topo_print_tree(FILE *out, const struct topo *topo, bool color);

/* A line for each CPU, offline ones too. */
int topo_print_cpus(FILE *out, const struct topo *topo);

/*
 * For programs: one JSON object with
 *	source, this_system, nr_cpu_ids, smt_width	as in struct topo
 *	counts		{cpus, cores, l2, llcs, domains, nodes, packages, kinds, offline}
 *	offline		a list of CPUs, "0-3,21"; so are all fields named cpus below
 *	cpus		[{cpu, core, smt, l2, llc, domain, node, package, kind, capacity, favour,
 *			rank, dsq, disallowed}] by CPU number; -1 where there is no such thing
 *	llcs		[{llc, node, level, size_kib, cpus}]
 *	domains		[{domain, node, rule, dsq, cpus}]; rule: llc, clipped, climbed, nocache
 *	nodes		[{node, os_index, cpus}]
 *	kinds		[{kind, name, capacity, source, cpus}]
 *	distances	rows of a matrix over nodes
 */
int topo_print_json(FILE *out, const struct topo *topo);

/*
 * An hwloc XML (version 2) that lstopo draws in our colours, with domain, kind, capacity, rank and
 * DSQ as infos of the CPUs. Loading it again gives the same topology.
 */
int topo_print_xml(FILE *out, const struct topo *topo);

#endif
