/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The powercap class of a machine, as the kernel lays it out:
 *
 *	intel-rapl/intel-rapl:0/            name package-0, energy_uj, max_energy_range_uj
 *	intel-rapl/intel-rapl:0/intel-rapl:0:0/    name core
 *	intel-rapl/intel-rapl:1/            name psys
 *	intel-rapl-mmio/intel-rapl-mmio:0/  name package-0: the same counter again
 *
 * Numbers in the names are hexadecimal, follow no order and may have gaps: a zone is known by its
 * name file. AMD and Hygon processors are below intel-rapl, too.
 */
#include "rapl_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

#define POWER_MAX_UW	  1000000000ULL /* 1 kW: no package uses as much */
#define POWER_LIMIT_TIMES 2		/* a short peak may be above the limit on peaks */
#define ZONE_DEPTH	  3
#define NR_CONSTRAINTS	  8

static const char class_path[] = "sys/class/powercap";

/* What a scan has seen apart from the zones that it opened. */
struct scan {
	struct rapl *rapl;
	const char *control_type;
	bool refused; /* a counter is there that we may not read */
};

static bool zone_type(const char *name, enum rapl_type *type)
{
	static const struct {
		const char *name;
		bool numbered; /* "-" and more may follow */
		enum rapl_type type;
	} known[] = {
		{ "package", true, RAPL_PACKAGE }, { "core", false, RAPL_CORE },
		{ "uncore", false, RAPL_UNCORE },  { "dram", false, RAPL_DRAM },
		{ "psys", true, RAPL_PSYS },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t len = strlen(known[i].name);

		if (strncmp(name, known[i].name, len))
			continue;
		if (!name[len] || (known[i].numbered && name[len] == '-')) {
			*type = known[i].type;
			return true;
		}
	}
	return false;
}

/* Twice what the short-term constraint allows, where one is in force. */
static u64 zone_limit_uw(int dir)
{
	u64 enabled = 0, limit_uw = 0;
	char path[64], name[64];

	file_read_u64(dir, "enabled", &enabled);
	for (int i = 0; enabled && i < NR_CONSTRAINTS; i++) {
		snprintf(path, sizeof(path), "constraint_%d_name", i);
		if (file_read_text(dir, path, name, sizeof(name)) || strcmp(name, "short_term"))
			continue;
		snprintf(path, sizeof(path), "constraint_%d_power_limit_uw", i);
		file_read_u64(dir, path, &limit_uw);
	}
	if (!limit_uw || limit_uw > POWER_MAX_UW / POWER_LIMIT_TIMES)
		return POWER_MAX_UW;
	return limit_uw * POWER_LIMIT_TIMES;
}

/* The file must not exist twice among the descriptors of the process that inherits them. */
static int open_counter(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_CLOEXEC);
}

static void zone_close(struct rapl_zone *zone)
{
	if (zone->fds.energy_uj >= 0)
		close(zone->fds.energy_uj);
	zone->fds.energy_uj = -1;
}

/* libpowercap takes a number with a leading zero for octal: use no zone whose numbers look so. */
static bool reads_right(int dir, const struct rapl_zone *zone)
{
	u64 ours, theirs;

	return !file_read_u64(dir, "energy_uj", &ours) && rapl_counter(zone, &theirs);
}

static bool is_twin(const struct rapl *rapl, const struct rapl_zone *zone, bool top)
{
	for (int i = 0; top && i < rapl->nr_zones; i++)
		if (!strcmp(rapl->zones[i].name, zone->name))
			return true;
	return false;
}

static void zone_add(struct scan *scan, int dir, bool top)
{
	struct rapl *rapl = scan->rapl;
	struct rapl_zone zone = { .fds = { -1, -1, -1, -1, -1, -1 } };

	if (rapl->nr_zones == RAPL_MAX_ZONES ||
	    file_read_text(dir, "name", zone.name, sizeof(zone.name)) ||
	    !zone_type(zone.name, &zone.type) || is_twin(rapl, &zone, top))
		return;
	if (file_read_u64(dir, "max_energy_range_uj", &zone.range_uj) || !zone.range_uj)
		return;
	zone.fds.energy_uj = open_counter(dir, "energy_uj");
	if (zone.fds.energy_uj < 0) {
		scan->refused |= errno == EACCES || errno == EPERM;
		return;
	}
	if (!reads_right(dir, &zone)) {
		zone_close(&zone);
		return;
	}
	zone.limit_uw = zone_limit_uw(dir);
	rapl->zones[rapl->nr_zones++] = zone;
}

