/* SPDX-License-Identifier: GPL-2.0-only */
/* What people call the kinds of core of a machine. */
#ifndef SCX_TOPO_KIND_NAMES_H
#define SCX_TOPO_KIND_NAMES_H

#include "facts.h"

/*
 * Names topo->kinds, whose core types are given in the same order: by type where it is known ("P",
 * "E", "LP-E"), else by place in the vendor's words. A machine of one kind needs no name.
 */
void topo_name_kinds(struct topo *topo, const enum core_type *types);

/* The vendor that an x86 CPU reports, "GenuineIntel"; NULL if unknown or of another architecture.
 */
const char *topo_cpu_vendor(const struct topo *topo);
bool topo_is_intel(const struct topo *topo);

#endif
