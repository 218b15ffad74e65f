/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RAPL zones: each test is a machine, or an accident, that has misled somebody's reader.
 */
#include <fcntl.h>
#include <time.h>

#include "tree.h"
#include "../../energy/rapl.h"

#define SECOND	  1000000000ULL
#define RANGE_64  65532610987ULL  /* 15.3 uJ a unit: AMD, many servers */
#define RANGE_262 262143328850ULL /* 61 uJ a unit: Intel clients */

struct machine {
	struct tree tree;
	struct rapl rapl;
	struct rapl_clock clock;
};

static int setup(void **state)
{
	struct machine *m = calloc(1, sizeof(*m));

	tree_make(&m->tree);
	m->clock.monotonic_ns = 100 * SECOND;
	m->clock.boottime_ns = 100 * SECOND;
	*state = m;
	return 0;
}

static void zone_file(struct machine *m, const char *zone, const char *file, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), "sys/class/powercap/%s/%s", zone, file);
	tree_write(&m->tree, path, text);
}

static void zone_energy(struct machine *m, const char *zone, unsigned long long uj)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu\n", uj);
	zone_file(m, zone, "energy_uj", text);
}

static void zone(struct machine *m, const char *zone_path, const char *name,
		 unsigned long long range_uj, unsigned long long uj)
{
	char text[32];

	zone_file(m, zone_path, "name", name);
	snprintf(text, sizeof(text), "%llu\n", range_uj);
	zone_file(m, zone_path, "max_energy_range_uj", text);
	zone_energy(m, zone_path, uj);
}

static void open_rapl(struct machine *m)
{
	rapl_open(&m->rapl, m->tree.root);
}

/* Reads after some time; the machine may have slept meanwhile. */
static struct rapl_reading read_after(struct machine *m, u64 awake_ns, u64 asleep_ns)
{
	struct rapl_reading reading;

	m->clock.monotonic_ns += awake_ns;
	m->clock.boottime_ns += awake_ns + asleep_ns;
	rapl_read(&m->rapl, &m->clock, &reading);
	return reading;
}

#define PKG  "intel-rapl/intel-rapl:0"
#define CORE PKG "/intel-rapl:0:0"
#define UNC  PKG "/intel-rapl:0:1"
#define PSYS "intel-rapl/intel-rapl:1"

/* A client since 2019: three constraints, of which the third is unknown to libpowercap. */
static void client(struct machine *m)
{
	static const char *const names[] = { "long_term\n", "short_term\n", "peak_power\n" };
	char file[64];

	zone_file(m, "intel-rapl", "enabled", "1\n");
	zone(m, PKG, "package-0\n", RANGE_262, 1000000);
	zone(m, CORE, "core\n", RANGE_262, 500000);
	zone(m, UNC, "uncore\n", RANGE_262, 100000);
	zone(m, PSYS, "psys\n", RANGE_262, 2000000);
	zone_file(m, PKG, "enabled", "1\n");
	for (int i = 0; i < 3; i++) {
		snprintf(file, sizeof(file), "constraint_%d_name", i);
		zone_file(m, PKG, file, names[i]);
		snprintf(file, sizeof(file), "constraint_%d_power_limit_uw", i);
		zone_file(m, PKG, file, i == 1 ? "64000000\n" : "28000000\n");
	}
}

