/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>

#include "trace_json.h"

#define MAX_PID	   4194304 /* the kernel's limit */
#define FIRST_FAIR 100	   /* priorities above the real-time classes, where sched_ext is */

/* What a CPU runs. */
struct track {
	int domain; /* -1: no such CPU */
	u32 pid;    /* 0: idle or not known */
	int prio;
	u64 start_us;
	u64 wait_us;
	char comm[COMM_LEN];
	struct {
		u32 pid; /* of the task that it is for, or was */
		u64 slice_ns, deadline_ns;
	} grant;
};

/* A task that wants to run. */
struct ready {
	u64 since_us; /* 0: it does not */
	u32 domain;
	u32 waker_cpu;
	bool woken; /* by a task, and not just pushed off its CPU */
};

struct domain_counts {
	int running, waiting;
};

struct trace_json {
	FILE *out;
	struct track *tracks; /* by CPU */
	u32 nr_tracks;
	struct ready *ready; /* by pid; the kernel gives pages only to those that are used */
	struct domain_counts *counts;
	u64 now_us;
	unsigned long nr_slices, nr_arrows;
	int nr_domains;
	bool has_power; /* its process has a name */
};

/* Names come from anybody: what JSON or UTF-8 would stumble over becomes a question mark. */
static void write_name(FILE *out, const char *name)
{
	for (; *name; name++) {
		bool plain = *name >= ' ' && *name < 0x7f && *name != '"' && *name != '\\';

		fputc(plain ? *name : '?', out);
	}
}

static void write_title(struct trace_json *t, const char *what, int pid, int tid)
{
	fprintf(t->out, ",\n{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%d,\"tid\":%d,\"args\":", what,
		pid, tid);
}

/* Process 0 has no name in Perfetto, so domain 0 is process 1. */
static int process_of(int domain)
{
	return domain + 1;
}

static void write_tracks(struct trace_json *t, const struct topo *topo)
{
	int i;

	for (i = 0; i < topo->nr_domains; i++) {
		write_title(t, "process_name", process_of(i), 0);
		fprintf(t->out, "{\"name\":\"domain %d, node %d\"}}", i, topo->domains[i].node);
		write_title(t, "process_sort_index", process_of(i), 0);
		fprintf(t->out, "{\"sort_index\":%d}}", i);
	}
	for (i = 0; i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];

		t->tracks[cpu->cpu].domain = cpu->domain;
		write_title(t, "thread_name", process_of(cpu->domain), trace_json_thread(cpu->cpu));
		fprintf(t->out, "{\"name\":\"CPU %d %s\"}}", cpu->cpu, topo->kinds[cpu->kind].name);
		write_title(t, "thread_sort_index", process_of(cpu->domain),
			    trace_json_thread(cpu->cpu));
		fprintf(t->out, "{\"sort_index\":%d}}", cpu->cpu);
	}
}

struct trace_json *trace_json_begin(FILE *out, const struct topo *topo, const char *title)
{
	struct trace_json *t = calloc(1, sizeof(*t));
	u32 i;

	if (!t)
		return NULL;
	t->out = out;
	t->nr_tracks = topo->nr_cpu_ids;
	t->nr_domains = topo->nr_domains;
	t->tracks = calloc(t->nr_tracks, sizeof(*t->tracks));
	t->ready = calloc(MAX_PID, sizeof(*t->ready));
	t->counts = calloc(topo->nr_domains, sizeof(*t->counts));
	if (!t->tracks || !t->ready || !t->counts) {
		free(t->tracks);
		free(t->ready);
		free(t->counts);
		free(t);
		return NULL;
	}
	for (i = 0; i < t->nr_tracks; i++)
		t->tracks[i].domain = -1;
	fprintf(out, "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"scheduler\":\"");
	write_name(out, title);
	fprintf(out, "\"},\"traceEvents\":[\n{\"ph\":\"M\",\"name\":\"trace_start\",\"pid\":0}");
	write_tracks(t, topo);
	return t;
}

