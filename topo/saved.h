/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What our own XML files say beyond hwloc's: infos of the CPUs, and of hwloc's CPU kinds. Kinds
 * depend on files of the machine that an XML does not hold, so they are taken along.
 */
#ifndef SCX_TOPO_SAVED_H
#define SCX_TOPO_SAVED_H

#include "internal.h"

#define SAVED_DOMAIN   "ScxDomain"
#define SAVED_DSQ      "ScxDsq"
#define SAVED_RANK     "ScxRank"
#define SAVED_KIND     "ScxKind"
#define SAVED_CAPACITY "ScxCapacity"
#define SAVED_FAVOUR   "ScxFavour"

/* Of a CPU kind. */
#define SAVED_KIND_NAME	  "ScxKindName"
#define SAVED_KIND_SOURCE "ScxKindSource"

/*
 * Takes the kinds from the file if every CPU has one and they make sense together. Returns 1 then,
 * 0 if the kinds are to be found otherwise, or -ENOMEM.
 */
int saved_kinds(struct builder *b);

#endif
