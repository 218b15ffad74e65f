/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that schedules: it looks at the machine, puts the BPF program into the kernel, gives
 * up its privileges, and waits for signals. When it ends, by whatever means, the kernel's own
 * scheduler takes over, because its file descriptors were all that kept ours there.
 */
#ifndef SCX_TOPO_WORKER_H
#define SCX_TOPO_WORKER_H

#include "../bpf/intf.h"
#include "steering.h"

struct run_options {
	enum topo_mode mode;
	bool verbose;
	struct steering_options steering;
};

/* The exit statuses that ask for a new worker, besides those of message.h, and why. */
#define WORKER_RESTART	    3 /* CPUs came or went */
#define WORKER_NEW_GOVERNOR 4 /* something else sets the clocks */

/* The signal that changes the mode to this one. */
int worker_signal_of(enum topo_mode mode);

/* Returns an exit status. SIGINT, SIGTERM and SIGHUP end it. */
int worker_run(const struct run_options *options);

#endif
