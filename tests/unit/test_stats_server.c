/* SPDX-License-Identifier: GPL-2.0-only */
/* The server of lines, run by a thread, with a service that says lines again. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "src/stats_server.h"

#define BIG 4000000 /* bytes of the answer to "big": more than a socket keeps */

static int listener, stop, status;
static u32 nr_connected, nr_disconnected, nr_answers, nr_before_one;
static int gate; /* opened by writing to it, it lets "hold" pass */
static struct sockaddr_un address;
static socklen_t address_len;
static pthread_t thread;

static void *connect_client(void *data)
{
	assert_ptr_equal(data, &nr_connected);
	nr_connected++;
	return data;
}

static void disconnect_client(void *client)
{
	assert_ptr_equal(client, &nr_connected);
	nr_disconnected++;
}

static struct stats_answer answer(void *client, const char *line, size_t len)
{
	bool big = len == 3 && !memcmp(line, "big", len);
	struct stats_answer answer = { .len = big ? BIG : len + 1 };
	eventfd_t passed;

	assert_ptr_equal(client, &nr_connected);
	if (len == 4 && !memcmp(line, "hold", len))
		eventfd_read(gate, &passed);
	nr_answers++;
	if (len == 3 && !memcmp(line, "one", len))
		nr_before_one = nr_answers;
	answer.text = malloc(answer.len);
	memset(answer.text, 'x', answer.len);
	if (!big)
		memcpy(answer.text, line, len);
	answer.text[answer.len - 1] = '\n';
	return answer;
}

static void *serve(void *data)
{
	const struct stats_service service = { &nr_connected, connect_client, answer,
					       disconnect_client };

	status = stats_server_run(listener, stop, &service);
	return data;
}

static int set_up(void **state)
{
	(void)state;
	address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	address_len = sizeof(address);
	nr_connected = nr_disconnected = 0;
	stop = eventfd(0, 0);
	gate = eventfd(0, 0);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	/* Without a name it gets one that is in no file system. */
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(sa_family_t)), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &address_len), 0);
	assert_int_equal(listen(listener, 64), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve, NULL), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(eventfd_write(stop, 1), 0);
	pthread_join(thread, NULL);
	close(listener);
	close(stop);
	close(gate);
	assert_int_equal(status, 0);
	assert_int_equal(nr_disconnected, nr_connected);
	return 0;
}

static int connected(void)
{
	const struct timeval limit = { .tv_sec = 60 };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	assert_int_equal(connect(fd, (struct sockaddr *)&address, address_len), 0);
	return fd;
}

static void say(int fd, const char *text, size_t len)
{
	assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), len);
}

static void hear(int fd, const char *wanted)
{
	char got[256] = "";

	assert_int_equal(recv(fd, got, strlen(wanted), MSG_WAITALL), strlen(wanted));
	assert_string_equal(got, wanted);
}

static void hear_end(int fd)
{
	char more;

	assert_int_equal(recv(fd, &more, 1, 0), 0);
	close(fd);
}

static void hear_error(int fd, int errnum)
{
	char wanted[64], line[256] = "";
	size_t len = 0;

	snprintf(wanted, sizeof(wanted), "{\"errno\":%d,\"args\":{\"resp\":\"", errnum);
	while (!strchr(line, '\n') && len < sizeof(line) - 1 && recv(fd, &line[len], 1, 0) == 1)
		len++;
	if (strncmp(line, wanted, strlen(wanted)))
		fail_msg("no error %d: %s", errnum, line);
}

static void test_lines_in_any_pieces(void **state)
{
	int fd = connected();

	(void)state;
	say(fd, "one\n", 4);
	hear(fd, "one\n");
	say(fd, "t", 1);
	say(fd, "wo\nthree\n\nfo", 12);
	hear(fd, "two\nthree\n\n");
	say(fd, "ur\n", 3);
	hear(fd, "four\n");
	close(fd);
}

static void test_the_last_line_need_not_end(void **state)
{
	int fd = connected();

	(void)state;
	say(fd, "one\ntwo", 7);
	shutdown(fd, SHUT_WR);
	hear(fd, "one\ntwo\n");
	hear_end(fd);
}

static void test_too_long_a_line(void **state)
{
	int fd = connected();
	char line[3 * STATS_MAX_LINE];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[STATS_MAX_LINE] = '\n';
	say(fd, line, STATS_MAX_LINE + 1);
	line[STATS_MAX_LINE] = 'x';
	for (int i = 0; i < STATS_MAX_LINE; i++)
		hear(fd, "x");
	hear(fd, "\n");
	say(fd, line, STATS_MAX_LINE + 1);
	hear_error(fd, E2BIG);
	say(fd, line, sizeof(line));
	say(fd, "\nnext\n", 6);
	hear(fd, "next\n");
	say(fd, line, sizeof(line));
	hear_error(fd, E2BIG);
	shutdown(fd, SHUT_WR);
	hear_end(fd);
}

