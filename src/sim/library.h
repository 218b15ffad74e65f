/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scenarios that ship inside the program, from src/sim/scenarios/.
 */
#ifndef SCX_TOPO_SIM_LIBRARY_H
#define SCX_TOPO_SIM_LIBRARY_H

#include <stdio.h>

/* The text of a scenario, or NULL if there is none of that name. */
const char *library_find(const char *name);

/* A line for each: its name and what it stands for. */
void library_list(FILE *out);

#endif
