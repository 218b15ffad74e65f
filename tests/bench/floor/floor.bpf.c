/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The least that a sched_ext scheduler can cost: no callbacks of its own, so that the kernel
 * chooses an idle CPU and keeps everybody else in one queue.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "GPL";

SEC(".struct_ops.link")
struct sched_ext_ops floor_ops = {
	.name = "floor",
};
