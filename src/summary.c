/* SPDX-License-Identifier: GPL-2.0-only */
#include <ctype.h>
#include <string.h>

#include "summary.h"

static const char *const texts[] = {
#define X(name, text) text,
	TOPO_STATS(X)
#undef X
};

static const char *const names[] = {
#define X(name, text) #name,
	TOPO_STATS(X)
#undef X
};

/* Groups by the first part of a counter's name. */
static const struct {
	const char *prefix;
	const char *title;
} groups[] = {
	{ "SEL_", "idle CPU found on waking" },
	{ "ENQ_", "lined up" },
	{ "DSP_", "a CPU needed work" },
	{ "RUN_", "running" },
	{ "TICK_", "tick" },
	{ "FIT_", "heavy tasks on small cores" },
	{ "SPEED_", "clocks" },
	{ "KICK_", "kicks" },
	{ "BAD_", "fallbacks" },
};

const char *stat_text(enum topo_stat stat)
{
	return texts[stat];
}

const char *stat_name(enum topo_stat stat)
{
	static char name[32];
	size_t i;

	for (i = 0; names[stat][i] && i + 1 < sizeof(name); i++)
		name[i] = tolower((unsigned char)names[stat][i]);
	name[i] = '\0';
	return name;
}

const char *stat_group(enum topo_stat stat)
{
	size_t i;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (!strncmp(names[stat], groups[i].prefix, strlen(groups[i].prefix)))
			return groups[i].title;
	}
	return "";
}

u64 wait_quantile_us(const struct cpu_stats *stats, u32 permille)
{
	u64 total = 0, seen = 0;
	u32 i;

	for (i = 0; i < WAIT_BUCKETS; i++)
		total += stats->wait_histogram[i];
	for (i = 0; i < WAIT_BUCKETS && total; i++) {
		seen += stats->wait_histogram[i];
		if (seen * 1000 >= total * permille)
			return 2ULL << i;
	}
	return 0;
}

static void print_group(FILE *file, const struct cpu_stats *stats, const char *prefix,
			const char *title)
{
	bool titled = false;
	u32 i;

	for (i = 0; i < NR_TOPO_STATS; i++) {
		if (strncmp(names[i], prefix, strlen(prefix)) || !stats->count[i])
			continue;
		if (!titled)
			fprintf(file, "%s\n", title);
		titled = true;
		fprintf(file, "  %-48s %14llu\n", texts[i], (unsigned long long)stats->count[i]);
	}
}

void summary_print(FILE *file, const struct cpu_stats *stats)
{
	size_t i;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		print_group(file, stats, groups[i].prefix, groups[i].title);
	fprintf(file, "waits\n");
	fprintf(file, "  %-48s %11llu us\n", "half of the waits at most",
		(unsigned long long)wait_quantile_us(stats, 500));
	fprintf(file, "  %-48s %11llu us\n", "99 of 100 waits at most",
		(unsigned long long)wait_quantile_us(stats, 990));
	fprintf(file, "  %-48s %11llu ms\n", "CPU time scheduled",
		(unsigned long long)(stats->busy_ns / NSEC_PER_MSEC));
	fflush(file);
}
