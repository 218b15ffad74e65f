/* SPDX-License-Identifier: GPL-2.0-only */
#include "mode.h"
#include "monitor.h"
#include "summary.h"

/* All names and texts here are our own, so nothing needs escaping. */
static void print_activity(FILE *out, const struct activity *a)
{
	static const struct {
		const char *name;
		u32 permille;
	} quantiles[] = { { "p50", 500 }, { "p95", 950 }, { "p99", 990 }, { "max", 1000 } };
	u64 waits = 0;
	u32 i;

	for (i = 0; i < WAIT_BUCKETS; i++)
		waits += a->stats.wait_histogram[i];
	fprintf(out, "\"nr_cpus\":%u,\"idle\":%u,\"waiting\":%u,\"busy\":%.4f,\"busy_ns\":%llu,",
		a->nr_cpus, a->nr_idle, a->nr_waiting, a->busy,
		(unsigned long long)a->stats.busy_ns);
	fprintf(out, "\"wait_us\":{\"count\":%llu,\"mean\":%.1f", (unsigned long long)waits,
		waits ? a->stats.wait_ns / 1e3 / waits : 0);
	for (i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		fprintf(out, ",\"%s\":%llu", quantiles[i].name,
			(unsigned long long)wait_quantile_us(&a->stats, quantiles[i].permille));
	fprintf(out, "},\"counters\":{");
	for (i = 0; i < NR_TOPO_STATS; i++)
		fprintf(out, "%s\"%s\":%llu", i ? "," : "", stat_name(i),
			(unsigned long long)a->stats.count[i]);
	fprintf(out, "}");
}

static void print_list(FILE *out, const char *list, const char *name, const struct activity *a,
		       u32 nr)
{
	u32 i;

	fprintf(out, ",\"%s\":[", list);
	for (i = 0; i < nr; i++) {
		fprintf(out, "%s{\"%s\":%u,", i ? "," : "", name, i);
		print_activity(out, &a[i]);
		fprintf(out, "}");
	}
	fprintf(out, "]");
}

void monitor_json(FILE *out, const struct monitor_view *view)
{
	const struct activities *a = view->activities;
	struct energy_view energy = monitor_energy(view);

	fprintf(out, "{\"time_s\":%.3f,\"interval_s\":%.3f,\"state\":\"running\",", view->time_s,
		a->interval_s);
	fprintf(out, "\"mode\":\"%s\",\"reason\":\"%s\",\"generation\":%u,\"active\":%u,",
		mode_name(view->policy.mode), view->reason, view->policy.generation,
		view->policy.nr_active);
	if (view->watts >= 0)
		fprintf(out, "\"watts\":%.3f,", view->watts);
	print_activity(out, &a->machine);
	print_list(out, "domains", "domain", a->domains, a->nr_domains);
	print_list(out, "kinds", "kind", a->kinds, a->nr_kinds);
	energy_view_json(out, &energy);
	fprintf(out, "}\n");
}
