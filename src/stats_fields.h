/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What `scx_topo monitor` shows, as a client of scx_stats wants it: one object for the machine,
 * with dicts of domains, kinds of core and power, and a description of every field of these
 * objects.
 *
 * The description is made by the same functions that make the figures, so a field cannot be in one
 * of them only. It does not depend on the machine: what a machine lacks is missing from a dict.
 *
 * Shares, waits and watts are of the view's interval; times and counters are totals since the
 * scheduler began, for clients that keep a history of their own. Objects are nested in dicts only
 * and once only, which is all that the translator to OpenMetrics of the scx project takes; it wants
 * names that differ, which _om_prefix gives, and a name for a dict's keys, _om_label.
 */
#ifndef SCX_TOPO_STATS_FIELDS_H
#define SCX_TOPO_STATS_FIELDS_H

#include <jansson.h>

#include "monitor.h"

/* The machine's object. NULL: not enough memory. */
json_t *stats_fields(const struct monitor_view *view);

/* Descriptions of all objects, by their names. NULL: not enough memory. */
json_t *stats_fields_meta(void);

#endif
