/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of profile.h that speaks D-Bus, by libsystemd's sd-bus. Built without that library
 * there is no bus, and the other sources are used.
 */
#ifndef SCX_TOPO_ENERGY_PROFILE_BUS_H
#define SCX_TOPO_ENERGY_PROFILE_BUS_H

#include "profile.h"

void profile_bus_open(struct profile_reader *reader);
void profile_bus_listen(struct profile_reader *reader);
void profile_bus_close(struct profile_reader *reader);
enum profile profile_bus_read(struct profile_reader *reader); /* PROFILE_UNKNOWN: no answer */
int profile_bus_fd(const struct profile_reader *reader);
bool profile_bus_changed(struct profile_reader *reader);

#endif