static struct track *find_track(struct trace_json *t, u32 cpu)
{
	return cpu < t->nr_tracks && t->tracks[cpu].domain >= 0 ? &t->tracks[cpu] : NULL;
}

static void write_counts(struct trace_json *t, u32 domain)
{
	fprintf(t->out,
		",\n{\"ph\":\"C\",\"name\":\"tasks\",\"pid\":%d,\"ts\":%llu,"
		"\"args\":{\"running\":%d,\"waiting\":%d}}",
		process_of(domain), (unsigned long long)t->now_us, t->counts[domain].running,
		t->counts[domain].waiting);
}

/* What sched_ext gave it when it came; "deadline_ns" is in the clock of its queue. */
static void write_grant(struct trace_json *t, const struct track *track)
{
	if (track->grant.pid != track->pid || track->prio < FIRST_FAIR)
		return;
	fprintf(t->out, ",\"slice_us\":%llu,\"deadline_ns\":%llu",
		(unsigned long long)(track->grant.slice_ns / 1000),
		(unsigned long long)track->grant.deadline_ns);
}

static void end_slice(struct trace_json *t, u32 cpu, struct track *track, const char *why)
{
	if (!track->pid)
		return;
	fprintf(t->out, ",\n{\"ph\":\"X\",\"cat\":\"run\",\"pid\":%d,\"tid\":%u,\"name\":\"",
		process_of(track->domain), trace_json_thread(cpu));
	write_name(t->out, track->comm);
	fprintf(t->out,
		"\",\"ts\":%llu,\"dur\":%llu,\"args\":{\"pid\":%u,\"prio\":%d,\"waited_us\":%llu",
		(unsigned long long)track->start_us,
		(unsigned long long)(t->now_us - track->start_us), track->pid, track->prio,
		(unsigned long long)track->wait_us);
	write_grant(t, track);
	fprintf(t->out, ",\"ended\":\"%s\"}}", why);
	t->counts[track->domain].running--;
	t->nr_slices++;
	track->pid = 0;
}

static void write_arrow(struct trace_json *t, const struct ready *ready, u32 cpu)
{
	const struct track *from = find_track(t, ready->waker_cpu), *to = find_track(t, cpu);

	if (!from || !to)
		return;
	fprintf(t->out,
		",\n{\"ph\":\"s\",\"cat\":\"wake\",\"name\":\"wake\",\"id\":%lu,\"pid\":%d,"
		"\"tid\":%u,\"ts\":%llu},\n{\"ph\":\"f\",\"bp\":\"e\",\"cat\":\"wake\","
		"\"name\":\"wake\",\"id\":%lu,\"pid\":%d,\"tid\":%u,\"ts\":%llu}",
		t->nr_arrows, process_of(from->domain), trace_json_thread(ready->waker_cpu),
		(unsigned long long)ready->since_us, t->nr_arrows, process_of(to->domain),
		trace_json_thread(cpu), (unsigned long long)t->now_us);
	t->nr_arrows++;
}

static void task_ready(struct trace_json *t, u32 pid, const struct track *where, u32 waker_cpu,
		       bool woken)
{
	struct ready *ready = &t->ready[pid];

	if (ready->since_us)
		return;
	*ready = (struct ready){ .since_us = t->now_us,
				 .domain = where->domain,
				 .waker_cpu = waker_cpu,
				 .woken = woken };
	t->counts[where->domain].waiting++;
}

static void task_runs(struct trace_json *t, u32 pid, u32 cpu, struct track *track)
{
	struct ready *ready = &t->ready[pid];

	track->wait_us = 0;
	t->counts[track->domain].running++;
	if (!ready->since_us)
		return;
	track->wait_us = t->now_us - ready->since_us;
	t->counts[ready->domain].waiting--;
	if (ready->domain != (u32)track->domain)
		write_counts(t, ready->domain);
	if (ready->woken)
		write_arrow(t, ready, cpu);
	ready->since_us = 0;
}

