// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups of senders and receivers, in the manner of hackbench and of perf bench sched messaging:
 * each sender writes to all receivers of its group in turn. All begin at once.
 */
#include "lib/measure.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_EACH     64
#define MESSAGE_SIZE 100
#define SETTLE_NS    (20 * NSEC_PER_MSEC)

static long groups = 2, each = 4, messages = 200;

static const struct option_number options[] = {
	{ "groups", &groups, 1, 100, "groups" },
	{ "each", &each, 1, MAX_EACH, "senders, and receivers, of a group" },
	{ "messages", &messages, 1, 1000000, "that each sender sends" },
	{ 0 },
};

static int gate[2];

/* Until the parent, which alone keeps the other end, opens it. */
static void wait_at_gate(void)
{
	char byte;

	close(gate[1]);
	if (read(gate[0], &byte, 1))
		fail("waiting for the start");
}

static void send_all(int ends[][2])
{
	char message[MESSAGE_SIZE] = "";

	wait_at_gate();
	for (long i = 0; i < messages; i++)
		if (write(ends[i % each][0], message, sizeof(message)) != sizeof(message))
			fail("sending");
	_exit(0);
}

/* A receiver's share: every each-th message of every sender. */
static void receive_all(int fd, long index)
{
	char message[MESSAGE_SIZE];
	long nr = each * ((messages + each - 1 - index) / each);
	ssize_t got;

	wait_at_gate();
	for (long bytes = nr * MESSAGE_SIZE; bytes > 0; bytes -= got) {
		got = read(fd, message, sizeof(message));
		if (got <= 0)
			fail("receiving");
	}
	_exit(0);
}

static void start_group(void)
{
	int ends[MAX_EACH][2];

	for (long i = 0; i < each; i++)
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends[i]))
			fail("socketpair");
	for (long i = 0; i < each; i++) {
		if (!start_child())
			receive_all(ends[i][1], i);
		if (!start_child())
			send_all(ends);
	}
	for (long i = 0; i < each; i++) {
		close(ends[i][0]);
		close(ends[i][1]);
	}
}

int main(int argc, char **argv)
{
	uint64_t start;
	char name[64];

	parse_options(argc, argv, options, "usage: messages [OPTIONS]");
	if (pipe(gate))
		fail("pipe");
	for (long i = 0; i < groups; i++)
		start_group();
	sleep_ns(SETTLE_NS);
	start = now_ns();
	close(gate[1]);
	wait_children(2 * groups * each);
	snprintf(name, sizeof(name), "messages_%ld_groups_ms", groups);
	result(name, (now_ns() - start) / 1e6);
	return 0;
}
