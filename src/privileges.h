/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SCX_TOPO_PRIVILEGES_H
#define SCX_TOPO_PRIVILEGES_H

/*
 * Gives up root for good: user and group nobody, no supplementary groups, no capabilities, and no
 * way to get any back. What was opened before stays usable. Also arranges that the process is
 * killed when its parent dies, as changing the user resets that. Returns 0 or -errno.
 */
int privileges_drop(void);

#endif
