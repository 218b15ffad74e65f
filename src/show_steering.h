/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SCX_TOPO_SHOW_STEERING_H
#define SCX_TOPO_SHOW_STEERING_H

/*
 * If scx_topo schedules this machine and we may look: what its zones draw, over half a second, what
 * work costs on each kind of core, and which CPUs are active and why.
 */
void show_steering(void);

#endif
