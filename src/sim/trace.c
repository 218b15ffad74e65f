/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>

#include "machine.h"
#include "src/trace_json.h"
#include "trace.h"

struct trace {
	FILE *out;
	u64 *started_ns; /* by CPU */
};

static void write_track(FILE *out, const struct topo_cpu *cpu)
{
	fprintf(out,
		"{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":1,\"tid\":%u,"
		"\"args\":{\"name\":\"CPU %d (domain %d, kind %d)\"}},\n"
		"{\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":1,\"tid\":%u,"
		"\"args\":{\"sort_index\":%d}},\n",
		trace_json_thread(cpu->cpu), cpu->cpu, cpu->domain, cpu->kind,
		trace_json_thread(cpu->cpu), cpu->cpu);
}

struct trace *trace_open(const char *file, const struct sim *sim)
{
	struct trace *trace = calloc(1, sizeof(*trace));
	int i;

	if (!trace)
		return NULL;
	trace->started_ns = calloc(sim->nr_cpu_ids, sizeof(*trace->started_ns));
	trace->out = trace->started_ns ? fopen(file, "w") : NULL;
	if (!trace->out) {
		free(trace->started_ns);
		free(trace);
		return NULL;
	}
	fprintf(trace->out, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n"
			    "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":1,"
			    "\"args\":{\"name\":\"simulated machine\"}},\n");
	for (i = 0; i < sim->topo->nr_cpus; i++)
		write_track(trace->out, &sim->topo->cpus[i]);
	return trace;
}

void trace_start(struct trace *trace, const struct sim *sim, const struct sim_cpu *c)
{
	trace->started_ns[c->cpu] = sim->now_ns;
}

void trace_stop(struct trace *trace, const struct sim *sim, const struct sim_cpu *c)
{
	const struct task_struct *p = c->curr;
	u64 from = trace->started_ns[c->cpu], ns = sim->now_ns - from;

	fprintf(trace->out,
		"{\"ph\":\"X\",\"name\":\"%s\",\"cat\":\"run\",\"pid\":1,\"tid\":%u,"
		"\"ts\":%llu.%03llu,\"dur\":%llu.%03llu,"
		"\"args\":{\"task\":%u,\"waited_us\":%llu}},\n",
		sim_task_name(p), trace_json_thread(c->cpu), from / 1000, from % 1000, ns / 1000,
		ns % 1000, p->id, (from > p->ready_ns ? from - p->ready_ns : 0) / 1000);
}

int trace_close(struct trace *trace, const struct sim *sim)
{
	int err = 0;
	u32 cpu;

	for (cpu = 0; cpu < sim->nr_cpu_ids; cpu++) {
		if (sim->cpus[cpu].curr)
			trace_stop(trace, sim, &sim->cpus[cpu]);
	}
	fprintf(trace->out, "{\"ph\":\"M\",\"name\":\"trace_end\",\"pid\":1,\"args\":{}}]}\n");
	if (ferror(trace->out))
		err = -EIO;
	if (fclose(trace->out))
		err = -errno;
	free(trace->started_ns);
	free(trace);
	return err;
}
