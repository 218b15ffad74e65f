/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "mode.h"
#include "monitor.h"
#include "summary.h"

#define MAX_ROWS 32 /* domains shown; a wall of numbers helps nobody */

struct energy_view monitor_energy(const struct monitor_view *view)
{
	struct energy_view energy = {
		.layout = &view->running->layout,
		.policy = &view->policy,
		.reason = view->reason,
	};

	memcpy(energy.zone_watts, view->zone_watts, sizeof(energy.zone_watts));
	return energy;
}

static double rate(u64 count, double interval_s)
{
	return interval_s > 0 ? count / interval_s : 0;
}

static void print_head(FILE *out, const struct monitor_view *view)
{
	const struct topo_conf *conf = &view->running->layout.conf;

	fprintf(out, "scx_topo  mode %s (%s)  %u CPUs, %u domains", mode_name(view->policy.mode),
		view->reason, conf->nr_cpus, conf->nr_domains);
	if (view->policy.nr_active)
		fprintf(out, ", %u active", view->policy.nr_active);
	if (view->watts >= 0)
		fprintf(out, "  %.2f W", view->watts);
	fprintf(out, "  over %.1f s\n", view->activities->interval_s);
}

static void print_row(FILE *out, const char *name, u32 id, const struct activity *a,
		      double interval_s)
{
	const u64 *count = a->stats.count;

	fprintf(out, "%-7s %4u %5u %5u %7u %5.1f%% %10.0f %10.0f %8llu %8llu\n", name, id,
		a->nr_cpus, a->nr_idle, a->nr_waiting, a->busy * 100,
		rate(count[STAT_RUN_SWITCH], interval_s),
		rate(count[STAT_KICK_PREEMPT], interval_s),
		(unsigned long long)wait_quantile_us(&a->stats, 500),
		(unsigned long long)wait_quantile_us(&a->stats, 990));
}

static void print_rows(FILE *out, const struct activities *a)
{
	u32 i;

	fprintf(out, "%-7s %4s %5s %5s %7s %6s %10s %10s %8s %8s\n", "", "", "CPUs", "idle",
		"waiting", "busy", "switches/s", "preempt/s", "wait p50", "p99 us");
	for (i = 0; i < a->nr_domains && i < MAX_ROWS; i++)
		print_row(out, "domain", i, &a->domains[i], a->interval_s);
	if (a->nr_domains > MAX_ROWS)
		fprintf(out, "... and %u more: --format json has them all\n",
			a->nr_domains - MAX_ROWS);
	for (i = 0; i < a->nr_kinds && a->nr_kinds > 1; i++)
		print_row(out, "kind", i, &a->kinds[i], a->interval_s);
}

/* Counters, as many to a line as go below their group's title. */
static void print_counters(FILE *out, const struct activity *a, double interval_s)
{
	const char *group = "";
	u32 i;

	for (i = 0; i < NR_TOPO_STATS; i++) {
		if (!a->stats.count[i])
			continue;
		if (strcmp(group, stat_group(i)))
			fprintf(out, "%s, each second\n", stat_group(i));
		group = stat_group(i);
		fprintf(out, "  %-52s %14.1f\n", stat_text(i), rate(a->stats.count[i], interval_s));
	}
}

void monitor_text(FILE *out, const struct monitor_view *view)
{
	struct energy_view energy = monitor_energy(view);

	print_head(out, view);
	energy_view_text(out, &energy);
	print_rows(out, view->activities);
	print_counters(out, &view->activities->machine, view->activities->interval_s);
}
