/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locked pages stay in memory, but by default the kernel may move them in order to join free ones,
 * and who touches a page that is just being moved faults. A sysctl forbids it. It is the machine's,
 * so it has to be put back whatever way we end: a small process does that, which waits for the end
 * of a pipe that only we hold.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

#define SYSCTL "/proc/sys/vm/compact_unevictable_allowed"

static bool set_allowed(char value)
{
	int fd = open(SYSCTL, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, &value, 1) == 1;

	if (fd >= 0)
		close(fd);
	return done;
}

static char get_allowed(void)
{
	char value = 0;
	int fd = open(SYSCTL, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, &value, 1) != 1)
		value = 0;
	close(fd);
	return value;
}

/* The child: neither Ctrl-C nor a closed terminal ends it, only we do. */
static void restore_in_the_end(const int pipe_fds[2])
{
	char nothing;
	int fd;

	setsid();
	signal(SIGHUP, SIG_IGN);
	for (fd = 0; fd < pipe_fds[0]; fd++)
		close(fd);
	close(pipe_fds[1]);
	while (read(pipe_fds[0], &nothing, 1) > 0)
		;
	set_allowed('1');
	_exit(0);
}

/* Without the permission it does without. */
void scxu_compaction_stop(struct compaction *c)
{
	int pipe_fds[2];

	c->pid = 0;
	if (get_allowed() != '1' || pipe2(pipe_fds, O_CLOEXEC))
		return;
	c->pid = fork();
	if (!c->pid)
		restore_in_the_end(pipe_fds);
	close(pipe_fds[0]);
	c->fd = pipe_fds[1];
	if (c->pid < 0 || !set_allowed('0'))
		scxu_compaction_restore(c);
}

void scxu_compaction_restore(struct compaction *c)
{
	if (!c->pid)
		return;
	close(c->fd);
	if (c->pid > 0)
		waitpid(c->pid, NULL, 0);
	c->pid = 0;
}