static void test_client_with_peak_power(void **state)
{
	struct machine *m = *state;
	struct rapl_reading r;
	u64 uj;

	client(m);
	open_rapl(m);
	assert_int_equal(m->rapl.status, RAPL_OK);
	assert_int_equal(m->rapl.nr_zones, 4);
	assert_false(read_after(m, 0, 0).valid); /* nothing to compare with */
	zone_energy(m, PKG, 1000000 + 9000000);
	zone_energy(m, CORE, 500000 + 6000000);
	zone_energy(m, UNC, 100000 + 1000000);
	zone_energy(m, PSYS, 2000000 + 15000000);
	r = read_after(m, SECOND, 0);
	assert_true(r.valid);
	assert_int_equal(r.interval_ns, SECOND);
	assert_int_equal(r.energy_uj[RAPL_PACKAGE], 9000000); /* and not 9 + 6 + 1 */
	assert_int_equal(r.energy_uj[RAPL_CORE], 6000000);
	assert_int_equal(r.energy_uj[RAPL_UNCORE], 1000000);
	assert_int_equal(r.energy_uj[RAPL_PSYS], 15000000);
	assert_false(r.has[RAPL_DRAM]);
	assert_true(rapl_cpu_energy(&m->rapl, &r, &uj));
	assert_int_equal(uj, 6000000);
	m->rapl.core_is_partial = true; /* low-power cores elsewhere on the chip */
	assert_true(rapl_cpu_energy(&m->rapl, &r, &uj));
	assert_int_equal(uj, 8000000);
	rapl_close(&m->rapl);
}

/* With descriptors that default to 0, a machine without zones reads its standard input. */
static void test_no_zone_does_not_touch_stdin(void **state)
{
	struct machine *m = *state;
	int saved = dup(0), pipes[2];
	char byte;

	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], "7", 1), 1);
	dup2(pipes[0], 0);
	zone_file(m, PSYS, "name", "psys\n"); /* a zone without a counter */
	open_rapl(m);
	assert_int_equal(m->rapl.status, RAPL_NOZONE);
	assert_false(read_after(m, SECOND, 0).valid);
	assert_false(read_after(m, SECOND, 0).valid);
	rapl_close(&m->rapl);
	assert_int_equal(read(0, &byte, 1), 1); /* still open, and nobody has read it */
	assert_int_equal(byte, '7');
	dup2(saved, 0);
	close(saved);
	close(pipes[0]);
	close(pipes[1]);
}

static void check_wrap(struct machine *m, unsigned long long range)
{
	struct rapl_reading r;

	zone(m, PKG, "package-0\n", range, range - 1000000);
	open_rapl(m);
	read_after(m, 0, 0);
	zone_energy(m, PKG, 2000000);
	r = read_after(m, SECOND, 0);
	assert_true(r.valid);
	assert_int_equal(r.energy_uj[RAPL_PACKAGE], 3000000);
	rapl_close(&m->rapl);
}

static void test_wrap_at_65_kilojoules(void **state)
{
	check_wrap(*state, RANGE_64);
}

static void test_wrap_at_262_kilojoules(void **state)
{
	check_wrap(*state, RANGE_262);
}

/* Numbers are hexadecimal, start anywhere and have gaps; libpowercap stops at the first. */
static void test_gaps_and_hexadecimal_numbers(void **state)
{
	struct machine *m = *state;

	zone(m, "intel-rapl/intel-rapl:3", "package-1\n", RANGE_64, 5);
	zone(m, "intel-rapl/intel-rapl:a", "package-0-die-1\n", RANGE_64, 5);
	zone(m, "intel-rapl/intel-rapl:a/intel-rapl:a:1", "dram\n", RANGE_64, 5);
	zone(m, "intel-rapl/intel-rapl:b", "psys-1\n", RANGE_64, 5);
	open_rapl(m);
	assert_int_equal(m->rapl.nr_zones, 4);
	assert_string_equal(m->rapl.zones[0].name, "package-0-die-1");
	assert_string_equal(m->rapl.zones[1].name, "package-1");
	assert_string_equal(m->rapl.zones[2].name, "dram");
	assert_string_equal(m->rapl.zones[3].name, "psys-1");
	rapl_close(&m->rapl);
}

/* Zero-padded text is octal to libpowercap; words and negative numbers are nothing at all. */
static void test_numbers_that_look_octal(void **state)
{
	static const char *const bad[] = { "0100000\n", "0x1000\n", "-5\n", "12 uJ\n", "\n" };
	struct machine *m = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		zone(m, PKG, "package-0\n", RANGE_64, 5);
		zone_file(m, PKG, "energy_uj", bad[i]);
		open_rapl(m);
		assert_int_equal(m->rapl.nr_zones, 0);
		rapl_close(&m->rapl);
		zone_energy(m, PKG, 5);
		zone_file(m, PKG, "max_energy_range_uj", bad[i]);
		open_rapl(m);
		assert_int_equal(m->rapl.nr_zones, 0);
		rapl_close(&m->rapl);
	}
}

