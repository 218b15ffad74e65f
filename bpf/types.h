/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixed-width types under the kernel's names, for code that is compiled twice: into the BPF
 * program, where vmlinux.h has defined them already, and natively, where <linux/types.h> has.
 */
#ifndef SCX_TOPO_TYPES_H
#define SCX_TOPO_TYPES_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;
#endif

#endif
