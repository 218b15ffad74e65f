/* SPDX-License-Identifier: GPL-2.0-only */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROBE_SECONDS 20 /* the largest machine takes a few hundred milliseconds */

static void be_quiet(void)
{
	struct rlimit no_core = { 0, 0 };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setrlimit(RLIMIT_CORE, &no_core);
	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
}

static bool load(const char *text, int size, int (*configure)(hwloc_topology_t))
{
	hwloc_topology_t topology;

	if (hwloc_topology_init(&topology) < 0 || configure(topology) < 0 ||
	    hwloc_topology_set_xmlbuffer(topology, text, size) < 0 ||
	    hwloc_topology_load(topology) < 0)
		return false;
	hwloc_topology_check(topology); /* ends the process if it is not consistent */
	return true;
}

/* The child speaks through a pipe: its exit status is lost where SIGCHLD is ignored. */
bool probe_xml(const char *text, int size, int (*configure)(hwloc_topology_t))
{
	int ends[2];
	char survived = 0;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	child = fork();
	if (child == 0) {
		be_quiet();
		alarm(PROBE_SECONDS);
		survived = load(text, size, configure);
		_exit(write(ends[1], &survived, 1) != 1);
	}
	close(ends[1]);
	if (child > 0) {
		while (read(ends[0], &survived, 1) < 0 && errno == EINTR)
			;
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	return survived;
}
