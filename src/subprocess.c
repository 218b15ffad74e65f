/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "subprocess.h"

#define POLL_NS (20 * 1000 * 1000)

static bool redirect(const char *path, int flags, int fd)
{
	int opened = open(path ? path : "/dev/null", flags | O_CLOEXEC, 0666);

	return opened >= 0 && dup2(opened, fd) == fd;
}

static void child(const struct subprocess *p)
{
	const int writing = O_WRONLY | O_CREAT | O_TRUNC;

	setpgid(0, 0);
	if (redirect(p->in, O_RDONLY, 0) && redirect(p->out, writing, 1) &&
	    redirect(p->err, writing, 2))
		execl("/bin/sh", "sh", "-c", p->command, (char *)NULL);
	_exit(127);
}

static bool time_is_up(const struct timespec *start, unsigned int timeout_s)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - start->tv_sec >= (time_t)timeout_s;
}

int subprocess_run(const struct subprocess *p)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };
	struct timespec start;
	pid_t pid;
	int status;

	clock_gettime(CLOCK_MONOTONIC, &start);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		child(p);
	setpgid(pid, pid);
	while (!waitpid(pid, &status, WNOHANG)) {
		if (time_is_up(&start, p->timeout_s)) {
			kill(-pid, SIGTERM); /* so that a virtual machine can clean up */
			nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
			kill(-pid, SIGKILL);
			waitpid(pid, &status, 0);
			return SUBPROCESS_TIMEOUT;
		}
		nanosleep(&pause, NULL);
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
