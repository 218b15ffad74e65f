/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "message.h"
#include "serve.h"
#include "stats_server.h"
#include "stats_socket.h"

/* Energy and the time in which it was used: several clients share one reader of the counters. */
struct meter {
	u64 energy_uj, time_ns;
};

enum { METER_PLACEMENT = NR_RAPL_TYPES, NR_METERS };

struct server {
	struct running running;
	u32 scheduler; /* how many there have been; 0: none yet */
	bool open;
	struct rapl rapl;
	struct meter meters[NR_METERS];
};

/* A client has an interval of its own, from one request to the next. */
struct client {
	struct server *server;
	u32 scheduler; /* that `activities` are of */
	struct activities activities;
	struct meter meters[NR_METERS];
};

static void add_energy(struct meter *meter, u64 energy_uj, u64 time_ns)
{
	meter->energy_uj += energy_uj;
	meter->time_ns += time_ns;
}

static void read_meters(struct server *server)
{
	struct rapl_reading reading;
	struct rapl_clock now;
	u64 energy_uj;

	rapl_now(&now);
	rapl_read(&server->rapl, &now, &reading);
	if (!reading.valid)
		return;
	for (int i = 0; i < NR_RAPL_TYPES; i++)
		if (reading.has[i])
			add_energy(&server->meters[i], reading.energy_uj[i], reading.interval_ns);
	if (rapl_cpu_energy(&server->rapl, &reading, &energy_uj))
		add_energy(&server->meters[METER_PLACEMENT], energy_uj, reading.interval_ns);
}

/* Power since the client's last request; < 0: not known. */
static double watts_since(const struct meter *now, struct meter *before)
{
	u64 energy_uj = now->energy_uj - before->energy_uj;
	u64 time_ns = now->time_ns - before->time_ns;

	*before = *now;
	return time_ns ? energy_uj * 1e3 / time_ns : -1;
}

/* The one that is running, which may be another than the last time. */
static int find_scheduler(struct server *server, char *why, size_t size)
{
	int err;

	if (server->open && !server->running.exit->kind)
		return 0;
	if (server->open)
		running_close(&server->running);
	err = running_open(&server->running, why, size);
	server->open = !err;
	server->scheduler += !err;
	return err;
}

/* Its first reading of this scheduler. */
static int begin(struct client *client)
{
	struct server *server = client->server;

	if (client->scheduler == server->scheduler)
		return 0;
	activities_free(&client->activities);
	client->scheduler = 0;
	if (activities_begin(&client->activities, &server->running, clock_now_ns(CLOCK_MONOTONIC)))
		return -ENOMEM;
	client->scheduler = server->scheduler;
	return 0;
}

static int read_view(void *data, struct monitor_view *view, char *why, size_t size)
{
	struct client *client = data;
	struct server *server = client->server;
	int err = find_scheduler(server, why, size);

	if (err)
		return err;
	err = begin(client);
	if (err) {
		snprintf(why, size, "not enough memory for a reading of all counters");
		return err;
	}
	activities_read(&client->activities, &server->running, clock_now_ns(CLOCK_MONOTONIC));
	read_meters(server);
	*view = (struct monitor_view){
		.running = &server->running,
		.activities = &client->activities,
		.policy = *running_policy(&server->running),
		.time_s = clock_now_ns(CLOCK_REALTIME) / 1e9,
		.watts = watts_since(&server->meters[METER_PLACEMENT],
				     &client->meters[METER_PLACEMENT]),
	};
	view->reason = energy_view_reason(&view->policy, running_clock_ns(&server->running));
	for (int i = 0; i < NR_RAPL_TYPES; i++)
		view->zone_watts[i] = watts_since(&server->meters[i], &client->meters[i]);
	return 0;
}

/* Without a scheduler there is nothing to read yet; memory that is lacking shows when asked. */
static void *connect_client(void *data)
{
	struct server *server = data;
	struct client *client = calloc(1, sizeof(*client));
	char why[256];

	if (!client)
		return NULL;
	client->server = server;
	if (!find_scheduler(server, why, sizeof(why)))
		begin(client);
	read_meters(server);
	memcpy(client->meters, server->meters, sizeof(client->meters));
	return client;
}

static struct stats_answer answer(void *client, const char *line, size_t len)
{
	return stats_reply(line, len, read_view, client);
}

static void disconnect_client(void *data)
{
	struct client *client = data;

	activities_free(&client->activities);
	free(client);
}

/* A descriptor that can be read when we are to end. */
static int catch_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

static int serve(struct server *server)
{
	const struct stats_service service = { .data = server,
					       .connect = connect_client,
					       .answer = answer,
					       .disconnect = disconnect_client };
	struct stats_socket socket;
	int stop, err;
	char why[256];

	stop = catch_signals();
	if (stop < 0)
		return fail(EXIT_FAILED, "cannot wait for signals: %s", strerror(errno));
	err = stats_socket_open(&socket, STATS_SOCKET, why, sizeof(why));
	if (err) {
		close(stop);
		return fail(EXIT_FAILED, "%s", why);
	}
	printf("scx_topo answers at " STATS_SOCKET " until Ctrl-C\n");
	fflush(stdout);
	err = stats_server_run(socket.fd, stop, &service);
	stats_socket_close(&socket);
	close(stop);
	return err ? fail(EXIT_FAILED, "cannot serve any more: %s", strerror(-err)) : EXIT_DONE;
}

int serve_stats(void)
{
	struct server server = { .open = true, .scheduler = 1 };
	int status = running_open_or_say(&server.running);

	if (status != EXIT_DONE)
		return status;
	rapl_open(&server.rapl, "/");
	read_meters(&server);
	status = serve(&server);
	rapl_close(&server.rapl);
	if (server.open)
		running_close(&server.running);
	return status;
}
