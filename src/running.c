/* SPDX-License-Identifier: GPL-2.0-only */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "message.h"
#include "running.h"
#include "bpf/main.skel.h" /* uses the types of bpf/intf.h */

#define MAX_MAPS 16

/* One map of the running scheduler, and where it goes. */
struct table {
	const char *name; /* as the kernel keeps it: 15 letters at most */
	size_t value_size;
	bool section; /* variables, not an array */
	const void *at;
	u32 nr;
};

/* Maps that a program uses, by id. */
struct program {
	u32 nr_maps;
	u32 maps[MAX_MAPS];
};

static int get_program(u32 id, const char *name, struct program *program)
{
	struct bpf_prog_info info = { .nr_map_ids = MAX_MAPS,
				      .map_ids = (__u64)(unsigned long)program->maps };
	u32 size = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id), err;

	if (fd < 0)
		return fd;
	err = bpf_prog_get_info_by_fd(fd, &info, &size);
	close(fd);
	if (!err && (info.type != BPF_PROG_TYPE_STRUCT_OPS || strcmp(info.name, name)))
		err = -ENOENT;
	program->nr_maps = info.nr_map_ids < MAX_MAPS ? info.nr_map_ids : MAX_MAPS;
	return err;
}

/*
 * The newest program of that name: ids grow, and one that is about to go away may still be there.
 */
static int find_program(const char *name, struct program *found)
{
	struct program program;
	int result = -ENOENT, err;
	u32 id = 0;

	while (!(err = bpf_prog_get_next_id(id, &id))) {
		err = get_program(id, name, &program);
		if (err == -EPERM)
			return err;
		if (err)
			continue; /* another one, or gone meanwhile */
		*found = program;
		result = 0;
	}
	return err == -ENOENT ? result : err;
}

static int map_table(struct running *r, int fd, struct table *table,
		     const struct bpf_map_info *info)
{
	size_t i = 0, size = (size_t)info->value_size * info->max_entries;
	void *at = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	while (r->mapped[i].at)
		i++;
	r->mapped[i].at = at;
	r->mapped[i].size = size;
	table->at = at;
	table->nr = info->max_entries;
	return 0;
}

/* In the sections of a program there are variables of its own behind those that we know. */
static bool has_size(const struct table *table, u32 size)
{
	return table->section ? size >= table->value_size : size == table->value_size;
}

/* The map goes into the table of its name; others are none of our business. */
static int open_map(struct running *r, u32 id, struct table *tables, size_t nr)
{
	int err, fd = bpf_map_get_fd_by_id(id); /* a read-only one could not be mapped */
	struct bpf_map_info info = { 0 };
	u32 size = sizeof(info);
	size_t i;

	if (fd < 0)
		return fd;
	err = bpf_map_get_info_by_fd(fd, &info, &size);
	for (i = 0; i < nr && !err; i++) {
		if (strcmp(info.name, tables[i].name) || tables[i].at)
			continue;
		err = has_size(&tables[i], info.value_size) ? map_table(r, fd, &tables[i], &info)
							    : -EPROTO;
	}
	close(fd);
	return err;
}

static int open_maps(struct running *r, const char *program_name, struct table *tables, size_t nr)
{
	struct program program = { 0 };
	int err = find_program(program_name, &program);
	u32 i;

	for (i = 0; i < program.nr_maps && !err; i++)
		err = open_map(r, program.maps[i], tables, nr);
	return err;
}

enum { CPUS, TILES, DOMAINS, STATS, POLICIES, RODATA, BSS, NR_TABLES };

/* The tables are as long as the constants of the start say. */
static bool consistent(const struct table *tables, const struct topo_conf *conf)
{
	int i;

	for (i = 0; i < NR_TABLES; i++) {
		if (!tables[i].at)
			return false;
	}
	return tables[CPUS].nr == conf->nr_cpu_ids && tables[STATS].nr == conf->nr_cpu_ids &&
	       tables[TILES].nr == conf->nr_tiles && tables[DOMAINS].nr == conf->nr_domains;
}

static int take_tables(struct running *r, const struct table *tables)
{
	const struct main_bpf__rodata *rodata = tables[RODATA].at;
	const struct main_bpf__bss *bss = tables[BSS].at;

	if (rodata)
		memcpy(&r->layout.conf, (const void *)&rodata->conf, sizeof(r->layout.conf));
	if (!consistent(tables, &r->layout.conf))
		return -EPROTO;
	r->layout.cpus = (struct cpu_ctx *)tables[CPUS].at;
	r->layout.tiles = (struct tile *)tables[TILES].at;
	r->layout.domains = (struct domain *)tables[DOMAINS].at;
	r->stats = tables[STATS].at;
	r->policies = tables[POLICIES].at;
	r->policy_index = &bss->policy_index;
	r->exit = (const struct exit_report *)&bss->exit_report;
	return 0;
}

static int explain(int err, char *why, size_t size)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		snprintf(why, size, "looking into the running scheduler needs root: use sudo");
		return -EPERM;
	case -ENOENT:
		snprintf(why, size,
			 "no scx_topo is scheduling this machine: start it with "
			 "sudo scx_topo");
		break;
	case -EPROTO:
		snprintf(why, size,
			 "the scx_topo that is running is another build, with other "
			 "tables: use its own program");
		break;
	default:
		snprintf(why, size, "cannot read the running scheduler's BPF maps: %s",
			 strerror(-err));
	}
	return err;
}

int running_open(struct running *r, char *why, size_t size)
{
	struct table tables[NR_TABLES] = {
		[CPUS] = { .name = "cpus", .value_size = sizeof(struct cpu_ctx) },
		[TILES] = { .name = "tiles", .value_size = sizeof(struct tile) },
		[DOMAINS] = { .name = "domains", .value_size = sizeof(struct domain) },
		[STATS] = { .name = "stats", .value_size = sizeof(struct cpu_stats) },
		[POLICIES] = { .name = ".data.policies",
			       .value_size = sizeof(struct main_bpf__data_policies),
			       .section = true },
		[RODATA] = { .name = "main_bpf.rodata",
			     .value_size = sizeof(struct main_bpf__rodata),
			     .section = true },
		[BSS] = { .name = "main_bpf.bss",
			  .value_size = sizeof(struct main_bpf__bss),
			  .section = true },
	};
	int err;

	memset(r, 0, sizeof(*r));
	err = open_maps(r, "topo_dispatch", tables, NR_TABLES);
	err = err ?: open_maps(r, "topo_select_cpu", tables, NR_TABLES);
	err = err ?: take_tables(r, tables);
	if (!err && r->exit->kind)
		err = -ENOENT; /* on its way out */
	if (!err)
		return 0;
	running_close(r);
	return explain(err, why, size);
}

void running_close(struct running *r)
{
	size_t i;

	for (i = 0; i < sizeof(r->mapped) / sizeof(r->mapped[0]) && r->mapped[i].at; i++)
		munmap(r->mapped[i].at, r->mapped[i].size);
	memset(r, 0, sizeof(*r));
}

const struct policy *running_policy(const struct running *r)
{
	return &r->policies[__atomic_load_n(r->policy_index, __ATOMIC_ACQUIRE) & 1];
}

u64 running_clock_ns(const struct running *r)
{
	return clock_of_dispatcher_ns(r->layout.cpus, r->layout.conf.nr_cpu_ids);
}

int running_open_or_say(struct running *r)
{
	char why[256];
	int err = running_open(r, why, sizeof(why));

	if (!err)
		return EXIT_DONE;
	return fail(err == -EPERM ? EXIT_CANNOT : EXIT_FAILED, "%s", why);
}
