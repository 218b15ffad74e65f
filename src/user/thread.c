/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduler thread: calls schedule() round after round. Between rounds it yields, which on the
 * kernel side means "until there is work"; after some rounds without any it sleeps, to be woken
 * through the ring.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "internal.h"
#include "bpf/user.skel.h"

#define STACK_BYTES   (512 * 1024)
#define STACK_TOUCHED (128 * 1024)
#define IDLE_ROUNDS   2
#define START_WAIT_S  5
#define STOP_WAIT_S   2
#define SCHED_EXT     7

/* The ring is looked at after going to sleep was announced: see submit() in user_up.bpf.h. */
static void sleep_until_work(struct scxu *s)
{
	struct epoll_event event;

	__atomic_store_n(&s->user->asleep, 1, __ATOMIC_SEQ_CST);
	if (scxu_ring_empty(&s->up) && !__atomic_load_n(&s->thread.stopping, __ATOMIC_ACQUIRE))
		epoll_wait(s->thread.epoll_fd, &event, 1, -1);
	__atomic_store_n(&s->user->asleep, 0, __ATOMIC_SEQ_CST);
}

/* True: there was something to do. */
static bool one_round(struct scxu *s)
{
	uint64_t decided = s->nr_decided, consumed = s->user->consumed;

	if (scxu_flush(s))
		s->ops->schedule(s);
	s->user->held = s->nr_held;
	s->user->last_decided = s->nr_decided - decided + !!s->spill;
	__atomic_store_n(&s->user->rounds, s->user->rounds + 1, __ATOMIC_RELEASE);
	return consumed != s->user->consumed || decided != s->nr_decided || s->nr_held;
}

static void touch_stack(void)
{
	volatile char stack[STACK_TOUCHED];
	size_t i;

	for (i = 0; i < sizeof(stack); i += 1024)
		stack[i] = 0;
}

/* In partial mode only those who ask for it are ours. */
static void join_scheduling(const struct scxu *s)
{
	struct sched_param param = { 0 };

	if (s->ops->flags & SCXU_F_PARTIAL)
		sched_setscheduler(0, SCHED_EXT, &param);
}

static void *scheduler_main(void *arg)
{
	struct scxu *s = arg;
	unsigned int idle = 0;

	touch_stack();
	pthread_setname_np(pthread_self(), "scxu-scheduler");
	join_scheduling(s);
	__atomic_store_n(&s->thread.tid, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
	while (!__atomic_load_n(&s->thread.stopping, __ATOMIC_ACQUIRE)) {
		idle = one_round(s) ? 0 : idle + 1;
		if (idle <= IDLE_ROUNDS)
			sched_yield();
		else
			sleep_until_work(s);
	}
	__atomic_store_n(&s->thread.finished, true, __ATOMIC_RELEASE);
	return NULL;
}

static int add_fd(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int open_fds(struct scxu *s)
{
	struct scheduler_thread *t = &s->thread;
	int err;

	t->wake_fd = eventfd(0, EFD_CLOEXEC);
	t->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (t->wake_fd < 0 || t->epoll_fd < 0)
		return -errno;
	err = add_fd(t->epoll_fd, t->wake_fd);
	return err ? err : add_fd(t->epoll_fd, bpf_map__fd(s->skel->maps.up));
}

static int create(struct scxu *s)
{
	pthread_attr_t attr;
	int err;

	s->thread.stack = scxu_memory_map(STACK_BYTES);
	if (!s->thread.stack)
		return -ENOMEM;
	pthread_attr_init(&attr);
	pthread_attr_setstack(&attr, s->thread.stack, STACK_BYTES);
	err = -pthread_create(&s->thread.thread, &attr, scheduler_main, s);
	pthread_attr_destroy(&attr);
	s->thread.started = !err;
	return err;
}

/* When it sleeps, its first rounds are over, and all code has been in memory. */
static bool wait_until_asleep(const struct scxu *s)
{
	const struct timespec pause = { .tv_nsec = SCXU_NSEC_PER_MSEC };
	uint64_t end_ns = scxu_now_ns() + START_WAIT_S * SCXU_NSEC_PER_SEC;

	while (!__atomic_load_n(&s->user->asleep, __ATOMIC_ACQUIRE)) {
		if (scxu_now_ns() > end_ns)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

int scxu_thread_start(struct scxu *s)
{
	int err = open_fds(s);

	err = err ? err : create(s);
	if (err)
		return scxu_fail(s, err, "cannot start the scheduler thread: %s", strerror(-err));
	if (!wait_until_asleep(s))
		return scxu_fail(s, -ETIMEDOUT, "schedule() does not return, with nothing to do");
	s->user->scheduler_tid = s->thread.tid;
	scxu_thread_faults(s, &s->thread.minor_faults, &s->thread.major_faults);
	return 0;
}

static void close_fds(struct scxu *s)
{
	if (s->thread.wake_fd > 0)
		close(s->thread.wake_fd);
	if (s->thread.epoll_fd > 0)
		close(s->thread.epoll_fd);
}

bool scxu_thread_stop(struct scxu *s)
{
	struct scheduler_thread *t = &s->thread;
	uint64_t one = 1;
	struct timespec until;

	if (t->started) {
		__atomic_store_n(&t->stopping, true, __ATOMIC_SEQ_CST);
		if (write(t->wake_fd, &one, sizeof(one)) < 0)
			return false;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += STOP_WAIT_S;
		if (pthread_timedjoin_np(t->thread, NULL, &until))
			return false;
	}
	close_fds(s);
	scxu_memory_unmap(t->stack, STACK_BYTES);
	memset(t, 0, sizeof(*t));
	return true;
}

/* Fields 10 and 12 of /proc/self/task/TID/stat; the name in field 2 has no blanks. */
void scxu_thread_faults(const struct scxu *s, uint64_t *minor, uint64_t *major)
{
	unsigned long long min = 0, maj = 0;
	char path[64];
	FILE *file;

	*minor = *major = 0;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", s->thread.tid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %llu %*u %llu", &min, &maj) == 2) {
		*minor = min - s->thread.minor_faults;
		*major = maj - s->thread.major_faults;
	}
	fclose(file);
}
