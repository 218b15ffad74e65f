/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Energy counters of the processor: RAPL, through the kernel's powercap class.
 *
 * A *zone* is one counter: a package, its cores, its graphics (uncore), memory (dram), or the whole
 * platform (psys). Zones nest: a package holds core and uncore, psys holds everything, memory is
 * beside the package. They are therefore summed by type and never across types.
 *
 * Zones are found by a scan of our own, because libpowercap's RAPL layer refuses every machine with
 * a constraint that it does not know ("peak_power", most laptops since 2019) and reads standard
 * input where a zone has no counter. The counters are read by libpowercap from descriptors that the
 * scan filled in. Opening needs root, as only root may read energy counters; reading does not.
 *
 * Counters wrap at a range that differs between machines, stop or restart over a suspend, and go
 * away with the last CPU of a package. All that is handled here: what comes out is energy used
 * since the reading before, or nothing.
 */
#ifndef SCX_TOPO_ENERGY_RAPL_H
#define SCX_TOPO_ENERGY_RAPL_H

#include <powercap.h>
#include <stdbool.h>

#include "../bpf/types.h"

#define RAPL_MAX_ZONES 64
#define RAPL_NAME_LEN  32

enum rapl_type { RAPL_PACKAGE, RAPL_CORE, RAPL_UNCORE, RAPL_DRAM, RAPL_PSYS, NR_RAPL_TYPES };

enum rapl_status {
	RAPL_OK,
	RAPL_NOZONE, /* there is no counter of a package or platform: a VM, a new processor */
	RAPL_NOPERM, /* there is one, and we may not read it */
	RAPL_STALE,  /* there was one; it vanished, stands still or makes no sense */
};

struct rapl_zone {
	struct powercap_zone fds; /* -1 where there is no file */
	enum rapl_type type;
	char name[RAPL_NAME_LEN]; /* as the kernel calls it, "package-0" */
	u64 range_uj;		  /* the counter goes from this back to 0 */
	u64 limit_uw;		  /* more than this is not believed */
	u64 last_uj;
	u64 power_uw; /* mean over the last interval */
};

/* Two clocks: they drift apart while the machine is suspended. */
struct rapl_clock {
	u64 monotonic_ns;
	u64 boottime_ns;
};

struct rapl {
	int root;
	enum rapl_status status;
	/*
	 * The zone "core" does not count all cores: on AMD it is a single one. To be set by the
	 * caller where low-power cores sit on a part of the chip of their own.
	 */
	bool core_is_partial;
	bool started; /* last_uj of the zones and `last` are valid */
	struct rapl_clock last;
	u32 nr_still; /* readings in a row in which nothing moved, or nothing was there */
	int nr_zones;
	struct rapl_zone zones[RAPL_MAX_ZONES];
};

/* What was used between two readings. */
struct rapl_reading {
	bool valid; /* false: nothing to compare with, suspended meanwhile, or not believed */
	u64 interval_ns;
	bool has[NR_RAPL_TYPES];
	u64 energy_uj[NR_RAPL_TYPES]; /* the sum over all zones of a type */
};

/*
 * The root is that of the file system, "/" or a fake one. Never fails: see rapl->status. Only what
 * was opened may be closed.
 */
void rapl_open(struct rapl *rapl, const char *root);
void rapl_close(struct rapl *rapl);

void rapl_now(struct rapl_clock *clock);

/*
 * Reads all zones at one go. When one has vanished the zones are looked for again; should that come
 * to nothing, as privileges are dropped by then, those that are left are kept.
 */
void rapl_read(struct rapl *rapl, const struct rapl_clock *now, struct rapl_reading *reading);

/*
 * The energy that placement has an influence on: the cores where they are counted and all of them
 * are, else packages without graphics, else the platform. False: none of them was read.
 */
bool rapl_cpu_energy(const struct rapl *rapl, const struct rapl_reading *reading, u64 *energy_uj);

const char *rapl_type_name(enum rapl_type type);
const char *rapl_status_text(enum rapl_status status); /* a reason, for people */

#endif
