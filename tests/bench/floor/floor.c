/* SPDX-License-Identifier: GPL-2.0-only */
/* Attaches floor.bpf.c until a signal ends it. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "floor.bpf.skel.h"

int main(void)
{
	struct floor *skel = floor__open_and_load();

	signal(SIGINT, SIG_DFL); /* a shell lets what it starts in the background ignore it */
	if (!skel || !bpf_map__attach_struct_ops(skel->maps.floor_ops)) {
		perror("floor");
		return 1;
	}
	return pause(); /* the kernel detaches it when we are gone */
}
