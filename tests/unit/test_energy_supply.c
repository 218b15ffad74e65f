/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Battery, mains and power profile, from fake trees and a bus of our own.
 */
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include "tree.h"
#include "../../energy/profile.h"
#include "../../energy/supply.h"

static int setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	tree_make(tree);
	*state = tree;
	return 0;
}

static int teardown(void **state)
{
	tree_remove(*state);
	free(*state);
	return 0;
}

static void supply_file(struct tree *tree, const char *supply, const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "sys/class/power_supply/%s/%s", supply, file);
	tree_write(tree, path, text);
}

static void mains(struct tree *tree, const char *online)
{
	supply_file(tree, "AC", "type", "Mains\n");
	supply_file(tree, "AC", "online", online);
}

static void battery(struct tree *tree, const char *name, const char *status)
{
	supply_file(tree, name, "type", "Battery\n");
	supply_file(tree, name, "status", status);
}

static struct supply read_supply(struct tree *tree)
{
	struct supply supply;

	supply_read(tree->root, &supply);
	return supply;
}

static void test_no_supplies_is_a_desktop(void **state)
{
	struct supply supply = read_supply(*state);

	assert_false(supply.has_battery);
	assert_false(supply.on_battery);
	assert_int_equal(supply.percent, -1);
}

static void test_battery_with_power_now(void **state)
{
	struct supply supply;

	mains(*state, "0\n");
	battery(*state, "BAT0", "Discharging\n");
	supply_file(*state, "BAT0", "energy_now", "20000000\n");
	supply_file(*state, "BAT0", "energy_full", "50000000\n");
	supply_file(*state, "BAT0", "power_now", "7500000\n");
	supply = read_supply(*state);
	assert_true(supply.on_battery);
	assert_int_equal(supply.percent, 40);
	assert_int_equal(supply.power_uw, 7500000);
}

static void test_battery_with_charge_and_negative_current(void **state)
{
	struct supply supply;

	battery(*state, "BAT0", "Discharging\n");
	supply_file(*state, "BAT0", "charge_now", "1500000\n");
	supply_file(*state, "BAT0", "charge_full", "3000000\n");
	supply_file(*state, "BAT0", "voltage_now", "3300000\n");
	supply_file(*state, "BAT0", "current_now", "-1000000\n");
	supply = read_supply(*state);
	assert_true(supply.on_battery); /* no entry for mains: the battery tells */
	assert_int_equal(supply.percent, 50);
	assert_int_equal(supply.power_uw, 3300000);
}

static void test_mouse_battery_is_not_ours(void **state)
{
	struct supply supply;

	battery(*state, "hidpp_battery_0", "Discharging\n");
	supply_file(*state, "hidpp_battery_0", "scope", "Device\n");
	supply_file(*state, "hidpp_battery_0", "capacity", "5\n");
	supply = read_supply(*state);
	assert_false(supply.has_battery);
	assert_false(supply.on_battery);
	assert_int_equal(supply.percent, -1);
}

static void test_dock_without_battery(void **state)
{
	supply_file(*state, "ucsi-source-psy-USBC000:001", "type", "USB\n");
	supply_file(*state, "ucsi-source-psy-USBC000:001", "online", "0\n");
	assert_false(read_supply(*state).on_battery);
}

static void test_charging_over_usb(void **state)
{
	mains(*state, "0\n");
	supply_file(*state, "ucsi0", "type", "USB\n");
	supply_file(*state, "ucsi0", "online", "1\n");
	battery(*state, "BAT0", "Charging\n");
	supply_file(*state, "BAT0", "power_now", "40000000\n");
	assert_false(read_supply(*state).on_battery);
	assert_int_equal(read_supply(*state).power_uw, 0); /* that is going in */
}

static void test_full_on_mains_without_entry(void **state)
{
	battery(*state, "BAT0", "Not charging\n");
	assert_true(read_supply(*state).has_battery);
	assert_false(read_supply(*state).on_battery);
}

static void test_two_batteries_are_added_up(void **state)
{
	struct supply supply;

	mains(*state, "0\n");
	for (int i = 0; i < 2; i++) {
		const char *name = i ? "BAT1" : "BAT0";

		battery(*state, name, "Discharging\n");
		supply_file(*state, name, "energy_full", i ? "30000000\n" : "10000000\n");
		supply_file(*state, name, "energy_now", i ? "27000000\n" : "1000000\n");
		supply_file(*state, name, "power_now", "2000000\n");
	}
	supply = read_supply(*state);
	assert_int_equal(supply.percent, 70);
	assert_int_equal(supply.power_uw, 4000000);
}

static void test_only_a_capacity(void **state)
{
	mains(*state, "0\n");
	battery(*state, "BAT0", "Discharging\n");
	supply_file(*state, "BAT0", "capacity", "17\n");
	assert_int_equal(read_supply(*state).percent, 17);
	supply_file(*state, "BAT0", "capacity", "170\n");
	assert_int_equal(read_supply(*state).percent, -1);
}

static void test_empty_bay(void **state)
{
	battery(*state, "BAT1", "Unknown\n");
	supply_file(*state, "BAT1", "present", "0\n");
	assert_false(read_supply(*state).has_battery);
}

static void test_junk_is_not_there(void **state)
{
	supply_file(*state, "BAT0", "type", "\n");
	supply_file(*state, "BAT1", "status", "Discharging\n");
	mains(*state, "yes\n");
	assert_false(read_supply(*state).has_battery);
	assert_false(read_supply(*state).on_battery);
}

