/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF program behind the library: opened, prepared for this machine, loaded, attached.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kernel_check.h"
#include "internal.h"
#include "bpf/user.skel.h"

#define DEFAULT_SLICE_NS   (5 * SCXU_NSEC_PER_MSEC)
#define DEFAULT_TIMEOUT_MS 5000
#define DEFAULT_GUARD_MS   60
#define HOLD_MAX_NS	   SCXU_NSEC_PER_SEC
#define LAG_NS		   SCXU_NSEC_PER_MSEC

#define OPS_KEEP_BUILTIN_IDLE (1ULL << 0)
#define OPS_ENQ_LAST	      (1ULL << 1)
#define OPS_SWITCH_PARTIAL    (1ULL << 3)

static int print_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static int print_all(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, format, args);
}

uint64_t scxu_hotplug_seq(void)
{
	char line[32];

	return sched_ext_read("hotplug_seq", line, sizeof(line)) ? strtoull(line, NULL, 10) : 0;
}

/* Where the name is in our idea of sched_ext_ops; skeletons show no arrays. */
static char *ops_name(struct scxu *s, size_t *size)
{
	const struct btf *btf = bpf_object__btf(s->skel->obj);
	__s32 id = btf__find_by_name_kind(btf, "sched_ext_ops", BTF_KIND_STRUCT);
	const struct btf_type *t = btf__type_by_id(btf, id);
	const struct btf_member *m = btf_members(t);
	char *ops = bpf_map__initial_value(s->skel->maps.user_ops, size);
	int i;

	for (i = 0; i < btf_vlen(t); i++) {
		if (strcmp(btf__name_by_offset(btf, m[i].name_off), "name"))
			continue;
		*size = btf__resolve_size(btf, m[i].type);
		return ops + btf_member_bit_offset(t, i) / 8;
	}
	return NULL;
}

static void set_name(struct scxu *s)
{
	size_t size = 0;
	char *name = ops_name(s, &size);

	if (name)
		snprintf(name, size, "%s", s->ops->name);
}

static void set_ops(struct scxu *s, uint64_t hotplug_seq)
{
	struct user_bpf__user_ops__sched_ext_ops *ops = s->skel->struct_ops.user_ops;

	ops->flags = OPS_KEEP_BUILTIN_IDLE | OPS_ENQ_LAST;
	if (s->ops->flags & SCXU_F_PARTIAL)
		ops->flags |= OPS_SWITCH_PARTIAL;
	ops->timeout_ms = s->ops->timeout_ms ? s->ops->timeout_ms : DEFAULT_TIMEOUT_MS;
	ops->exit_dump_len = EXIT_DUMP_LEN;
	ops->hotplug_seq = hotplug_seq;
	set_name(s);
	/* See compat_enq_immed(). */
	if (kernel_has_constant("scx_enq_flags", "SCX_ENQ_IMMED") ||
	    !kernel_has_member("sched_ext_ops", "cpu_release"))
		ops->cpu_release = NULL;
	if (!(s->ops->flags & SCXU_F_EXIT_EVENTS))
		ops->exit_task = NULL;
}

static void set_conf(struct scxu *s)
{
	struct user_conf conf = {
		.slice_ns = s->ops->slice_ns ? s->ops->slice_ns : DEFAULT_SLICE_NS,
		.guard_ns = (s->ops->guard_ms ? s->ops->guard_ms : DEFAULT_GUARD_MS) *
			    SCXU_NSEC_PER_MSEC,
		.hold_max_ns = HOLD_MAX_NS,
		.lag_ns = LAG_NS,
		.nr_cpu_ids = s->topology.nr_cpu_ids,
		.user_idle = !!(s->ops->flags & SCXU_F_USER_IDLE),
		.exit_events = !!(s->ops->flags & SCXU_F_EXIT_EVENTS),
	};

	memcpy((void *)&s->skel->rodata->conf, &conf, sizeof(conf));
}

