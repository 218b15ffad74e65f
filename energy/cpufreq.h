/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who sets the clocks of the CPUs. Only with the kernel's governor schedutil the dispatcher has a
 * say in it (bpf/speed.h); with the others, and where the processor does it by itself, what it asks
 * for has no effect.
 */
#ifndef SCX_TOPO_ENERGY_CPUFREQ_H
#define SCX_TOPO_ENERGY_CPUFREQ_H

#include <stdbool.h>

/* Whether schedutil sets the clock of any CPU now; looked up below a root that a test can choose.
 */
bool cpufreq_is_schedutil(const char *root);

#endif
