/* SPDX-License-Identifier: GPL-2.0-only */
/* Who gets a socket's name, with which rights, and what is left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/stats_socket.h"

static char folder[64], path[96], why[256];

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/scx_topo-socket.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/stats", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	assert_int_equal(rmdir(folder), 0);
	return 0;
}

static struct stats_socket opened(void)
{
	struct stats_socket s;

	if (stats_socket_open(&s, path, why, sizeof(why)))
		fail_msg("%s", why);
	return s;
}

static void refused(int err, const char *part)
{
	struct stats_socket s;

	assert_int_equal(stats_socket_open(&s, path, why, sizeof(why)), err);
	if (!strstr(why, part) || strchr(why, '\n'))
		fail_msg("not in it: %s\n%s", part, why);
}

static mode_t mode_of(const char *file)
{
	struct stat is;

	assert_int_equal(lstat(file, &is), 0);
	return is.st_mode;
}

/* A socket of ours that is not one of theirs; it stays in the file system. */
static int stranger(int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void test_rights_whatever_the_umask(void **state)
{
	mode_t mask = umask(077);
	char inner[96], outer[96];
	struct stats_socket s;

	(void)state;
	snprintf(outer, sizeof(outer), "%s/a", folder);
	snprintf(inner, sizeof(inner), "%s/a/b", folder);
	snprintf(path, sizeof(path), "%s/a/b/stats", folder);
	s = opened();
	assert_int_equal(mode_of(path), S_IFSOCK | 0600);
	assert_int_equal(mode_of(inner), S_IFDIR | 0755);
	assert_int_equal(mode_of(outer), S_IFDIR | 0755);
	assert_int_equal(umask(mask), 077);
	stats_socket_close(&s);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(rmdir(inner), 0);
	assert_int_equal(rmdir(outer), 0);
}

static void test_somebody_answers(void **state)
{
	struct stats_socket s = opened();

	(void)state;
	refused(-EADDRINUSE, "somebody answers at ");
	stats_socket_close(&s);
	s = opened();
	stats_socket_close(&s);
}

static void test_one_of_another_type(void **state)
{
	int fd = stranger(SOCK_DGRAM);

	(void)state;
	refused(-EADDRINUSE, "somebody answers at ");
	assert_true(S_ISSOCK(mode_of(path)));
	close(fd);
}

static void test_the_dead_are_replaced(void **state)
{
	struct stats_socket s;

	(void)state;
	close(stranger(SOCK_STREAM));
	s = opened();
	refused(-EADDRINUSE, "somebody answers at ");
	stats_socket_close(&s);
}

static void test_no_socket_is_left_alone(void **state)
{
	(void)state;
	close(open(path, O_CREAT | O_WRONLY, 0640));
	refused(-ENOTSOCK, "is there and no socket: remove it");
	assert_true(S_ISREG(mode_of(path)));
	unlink(path);
	assert_int_equal(symlink("/nonexistent", path), 0);
	refused(-ENOTSOCK, "is there and no socket: remove it");
	assert_true(S_ISLNK(mode_of(path)));
}

static void test_what_a_stranger_put_there_stays(void **state)
{
	struct stats_socket s = opened();
	int fd;

	(void)state;
	unlink(path);
	fd = stranger(SOCK_STREAM);
	stats_socket_close(&s);
	assert_true(S_ISSOCK(mode_of(path)));
	close(fd);
}

static void test_impossible_paths(void **state)
{
	char name[200];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(stats_socket_open(&(struct stats_socket){ 0 }, name, why, sizeof(why)),
			 -ENAMETOOLONG);
	assert_int_equal(stats_socket_open(&(struct stats_socket){ 0 }, "x", why, sizeof(why)),
			 -EINVAL);
	close(open(path, O_CREAT | O_WRONLY, 0640));
	snprintf(name, sizeof(name), "%s/below", path);
	assert_int_equal(stats_socket_open(&(struct stats_socket){ 0 }, name, why, sizeof(why)),
			 -ENOTDIR);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_rights_whatever_the_umask), TEST(test_somebody_answers),
		TEST(test_one_of_another_type),	      TEST(test_the_dead_are_replaced),
		TEST(test_no_socket_is_left_alone),   TEST(test_what_a_stranger_put_there_stays),
		TEST(test_impossible_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
