/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SCX_TOPO_HELP_H
#define SCX_TOPO_HELP_H

/* Prints what the program can do on stdout; returns EXIT_DONE. */
int help_print(void);

#endif
