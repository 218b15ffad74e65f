/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "outside.h"

static int switch_cpu(u32 cpu, bool online)
{
	char file[64];
	FILE *out;
	int err;

	snprintf(file, sizeof(file), "/sys/devices/system/cpu/cpu%u/online", cpu);
	out = fopen(file, "w");
	if (!out)
		return errno == ENOENT ? 0 : -1; /* no such CPU, or one that always stays */
	err = fprintf(out, "%d\n", online) < 0;
	return fclose(out) || err ? -1 : 0;
}

static int switch_cpus(const struct workload *w, bool online)
{
	long cpu, nr = sysconf(_SC_NPROCESSORS_CONF);

	for (cpu = 0; cpu < nr && cpu < TOPO_MAX_CPUS; cpu++) {
		if ((w->cpus[cpu / 64] >> (cpu % 64) & 1) && switch_cpu(cpu, online))
			return -1;
	}
	return 0;
}

/* Affinities that the kernel refuses, as all of their CPUs are offline, stay as they are. */
static void rebind(struct outside *o, struct rebinding *r)
{
	u32 left = rng_below(&o->rng, CPU_COUNT(&r->all)), cpu;
	cpu_set_t one;

	CPU_ZERO(&one);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &r->all) && !left--)
			CPU_SET(cpu, &one);
	}
	if (!sched_setaffinity(r->pid, sizeof(one), r->bound ? &r->all : &one))
		r->bound = !r->bound;
}

static u64 pause_ns(struct outside *o, const struct rebinding *r)
{
	return rng_between(&o->rng, r->workload->rebind.min_ns, r->workload->rebind.max_ns);
}

static int do_hotplug(struct outside *o, u64 time_ns)
{
	int err = 0;
	u32 i;

	for (i = 0; i < o->scenario->nr_workloads && !err; i++) {
		const struct workload *w = &o->scenario->workloads[i];

		if (w->kind == WORK_HOTPLUG && o->start_ns + w->start_ns == time_ns)
			err = switch_cpus(w, false);
		if (w->kind == WORK_HOTPLUG && w->end_ns && o->start_ns + w->end_ns == time_ns)
			err = switch_cpus(w, true);
	}
	return err;
}

static void earlier(u64 *next_ns, u64 time_ns, u64 after_ns)
{
	if (time_ns > after_ns && time_ns < *next_ns)
		*next_ns = time_ns;
}

static u64 next_after(const struct outside *o, u64 after_ns)
{
	u64 next_ns = o->end_ns;
	u32 i;

	for (i = 0; i < o->scenario->nr_workloads; i++) {
		const struct workload *w = &o->scenario->workloads[i];

		if (w->kind != WORK_HOTPLUG)
			continue;
		earlier(&next_ns, o->start_ns + w->start_ns, after_ns);
		if (w->end_ns)
			earlier(&next_ns, o->start_ns + w->end_ns, after_ns);
	}
	for (i = 0; i < o->nr_rebindings; i++)
		earlier(&next_ns, o->rebindings[i].next_ns, after_ns);
	return next_ns;
}

int outside_until_end(struct outside *o)
{
	u64 time_ns = o->start_ns - 1;
	u32 i;

	for (i = 0; i < o->nr_rebindings; i++)
		o->rebindings[i].next_ns = o->start_ns + pause_ns(o, &o->rebindings[i]);
	for (;;) {
		struct timespec ts;

		time_ns = next_after(o, time_ns);
		ts = (struct timespec){ time_ns / NSEC_PER_SEC, time_ns % NSEC_PER_SEC };
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
		if (time_ns >= o->end_ns)
			return 0;
		if (do_hotplug(o, time_ns))
			return -1;
		for (i = 0; i < o->nr_rebindings; i++) {
			if (o->rebindings[i].next_ns != time_ns)
				continue;
			rebind(o, &o->rebindings[i]);
			o->rebindings[i].next_ns = time_ns + pause_ns(o, &o->rebindings[i]);
		}
	}
}
