/* SPDX-License-Identifier: GPL-2.0-only */
#include "energy_view.h"

#include "bpf/vtime.h"
#include "topo/text.h"

static const char *const reasons[] = {
#define X(name, text) text,
	POLICY_REASONS(X)
#undef X
};

const char *energy_view_reason(const struct policy *policy, u64 now_ns)
{
	if (policy->expires_ns && !time_before(now_ns, policy->expires_ns))
		return "policy expired: static order";
	return policy->reason < NR_POLICY_REASONS ? reasons[policy->reason] : "?";
}

void energy_view_zones(const struct rapl_reading *reading, double *zone_watts)
{
	for (int i = 0; i < NR_RAPL_TYPES; i++) {
		bool known = reading->valid && reading->interval_ns && reading->has[i];

		zone_watts[i] = known ? reading->energy_uj[i] * 1e3 / reading->interval_ns : -1;
	}
}

static bool is_active(const struct energy_view *view, const struct cpu_ctx *c)
{
	u32 word = view->layout->tiles[c->tile].word;

	return !view->policy->nr_active || view->policy->active[word] >> c->slot & 1;
}

void energy_view_active(const struct energy_view *view, char *text, size_t size)
{
	const struct layout *layout = view->layout;
	hwloc_bitmap_t cpus = hwloc_bitmap_alloc();

	text[0] = '\0';
	if (!cpus)
		return;
	for (u32 i = 0; i < layout->conf.nr_cpu_ids; i++)
		if (layout->cpus[i].online && is_active(view, &layout->cpus[i]))
			hwloc_bitmap_set(cpus, i);
	text_cpulist(text, size, cpus);
	hwloc_bitmap_free(cpus);
}

static void print_zones(FILE *out, const struct energy_view *view)
{
	bool any = false;

	for (int i = 0; i < NR_RAPL_TYPES; i++) {
		if (view->zone_watts[i] < 0)
			continue;
		fprintf(out, "%s %s %.2f W", any ? "," : "power  ", rapl_type_name(i),
			view->zone_watts[i]);
		any = true;
	}
	if (any)
		fputc('\n', out);
}

u32 energy_view_place(const struct policy *policy, u32 kind)
{
	u32 place = 0;

	while (place < TOPO_MAX_KINDS - 1 && policy->kind_order[place] != kind)
		place++;
	return place + 1;
}

static void print_costs(FILE *out, const struct energy_view *view)
{
	const struct policy *policy = view->policy;
	u32 nr_kinds = view->layout->conf.nr_kinds;

	for (u32 i = 0; i < nr_kinds && nr_kinds > 1; i++) {
		fprintf(out, "cost    kind %u: ", i);
		if (policy->cost_uw[i])
			fprintf(out, "%.2f J for a second of work, confidence %u %%",
				policy->cost_uw[i] / 1e6, policy->confidence[i] / 10);
		else
			fprintf(out, "not known");
		fprintf(out, "; used as number %u", energy_view_place(policy, i));
		if (policy->min_speed[i])
			fprintf(out, ", at %u %% of its speed at least",
				policy->min_speed[i] * 100U / 1024);
		fputc('\n', out);
	}
}

static void print_losses(FILE *out, const struct policy *policy)
{
	if (policy->lost_readings || policy->spoilt_probes)
		fprintf(out, "lost    energy readings %u, probes %u\n", policy->lost_readings,
			policy->spoilt_probes);
}

void energy_view_text(FILE *out, const struct energy_view *view)
{
	char cpus[ENERGY_VIEW_CPUS_LEN];

	print_zones(out, view);
	print_costs(out, view);
	print_losses(out, view->policy);
	energy_view_active(view, cpus, sizeof(cpus));
	fprintf(out, "active  CPUs %s: %s\n", cpus, view->reason);
}

static void print_costs_json(FILE *out, const struct energy_view *view)
{
	const struct policy *policy = view->policy;

	fprintf(out, ",\"costs\":[");
	for (u32 i = 0; i < view->layout->conf.nr_kinds; i++)
		fprintf(out,
			"%s{\"kind\":%u,\"joules_per_s\":%.6f,\"confidence\":%.3f,\"place\":%u,"
			"\"min_speed\":%.3f}",
			i ? "," : "", i, policy->cost_uw[i] / 1e6, policy->confidence[i] / 1e3,
			energy_view_place(policy, i), policy->min_speed[i] / 1024.0);
	fprintf(out, "]");
}

void energy_view_json(FILE *out, const struct energy_view *view)
{
	char cpus[ENERGY_VIEW_CPUS_LEN];
	bool any = false;

	fprintf(out, ",\"zone_watts\":{");
	for (int i = 0; i < NR_RAPL_TYPES; i++) {
		if (view->zone_watts[i] < 0)
			continue;
		fprintf(out, "%s\"%s\":%.3f", any ? "," : "", rapl_type_name(i),
			view->zone_watts[i]);
		any = true;
	}
	fprintf(out, "}");
	print_costs_json(out, view);
	fprintf(out, ",\"lost_readings\":%u,\"spoilt_probes\":%u", view->policy->lost_readings,
		view->policy->spoilt_probes);
	energy_view_active(view, cpus, sizeof(cpus));
	fprintf(out, ",\"active_cpus\":\"%s\"", cpus);
}
