/* SPDX-License-Identifier: GPL-2.0-only */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "kernel_check.h"
#include "loader.h"
#include "bpf/main.skel.h" /* uses the types of bpf/intf.h */

/*
 * How long a runnable task may wait before the kernel throws us out. Nobody wants to wait for ten
 * seconds; but the kernel also counts what it was kept from running itself, by a hypervisor that
 * gives a virtual CPU no time for seconds, and that is no fault of ours.
 */
#define WATCHDOG_MS 10000

static int print_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static int print_all(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level; /* the lowest, too: of what goes well libbpf speaks on no other */
	return vfprintf(stderr, format, args);
}

/*
 * Callbacks that the running kernel does not know must not be set. cpu_release is known up to now
 * but warned about where SCX_ENQ_IMMED has replaced it.
 */
static void drop_callbacks(struct main_bpf *skel)
{
	if (kernel_has_constant("scx_enq_flags", "SCX_ENQ_IMMED") ||
	    !kernel_has_member("sched_ext_ops", "cpu_release"))
		skel->struct_ops.topo_ops->cpu_release = NULL;
}

/*
 * The flags we want, as far as the kernel has them: an unknown one is refused. SCX_OPS_ENQ_LAST
 * lets a task leave a core that is too small for it; see bpf/escape.h. The kernel keeps masks of
 * idle CPUs that we have no use for: one for each node, lest all CPUs share their cache lines.
 */
static unsigned long long ops_flags(const struct topo_conf *conf)
{
	static const struct {
		const char *name;
		unsigned long long value;
		bool kinds_only;
	} flags[] = {
		{ "SCX_OPS_ENQ_LAST", 1ULL << 1, true },
		{ "SCX_OPS_ENQ_EXITING", 1ULL << 2, false },
		{ "SCX_OPS_ENQ_MIGRATION_DISABLED", 1ULL << 4, false },
		{ "SCX_OPS_BUILTIN_IDLE_PER_NODE", 1ULL << 6, false },
	};
	unsigned long long all = 0;
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (flags[i].kinds_only && conf->nr_kinds < 2)
			continue;
		if (kernel_has_constant("scx_ops_flags", flags[i].name))
			all |= flags[i].value;
	}
	return all;
}

static int prepare(struct main_bpf *skel, const struct layout *layout,
		   unsigned long long hotplug_seq)
{
	struct topo_conf conf = layout->conf;
	int err, possible = libbpf_num_possible_cpus();

	if (possible > 0)
		conf.nr_possible = possible;
	memcpy((void *)&skel->rodata->conf, &conf, sizeof(conf));
	drop_callbacks(skel);
	skel->struct_ops.topo_ops->flags = ops_flags(&conf);
	skel->struct_ops.topo_ops->timeout_ms = WATCHDOG_MS;
	skel->struct_ops.topo_ops->exit_dump_len = EXIT_DUMP_LEN;
	skel->struct_ops.topo_ops->hotplug_seq = hotplug_seq;
	err = bpf_map__set_max_entries(skel->maps.cpus, conf.nr_cpu_ids);
	err = err ?: bpf_map__set_max_entries(skel->maps.stats, conf.nr_cpu_ids);
	err = err ?: bpf_map__set_max_entries(skel->maps.tiles, conf.nr_tiles);
	return err ?: bpf_map__set_max_entries(skel->maps.domains, conf.nr_domains);
}

static int fill(const struct bpf_map *map, const void *values, size_t value_size, __u32 nr)
{
	__u32 i;
	int err;

	for (i = 0; i < nr; i++) {
		err = bpf_map_update_elem(bpf_map__fd(map), &i,
					  (const char *)values + i * value_size, BPF_ANY);
		if (err)
			return err;
	}
	return 0;
}

static int fill_tables(struct main_bpf *skel, const struct layout *layout)
{
	const struct topo_conf *conf = &layout->conf;
	int err;

	err = fill(skel->maps.cpus, layout->cpus, sizeof(*layout->cpus), conf->nr_cpu_ids);
	err = err ?: fill(skel->maps.tiles, layout->tiles, sizeof(*layout->tiles), conf->nr_tiles);
	err = err
		      ?: fill(skel->maps.domains, layout->domains, sizeof(*layout->domains),
			      conf->nr_domains);
	skel->data_policies->policies[0] = conf->fallback;
	return err;
}

static size_t mapped_size(const struct bpf_map *map)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t value_size = (bpf_map__value_size(map) + 7) & ~7UL;

	return (value_size * bpf_map__max_entries(map) + page - 1) & ~(page - 1);
}

static int map_values(const struct bpf_map *map, void *values)
{
	void *address = mmap(NULL, mapped_size(map), PROT_READ, MAP_SHARED, bpf_map__fd(map), 0);

	if (address == MAP_FAILED)
		return -errno;
	*(void **)values = address;
	return 0;
}

/* Mapped, so that the counters can be read without any privilege. */
static int map_all(struct loader *loader)
{
	struct main_bpf *skel = loader->skel;
	int err = map_values(skel->maps.stats, &loader->stats);

	loader->policies = skel->data_policies->policies;
	return err ?: map_values(skel->maps.cpus, &loader->cpus);
}

