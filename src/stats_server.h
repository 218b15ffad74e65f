/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers lines by lines, to several clients side by side and by one thread. A client gets its next
 * answer only when it has taken the last one, so neither a slow client nor a dead one makes others
 * wait or fills memory. The last line of a client need not end.
 */
#ifndef SCX_TOPO_STATS_SERVER_H
#define SCX_TOPO_STATS_SERVER_H

#include "stats_reply.h"

#define STATS_MAX_CLIENTS 32   /* at a time; others are told so */
#define STATS_MAX_LINE	  4096 /* bytes of a request without its newline; longer ones are refused */

/* What is behind the server. */
struct stats_service {
	void *data;
	void *(*connect)(void *data); /* a client's own state; NULL: not enough memory */
	struct stats_answer (*answer)(void *client, const char *line, size_t len);
	void (*disconnect)(void *client);
};

/*
 * Serves those who connect to `listener`, a stream socket that does not block, until there is
 * something to read from `stop`. Returns 0, or -errno when it cannot go on.
 */
int stats_server_run(int listener, int stop, const struct stats_service *service);

#endif
