/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "mode.h"

static const char *const names[] = {
	[TOPO_MODE_PERF] = "perf",
	[TOPO_MODE_POWERSAVE] = "powersave",
	[TOPO_MODE_AUTO] = "auto",
};
#define NR_MODES (sizeof(names) / sizeof(names[0]))

const char *mode_name(enum topo_mode mode)
{
	return (size_t)mode < NR_MODES ? names[mode] : "?";
}

bool mode_parse(const char *name, enum topo_mode *mode)
{
	size_t i;

	for (i = 0; i < NR_MODES; i++) {
		if (!strcmp(name, names[i])) {
			*mode = i;
			return true;
		}
	}
	return false;
}