static void unmap_all(struct loader *loader)
{
	if (loader->stats)
		munmap((void *)loader->stats, mapped_size(loader->skel->maps.stats));
	if (loader->cpus)
		munmap((void *)loader->cpus, mapped_size(loader->skel->maps.cpus));
}

static int ignore_event(void *context, void *data, size_t size)
{
	(void)context, (void)data, (void)size;
	return 0;
}

static int attach(struct loader *loader)
{
	loader->events =
		ring_buffer__new(bpf_map__fd(loader->skel->maps.events), ignore_event, NULL, NULL);
	if (!loader->events)
		return -errno;
	loader->link = bpf_map__attach_struct_ops(loader->skel->maps.topo_ops);
	return loader->link ? 0 : -errno;
}

/* EBUSY on attaching: another scheduler, or hotplug since the topology was read. */
static enum loader_result attach_failed(int err, unsigned long long hotplug_seq, char *why,
					size_t size)
{
	char ops[128] = "another one";

	if (err == -EBUSY && loader_hotplug_seq() != hotplug_seq) {
		snprintf(why, size, "CPUs came or went while attaching");
		return LOADER_RESTART;
	}
	if (err == -EBUSY) {
		sched_ext_read("root/ops", ops, sizeof(ops));
		snprintf(why, size, "a sched_ext scheduler is running already (%s): end it first",
			 ops);
		return LOADER_FAILED;
	}
	snprintf(why, size, "cannot attach the BPF program: %s", strerror(-err));
	return LOADER_FAILED;
}

static enum loader_result start_failed(int err, const char *what, char *why, size_t size)
{
	if (err == -EPERM) {
		snprintf(why, size, "cannot %s: no permission: run it as root", what);
		return LOADER_CANNOT;
	}
	snprintf(why, size, "cannot %s: %s; --verbose shows more", what, strerror(-err));
	return LOADER_FAILED;
}

enum loader_result loader_start(struct loader *loader, const struct layout *layout,
				unsigned long long hotplug_seq, bool verbose, char *why,
				size_t size)
{
	enum loader_result result;
	int err;

	memset(loader, 0, sizeof(*loader));
	libbpf_set_print(verbose ? print_all : print_nothing);
	loader->skel = main_bpf__open();
	if (!loader->skel)
		return start_failed(-errno, "open the BPF program", why, size);
	if (!kernel_can(loader->skel->obj, why, size)) {
		result = LOADER_CANNOT;
		goto stop;
	}
	err = prepare(loader->skel, layout, hotplug_seq);
	err = err ?: main_bpf__load(loader->skel);
	err = err ?: fill_tables(loader->skel, layout);
	err = err ?: map_all(loader);
	if (err) {
		result = start_failed(err, "load the BPF program", why, size);
		goto stop;
	}
	err = attach(loader);
	if (!err)
		return LOADER_DONE;
	result = attach_failed(err, hotplug_seq, why, size);
stop:
	loader_stop(loader);
	return result;
}

void loader_stop(struct loader *loader)
{
	if (loader->link)
		bpf_link__destroy(loader->link);
	ring_buffer__free(loader->events);
	unmap_all(loader);
	if (loader->skel)
		main_bpf__destroy(loader->skel);
	memset(loader, 0, sizeof(*loader));
}

unsigned long long loader_hotplug_seq(void)
{
	char line[32];

	return sched_ext_read("hotplug_seq", line, sizeof(line)) ? strtoull(line, NULL, 10) : 0;
}

void loader_set_policy(struct loader *loader, const struct policy *policy)
{
	u32 next = !loader->skel->bss->policy_index;
	u32 generation = loader->policies[!next].generation + 1;

	loader->policies[next] = *policy;
	loader->policies[next].generation = generation;
	/* The copy is complete before anybody is told to read it. */
	__atomic_store_n(&loader->skel->bss->policy_index, next, __ATOMIC_RELEASE);
	__atomic_store_n(&loader->skel->bss->policy_steers, policy->mode != TOPO_MODE_PERF,
			 __ATOMIC_RELEASE);
}

void loader_renew_policy(struct loader *loader, u64 expires_ns)
{
	struct policy *valid = &loader->policies[loader->skel->bss->policy_index];

	__atomic_store_n(&valid->expires_ns, expires_ns, __ATOMIC_RELAXED);
}

int loader_event_fd(const struct loader *loader)
{
	return ring_buffer__epoll_fd(loader->events);
}

const struct exit_report *loader_exit_report(const struct loader *loader)
{
	return (const struct exit_report *)&loader->skel->bss->exit_report;
}

u64 loader_clock_ns(const struct loader *loader)
{
	return clock_of_dispatcher_ns(loader->cpus, bpf_map__max_entries(loader->skel->maps.cpus));
}

const struct cpu_stats *loader_cpu_stats(const struct loader *loader, u32 cpu)
{
	return &loader->stats[cpu];
}

void loader_sum_stats(const struct loader *loader, struct cpu_stats *sum)
{
	__u32 i, k, nr = bpf_map__max_entries(loader->skel->maps.stats);
	struct cpu_stats one;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < nr; i++) {
		const u64 *from = (const u64 *)&one;
		u64 *to = (u64 *)sum;

		if (bpf_map_lookup_elem(bpf_map__fd(loader->skel->maps.stats), &i, &one))
			continue;
		for (k = 0; k < sizeof(one) / sizeof(u64); k++)
			to[k] += from[k];
	}
}
