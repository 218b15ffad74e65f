/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One scx_topo at a time, and how others find it: a lock on a file that the kernel releases
 * whatever way its holder ends, and that names the holder to whoever asks.
 */
#ifndef SCX_TOPO_INSTANCE_H
#define SCX_TOPO_INSTANCE_H

#include <sys/types.h>

/* Returns 0, -EBUSY if another instance is running, or another -errno. Held until the process ends.
 */
int instance_lock(void);

/* The process that holds the lock, or 0. */
pid_t instance_find(void);

#endif
