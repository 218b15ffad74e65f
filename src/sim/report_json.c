/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy.h"
#include "report.h"

/* A number with `digits` decimals out of an integer, without floating point. */
static void number(FILE *out, const char *name, u64 value, u64 unit, int digits)
{
	fprintf(out, "\"%s\":%llu.%0*llu", name, value / unit, digits, value % unit);
}

static void times(FILE *out, const char *name, const struct histogram *h)
{
	fprintf(out, "\"%s\":{", name);
	number(out, "p50", histogram_percentile(h, 50), 1000, 3);
	fputc(',', out);
	number(out, "p95", histogram_percentile(h, 95), 1000, 3);
	fputc(',', out);
	number(out, "p99", histogram_percentile(h, 99), 1000, 3);
	fputc(',', out);
	number(out, "max", h->max_ns, 1000, 3);
	fprintf(out, ",\"count\":%llu}", h->nr);
}

static void group(FILE *out, const struct workload *w, const struct group_stats *g)
{
	fprintf(out, "  {\"name\":\"%s\",\"does\":\"%s\",\"copies\":%u,", w->name,
		workload_kind_name(w->kind), w->copies);
	number(out, "cpu_time_s", g->cpu_time_ns, NSEC_PER_SEC, 9);
	fputc(',', out);
	number(out, "work_s", report_work_ns(g->work), NSEC_PER_SEC, 9);
	fprintf(out, ",\"jobs\":%llu,\"frames\":{\"total\":%llu,\"late\":%llu},\n   ", g->jobs,
		g->frames, g->frames_late);
	times(out, "wakeup_us", &g->wakeup);
	fputc(',', out);
	times(out, "frame_late_us", &g->frame);
	fputc('}', out);
}

static void energy(FILE *out, const struct sim *sim)
{
	u64 uj = report_energy_uj(sim), work_ns = report_work_ns(sim->stats.work);
	int kind;

	number(out, "work_s", work_ns, NSEC_PER_SEC, 9);
	fprintf(out, ",\n ");
	number(out, "energy_j", uj, 1000000, 6);
	fputc(',', out);
	number(out, "work_per_joule", uj ? work_ns / 1000 * 1000000 / uj : 0, 1000000, 6);
	fprintf(out, ",\"energy_is\":\"modelled\",\n \"energy_by_kind_j\":[");
	for (kind = 0; kind < sim->topo->nr_kinds; kind++)
		fprintf(out, "%s%llu.%06llu", kind ? "," : "", sim->power.energy_uj[kind] / 1000000,
			sim->power.energy_uj[kind] % 1000000);
	fprintf(out, "],");
	number(out, "energy_shared_j", sim->power.energy_uj[ENERGY_SHARED], 1000000, 6);
	fputc(',', out);
	number(out, "caches_awake_s", sim->power.awake_ns[POWER_CACHES], NSEC_PER_SEC, 9);
	fputc(',', out);
	number(out, "packages_awake_s", sim->power.awake_ns[POWER_PACKAGES], NSEC_PER_SEC, 9);
	fprintf(out, ",\n ");
}

/* Clocks: only where something sets them. */
static void clocks(FILE *out, const struct sim *sim)
{
	const struct governor *g = &sim->governor;
	int kind;

	if (g->type == GOVERNOR_HARDWARE)
		return;
	fprintf(out, "\"governor\":\"%s\",\"clock_changes\":%llu,\"busy_speed_by_kind\":[",
		sim_governor_name(g->type), g->nr_changes);
	for (kind = 0; kind < sim->topo->nr_kinds; kind++) {
		unsigned permille = report_speed(sim, kind);

		fprintf(out, "%s%u.%03u", kind ? "," : "", permille / 1000, permille % 1000);
	}
	fprintf(out, "],\n ");
}

static void counts(FILE *out, const struct sim *sim)
{
	const struct sim_stats *s = &sim->stats;
	unsigned fairness = report_fairness(sim);

	fprintf(out, "\"frames\":{\"total\":%llu,\"late\":%llu},\n ", s->frames, s->frames_late);
	fprintf(out,
		"\"migrations\":{\"core\":%llu,\"l2\":%llu,\"llc\":%llu,\"node\":%llu,"
		"\"machine\":%llu},\n ",
		s->migrations[LEVEL_CORE], s->migrations[LEVEL_L2], s->migrations[LEVEL_LLC],
		s->migrations[LEVEL_NODE], s->migrations[LEVEL_MACHINE]);
	fprintf(out, "\"switches\":%llu,\"wakeups\":%llu,\"kicks\":%llu,\"preemptions\":%llu,",
		s->switches, s->wakeups, s->kicks, s->preemptions);
	fprintf(out, "\"jobs\":%llu,\"events\":%llu,\"restarts\":%llu,\n ", s->jobs, s->events,
		s->restarts);
	if (fairness)
		fprintf(out, "\"fairness\":%u.%03u,", fairness / 1000, fairness % 1000);
	else
		fprintf(out, "\"fairness\":null,");
	number(out, "idle_violation_s", s->idle_violation_ns, NSEC_PER_SEC, 9);
	fputc(',', out);
	number(out, "longest_violation_us", s->longest_violation_ns, 1000, 3);
	fputc(',', out);
	number(out, "longest_wait_us", s->longest_wait_ns, 1000, 3);
	fprintf(out, ",\n ");
}

static void breaches(FILE *out, const struct sim *sim)
{
	u32 i;

	fprintf(out, "\"violations\":%u,\"broken\":[", sim->nr_breaches);
	for (i = 0; i < sim->nr_breaches && i < MAX_BREACHES; i++)
		fprintf(out, "%s\"%s\"", i ? "," : "", sim->breach[i]);
	fprintf(out, "]");
}

void report_json(FILE *out, const struct sim *sim)
{
	u32 i;

	fprintf(out, "{\"policy\":\"%s\",\"policy_is\":\"%s\",\"mode\":\"%s\",\"seed\":%llu,",
		sim->chosen->name, sim->chosen->what,
		sim->mode == TOPO_MODE_PERF ? "perf" : "powersave", sim->seed);
	fprintf(out, "\"costs\":\"%s\",", sim->cost->name);
	number(out, "duration_s", sim->end_ns, NSEC_PER_SEC, 9);
	fprintf(out, ",\"cpus\":%d,\"domains\":%d,\n ", sim->topo->nr_cpus, sim->topo->nr_domains);
	energy(out, sim);
	clocks(out, sim);
	times(out, "wakeup_us", &sim->stats.wakeup);
	fprintf(out, ",\n ");
	times(out, "frame_late_us", &sim->stats.frame);
	fprintf(out, ",\n ");
	counts(out, sim);
	breaches(out, sim);
	fprintf(out, ",\n \"tasks\":[\n");
	for (i = 0; i < sim->nr_workloads; i++) {
		group(out, &sim->workloads[i], &sim->groups[i]);
		fprintf(out, i + 1 < sim->nr_workloads ? ",\n" : "\n");
	}
	fprintf(out, " ]}\n");
}