static void test_slow_and_dead_clients_hold_up_nobody(void **state)
{
	int slow = connected(), dead = connected(), fd = connected();
	static char text[BIG];

	(void)state;
	say(slow, "big\nnext\n", 9);
	say(dead, "big\n", 4);
	say(fd, "one\n", 4);
	hear(fd, "one\n");
	close(dead);
	say(fd, "two\n", 4);
	hear(fd, "two\n");
	close(fd);
	assert_int_equal(recv(slow, text, BIG, MSG_WAITALL), BIG);
	assert_ptr_equal(memchr(text, '\n', BIG), text + BIG - 1);
	hear(slow, "next\n");
	close(slow);
}

/* Everything is there before the server sees any of it. */
static void test_who_floods_gets_its_turn_only(void **state)
{
	int holder = connected(), flood = connected(), fd = connected();
	char lines[4000];

	(void)state;
	memset(lines, '\n', sizeof(lines));
	say(flood, "x\n", 2);
	hear(flood, "x\n");
	say(fd, "x\n", 2);
	hear(fd, "x\n");
	say(holder, "hold\n", 5);
	say(flood, lines, sizeof(lines));
	say(fd, "a\nb\none\n", 8);
	nr_answers = 0;
	assert_int_equal(eventfd_write(gate, 1), 0);
	hear(fd, "a\nb\none\n");
	assert_in_range(nr_before_one, 1, 10);
	for (size_t i = 0; i < sizeof(lines); i++)
		hear(flood, "\n");
	close(holder);
	close(flood);
	close(fd);
}

static void test_too_many_clients(void **state)
{
	int fds[STATS_MAX_CLIENTS], fd;

	(void)state;
	for (int i = 0; i < STATS_MAX_CLIENTS; i++) {
		fds[i] = connected();
		say(fds[i], "x\n", 2);
		hear(fds[i], "x\n");
	}
	fd = connected();
	hear_error(fd, EUSERS);
	hear_end(fd);
	shutdown(fds[7], SHUT_WR);
	hear_end(fds[7]);
	fds[7] = connected();
	say(fds[7], "one\n", 4);
	hear(fds[7], "one\n");
	for (int i = 0; i < STATS_MAX_CLIENTS; i++)
		close(fds[i]);
}

static u64 used_ns(void)
{
	struct timespec time;
	clockid_t clock;

	assert_int_equal(pthread_getcpuclockid(thread, &clock), 0);
	clock_gettime(clock, &time);
	return time.tv_sec * NSEC_PER_SEC + time.tv_nsec;
}

/* Neither one who says nothing, nor one who has said half a line, nor one who does not listen. */
static void test_waiting_takes_no_time(void **state)
{
	int silent = connected(), half = connected(), slow = connected();
	u64 before_ns;

	(void)state;
	say(half, "on", 2);
	say(slow, "big\nbig\n", 8);
	shutdown(slow, SHUT_WR);
	usleep(100000);
	before_ns = used_ns();
	usleep(300000);
	assert_true(used_ns() - before_ns < 100 * NSEC_PER_MSEC);
	close(silent);
	close(half);
	close(slow);
}

/* Pieces of any length of what may be anything; as many answers as lines. */
static void test_junk(void **state)
{
	int fd = connected();
	u32 nr_lines = 0;
	char piece[64];

	(void)state;
	srand(1);
	for (int i = 0; i < 3000; i++) {
		size_t len = rand() % sizeof(piece) + 1;

		for (size_t at = 0; at < len; at++) {
			piece[at] = rand() % 16 ? rand() : '\n';
			nr_lines += piece[at] == '\n';
		}
		say(fd, piece, len);
		/* Who sends and does not read stops the server, and then waits for it. */
		for (char c; nr_lines && recv(fd, &c, 1, nr_lines > 64 ? 0 : MSG_DONTWAIT) == 1;)
			nr_lines -= c == '\n';
	}
	say(fd, "end", 3);
	shutdown(fd, SHUT_WR);
	for (char c; recv(fd, &c, 1, 0) == 1;)
		nr_lines -= c == '\n';
	assert_int_equal(nr_lines, (u32)-1);
	close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_lines_in_any_pieces),
		TEST(test_the_last_line_need_not_end),
		TEST(test_too_long_a_line),
		TEST(test_slow_and_dead_clients_hold_up_nobody),
		TEST(test_who_floods_gets_its_turn_only),
		TEST(test_too_many_clients),
		TEST(test_waiting_takes_no_time),
		TEST(test_junk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
