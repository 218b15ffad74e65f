/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF program in the kernel: prepared for this machine, attached, steered, and taken out again.
 */
#ifndef SCX_TOPO_LOADER_H
#define SCX_TOPO_LOADER_H

#include "../topo/layout.h"

struct main_bpf;
struct bpf_link;
struct ring_buffer;

struct loader {
	struct main_bpf *skel;
	struct bpf_link *link;
	struct ring_buffer *events;    /* tells when the kernel has thrown the scheduler out */
	struct policy *policies;       /* the two copies; see struct policy */
	const struct cpu_stats *stats; /* of each CPU number */
	const struct cpu_ctx *cpus;
};

enum loader_result {
	LOADER_DONE,
	LOADER_CANNOT, /* this kernel or user cannot */
	LOADER_FAILED,
	LOADER_RESTART, /* CPUs came or went meanwhile: look at the machine again */
};

/*
 * Loads and attaches the dispatcher for the machine in `layout`. `hotplug_seq` is what
 * loader_hotplug_seq() said before the topology was read. On anything but LOADER_DONE a reason is
 * in `why`, and nothing is left in the kernel.
 */
enum loader_result loader_start(struct loader *loader, const struct layout *layout,
				unsigned long long hotplug_seq, bool verbose, char *why,
				size_t size);

/* Takes the scheduler out of the kernel. Harmless if it is out already. */
void loader_stop(struct loader *loader);

/* The kernel's count of hotplug events. */
unsigned long long loader_hotplug_seq(void);

/* Makes a policy the valid one, from the next decision on. */
void loader_set_policy(struct loader *loader, const struct policy *policy);

/* Lets the valid policy live until then. */
void loader_renew_policy(struct loader *loader, u64 expires_ns);

/* Readable when the scheduler has ended by itself. */
int loader_event_fd(const struct loader *loader);

/* Why it ended; kind 0: it has not. */
const struct exit_report *loader_exit_report(const struct loader *loader);

/* The dispatcher's clock, a moment ago: it is not that of user space. */
u64 loader_clock_ns(const struct loader *loader);

/* The counters of one CPU, as they change. */
const struct cpu_stats *loader_cpu_stats(const struct loader *loader, u32 cpu);

/* The counters of all CPUs added up. */
void loader_sum_stats(const struct loader *loader, struct cpu_stats *sum);

#endif
