/* SPDX-License-Identifier: GPL-2.0-only */
/* Modes by name. */
#ifndef SCX_TOPO_MODE_H
#define SCX_TOPO_MODE_H

#include "../bpf/intf.h"

const char *mode_name(enum topo_mode mode);

/* False: there is no mode of that name. */
bool mode_parse(const char *name, enum topo_mode *mode);

#endif
