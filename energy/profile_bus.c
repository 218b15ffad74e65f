/* SPDX-License-Identifier: GPL-2.0-only */
#include "profile_bus.h"

#include <stddef.h>

#ifdef HAVE_SD_BUS

#include <stdio.h>
#include <systemd/sd-bus.h>

#define GREETING_STEPS 16

/* The daemon has two names since its version 0.20; others that serve it may know one only. */
static const struct {
	const char *name, *path;
} services[] = {
	{ "org.freedesktop.UPower.PowerProfiles", "/org/freedesktop/UPower/PowerProfiles" },
	{ "net.hadess.PowerProfiles", "/net/hadess/PowerProfiles" },
};
#define NR_SERVICES 2

static int on_change(sd_bus_message *message, void *reader, sd_bus_error *error)
{
	(void)message;
	(void)error;
	((struct profile_reader *)reader)->changed = true;
	return 0;
}

/* Changes of the profile, and the daemon's coming and going. */
void profile_bus_listen(struct profile_reader *reader)
{
	char match[256];

	for (int i = 0; i < NR_SERVICES; i++) {
		snprintf(match, sizeof(match),
			 "type='signal',path='%s',interface='org.freedesktop.DBus.Properties',"
			 "member='PropertiesChanged'",
			 services[i].path);
		sd_bus_add_match_async(reader->bus, &reader->slot[2 * i], match, on_change, NULL,
				       reader);
		snprintf(match, sizeof(match),
			 "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',"
			 "arg0='%s'",
			 services[i].name);
		sd_bus_add_match_async(reader->bus, &reader->slot[2 * i + 1], match, on_change,
				       NULL, reader);
	}
}

void profile_bus_open(struct profile_reader *reader)
{
	if (sd_bus_open_system(&reader->bus) < 0) {
		reader->bus = NULL;
		return;
	}
	profile_bus_listen(reader);
}

void profile_bus_close(struct profile_reader *reader)
{
	for (int i = 0; i < 2 * NR_SERVICES; i++)
		reader->slot[i] = sd_bus_slot_unref(reader->slot[i]);
	reader->bus = sd_bus_flush_close_unref(reader->bus);
}

/* A call would wait for a minute and a half for a bus that does not answer at all. */
static bool bus_ready(const struct profile_reader *reader)
{
	sd_bus *bus = reader->bus;

	for (int i = 0; i < GREETING_STEPS && sd_bus_is_ready(bus) == 0; i++) {
		int more = sd_bus_process(bus, NULL);

		if (more < 0 || (more == 0 && sd_bus_wait(bus, reader->answer_usec) <= 0))
			break;
	}
	return sd_bus_is_ready(bus) > 0;
}

/* Like sd_bus_get_property_string(), but does not start a daemon that the user has not started. */
static enum profile ask(struct profile_reader *reader, int service)
{
	sd_bus_message *call = NULL, *reply = NULL;
	enum profile profile = PROFILE_UNKNOWN;
	const char *word;

	if (sd_bus_message_new_method_call(reader->bus, &call, services[service].name,
					   services[service].path,
					   "org.freedesktop.DBus.Properties", "Get") < 0)
		return PROFILE_UNKNOWN;
	sd_bus_message_set_auto_start(call, 0);
	if (sd_bus_message_append(call, "ss", services[service].name, "ActiveProfile") >= 0 &&
	    sd_bus_call(reader->bus, call, reader->answer_usec, NULL, &reply) >= 0 &&
	    sd_bus_message_read(reply, "v", "s", &word) >= 0)
		profile = profile_of_daemon(word);
	sd_bus_message_unref(call);
	sd_bus_message_unref(reply);
	return profile;
}

enum profile profile_bus_read(struct profile_reader *reader)
{
	if (!reader->bus || !bus_ready(reader))
		return PROFILE_UNKNOWN;
	for (int i = 0; i < NR_SERVICES; i++) {
		int service = (reader->interface + NR_SERVICES + i) % NR_SERVICES;
		enum profile profile;

		if (reader->interface < 0)
			service = i;
		profile = ask(reader, service);
		if (profile != PROFILE_UNKNOWN) {
			reader->interface = service;
			return profile;
		}
	}
	return PROFILE_UNKNOWN;
}

int profile_bus_fd(const struct profile_reader *reader)
{
	int fd = reader->bus ? sd_bus_get_fd(reader->bus) : -1;

	return fd < 0 ? -1 : fd;
}

bool profile_bus_changed(struct profile_reader *reader)
{
	while (reader->bus) {
		int more = sd_bus_process(reader->bus, NULL);

		if (more < 0) { /* the bus is gone, and with it what it told last */
			profile_bus_close(reader);
			reader->changed = true;
		} else if (more == 0) {
			break;
		}
	}
	return reader->changed;
}

#else

void profile_bus_open(struct profile_reader *reader)
{
	(void)reader;
}

void profile_bus_listen(struct profile_reader *reader)
{
	(void)reader;
}

void profile_bus_close(struct profile_reader *reader)
{
	reader->bus = NULL;
}

enum profile profile_bus_read(struct profile_reader *reader)
{
	(void)reader;
	return PROFILE_UNKNOWN;
}

int profile_bus_fd(const struct profile_reader *reader)
{
	(void)reader;
	return -1;
}

bool profile_bus_changed(struct profile_reader *reader)
{
	return reader->changed;
}

#endif
