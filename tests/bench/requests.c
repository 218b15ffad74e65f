// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests in the manner of schbench: message threads wake worker threads, each of which waits for
 * something, computes, and asks for the next request. Two latencies: from the moment that a message
 * thread wakes a worker to the moment that it runs, and the duration of a request.
 */
#include "lib/measure.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define MAX_THREADS 1024
#define MAX_SAMPLES 200000

static long messengers = 2, workers = 4, requests = 100, work_us = 1000, pause_us = 500;

static const struct option_number options[] = {
	{ "messengers", &messengers, 1, 32, "message threads" },
	{ "workers", &workers, 1, 32, "worker threads of each" },
	{ "requests", &requests, 1, 1000, "that each worker handles" },
	{ "work", &work_us, 1, 1000000, "us of CPU time of a request" },
	{ "pause", &pause_us, 1, 1000000, "us that a request waits before" },
	{ 0 },
};

struct thread {
	pthread_t id;
	int wake[2];	   /* a pipe: its worker's, or the message thread's own */
	int messenger;	   /* of a worker */
	uint64_t woken_ns; /* when the message thread did */
	double *wakeup_us, *request_us;
};

static struct thread messenger_threads[32], worker_threads[MAX_THREADS];
static double wakeup_us[MAX_SAMPLES], request_us[MAX_SAMPLES];

static void write_all(int fd, const void *bytes, size_t size)
{
	if (write(fd, bytes, size) != (ssize_t)size)
		fail("writing to a pipe");
}

/* Wakes whoever asks for a request, until all of its workers have had all of theirs. */
static void *wake_workers(void *arg)
{
	struct thread *self = arg;
	long left = workers * requests;
	int asking[MAX_THREADS];

	while (left) {
		ssize_t size = read(self->wake[0], asking, sizeof(asking));

		if (size <= 0)
			fail("waiting for workers");
		for (size_t i = 0; i < size / sizeof(int); i++, left--) {
			struct thread *worker = &worker_threads[asking[i]];

			worker->woken_ns = now_ns();
			write_all(worker->wake[1], "x", 1);
		}
	}
	return NULL;
}

static void *handle_requests(void *arg)
{
	struct thread *self = arg;
	int index = self - worker_threads;
	uint64_t start;
	char byte;

	for (long i = 0; i < requests; i++) {
		write_all(messenger_threads[self->messenger].wake[1], &index, sizeof(index));
		if (read(self->wake[0], &byte, 1) != 1)
			fail("waiting for a request");
		start = now_ns();
		self->wakeup_us[i] = (double)(start - self->woken_ns) / NSEC_PER_USEC;
		sleep_ns(pause_us * NSEC_PER_USEC);
		burn_cpu_time(work_us * NSEC_PER_USEC);
		self->request_us[i] = (double)(now_ns() - start) / NSEC_PER_USEC;
	}
	return NULL;
}

static void start(struct thread *thread, void *(*run)(void *))
{
	if (pthread_create(&thread->id, NULL, run, thread))
		fail("starting a thread");
}

int main(int argc, char **argv)
{
	long nr, i;
	uint64_t start_ns;

	parse_options(argc, argv, options, "usage: requests [OPTIONS]");
	nr = messengers * workers;
	if (nr * requests > MAX_SAMPLES) {
		fprintf(stderr, "requests: %d requests in all at most\n", MAX_SAMPLES);
		return 2;
	}
	for (i = 0; i < messengers; i++)
		if (pipe(messenger_threads[i].wake))
			fail("pipe");
	start_ns = now_ns();
	for (i = 0; i < messengers; i++)
		start(&messenger_threads[i], wake_workers);
	for (i = 0; i < nr; i++) {
		worker_threads[i].messenger = i % messengers;
		worker_threads[i].wakeup_us = &wakeup_us[i * requests];
		worker_threads[i].request_us = &request_us[i * requests];
		if (pipe(worker_threads[i].wake))
			fail("pipe");
		start(&worker_threads[i], handle_requests);
	}
	for (i = 0; i < nr; i++)
		pthread_join(worker_threads[i].id, NULL);
	result("requests_per_s", nr * requests * (double)NSEC_PER_SEC / (now_ns() - start_ns));
	result_samples("request_wakeup_us", wakeup_us, nr * requests);
	result_samples("request_us", request_us, nr * requests);
	return 0;
}