static void test_mmio_twin_is_not_added(void **state)
{
	struct machine *m = *state;
	struct rapl_reading r;

	zone(m, PKG, "package-0\n", RANGE_262, 1000);
	zone(m, "intel-rapl-mmio/intel-rapl-mmio:0", "package-0\n", RANGE_262, 1000);
	open_rapl(m);
	read_after(m, 0, 0);
	zone_energy(m, PKG, 4001000);
	zone_energy(m, "intel-rapl-mmio/intel-rapl-mmio:0", 4001000);
	r = read_after(m, SECOND, 0);
	assert_int_equal(r.energy_uj[RAPL_PACKAGE], 4000000);
	rapl_close(&m->rapl);
}

static void test_mmio_where_it_is_all_there_is(void **state)
{
	struct machine *m = *state;

	zone(m, PSYS, "psys\n", RANGE_262, 1000);
	zone(m, "intel-rapl-mmio/intel-rapl-mmio:0", "package-0\n", RANGE_262, 1000);
	open_rapl(m);
	assert_int_equal(m->rapl.nr_zones, 2);
	assert_int_equal(m->rapl.zones[0].type, RAPL_PACKAGE);
	rapl_close(&m->rapl);
}

static void test_amd_core_is_a_single_core(void **state)
{
	struct machine *m = *state;
	struct rapl_reading r;
	u64 uj;

	tree_write(&m->tree, "proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\n");
	zone(m, PKG, "package-0\n", RANGE_64, 1000);
	zone(m, CORE, "core\n", RANGE_64, 1000);
	open_rapl(m);
	read_after(m, 0, 0);
	zone_energy(m, PKG, 30001000);
	zone_energy(m, CORE, 1001000);
	r = read_after(m, SECOND, 0);
	assert_true(rapl_cpu_energy(&m->rapl, &r, &uj));
	assert_int_equal(uj, 30000000);
	rapl_close(&m->rapl);
}

static void test_two_packages_are_summed(void **state)
{
	struct machine *m = *state;
	struct rapl_reading r;

	zone(m, "intel-rapl/intel-rapl:0", "package-1\n", RANGE_64, 1000);
	zone(m, "intel-rapl/intel-rapl:1", "package-0\n", RANGE_64, RANGE_64 - 1000);
	open_rapl(m);
	read_after(m, 0, 0);
	zone_energy(m, "intel-rapl/intel-rapl:0", 5001000);
	zone_energy(m, "intel-rapl/intel-rapl:1", 6999000);
	r = read_after(m, SECOND, 0);
	assert_true(r.valid);
	assert_int_equal(r.energy_uj[RAPL_PACKAGE], 12000000);
	rapl_close(&m->rapl);
}

static void test_suspend_drops_the_interval(void **state)
{
	struct machine *m = *state;
	struct rapl_reading r;

	client(m);
	open_rapl(m);
	read_after(m, 0, 0);
	zone_energy(m, PKG, 3000000);
	r = read_after(m, SECOND, 3600 * SECOND);
	assert_false(r.valid);
	assert_false(rapl_cpu_energy(&m->rapl, &r, &(u64){ 0 }));
	zone_energy(m, PKG, 5000000);
	r = read_after(m, SECOND, 0);
	assert_true(r.valid);
	assert_int_equal(r.energy_uj[RAPL_PACKAGE], 2000000);
	rapl_close(&m->rapl);
}

/* The two clocks are not asked at the same moment: what lies between them is never the same. */
static void test_the_time_between_two_clocks_is_no_suspend(void **state)
{
	static const int apart_ns[] = { 120, 60, 61, 20, 300000, 40, 0 };
	struct machine *m = *state;
	u64 uj = 3000000;

	client(m);
	open_rapl(m);
	read_after(m, 0, 0);
	for (u32 i = 0; i < sizeof(apart_ns) / sizeof(apart_ns[0]); i++) {
		m->clock.boottime_ns = m->clock.monotonic_ns + apart_ns[i];
		zone_energy(m, PKG, uj += 1000000);
		assert_true(read_after(m, SECOND, 0).valid);
	}
	rapl_close(&m->rapl);
}

