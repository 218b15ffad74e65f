/* SPDX-License-Identifier: GPL-2.0-only */
/* What was counted: by the BPF program for each CPU, and by the scheduler thread. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "internal.h"
#include "bpf/user.skel.h"

int scxu_stats_map(struct scxu *s)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t bytes = s->topology.nr_cpu_ids * sizeof(struct user_cpu);
	void *map;

	s->stats_size = (bytes + page - 1) / page * page;
	map = mmap(NULL, s->stats_size, PROT_READ, MAP_SHARED, bpf_map__fd(s->skel->maps.cpus), 0);
	if (map == MAP_FAILED)
		return -errno;
	s->stats = map;
	return 0;
}

void scxu_stats_unmap(struct scxu *s)
{
	if (s->stats)
		munmap((void *)s->stats, s->stats_size);
	s->stats = NULL;
}

static void sum_counts(const struct scxu *s, uint64_t sum[NR_USER_STATS])
{
	int i, k;

	memset(sum, 0, NR_USER_STATS * sizeof(*sum));
	for (i = 0; i < s->topology.nr_cpu_ids; i++) {
		for (k = 0; k < NR_USER_STATS; k++)
			sum[k] += s->stats[i].count[k];
	}
}

void scxu_get_stats(const struct scxu *s, struct scxu_stats *stats)
{
	uint64_t n[NR_USER_STATS];

	sum_counts(s, n);
	*stats = (struct scxu_stats){
		.queued = scxu_nr_queued(s),
		.held = scxu_nr_held(s),
		.guard = s->kernel->guard,
		.rounds = s->user->rounds,
		.user_dispatches =
			n[USER_STAT_DEC_CPU] + n[USER_STAT_DEC_ANY] + n[USER_STAT_DEC_BOUNCED],
		.kernel_dispatches = n[USER_STAT_ENQ_IDLE] + n[USER_STAT_ENQ_KTHREAD] +
				     n[USER_STAT_ENQ_PINNED] + n[USER_STAT_ENQ_GUARD] +
				     n[USER_STAT_ENQ_SHED] + n[USER_STAT_RUN_GUARD] +
				     n[USER_STAT_RUN_RESCUED],
		.idle_dispatches = n[USER_STAT_ENQ_IDLE],
		.congested = n[USER_STAT_ENQ_SHED],
		.guarded = n[USER_STAT_ENQ_GUARD] + n[USER_STAT_RUN_GUARD],
		.rescued = n[USER_STAT_RUN_RESCUED],
		.cancelled = n[USER_STAT_DEC_STALE] + n[USER_STAT_DEC_GONE],
		.bounced = n[USER_STAT_DEC_BOUNCED],
		.spilled = __atomic_load_n(&s->nr_spilled, __ATOMIC_RELAXED),
		.guard_on = n[USER_STAT_GUARD_ON],
		.restarts = s->restarts,
	};
	scxu_thread_faults(s, &stats->minor_faults, &stats->major_faults);
}

/* One line, so that a second of it is one line of a log. */
void scxu_print_stats(const struct scxu *s, FILE *stream)
{
	struct scxu_stats n;

	scxu_get_stats(s, &n);
	fprintf(stream,
		"user %" PRIu64 " idle %" PRIu64 " kernel %" PRIu64 " queued %" PRIu64
		" held %" PRIu64 " rounds %" PRIu64 " late %" PRIu64 " bounced %" PRIu64
		" shed %" PRIu64 " spilled %" PRIu64 " guard %" PRIu64 "+%" PRIu64
		" rescued %" PRIu64 " faults %" PRIu64 "+%" PRIu64 "%s\n",
		n.user_dispatches, n.idle_dispatches, n.kernel_dispatches - n.idle_dispatches,
		n.queued, n.held, n.rounds, n.cancelled, n.bounced, n.congested, n.spilled,
		n.guard_on, n.guarded, n.rescued, n.minor_faults, n.major_faults,
		n.guard ? " GUARD" : "");
	fflush(stream);
}

static const char *const texts[] = {
#define X(name, text) text,
	USER_STATS(X)
#undef X
};

/* Everything, one counter a line, for those who look for a fault. */
void scxu_print_counters(const struct scxu *s, FILE *stream)
{
	uint64_t n[NR_USER_STATS];
	int i;

	sum_counts(s, n);
	for (i = 0; i < NR_USER_STATS; i++) {
		if (n[i])
			fprintf(stream, "%12" PRIu64 "  %s\n", n[i], texts[i]);
	}
}