static void test_watch(void **state)
{
	static const char message[] = "change@/x\0ACTION=change\0SUBSYSTEM=power_supply";
	static const char profile[] = "change@/y\0ACTION=change\0SUBSYSTEM=platform-profile";
	static const char other[] = "change@/x\0ACTION=change\0SUBSYSTEM=block";
	int fds[2], fd;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(supply_watch_read(fds[0]), 0);
	assert_int_equal(send(fds[1], other, sizeof(other), 0), sizeof(other));
	assert_int_equal(supply_watch_read(fds[0]), 0);
	assert_int_equal(send(fds[1], message, sizeof(message), 0), sizeof(message));
	assert_int_equal(send(fds[1], other, sizeof(other), 0), sizeof(other));
	assert_int_equal(supply_watch_read(fds[0]), NEWS_SUPPLY);
	assert_int_equal(send(fds[1], profile, sizeof(profile), 0), sizeof(profile));
	assert_int_equal(supply_watch_read(fds[0]), NEWS_PROFILE);
	assert_int_equal(supply_watch_read(fds[0]), 0);
	close(fds[0]);
	close(fds[1]);
	fd = supply_watch_open();
	assert_true(fd != 0);
	if (fd > 0)
		close(fd);
}

static enum profile read_profile(struct tree *tree, bool use_epp)
{
	struct profile_reader reader;
	enum profile profile;

	profile_open(&reader, tree->root, use_epp);
	assert_int_equal(profile_fd(&reader), -1);
	profile = profile_read(&reader);
	profile_close(&reader);
	return profile;
}

static void epp(struct tree *tree, int policy, const char *word)
{
	char path[256];

	snprintf(path, sizeof(path),
		 "sys/devices/system/cpu/cpufreq/policy%d/energy_performance_preference", policy);
	tree_write(tree, path, word);
}

static void test_profile_without_any_source(void **state)
{
	assert_int_equal(read_profile(*state, true), PROFILE_UNKNOWN);
}

static void test_profile_of_the_firmware_before_epp(void **state)
{
	epp(*state, 0, "performance\n");
	assert_int_equal(read_profile(*state, true), PROFILE_PERFORMANCE);
	tree_write(*state, "sys/firmware/acpi/platform_profile", "low-power\n");
	assert_int_equal(read_profile(*state, true), PROFILE_POWER_SAVER);
	tree_write(*state, "sys/firmware/acpi/platform_profile", "custom\n");
	assert_int_equal(read_profile(*state, true), PROFILE_PERFORMANCE);
}

static bool tells(const struct profile_reader *reader)
{
	struct pollfd fd = { .fd = profile_platform_fd(reader), .events = POLLPRI };

	return poll(&fd, 1, 0) > 0;
}

static void set_host_name(const char *name)
{
	assert_int_equal(sethostname(name, strlen(name)), 0);
}

/*
 * A file of the kernel's that tells of changes as the firmware's profile does, and whose text we
 * can choose: the host's name, in a namespace of our own.
 */
static void test_profile_of_the_firmware_tells_of_changes(void **state)
{
	struct tree *tree = *state;
	struct profile_reader reader;
	char path[256];

	if (unshare(CLONE_NEWUTS))
		skip(); /* the virtual machine's test of modes has it, too */
	tree_write(tree, "sys/firmware/acpi/other", "");
	snprintf(path, sizeof(path), "%s/sys/firmware/acpi/platform_profile", tree->root);
	assert_int_equal(symlink("/proc/sys/kernel/hostname", path), 0);
	set_host_name("balanced");
	profile_open(&reader, tree->root, true);
	assert_int_equal(profile_read(&reader), PROFILE_BALANCED);
	assert_false(tells(&reader));
	set_host_name("low-power");
	assert_true(tells(&reader));
	profile_platform_changed(&reader);
	assert_int_equal(profile_read(&reader), PROFILE_POWER_SAVER);
	assert_false(tells(&reader));
	profile_close(&reader);
}

/* A file that cannot be read any more would tell of changes for ever. */
static void test_profile_of_the_firmware_comes_and_goes(void **state)
{
	struct tree *tree = *state;
	struct profile_reader reader;

	profile_open(&reader, tree->root, true);
	assert_int_equal(profile_platform_fd(&reader), -1);
	tree_write(tree, "sys/firmware/acpi/platform_profile", "low-power\n");
	assert_int_equal(profile_read(&reader), PROFILE_POWER_SAVER);
	assert_int_not_equal(profile_platform_fd(&reader), -1);
	tree_write(tree, "sys/firmware/acpi/platform_profile", "");
	profile_platform_changed(&reader);
	assert_int_equal(profile_platform_fd(&reader), -1);
	profile_close(&reader);
}

static void test_profile_by_epp(void **state)
{
	epp(*state, 0, "power\n");
	epp(*state, 8, "power\n");
	assert_int_equal(read_profile(*state, true), PROFILE_POWER_SAVER);
	assert_int_equal(read_profile(*state, false), PROFILE_UNKNOWN);
	epp(*state, 8, "balance_performance\n");
	assert_int_equal(read_profile(*state, true), PROFILE_UNKNOWN);
	epp(*state, 0, "128\n");
	assert_int_equal(read_profile(*state, true), PROFILE_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_supplies_is_a_desktop),
		TEST(battery_with_power_now),
		TEST(battery_with_charge_and_negative_current),
		TEST(mouse_battery_is_not_ours),
		TEST(dock_without_battery),
		TEST(charging_over_usb),
		TEST(full_on_mains_without_entry),
		TEST(two_batteries_are_added_up),
		TEST(only_a_capacity),
		TEST(empty_bay),
		TEST(junk_is_not_there),
		TEST(watch),
		TEST(profile_without_any_source),
		TEST(profile_of_the_firmware_before_epp),
		TEST(profile_of_the_firmware_tells_of_changes),
		TEST(profile_of_the_firmware_comes_and_goes),
		TEST(profile_by_epp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
