/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the running kernel can take a scheduler, asked before libbpf is: its own messages about a
 * missing kfunc fill a screen and name no remedy.
 */
#ifndef SCX_TOPO_KERNEL_CHECK_H
#define SCX_TOPO_KERNEL_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct bpf_object;

/*
 * Returns false, and says in `why` what is missing and what helps, when the kernel has no
 * sched_ext, is older than 6.16, or has the damaged type information of some Debian builds.
 * `object` is an opened BPF object that calls kfuncs.
 */
bool kernel_can(const struct bpf_object *object, char *why, size_t size);

/* Whether a struct of the kernel's BTF has that member, e.g. a callback of sched_ext_ops. */
bool kernel_has_member(const char *type, const char *member);

/* Whether an enum of the kernel's BTF has that constant. */
bool kernel_has_constant(const char *type, const char *constant);

#define SCHED_EXT_DIR "/sys/kernel/sched_ext"

/* One line of a file in SCHED_EXT_DIR, without its newline; false: there is no such file. */
bool sched_ext_read(const char *name, char *line, size_t size);

#endif
