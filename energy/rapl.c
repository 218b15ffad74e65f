/* SPDX-License-Identifier: GPL-2.0-only */
#include "rapl.h"

#include <string.h>
#include <time.h>

#include "rapl_scan.h"

#define NSEC		1000000000ULL
#define SUSPENDED_NS	((s64)NSEC / 100) /* more than passes between asking two clocks */
#define INTERVAL_MIN_NS (NSEC / 20)	  /* counters move once a millisecond: 2 % */
#define STILL_READINGS	5  /* a package that used nothing for so long is not counted */
#define RESCAN_READINGS 30 /* how often zones that vanished are looked for */

static const char *const type_names[NR_RAPL_TYPES] = { "package", "core", "uncore", "dram",
						       "psys" };
static const char *const status_texts[] = {
	[RAPL_OK] = "energy counters are read",
	[RAPL_NOZONE] = "this machine has no RAPL energy counters",
	[RAPL_NOPERM] = "no permission to read the RAPL energy counters; start as root",
	[RAPL_STALE] = "the RAPL energy counters vanished, stand still or make no sense",
};

const char *rapl_type_name(enum rapl_type type)
{
	return type_names[type];
}

const char *rapl_status_text(enum rapl_status status)
{
	return status_texts[status];
}

static u64 clock_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * NSEC + now.tv_nsec;
}

void rapl_now(struct rapl_clock *clock)
{
	clock->monotonic_ns = clock_ns(CLOCK_MONOTONIC);
	clock->boottime_ns = clock_ns(CLOCK_BOOTTIME);
}

void rapl_open(struct rapl *rapl, const char *root)
{
	memset(rapl, 0, sizeof(*rapl));
	rapl_scan_open(rapl, root);
}

void rapl_close(struct rapl *rapl)
{
	rapl_scan_close(rapl);
}

/*
 * True when the machine slept between two moments, so that counters may have stopped or restarted.
 * The clocks are asked one after the other, so one that did not sleep seems to have done so for
 * some nanoseconds, or for less than none.
 */
static bool suspended_between(const struct rapl_clock *before, const struct rapl_clock *now)
{
	s64 slept_before = before->boottime_ns - before->monotonic_ns;
	s64 slept_now = now->boottime_ns - now->monotonic_ns;

	return slept_now - slept_before > SUSPENDED_NS;
}

/* What a counter has moved; one that went back has wrapped once. */
static u64 counter_delta_uj(u64 before_uj, u64 now_uj, u64 range_uj)
{
	return now_uj >= before_uj ? now_uj - before_uj : now_uj + range_uj - before_uj;
}

/* False: more than the zone can have used. */
static bool zone_account(struct rapl_zone *zone, u64 now_uj, u64 interval_ns, u64 *delta_uj)
{
	double power_uw;

	*delta_uj = counter_delta_uj(zone->last_uj, now_uj, zone->range_uj);
	power_uw = (double)*delta_uj * NSEC / interval_ns;
	zone->power_uw = power_uw <= zone->limit_uw ? power_uw : 0;
	return power_uw <= zone->limit_uw;
}

/* False: a zone could not be read. */
static bool read_counters(struct rapl *rapl, u64 *counters_uj)
{
	for (int i = 0; i < rapl->nr_zones; i++)
		if (!rapl_counter(&rapl->zones[i], &counters_uj[i]))
			return false;
	return true;
}

static void start_from(struct rapl *rapl, const struct rapl_clock *now, const u64 *counters_uj)
{
	for (int i = 0; i < rapl->nr_zones; i++)
		rapl->zones[i].last_uj = counters_uj[i];
	rapl->last = *now;
	rapl->started = true;
}

/* Adds up what the zones used. False: nothing of it is to be believed. */
static bool account(struct rapl *rapl, const u64 *counters_uj, struct rapl_reading *reading)
{
	bool sane = true, moved = false;

	for (int i = 0; i < rapl->nr_zones; i++) {
		struct rapl_zone *zone = &rapl->zones[i];
		u64 delta_uj;

		sane &= zone_account(zone, counters_uj[i], reading->interval_ns, &delta_uj);
		moved |= delta_uj > 0;
		reading->has[zone->type] = true;
		reading->energy_uj[zone->type] += delta_uj;
	}
	rapl->nr_still = moved ? 0 : rapl->nr_still + 1;
	return sane && moved;
}

void rapl_read(struct rapl *rapl, const struct rapl_clock *now, struct rapl_reading *reading)
{
	u64 counters_uj[RAPL_MAX_ZONES];
	bool first = !rapl->started;

	memset(reading, 0, sizeof(*reading));
	if (!rapl->nr_zones) {
		if (rapl->status == RAPL_STALE && ++rapl->nr_still % RESCAN_READINGS == 0)
			rapl_scan_again(rapl);
		return;
	}
	if (!first && now->monotonic_ns - rapl->last.monotonic_ns < INTERVAL_MIN_NS)
		return;
	if (!read_counters(rapl, counters_uj)) {
		rapl_scan_again(rapl);
		return;
	}
	reading->interval_ns = first ? 0 : now->monotonic_ns - rapl->last.monotonic_ns;
	if (!first && !suspended_between(&rapl->last, now))
		reading->valid = account(rapl, counters_uj, reading);
	start_from(rapl, now, counters_uj);
	if (rapl->nr_still >= STILL_READINGS)
		rapl->status = RAPL_STALE;
	else if (reading->valid)
		rapl->status = RAPL_OK;
}

bool rapl_cpu_energy(const struct rapl *rapl, const struct rapl_reading *reading, u64 *energy_uj)
{
	const u64 *used_uj = reading->energy_uj;

	if (!reading->valid)
		return false;
	if (reading->has[RAPL_CORE] && !rapl->core_is_partial) {
		*energy_uj = used_uj[RAPL_CORE];
		return true;
	}
	if (reading->has[RAPL_PACKAGE]) {
		u64 graphics_uj = used_uj[RAPL_UNCORE];

		*energy_uj = used_uj[RAPL_PACKAGE];
		*energy_uj -= graphics_uj < *energy_uj ? graphics_uj : *energy_uj;
		return true;
	}
	*energy_uj = used_uj[RAPL_PSYS];
	return reading->has[RAPL_PSYS];
}
