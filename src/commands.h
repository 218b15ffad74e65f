/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of scx_topo. Each gets its own arguments, argv[0] being the command's name, and
 * returns an exit status (message.h).
 */
#ifndef SCX_TOPO_COMMANDS_H
#define SCX_TOPO_COMMANDS_H

int cmd_monitor(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_topology(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_new(int argc, char **argv);
int cmd_evolve(int argc, char **argv);

#endif
