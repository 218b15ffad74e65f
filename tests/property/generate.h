/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random machines and random things to do on them.
 *
 * A case is text only: a topology in hwloc's words, a scenario, a mode, a duration. So a failing
 * one can be shown, made smaller, and run again by `scx_topo simulate`.
 */
#ifndef SCX_TOPO_GENERATE_H
#define SCX_TOPO_GENERATE_H

#include "src/sim/machine.h"

#define LEVELS 6 /* package, node, L3, L2, core, thread */

struct test_case {
	u64 seed;
	u32 arity[LEVELS];
	u32 kinds; /* 1 to 3: of the cores, by number */
	struct scenario scenario;
	enum topo_mode mode;
	enum sim_governor governor;
	u64 duration_ns;
	u64 land_ns; /* a longer gap between counting a task and seeing it: more races */
	u64 restart_ns;
};

void generate(struct test_case *test, u64 seed);
void test_case_free(struct test_case *test);

/* "package:2 numa:1 ..." */
void topology_words(const struct test_case *test, char *words, size_t size);

/* Gives the loaded machine the kinds of core that hwloc's words have no way to say. */
void add_kinds(const struct test_case *test, struct topo *topo);

#endif
