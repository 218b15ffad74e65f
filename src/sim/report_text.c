/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy.h"
#include "report.h"

static const char *const level_names[NR_LEVELS] = { "core", "L2", "LLC", "node", "machine" };

unsigned long long report_energy_uj(const struct sim *sim)
{
	unsigned long long sum = 0;
	int i;

	for (i = 0; i < NR_ENERGY_KINDS; i++)
		sum += sim->power.energy_uj[i];
	return sum;
}

unsigned long long report_work_ns(unsigned long long work)
{
	return work / WORK_PER_NS;
}

/* In units that keep the sums of squares inside 128 bits. */
unsigned report_fairness(const struct sim *sim)
{
	unsigned __int128 sum = 0, squares = 0;
	u64 share_us;
	u32 i, nr = 0;

	for (i = 0; i < sim->nr_tasks; i++) {
		const struct task_struct *p = sim->tasks[i];

		if (p->program.workload->kind != WORK_LOOP || p->allowed)
			continue;
		share_us = p->cpu_time_ns / NSEC_PER_USEC * 100 / p->weight;
		sum += share_us;
		squares += (unsigned __int128)share_us * share_us;
		nr++;
	}
	if (nr < 2 || !squares)
		return 0;
	return (unsigned)(sum * sum * 1000 / (squares * nr));
}

unsigned report_speed(const struct sim *sim, int kind)
{
	const struct governor_stats *stats = &sim->governor.stats[kind];

	return stats->busy_ns ? stats->full_ns * 1000 / stats->busy_ns : 0;
}

/* "1.234" and so on, right-aligned. */
static void print_ms(FILE *out, u64 ns)
{
	fprintf(out, " %6llu.%03llu", ns / NSEC_PER_MSEC, ns % NSEC_PER_MSEC / 1000);
}

