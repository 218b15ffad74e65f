/* SPDX-License-Identifier: GPL-2.0-only */
/* Why the scheduler ended, in words. */
#ifndef SCX_TOPO_EXIT_REPORT_H
#define SCX_TOPO_EXIT_REPORT_H

#include "../bpf/intf.h"

/* The kernel asks for a restart: CPUs came or went. */
bool exit_wants_restart(const struct exit_report *report);

/* Says on stderr why it ended, with the kernel's dump if there is one; returns an exit status. */
int exit_explain(const struct exit_report *report);

#endif
