/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SCX_TOPO_CHECK_RUNNING_H
#define SCX_TOPO_CHECK_RUNNING_H

#include "../topo/topo.h"

/*
 * Compares the running scheduler's tables with a topology, and prints the domains that they have,
 * or what differs. Returns an exit status: EXIT_FAILED when something does.
 */
int check_running(const struct topo *topo);

#endif
