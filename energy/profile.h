/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The power profile that the user has chosen on the desktop.
 *
 * Asked of the power-profiles daemon on the system bus, or of whatever serves its interface, as
 * that is where the choice is made; it also tells of changes. Where nobody answers, which is
 * normal, the firmware's platform profile says something, else the processor's preference between
 * energy and performance (EPP). The daemon is never started by asking.
 */
#ifndef SCX_TOPO_ENERGY_PROFILE_H
#define SCX_TOPO_ENERGY_PROFILE_H

#include <stdbool.h>

struct sd_bus;
struct sd_bus_slot;

enum profile {
	PROFILE_UNKNOWN,
	PROFILE_POWER_SAVER,
	PROFILE_BALANCED, /* no opinion */
	PROFILE_PERFORMANCE,
};

struct profile_reader {
	const char *root;	     /* of the file system; not copied */
	bool use_epp;		     /* false while we set it ourselves */
	struct sd_bus *bus;	     /* NULL: none */
	struct sd_bus_slot *slot[4]; /* what we want to hear of */
	unsigned long answer_usec;   /* how long the bus may take */
	int interface;		     /* which of the daemon's names answered; -1: none so far */
	int platform;		     /* the firmware's profile, which tells of changes; or -1 */
	bool changed;		     /* the bus told so */
};

/*
 * Opens the bus where the root is "/" and there is one, and the firmware's profile. Never fails,
 * and does not keep anybody waiting for longer than half a second.
 */
void profile_open(struct profile_reader *reader, const char *root, bool use_epp);
/* For tests: speaks to what is at the other end of the bus, which is closed with the reader. */
void profile_attach(struct profile_reader *reader, struct sd_bus *bus);
void profile_close(struct profile_reader *reader);

enum profile profile_read(struct profile_reader *reader);

/* The bus's file descriptor, to be polled for reading; -1: there is none. */
int profile_fd(const struct profile_reader *reader);
/* Takes what has arrived. True: read the profile again. */
bool profile_changed(struct profile_reader *reader);

/*
 * The firmware's profile, to be polled for POLLPRI; -1: there is none. Whatever sets it, also in
 * /sys/class/platform-profile, which sends no uevent, shows here.
 */
int profile_platform_fd(const struct profile_reader *reader);
/* To be called when it does, lest it goes on doing so. Read the profile again afterwards. */
void profile_platform_changed(struct profile_reader *reader);

const char *profile_name(enum profile profile);

/* What the words of the three sources mean; PROFILE_UNKNOWN for others. */
enum profile profile_of_daemon(const char *word);
enum profile profile_of_platform(const char *word);
enum profile profile_of_epp(const char *word);

#endif
