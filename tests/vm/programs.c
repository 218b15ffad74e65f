// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists the BPF programs that the kernel has loaded, with what they cost: instructions after the
 * verifier's rewriting, bytes of machine code, and instructions that the verifier had to walk
 * through, of which it allows a million.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(__NR_bpf, command, attr, sizeof(*attr));
}

static int next_id(__u32 id)
{
	union bpf_attr attr = { .start_id = id };

	return bpf(BPF_PROG_GET_NEXT_ID, &attr) ? -errno : (int)attr.next_id;
}

static int get_info(__u32 id, struct bpf_prog_info *info)
{
	union bpf_attr attr = { .prog_id = id };
	int fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr), err;

	if (fd < 0)
		return -errno;
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = fd;
	attr.info.info_len = sizeof(*info);
	attr.info.info = (__u64)(unsigned long)info;
	err = bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) ? -errno : 0;
	close(fd);
	return err;
}

int main(int argc, char **argv)
{
	int id = 0, nr = 0;

	if (argc != 1) {
		fprintf(stderr, "%s: takes no arguments\n", argv[0]);
		return 2;
	}
	printf("%-18s %12s %12s %12s\n", "program", "instructions", "machine code", "verified");
	while ((id = next_id(id)) > 0) {
		struct bpf_prog_info info = { 0 };

		if (get_info(id, &info))
			continue; /* unloaded meanwhile */
		printf("%-18s %12u %10u B %12u\n", info.name, info.xlated_prog_len / 8,
		       info.jited_prog_len, info.verified_insns);
		nr++;
	}
	if (id < 0 && id != -ENOENT) {
		fprintf(stderr, "%s: cannot list BPF programs: %s\n", argv[0], strerror(-id));
		return 1;
	}
	return nr ? 0 : 1;
}
