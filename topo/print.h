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

/* For programs; docs/design.md has the fields. */
int topo_print_json(FILE *out, const struct topo *topo);

/*
 * An hwloc XML (version 2) that lstopo draws in our colours, with domain, kind, capacity, rank and
 * DSQ as infos of the CPUs. Loading it again gives the same topology.
 */
int topo_print_xml(FILE *out, const struct topo *topo);

#endif