static void scan_children(struct scan *scan, int dir, const char *prefix, int depth)
{
	DIR *list = depth < ZONE_DEPTH ? file_list(dir, ".") : NULL;
	const char *name;

	while (list && (name = file_next(list, prefix))) {
		int child = file_open_dir(dir, name);
		char next[FILE_NAME_LEN + 1];

		if (child < 0)
			continue;
		zone_add(scan, child, depth == 0);
		snprintf(next, sizeof(next), "%.*s:", FILE_NAME_LEN - 1, name);
		scan_children(scan, child, next, depth + 1);
		close(child);
	}
	if (list)
		closedir(list);
}

static void scan_control_type(struct scan *scan, const char *control_type)
{
	char path[sizeof(class_path) + 64], prefix[64];
	int dir;

	snprintf(path, sizeof(path), "%s/%s", class_path, control_type);
	dir = file_open_dir(scan->rapl->root, path);
	if (dir < 0)
		return;
	snprintf(prefix, sizeof(prefix), "%s:", control_type);
	scan_children(scan, dir, prefix, 0);
	close(dir);
}

static bool has_type(const struct rapl *rapl, enum rapl_type type)
{
	for (int i = 0; i < rapl->nr_zones; i++)
		if (rapl->zones[i].type == type)
			return true;
	return false;
}

/* By type, then by name, whatever order the folder was read in. */
static int compare_zones(const void *left, const void *right)
{
	const struct rapl_zone *a = left, *b = right;

	return a->type != b->type ? (int)a->type - (int)b->type : strcmp(a->name, b->name);
}

/*
 * The mmio interface shows the counters of intel-rapl a second time: it is looked at only where
 * that has no package.
 */
static void scan(struct rapl *rapl)
{
	struct scan scan = { .rapl = rapl };

	scan_control_type(&scan, "intel-rapl");
	if (!has_type(rapl, RAPL_PACKAGE) && !scan.refused)
		scan_control_type(&scan, "intel-rapl-mmio");
	qsort(rapl->zones, rapl->nr_zones, sizeof(rapl->zones[0]), compare_zones);
	if (has_type(rapl, RAPL_PACKAGE) || has_type(rapl, RAPL_PSYS))
		rapl->status = RAPL_OK;
	else
		rapl->status = scan.refused ? RAPL_NOPERM : RAPL_NOZONE;
}

static bool counts_one_core(int root)
{
	char line[256];
	bool amd = false;
	int fd = openat(root, "proc/cpuinfo", O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "vendor_id", strlen("vendor_id")))
			continue;
		amd = strstr(line, "AuthenticAMD") || strstr(line, "HygonGenuine");
		break;
	}
	if (file)
		fclose(file);
	else if (fd >= 0)
		close(fd);
	return amd;
}

static void close_zones(struct rapl *rapl)
{
	for (int i = 0; i < rapl->nr_zones; i++)
		zone_close(&rapl->zones[i]);
	rapl->nr_zones = 0;
}

void rapl_scan_open(struct rapl *rapl, const char *root)
{
	rapl->status = RAPL_NOZONE;
	rapl->root = file_open_dir(AT_FDCWD, root);
	if (rapl->root < 0)
		return;
	rapl->core_is_partial = counts_one_core(rapl->root);
	scan(rapl);
}

void rapl_scan_close(struct rapl *rapl)
{
	close_zones(rapl);
	if (rapl->root >= 0)
		close(rapl->root);
	rapl->root = -1;
}

/* Drops the zones whose counter is gone. */
static void keep_readable(struct rapl *rapl)
{
	int nr = 0;

	for (int i = 0; i < rapl->nr_zones; i++) {
		u64 counter_uj;

		if (rapl_counter(&rapl->zones[i], &counter_uj))
			rapl->zones[nr++] = rapl->zones[i];
		else
			zone_close(&rapl->zones[i]);
	}
	rapl->nr_zones = nr;
}

void rapl_scan_again(struct rapl *rapl)
{
	struct rapl fresh = { .root = rapl->root };

	scan(&fresh);
	rapl->started = false;
	rapl->nr_still = 0;
	if (fresh.status == RAPL_OK) {
		close_zones(rapl);
		memcpy(rapl->zones, fresh.zones, sizeof(rapl->zones));
		rapl->nr_zones = fresh.nr_zones;
		rapl->status = RAPL_OK;
		return;
	}
	close_zones(&fresh);
	keep_readable(rapl);
	if (!has_type(rapl, RAPL_PACKAGE) && !has_type(rapl, RAPL_PSYS))
		rapl->status = RAPL_STALE;
}