/* What a machine that is awake really measures: nothing may be lost of it. */
static void test_the_real_clocks_are_no_suspend(void **state)
{
	struct machine *m = *state;
	struct rapl_reading r;
	u64 uj = 3000000;

	client(m);
	open_rapl(m);
	for (u32 i = 0; i < 8; i++) {
		struct timespec pause = { .tv_nsec = 60000000 };

		rapl_now(&m->clock);
		zone_energy(m, PKG, uj += 100000);
		rapl_read(&m->rapl, &m->clock, &r);
		assert_int_equal(r.valid, i > 0);
		nanosleep(&pause, NULL);
	}
	rapl_close(&m->rapl);
}

/* A counter that restarted looks as if it had wrapped: more than the machine can use. */
static void test_outliers_are_not_believed(void **state)
{
	struct machine *m = *state;
	struct rapl_reading r;

	client(m);
	open_rapl(m);
	read_after(m, 0, 0);
	zone_energy(m, PKG, 0);
	assert_false(read_after(m, SECOND, 0).valid);
	zone_energy(m, PKG, 129000000); /* 129 W: more than twice the 64 W of short_term */
	assert_false(read_after(m, SECOND, 0).valid);
	zone_energy(m, PKG, 129000000 + 127000000);
	r = read_after(m, SECOND, 0);
	assert_true(r.valid);
	assert_int_equal(r.energy_uj[RAPL_PACKAGE], 127000000);
	rapl_close(&m->rapl);
}

static void test_limit_that_is_not_in_force(void **state)
{
	struct machine *m = *state;

	client(m);
	zone_file(m, PKG, "enabled", "0\n");
	open_rapl(m);
	read_after(m, 0, 0);
	zone_energy(m, PKG, 900000000);
	assert_true(read_after(m, SECOND, 0).valid);
	zone_energy(m, PKG, 900000000 + 1001000000); /* more than any package */
	assert_false(read_after(m, SECOND, 0).valid);
	rapl_close(&m->rapl);
}

static void test_standing_still_is_stale(void **state)
{
	struct machine *m = *state;

	client(m);
	open_rapl(m);
	for (int i = 0; i < 8; i++)
		assert_false(read_after(m, SECOND, 0).valid);
	assert_int_equal(m->rapl.status, RAPL_STALE);
	zone_energy(m, PKG, 2000000);
	assert_true(read_after(m, SECOND, 0).valid);
	assert_int_equal(m->rapl.status, RAPL_OK);
	rapl_close(&m->rapl);
}

static void test_too_soon_is_no_interval(void **state)
{
	struct machine *m = *state;
	struct rapl_reading r;

	client(m);
	open_rapl(m);
	read_after(m, 0, 0);
	zone_energy(m, PKG, 1010000);
	assert_false(read_after(m, SECOND / 1000, 0).valid);
	zone_energy(m, PKG, 6000000);
	r = read_after(m, SECOND, 0);
	assert_true(r.valid); /* nothing was lost */
	assert_int_equal(r.energy_uj[RAPL_PACKAGE], 5000000);
	rapl_close(&m->rapl);
}

/* A reader of a file in /tmp does not fail when it is removed, so it is emptied: -ENODATA. */
static void test_vanished_zone_is_looked_for_again(void **state)
{
	struct machine *m = *state;
	struct rapl_reading r;

	zone(m, "intel-rapl/intel-rapl:0", "package-0\n", RANGE_64, 1000);
	zone(m, "intel-rapl/intel-rapl:1", "package-1\n", RANGE_64, 1000);
	open_rapl(m);
	read_after(m, 0, 0);
	zone_file(m, "intel-rapl/intel-rapl:1", "energy_uj", "");
	assert_false(read_after(m, SECOND, 0).valid);
	assert_int_equal(m->rapl.nr_zones, 1);
	assert_int_equal(m->rapl.status, RAPL_OK);
	read_after(m, SECOND, 0);
	zone_energy(m, "intel-rapl/intel-rapl:0", 2001000);
	r = read_after(m, SECOND, 0);
	assert_true(r.valid);
	assert_int_equal(r.energy_uj[RAPL_PACKAGE], 2000000);
	rapl_close(&m->rapl);
}

