/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Energy counters for a machine that has none: writes a tree of powercap zones, to be mounted over
 * /sys/class/powercap, and moves its counters by how busy the CPUs are.
 *
 * Power follows a law of its own, not that of the model in energy/: busy CPUs of a kind add up less
 * than in proportion, work is harder at times, there is a floor with a step, and the counters are
 * noisy. The package is at its wrap-around at the start. It has what misleads readers on real
 * machines: a peak_power constraint, a twin below intel-rapl-mmio, graphics, and a platform zone.
 */
#include "tests/vm/lib/options.h"
#include "tests/vm/lib/worker.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_CPUS 512
#define RANGE_UJ 262143328850ULL
#define STEP_NS	 (100 * NSEC_PER_MSEC)

static long small_mw = 2000, big_mw = 7000, first_big = 4, seed = 1, noise_percent = 5;

enum zone { PACKAGE, CORE, UNCORE, PSYS, TWIN, NR_ZONES };

static const struct {
	const char *path, *name;
} zones[NR_ZONES] = {
	[PACKAGE] = { "intel-rapl/intel-rapl:0", "package-0\n" },
	[CORE] = { "intel-rapl/intel-rapl:0/intel-rapl:0:0", "core\n" },
	[UNCORE] = { "intel-rapl/intel-rapl:0/intel-rapl:0:1", "uncore\n" },
	[PSYS] = { "intel-rapl/intel-rapl:1", "psys\n" },
	[TWIN] = { "intel-rapl-mmio/intel-rapl-mmio:0", "package-0\n" },
};

static int counters[NR_ZONES];
static double energy_uj[NR_ZONES];
static const char *root;

static double uniform(void)
{
	return drand48() * 2 - 1;
}

static int zone_file(enum zone zone, const char *name, const char *text)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s/%s", root, zones[zone].path, name);
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0444);
	if (fd < 0 || write(fd, text, strlen(text)) < 0) {
		perror(path);
		exit(2);
	}
	return fd;
}

/* In place and of one width, so that no reader sees half a number; never zero-padded. */
static void show(enum zone zone)
{
	char text[32];

	snprintf(text, sizeof(text), "%-20llu\n",
		 (unsigned long long)fmod(energy_uj[zone], (double)RANGE_UJ));
	if (pwrite(counters[zone], text, strlen(text), 0) < 0)
		perror("rapl: counter");
}

static void make_zone(enum zone zone)
{
	char range[32];

	snprintf(range, sizeof(range), "%llu\n", RANGE_UJ);
	close(zone_file(zone, "name", zones[zone].name));
	close(zone_file(zone, "max_energy_range_uj", range));
	close(zone_file(zone, "enabled", "1\n"));
	close(zone_file(zone, "constraint_0_name", "long_term\n"));
	close(zone_file(zone, "constraint_1_name", "short_term\n"));
	close(zone_file(zone, "constraint_1_power_limit_uw", "120000000\n"));
	close(zone_file(zone, "constraint_2_name", "peak_power\n"));
	counters[zone] = zone_file(zone, "energy_uj", "0\n");
	energy_uj[zone] = zone == PACKAGE || zone == TWIN ? RANGE_UJ - 20e6 : 1e6 * (zone + 1);
	show(zone);
}

/*
 * Seconds for which each CPU has run tasks; how many CPUs there are. /proc/stat would not do: where
 * a tick samples it, runs that begin after a tick and end before the next one are not in it.
 */
static int read_busy(double *busy_s)
{
	char line[512];
	int nr = 0, cpu;
	unsigned long long run_ns;
	FILE *file = fopen("/proc/schedstat", "r");

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "cpu%d %*u %*u %*u %*u %*u %*u %llu", &cpu, &run_ns) != 2 ||
		    cpu >= MAX_CPUS)
			continue;
		busy_s[cpu] = (double)run_ns / NSEC_PER_SEC;
		nr = cpu + 1 > nr ? cpu + 1 : nr;
	}
	if (file)
		fclose(file);
	return nr;
}

/* Watts of the cores, given how busy each of them was. */
static double core_watts(const double *busy, int nr)
{
	double small = 0, big = 0, hardness = 1 + noise_percent / 100.0 * uniform();

	for (int i = 0; i < nr; i++)
		*(i < first_big ? &small : &big) += busy[i];
	return 0.02 * nr +
	       hardness * (small_mw * pow(small, 0.94) + big_mw * pow(big, 0.94)) / 1000;
}

static void account(const double *busy, int nr, double seconds)
{
	double core = core_watts(busy, nr), awake = 0;

	for (int i = 0; i < nr; i++)
		awake += busy[i];
	core *= 1 + noise_percent / 200.0 * uniform();
	energy_uj[CORE] += core * seconds * 1e6;
	energy_uj[UNCORE] += 0.3 * seconds * 1e6;
	energy_uj[PACKAGE] += (core + 0.3 + 0.8 + (awake > 0.05 ? 0.6 : 0)) * seconds * 1e6;
	energy_uj[TWIN] = energy_uj[PACKAGE];
	energy_uj[PSYS] += (core * 1.2 + 4) * seconds * 1e6;
	for (int i = 0; i < NR_ZONES; i++)
		show(i);
}

/* The time of a task is known when it stops: what one step lacks, a later one has. */
static void run(void)
{
	static double before[MAX_CPUS], now[MAX_CPUS], busy[MAX_CPUS];
	uint64_t then = now_ns();
	int nr = read_busy(before);

	for (;;) {
		double seconds;
		uint64_t moment;

		sleep_ns(STEP_NS);
		moment = now_ns();
		nr = read_busy(now);
		seconds = (double)(moment - then) / NSEC_PER_SEC;
		for (int i = 0; i < nr; i++) {
			double share = (now[i] - before[i]) / seconds;

			busy[i] = share > 1 ? 1 : share;
			before[i] = now[i];
		}
		account(busy, nr, seconds);
		then = moment;
	}
}

int main(int argc, char **argv)
{
	const struct option_number table[] = {
		{ "small-mw", &small_mw, 0, 100000, "what a busy small core takes" },
		{ "big-mw", &big_mw, 0, 100000, "what a busy big core takes" },
		{ "first-big", &first_big, 1, MAX_CPUS, "CPUs from this one on are big" },
		{ "noise-percent", &noise_percent, 0, 50, "of power" },
		{ "seed", &seed, 0, 1000000, "of the noise" },
		{ 0 },
	};
	int first = parse_options(argc, argv, table, "rapl [OPTIONS] FOLDER");

	if (first + 1 != argc) {
		fputs("rapl: name a folder\n", stderr);
		return 2;
	}
	root = argv[first];
	srand48(seed);
	for (int i = 0; i < NR_ZONES; i++)
		make_zone(i);
	puts("ready");
	fflush(stdout);
	run();
}
