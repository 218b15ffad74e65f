/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stats_server.h"

#define ACCEPT_PAUSE_MS 1000 /* when the system has nothing left to accept with */

struct connection {
	int fd; /* -1: none */
	void *client;
	char input[STATS_MAX_LINE + 1]; /* what has come and is not answered */
	size_t nr_input;
	bool skip;  /* the rest of a line that was too long */
	bool ended; /* nothing more will come */
	struct stats_answer answer;
	size_t nr_sent;
};

struct server {
	const struct stats_service *service;
	int listener;
	bool pause; /* in accepting */
	struct connection connections[STATS_MAX_CLIENTS];
};

static void disconnect(struct server *server, struct connection *c)
{
	server->service->disconnect(c->client);
	close(c->fd);
	free(c->answer.text);
	c->fd = -1;
	c->answer.text = NULL;
}

/* False: the other side is gone. */
static bool send_answer(struct connection *c)
{
	ssize_t n = send(c->fd, c->answer.text + c->nr_sent, c->answer.len - c->nr_sent,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->nr_sent += n;
	if (c->nr_sent == c->answer.len) {
		free(c->answer.text);
		c->answer.text = NULL;
	}
	return true;
}

/* False: there is none, for lack of memory, or nobody to take it. */
static bool begin_answer(struct connection *c, struct stats_answer answer)
{
	c->answer = answer;
	c->nr_sent = 0;
	return answer.text && send_answer(c);
}

/* Bytes up to the newline, or to the end of what comes. False: not there yet. */
static bool has_line(const struct connection *c, size_t *len)
{
	const char *end = memchr(c->input, '\n', c->nr_input);

	*len = end ? (size_t)(end - c->input) : c->nr_input;
	return end || (c->ended && c->nr_input);
}

static void forget_line(struct connection *c, size_t len)
{
	len += len < c->nr_input; /* its newline */
	c->nr_input -= len;
	memmove(c->input, c->input + len, c->nr_input);
	c->skip = false;
}

/* The next line that has come, if any. False: the connection is over. */
static bool answer_line(struct server *server, struct connection *c)
{
	struct stats_answer answer;
	size_t len;

	if (has_line(c, &len)) {
		if (c->skip) {
			forget_line(c, len);
			return true;
		}
		answer = server->service->answer(c->client, c->input, len);
		forget_line(c, len);
		return begin_answer(c, answer);
	}
	if (c->nr_input < sizeof(c->input))
		return !c->ended;
	c->nr_input = 0;
	if (c->skip)
		return true;
	c->skip = true;
	return begin_answer(c, stats_reply_error(E2BIG, "this request is too long"));
}

/* False: it is broken. */
static bool receive(struct connection *c)
{
	ssize_t n =
		recv(c->fd, c->input + c->nr_input, sizeof(c->input) - c->nr_input, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->ended = n == 0;
	c->nr_input += n;
	return true;
}

static bool has_work(const struct connection *c)
{
	size_t len;

	return !c->answer.text && (c->ended || has_line(c, &len));
}

/* One step, so that others have their turn. */
static void serve(struct server *server, struct connection *c, bool ready)
{
	bool goes_on = true;

	if (c->answer.text)
		goes_on = !ready || send_answer(c);
	else if (!has_work(c))
		goes_on = !ready || (receive(c) && answer_line(server, c));
	else
		goes_on = answer_line(server, c);
	if (!goes_on)
		disconnect(server, c);
}

static struct connection *free_connection(struct server *server)
{
	for (int i = 0; i < STATS_MAX_CLIENTS; i++)
		if (server->connections[i].fd < 0)
			return &server->connections[i];
	return NULL;
}

/* In one go, as nobody waits for it; those who are gone already need not know. */
static void refuse(int fd, int errnum, const char *why)
{
	struct stats_answer answer = stats_reply_error(errnum, why);

	if (answer.text)
		send(fd, answer.text, answer.len, MSG_DONTWAIT | MSG_NOSIGNAL);
	free(answer.text);
	close(fd);
}

static void accept_client(struct server *server)
{
	int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct connection *c = free_connection(server);
	void *client;

	if (fd < 0) {
		server->pause = errno != EAGAIN && errno != EINTR && errno != ECONNABORTED;
		return;
	}
	if (!c) {
		refuse(fd, EUSERS, "too many clients");
		return;
	}
	client = server->service->connect(server->service->data);
	if (!client) {
		refuse(fd, ENOMEM, "not enough memory");
		return;
	}
	*c = (struct connection){ .fd = fd, .client = client };
}

enum { POLL_STOP, POLL_LISTENER, POLL_CLIENTS, NR_POLLS = POLL_CLIENTS + STATS_MAX_CLIENTS };

/* Waits for something to do, without end where nothing is left over. */
static int wait_for_work(struct server *server, int stop, struct pollfd *polls)
{
	int timeout_ms = server->pause ? ACCEPT_PAUSE_MS : -1;

	polls[POLL_STOP] = (struct pollfd){ .fd = stop, .events = POLLIN };
	polls[POLL_LISTENER] =
		(struct pollfd){ .fd = server->pause ? -1 : server->listener, .events = POLLIN };
	server->pause = false;
	for (int i = 0; i < STATS_MAX_CLIENTS; i++) {
		const struct connection *c = &server->connections[i];

		polls[POLL_CLIENTS + i] =
			(struct pollfd){ .fd = c->fd, .events = c->answer.text ? POLLOUT : POLLIN };
		if (c->fd >= 0 && has_work(c))
			timeout_ms = 0;
	}
	return poll(polls, NR_POLLS, timeout_ms) < 0 && errno != EINTR ? -errno : 0;
}

static int serve_all(struct server *server, int stop)
{
	struct pollfd polls[NR_POLLS];
	int err;

	while (!(err = wait_for_work(server, stop, polls)) && !polls[POLL_STOP].revents) {
		for (int i = 0; i < STATS_MAX_CLIENTS; i++)
			if (server->connections[i].fd >= 0)
				serve(server, &server->connections[i],
				      polls[POLL_CLIENTS + i].revents);
		if (polls[POLL_LISTENER].revents)
			accept_client(server);
	}
	return err;
}

int stats_server_run(int listener, int stop, const struct stats_service *service)
{
	struct server *server = calloc(1, sizeof(*server));
	int err;

	if (!server)
		return -ENOMEM;
	server->service = service;
	server->listener = listener;
	for (int i = 0; i < STATS_MAX_CLIENTS; i++)
		server->connections[i].fd = -1;
	err = serve_all(server, stop);
	for (int i = 0; i < STATS_MAX_CLIENTS; i++)
		if (server->connections[i].fd >= 0)
			disconnect(server, &server->connections[i]);
	free(server);
	return err;
}