static void test_all_vanished_and_back(void **state)
{
	struct machine *m = *state;

	zone(m, PKG, "package-0\n", RANGE_64, 1000);
	open_rapl(m);
	read_after(m, 0, 0);
	zone_file(m, PKG, "energy_uj", "");
	assert_false(read_after(m, SECOND, 0).valid);
	assert_int_equal(m->rapl.status, RAPL_STALE);
	zone_energy(m, PKG, 1000);
	for (int i = 0; i < 30 && m->rapl.status != RAPL_OK; i++)
		assert_false(read_after(m, SECOND, 0).valid);
	assert_int_equal(m->rapl.status, RAPL_OK);
	read_after(m, SECOND, 0);
	zone_energy(m, PKG, 2001000);
	assert_true(read_after(m, SECOND, 0).valid);
	rapl_close(&m->rapl);
}

/* Root may read anything: give up being root for a moment. */
static void test_no_permission(void **state)
{
	struct machine *m = *state;
	bool root = geteuid() == 0;
	char path[512];

	zone(m, PKG, "package-0\n", RANGE_64, 1000);
	snprintf(path, sizeof(path), "%s/sys/class/powercap/%s/energy_uj", m->tree.root, PKG);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(m->tree.root, 0755), 0);
	if (root)
		assert_int_equal(seteuid(65534), 0);
	open_rapl(m);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(m->rapl.status, RAPL_NOPERM);
	assert_non_null(strstr(rapl_status_text(m->rapl.status), "permission"));
	rapl_close(&m->rapl);
}

static void test_open_files_survive_lost_permission(void **state)
{
	struct machine *m = *state;
	bool root = geteuid() == 0;
	char path[512];

	client(m);
	open_rapl(m);
	read_after(m, 0, 0);
	zone_energy(m, PKG, 3000000);
	snprintf(path, sizeof(path), "%s/sys/class/powercap/%s/energy_uj", m->tree.root, PKG);
	assert_int_equal(chmod(path, 0), 0);
	if (root)
		assert_int_equal(seteuid(65534), 0);
	assert_true(read_after(m, SECOND, 0).valid);
	if (root)
		assert_int_equal(seteuid(0), 0);
	rapl_close(&m->rapl);
}

static void test_missing_root(void **state)
{
	struct machine *m = *state;

	rapl_open(&m->rapl, "/nonexistent/root");
	assert_int_equal(m->rapl.status, RAPL_NOZONE);
	assert_false(read_after(m, SECOND, 0).valid);
	rapl_close(&m->rapl);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(client_with_peak_power),
		TEST(no_zone_does_not_touch_stdin),
		TEST(wrap_at_65_kilojoules),
		TEST(wrap_at_262_kilojoules),
		TEST(gaps_and_hexadecimal_numbers),
		TEST(numbers_that_look_octal),
		TEST(mmio_twin_is_not_added),
		TEST(mmio_where_it_is_all_there_is),
		TEST(amd_core_is_a_single_core),
		TEST(two_packages_are_summed),
		TEST(suspend_drops_the_interval),
		TEST(the_time_between_two_clocks_is_no_suspend),
		TEST(the_real_clocks_are_no_suspend),
		TEST(outliers_are_not_believed),
		TEST(limit_that_is_not_in_force),
		TEST(standing_still_is_stale),
		TEST(too_soon_is_no_interval),
		TEST(vanished_zone_is_looked_for_again),
		TEST(all_vanished_and_back),
		TEST(no_permission),
		TEST(open_files_survive_lost_permission),
		TEST(missing_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