static void print_times(FILE *out, const char *what, const struct histogram *h)
{
	static const u32 percents[] = { 50, 95, 99 };
	size_t i;

	fprintf(out, "  %-22s", what);
	for (i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		print_ms(out, histogram_percentile(h, percents[i]));
	print_ms(out, h->max_ns);
	fprintf(out, "  of %llu\n", h->nr);
}

static void print_group(FILE *out, const struct workload *w, const struct group_stats *group)
{
	fprintf(out, "  %-16s %-9s %5u  ", w->name, workload_kind_name(w->kind), w->copies);
	print_ms(out, group->cpu_time_ns);
	print_ms(out, histogram_percentile(&group->wakeup, 50));
	print_ms(out, histogram_percentile(&group->wakeup, 99));
	if (group->frames)
		fprintf(out, "  %llu of %llu frames late", group->frames_late, group->frames);
	else if (group->jobs)
		fprintf(out, "  %llu done", group->jobs);
	fputc('\n', out);
}

static void print_head(FILE *out, const struct sim *sim)
{
	const struct topo *topo = sim->topo;

	fprintf(out, "%s (%s), %s mode, seed %llu, %llu.%03llu s simulated, costs of %s\n",
		sim->chosen->name, sim->chosen->what,
		sim->mode == TOPO_MODE_PERF ? "perf" : "powersave", sim->seed,
		sim->end_ns / NSEC_PER_SEC, sim->end_ns % NSEC_PER_SEC / NSEC_PER_MSEC,
		sim->cost->name);
	fprintf(out, "%d CPUs, %d cores, %d domains, %d nodes, %d kinds\n\n", topo->nr_cpus,
		topo->nr_cores, topo->nr_domains, topo->nr_nodes, topo->nr_kinds);
}

static void print_energy(FILE *out, const struct sim *sim)
{
	u64 uj = report_energy_uj(sim), work_us = report_work_ns(sim->stats.work) / 1000;
	u64 per_joule_us = uj ? work_us * 1000000 / uj : 0;
	int kind;

	fprintf(out, "energy (modelled)     ");
	for (kind = 0; kind < sim->topo->nr_kinds; kind++)
		fprintf(out, "  kind %d %llu.%03llu J", kind, sim->power.energy_uj[kind] / 1000000,
			sim->power.energy_uj[kind] / 1000 % 1000);
	fprintf(out, "  caches, packages %llu.%03llu J\n",
		sim->power.energy_uj[ENERGY_SHARED] / 1000000,
		sim->power.energy_uj[ENERGY_SHARED] / 1000 % 1000);
	fprintf(out, "                        sum %llu.%03llu J, work per joule %llu.%06llu s\n",
		uj / 1000000, uj / 1000 % 1000, per_joule_us / 1000000, per_joule_us % 1000000);
}

static void print_clocks(FILE *out, const struct sim *sim)
{
	int kind;

	if (sim->governor.type == GOVERNOR_HARDWARE)
		return;
	fprintf(out, "%-22s", sim_governor_name(sim->governor.type));
	for (kind = 0; kind < sim->topo->nr_kinds; kind++)
		fprintf(out, "  kind %d busy at %u %%", kind, report_speed(sim, kind) / 10);
	fprintf(out, "  %llu changes\n", sim->governor.nr_changes);
}

static void print_totals(FILE *out, const struct sim *sim)
{
	const struct sim_stats *s = &sim->stats;
	unsigned fairness = report_fairness(sim);
	int level;

	fprintf(out, "\nwork                    %llu.%03llu s of full speed, %llu jobs\n",
		report_work_ns(s->work) / NSEC_PER_SEC,
		report_work_ns(s->work) % NSEC_PER_SEC / NSEC_PER_MSEC, s->jobs);
	if (fairness)
		fprintf(out, "fairness of loops       0.%03u (Jain; 1 is equal)\n",
			fairness > 999 ? 999 : fairness);
	fprintf(out, "switches                %llu, wake-ups %llu, kicks %llu, preemptions %llu\n",
		s->switches, s->wakeups, s->kicks, s->preemptions);
	fprintf(out, "migrations inside     ");
	for (level = 0; level < NR_LEVELS; level++)
		fprintf(out, "  %s %llu", level_names[level], s->migrations[level]);
	fprintf(out, "\nidle violations         %llu.%06llu s, the longest %llu us\n",
		s->idle_violation_ns / NSEC_PER_SEC, s->idle_violation_ns % NSEC_PER_SEC / 1000,
		s->longest_violation_ns / 1000);
	if (s->restarts)
		fprintf(out, "restarts                %llu, as CPUs came or went\n", s->restarts);
	fprintf(out, "longest wait            %llu.%03llu ms\n", s->longest_wait_ns / NSEC_PER_MSEC,
		s->longest_wait_ns % NSEC_PER_MSEC / 1000);
}

void report_text(FILE *out, const struct sim *sim)
{
	u32 i;

	print_head(out, sim);
	fprintf(out, "  ms                            p50        p95        p99        max\n");
	print_times(out, "wake-up latency", &sim->stats.wakeup);
	print_times(out, "frame, release to end", &sim->stats.frame);
	fprintf(out, "  frames late             %llu of %llu\n", sim->stats.frames_late,
		sim->stats.frames);
	fprintf(out, "\n  task             does        how   CPU time, ms   wake p50   wake p99\n");
	for (i = 0; i < sim->nr_workloads; i++)
		print_group(out, &sim->workloads[i], &sim->groups[i]);
	print_totals(out, sim);
	print_energy(out, sim);
	print_clocks(out, sim);
	for (i = 0; i < sim->nr_breaches && i < MAX_BREACHES; i++)
		fprintf(out, "BROKEN %s\n", sim->breach[i]);
	if (sim->nr_breaches > MAX_BREACHES)
		fprintf(out, "BROKEN and %u more\n", sim->nr_breaches - MAX_BREACHES);
}
