/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests and answers of the scx_stats protocol of the scx project (rust/scx_stats there): each is
 * an object in a line.
 *
 *	{"req":"stats","args":{"target":"top"}}		figures; "top" is the only target, and what
 *							is meant without args
 *	{"req":"stats_meta"}				what they mean: see stats_fields.h
 *
 *	{"errno":0,"args":{"resp":{...}}}
 *	{"errno":22,"args":{"resp":"what is wrong"}}
 */
#ifndef SCX_TOPO_STATS_REPLY_H
#define SCX_TOPO_STATS_REPLY_H

#include <stddef.h>

#include "monitor.h"

/* A line with the newline that ends it, not a string. To be freed; NULL: not enough memory. */
struct stats_answer {
	char *text;
	size_t len;
};

/* Fills `view` for a client. Returns 0, or -errno with a reason in `why`. */
typedef int (*stats_read_fn)(void *client, struct monitor_view *view, char *why, size_t size);

/* Answers whatever the line is, which comes without a newline. */
struct stats_answer stats_reply(const char *line, size_t len, stats_read_fn read, void *client);

/* That something went wrong, with an errno, which is positive. */
struct stats_answer stats_reply_error(int errnum, const char *why);

#endif
