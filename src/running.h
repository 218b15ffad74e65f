/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scx_topo that is scheduling this machine, seen from another process.
 *
 * There is no protocol between the two: the dispatcher's tables are BPF maps, which root can find
 * by the names of the programs that use them, and read while they change. They stay readable as
 * long as they are open, also after the scheduler has ended.
 */
#ifndef SCX_TOPO_RUNNING_H
#define SCX_TOPO_RUNNING_H

#include <stddef.h>

#include "../topo/layout.h"

struct running {
	struct layout layout; /* read-only: the tables as they are, and change, in the kernel */
	const struct cpu_stats *stats;	/* layout.conf.nr_cpu_ids */
	const struct policy *policies;	/* two, see intf.h */
	const u32 *policy_index;	/* which of them is valid */
	const struct exit_report *exit; /* kind 0: it is scheduling */
	struct {
		void *at;
		size_t size;
	} mapped[8];
};

/*
 * Opens what is running. On anything but 0 a reason is in `why`, and there is nothing to close:
 *	-EPERM   not allowed: only root may
 *	-ENOENT  no scx_topo is scheduling this machine
 *	-EPROTO  there is one, but of another build, whose tables look different
 *	other errors as the kernel said them
 */
int running_open(struct running *r, char *why, size_t size);
void running_close(struct running *r);

/* The policy in force. */
const struct policy *running_policy(const struct running *r);
u64 running_clock_ns(const struct running *r); /* what its moments are compared with: clock.h */

/* running_open(), saying why it failed: an exit status, EXIT_DONE when it worked. */
int running_open_or_say(struct running *r);

#endif
