/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SCX_TOPO_CMD_TOPOLOGY_H
#define SCX_TOPO_CMD_TOPOLOGY_H

/* `scx_topo topology`: argv[0] is the command's name. Returns the exit code. */
int cmd_topology(int argc, char **argv);

#endif