static void take_switch(struct trace_json *t, const struct sched_event *event)
{
	struct track *track = find_track(t, event->cpu);
	u32 pid = event->pid % MAX_PID, prev = event->prev_pid % MAX_PID;

	if (!track)
		return;
	end_slice(t, event->cpu, track, event->prev_ready ? "preempted" : "slept");
	if (prev && event->prev_ready)
		task_ready(t, prev, track, event->cpu, false);
	if (pid) {
		task_runs(t, pid, event->cpu, track);
		track->pid = pid;
		track->prio = event->prio;
		track->start_us = t->now_us;
		snprintf(track->comm, sizeof(track->comm), "%s", event->comm);
	}
	write_counts(t, track->domain);
}

/* An arrow begins in a run: an idle CPU wakes nobody, nor does who is interrupted. */
static void take_waking(struct trace_json *t, const struct sched_event *event)
{
	const struct track *target = find_track(t, event->target_cpu);
	const struct track *waker = find_track(t, event->cpu);
	u32 pid = event->pid % MAX_PID;

	if (target && pid)
		task_ready(t, pid, target, event->cpu, waker && waker->pid && !event->interrupt);
}

static void take_grant(struct trace_json *t, const struct sched_event *event)
{
	struct track *track = find_track(t, event->cpu);

	if (!track)
		return;
	track->grant.pid = event->pid;
	track->grant.slice_ns = event->slice_ns;
	track->grant.deadline_ns = event->deadline_ns;
}

static void take_frequency(struct trace_json *t, const struct sched_event *event)
{
	const struct track *track = find_track(t, event->cpu);

	if (track)
		fprintf(t->out,
			",\n{\"ph\":\"C\",\"name\":\"CPU %u MHz\",\"pid\":%d,\"ts\":%llu,"
			"\"args\":{\"MHz\":%u}}",
			event->cpu, process_of(track->domain), (unsigned long long)t->now_us,
			event->khz / 1000);
}

/* The counters of power stand beside the domains, as they are of no single one. */
static void take_power(struct trace_json *t, const struct sched_event *event)
{
	int process = process_of(t->nr_domains);

	if (!t->has_power) {
		write_title(t, "process_name", process, 0);
		fprintf(t->out, "{\"name\":\"power\"}}");
	}
	t->has_power = true;
	fprintf(t->out, ",\n{\"ph\":\"C\",\"name\":\"");
	write_name(t->out, event->zone);
	fprintf(t->out, ", W\",\"pid\":%d,\"ts\":%llu,\"args\":{\"W\":%.3f}}", process,
		(unsigned long long)t->now_us, event->watts);
}

void trace_json_event(struct trace_json *t, const struct sched_event *event)
{
	t->now_us = event->time_us;
	switch (event->type) {
	case EVENT_SWITCH:
		take_switch(t, event);
		break;
	case EVENT_WAKING:
		take_waking(t, event);
		break;
	case EVENT_WOKEN:
		break; /* EVENT_WAKING was before, and knows who did it */
	case EVENT_FREQUENCY:
		take_frequency(t, event);
		break;
	case EVENT_GRANT:
		take_grant(t, event);
		break;
	case EVENT_POWER:
		take_power(t, event);
		break;
	}
}

unsigned long trace_json_end(struct trace_json *t)
{
	unsigned long nr_slices;
	u32 cpu;

	for (cpu = 0; cpu < t->nr_tracks; cpu++)
		end_slice(t, cpu, &t->tracks[cpu], "end of the trace");
	fprintf(t->out, "\n]}\n");
	nr_slices = t->nr_slices;
	free(t->tracks);
	free(t->ready);
	free(t->counts);
	free(t);
	return nr_slices;
}
