/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processor's own preference between energy and performance (EPP), which on most laptops moves
 * more power than placement does. Other programs set it, too, so we do only when asked (--epp).
 *
 * What it was is written to a file before the first change, and the file goes away when all is put
 * back: whoever finds it at the next start puts back what a killed process left behind.
 */
#ifndef SCX_TOPO_ENERGY_EPP_H
#define SCX_TOPO_ENERGY_EPP_H

#include <stdbool.h>

#define EPP_STATE_FILE "/run/scx_topo.epp"

struct epp {
	int nr;
	int *fds; /* of each cpufreq policy's file */
	char (*was)[32];
	bool saving; /* "power" is set */
};

/*
 * Opens the files below the root, for which it takes root, and notes what they hold in the state
 * file. Returns 0, -ENOENT where this machine has no EPP, or another -errno; nothing is open then.
 */
int epp_open(struct epp *epp, const char *root, const char *state_file);
void epp_close(struct epp *epp);

/* "power", or what was there before. Returns 0 or the first -errno of a file. */
int epp_set_saving(struct epp *epp, bool saving);

/*
 * Puts back what the state file says, and removes it. Returns how many files were put back, 0 where
 * there is no state file, or -EINVAL for one that is not ours; that one is left alone.
 */
int epp_restore(const char *root, const char *state_file);

#endif
