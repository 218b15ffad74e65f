// SPDX-License-Identifier: GPL-2.0-only
/*
 *	bpf_time COMMAND [ARGUMENT]...
 *
 * Runs a command and prints what the kernel's BPF programs cost meanwhile: calls, time of all
 * calls, time of one, and instructions after the verifier's rewriting. On the deterministic clock a
 * nanosecond is an instruction, of all CPUs while the program ran: an upper bound.
 */
#include "lib/measure.h"

#include <linux/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_PROGRAMS 128

struct program {
	__u32 id;
	struct bpf_prog_info info;
};

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(__NR_bpf, command, attr, sizeof(*attr));
}

static bool get_info(__u32 id, struct bpf_prog_info *info)
{
	union bpf_attr attr = { .prog_id = id };
	int fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr), err;

	if (fd < 0)
		return false;
	memset(info, 0, sizeof(*info));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = fd;
	attr.info.info_len = sizeof(*info);
	attr.info.info = (__u64)(unsigned long)info;
	err = bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
	close(fd);
	return !err;
}

static int list(struct program *programs)
{
	union bpf_attr attr = { 0 };
	int nr = 0;

	while (nr < MAX_PROGRAMS && !bpf(BPF_PROG_GET_NEXT_ID, &attr)) {
		programs[nr].id = attr.next_id;
		nr += get_info(attr.next_id, &programs[nr].info);
		attr = (union bpf_attr){ .start_id = attr.next_id };
	}
	return nr;
}

/* Kept until the program ends. */
static void enable_statistics(void)
{
	union bpf_attr attr = { .enable_stats.type = BPF_STATS_RUN_TIME };

	if (bpf(BPF_ENABLE_STATS, &attr) < 0)
		fail("BPF statistics");
}

static void print(const struct program *before, int nr)
{
	unsigned long long total_ns = 0;
	struct bpf_prog_info info;

	for (int i = 0; i < nr; i++) {
		const struct bpf_prog_info *old = &before[i].info;
		unsigned long long ns, calls;

		if (old->type != BPF_PROG_TYPE_STRUCT_OPS || !get_info(before[i].id, &info))
			continue;
		ns = info.run_time_ns - old->run_time_ns;
		calls = info.run_cnt - old->run_cnt;
		total_ns += ns;
		printf("bpf %s calls %llu ns %llu each %.1f instructions %u\n", info.name, calls,
		       ns, calls ? (double)ns / calls : 0, info.xlated_prog_len / 8);
	}
	result("bpf_total_ms", total_ns / 1e6);
}

int main(int argc, char **argv)
{
	static struct program programs[MAX_PROGRAMS];
	int nr, status;

	if (argc < 2) {
		fprintf(stderr, "usage: bpf_time COMMAND [ARGUMENT]...\n");
		return 2;
	}
	enable_statistics();
	nr = list(programs);
	if (!start_child()) {
		execvp(argv[1], argv + 1);
		fail(argv[1]);
	}
	if (wait(&status) < 0 || !WIFEXITED(status))
		fail(argv[1]);
	print(programs, nr);
	return WEXITSTATUS(status);
}
