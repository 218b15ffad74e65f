/* SPDX-License-Identifier: GPL-2.0-only */
#include "profile.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "profile_bus.h"

struct word {
	const char *word;
	enum profile profile;
};

static enum profile look_up(const struct word *words, const char *word)
{
	for (; words->word; words++)
		if (!strcmp(words->word, word))
			return words->profile;
	return PROFILE_UNKNOWN;
}

enum profile profile_of_daemon(const char *word)
{
	static const struct word words[] = {
		{ "power-saver", PROFILE_POWER_SAVER },
		{ "balanced", PROFILE_BALANCED },
		{ "performance", PROFILE_PERFORMANCE },
		{ NULL, PROFILE_UNKNOWN },
	};

	return look_up(words, word);
}

/* "cool" and "quiet" are about temperature and noise: not a choice between energy and speed. */
enum profile profile_of_platform(const char *word)
{
	static const struct word words[] = {
		{ "low-power", PROFILE_POWER_SAVER },
		{ "cool", PROFILE_BALANCED },
		{ "quiet", PROFILE_BALANCED },
		{ "balanced", PROFILE_BALANCED },
		{ "balanced-performance", PROFILE_BALANCED },
		{ "performance", PROFILE_PERFORMANCE },
		{ "max-power", PROFILE_PERFORMANCE },
		{ NULL, PROFILE_UNKNOWN },
	};

	return look_up(words, word);
}

enum profile profile_of_epp(const char *word)
{
	static const struct word words[] = {
		{ "power", PROFILE_POWER_SAVER },
		{ "balance_power", PROFILE_BALANCED },
		{ "balance_performance", PROFILE_BALANCED },
		{ "performance", PROFILE_PERFORMANCE },
		{ NULL, PROFILE_UNKNOWN },
	};

	return look_up(words, word);
}

const char *profile_name(enum profile profile)
{
	static const char *const names[] = { "unknown", "power-saver", "balanced", "performance" };

	return names[profile];
}

static const char platform_file[] = "sys/firmware/acpi/platform_profile";

static enum profile read_platform(int root)
{
	char word[64];

	if (file_read_text(root, platform_file, word, sizeof(word)))
		return PROFILE_UNKNOWN;
	return profile_of_platform(word);
}

/* The kernel tells of changes after the last reading through this very file descriptor. */
static void rearm(struct profile_reader *reader)
{
	char word[64];

	if (reader->platform < 0 || pread(reader->platform, word, sizeof(word), 0) > 0)
		return;
	close(reader->platform); /* its driver is gone: it would tell for ever */
	reader->platform = -1;
}

/* Drivers may come late. */
static void watch_platform(struct profile_reader *reader, int root)
{
	if (reader->platform >= 0)
		return;
	reader->platform = openat(root, platform_file, O_RDONLY | O_CLOEXEC);
	rearm(reader);
}

/* All policies have to agree: one that differs was set by hand for a reason of its own. */
static enum profile read_epp(int root)
{
	enum profile profile = PROFILE_UNKNOWN;
	DIR *list = file_list(root, "sys/devices/system/cpu/cpufreq");
	const char *name;
	bool first = true;

	while (list && (name = file_next(list, "policy"))) {
		char path[FILE_NAME_LEN + 64] = "", word[64];
		enum profile one;

		strncat(path, name, FILE_NAME_LEN);
		strcat(path, "/energy_performance_preference");
		if (file_read_text(dirfd(list), path, word, sizeof(word)))
			continue;
		one = profile_of_epp(word);
		profile = first || one == profile ? one : PROFILE_UNKNOWN;
		first = false;
		if (profile == PROFILE_UNKNOWN)
			break;
	}
	if (list)
		closedir(list);
	return profile;
}

void profile_open(struct profile_reader *reader, const char *root, bool use_epp)
{
	int dir;

	memset(reader, 0, sizeof(*reader));
	reader->root = root;
	reader->use_epp = use_epp;
	reader->interface = -1;
	reader->platform = -1;
	reader->answer_usec = 500000;
	if (!strcmp(root, "/"))
		profile_bus_open(reader);
	dir = file_open_dir(AT_FDCWD, root);
	if (dir < 0)
		return;
	watch_platform(reader, dir);
	close(dir);
}

void profile_attach(struct profile_reader *reader, struct sd_bus *bus)
{
	reader->bus = bus;
	profile_bus_listen(reader);
}

void profile_close(struct profile_reader *reader)
{
	profile_bus_close(reader);
	if (reader->platform >= 0)
		close(reader->platform);
	reader->platform = -1;
}

enum profile profile_read(struct profile_reader *reader)
{
	enum profile profile = profile_bus_read(reader);
	int root;

	reader->changed = false;
	if (profile != PROFILE_UNKNOWN)
		return profile;
	root = file_open_dir(AT_FDCWD, reader->root);
	if (root < 0)
		return PROFILE_UNKNOWN;
	watch_platform(reader, root);
	profile = read_platform(root);
	if (profile == PROFILE_UNKNOWN && reader->use_epp)
		profile = read_epp(root);
	close(root);
	return profile;
}

int profile_fd(const struct profile_reader *reader)
{
	return profile_bus_fd(reader);
}

bool profile_changed(struct profile_reader *reader)
{
	return profile_bus_changed(reader);
}

int profile_platform_fd(const struct profile_reader *reader)
{
	return reader->platform;
}

void profile_platform_changed(struct profile_reader *reader)
{
	rearm(reader);
}
