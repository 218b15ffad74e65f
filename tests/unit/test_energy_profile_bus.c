/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The power-profiles daemon, played by a thread at the other end of a socket.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#ifdef HAVE_SD_BUS

#include <poll.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>

#include "../../energy/profile.h"

struct daemon {
	int fd;
	const char *path, *interface;
	const char *profile;
	const char *next; /* what the profile changes to on being asked for it */
	bool ended;
};

static int get_profile(sd_bus *bus, const char *path, const char *interface, const char *property,
		       sd_bus_message *reply, void *data, sd_bus_error *error)
{
	struct daemon *daemon = data;
	const char *profile = daemon->profile;

	(void)error;
	if (daemon->next) {
		daemon->profile = daemon->next;
		daemon->next = NULL;
		sd_bus_emit_properties_changed(bus, path, interface, property, NULL);
	}
	return sd_bus_message_append(reply, "s", profile);
}

static void *serve(void *data)
{
	static const sd_bus_vtable table[] = {
		SD_BUS_VTABLE_START(0),
		SD_BUS_PROPERTY("ActiveProfile", "s", get_profile, 0,
				SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
		SD_BUS_VTABLE_END,
	};
	struct daemon *daemon = data;
	sd_bus *bus = NULL;
	sd_id128_t id = { .qwords = { 1, 2 } };

	sd_bus_new(&bus);
	sd_bus_set_fd(bus, daemon->fd, daemon->fd);
	sd_bus_set_server(bus, 1, id);
	sd_bus_start(bus);
	sd_bus_add_object_vtable(bus, NULL, daemon->path, daemon->interface, table, daemon);
	while (sd_bus_process(bus, NULL) >= 0 && sd_bus_wait(bus, 20000000) > 0)
		;
	daemon->ended = true;
	sd_bus_unref(bus);
	return NULL;
}

static void attach(struct profile_reader *reader, int fd)
{
	sd_bus *bus = NULL;

	assert_true(sd_bus_new(&bus) >= 0);
	assert_true(sd_bus_set_fd(bus, fd, fd) >= 0);
	assert_true(sd_bus_start(bus) >= 0);
	profile_open(reader, "/nonexistent", true);
	profile_attach(reader, bus);
}

static void wait_for_news(struct profile_reader *reader)
{
	for (int i = 0; i < 100; i++) {
		struct pollfd poll_fd = { .fd = profile_fd(reader), .events = POLLIN };

		if (profile_changed(reader))
			return;
		assert_true(poll_fd.fd >= 0);
		poll(&poll_fd, 1, 100);
	}
	fail_msg("no news");
}

static void check_daemon(const char *path, const char *interface)
{
	struct daemon daemon = {
		.path = path,
		.interface = interface,
		.profile = "power-saver",
		.next = "performance",
	};
	struct profile_reader reader;
	pthread_t thread;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	daemon.fd = fds[0];
	assert_int_equal(pthread_create(&thread, NULL, serve, &daemon), 0);
	attach(&reader, fds[1]);
	reader.answer_usec = 20000000; /* the machine that runs the tests may be busy */
	assert_int_equal(profile_read(&reader), PROFILE_POWER_SAVER);
	wait_for_news(&reader);
	assert_int_equal(profile_read(&reader), PROFILE_PERFORMANCE);
	assert_false(profile_changed(&reader));
	profile_close(&reader);
	assert_int_equal(profile_read(&reader), PROFILE_UNKNOWN);
	pthread_join(thread, NULL);
}

static void test_daemon(void **state)
{
	(void)state;
	check_daemon("/org/freedesktop/UPower/PowerProfiles",
		     "org.freedesktop.UPower.PowerProfiles");
}

static void test_daemon_under_its_old_name(void **state)
{
	(void)state;
	check_daemon("/net/hadess/PowerProfiles", "net.hadess.PowerProfiles");
}

/* Nobody answers: it takes no longer than twice the limit, and the bus going away is news. */
static void test_silence(void **state)
{
	struct profile_reader reader;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	attach(&reader, fds[1]);
	assert_int_equal(profile_read(&reader), PROFILE_UNKNOWN);
	close(fds[0]);
	wait_for_news(&reader);
	assert_int_equal(profile_fd(&reader), -1);
	assert_int_equal(profile_read(&reader), PROFILE_UNKNOWN);
	profile_close(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_daemon),
		cmocka_unit_test(test_daemon_under_its_old_name),
		cmocka_unit_test(test_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void test_without_the_library(void **state)
{
	(void)state;
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_without_the_library) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