/* The size of a ring for n records: a power of two that also is pages. */
static uint32_t ring_bytes(uint32_t n, size_t record)
{
	uint64_t bytes = sysconf(_SC_PAGESIZE);

	while (bytes < n * (record + 8ULL) && bytes < 1ULL << 30)
		bytes *= 2;
	return bytes;
}

static int set_sizes(struct scxu *s)
{
	uint32_t n = scxu_max_tasks(s);
	uint32_t page = sysconf(_SC_PAGESIZE);
	int err;

	err = bpf_map__set_max_entries(s->skel->maps.up, ring_bytes(n, sizeof(struct user_queued)));
	if (!err)
		err = bpf_map__set_max_entries(s->skel->maps.down,
					       ring_bytes(n, sizeof(struct user_decision)));
	if (!err)
		err = bpf_map__set_max_entries(s->skel->maps.undone, n);
	if (!err)
		err = bpf_map__set_max_entries(s->skel->maps.ended, page);
	return err ? err : bpf_map__set_max_entries(s->skel->maps.cpus, s->topology.nr_cpu_ids);
}

static int map_memory(struct scxu *s)
{
	struct bpf_map *up = s->skel->maps.up;

	s->user = &s->skel->bss->user_side;
	s->kernel = &s->skel->bss->kernel_side;
	s->idle_cpus = (uint64_t *)s->skel->bss->idle_cpus;
	s->down = user_ring_buffer__new(bpf_map__fd(s->skel->maps.down), NULL);
	if (!s->down)
		return -errno;
	return scxu_ring_map(&s->up, bpf_map__fd(up), bpf_map__max_entries(up));
}

static int load_failed(struct scxu *s, int err)
{
	if (err == -EPERM || err == -EACCES)
		return scxu_fail(s, -EPERM,
				 "cannot load the BPF program: no permission: run it as root");
	return scxu_fail(s, err, "cannot load the BPF program: %s; SCXU_VERBOSE=1 shows more",
			 strerror(-err));
}

int scxu_load(struct scxu *s, uint64_t hotplug_seq)
{
	char why[200];
	int err;

	libbpf_set_print(getenv("SCXU_VERBOSE") ? print_all : print_nothing);
	s->skel = user_bpf__open();
	if (!s->skel)
		return load_failed(s, -errno);
	if (!kernel_can(s->skel->obj, why, sizeof(why)))
		return scxu_fail(s, -EOPNOTSUPP, "%s", why);
	set_ops(s, hotplug_seq);
	set_conf(s);
	err = set_sizes(s);
	err = err ? err : user_bpf__load(s->skel);
	err = err ? err : map_memory(s);
	err = err ? err : scxu_stats_map(s);
	return err ? load_failed(s, err) : 0;
}

int scxu_attach(struct scxu *s, uint64_t hotplug_seq)
{
	char ops[128] = "another one";

	s->link = bpf_map__attach_struct_ops(s->skel->maps.user_ops);
	if (s->link)
		return 0;
	if (errno == EBUSY && scxu_hotplug_seq() != hotplug_seq)
		return -EAGAIN;
	if (errno != EBUSY)
		return scxu_fail(s, -errno, "cannot attach the BPF program: %s", strerror(errno));
	sched_ext_read("root/ops", ops, sizeof(ops));
	return scxu_fail(s, -EBUSY, "a sched_ext scheduler is running already (%s): end it first",
			 ops);
}

void scxu_detach(struct scxu *s)
{
	if (s->link)
		bpf_link__destroy(s->link);
	s->link = NULL;
}

void scxu_unload(struct scxu *s)
{
	scxu_ring_unmap(&s->up);
	user_ring_buffer__free(s->down);
	scxu_stats_unmap(s);
	if (s->skel)
		user_bpf__destroy(s->skel);
	s->skel = NULL;
	s->down = NULL;
	s->user = NULL;
	s->kernel = NULL;
}
