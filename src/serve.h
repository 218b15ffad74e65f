/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `scx_topo monitor --serve`: a monitor for the tools of the scx project. It answers their requests
 * (stats_reply.h) where they look for a scheduler's, until it is interrupted.
 */
#ifndef SCX_TOPO_SERVE_H
#define SCX_TOPO_SERVE_H

#define STATS_SOCKET "/run/scx/root/stats" /* they say /var/run, which is the same */

/* Needs a running scheduler to begin, and waits for the next when that ends. An exit status. */
int serve_stats(void);

#endif
