/* SPDX-License-Identifier: GPL-2.0-only */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracefs.h"

static const char *const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

static int write_file(const struct tracefs *fs, const char *name, const char *text)
{
	char path[256];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/%s", fs->instance, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* Frequencies are of use, but not every machine has them. */
static int choose_events(const struct tracefs *fs, unsigned int kib_per_cpu)
{
	char kib[16];
	int err;

	snprintf(kib, sizeof(kib), "%u", kib_per_cpu);
	write_file(fs, "events/power/cpu_frequency/enable", "1");
	err = write_file(fs, "tracing_on", "0");
	err = err ?: write_file(fs, "trace_clock", "mono");
	err = err ?: write_file(fs, "buffer_size_kb", kib);
	err = err ?: write_file(fs, "events/sched/sched_switch/enable", "1");
	return err ?: write_file(fs, "events/sched/sched_waking/enable", "1");
}

int tracefs_open(struct tracefs *fs, unsigned int kib_per_cpu)
{
	char events[64];
	int err = -ENOENT;
	size_t i;

	fs->instance[0] = '\0';
	for (i = 0; i < sizeof(roots) / sizeof(roots[0]) && err == -ENOENT; i++) {
		snprintf(events, sizeof(events), "%s/events/sched", roots[i]);
		if (access(events, X_OK)) {
			err = errno == EACCES ? -EPERM : -ENOENT;
			continue;
		}
		snprintf(fs->instance, sizeof(fs->instance), "%s/instances/scx_topo", roots[i]);
		err = mkdir(fs->instance, 0700) ? -errno : 0;
	}
	if (err) {
		fs->instance[0] = '\0';
		return err == -EEXIST ? -EBUSY : err == -EACCES ? -EPERM : err;
	}
	err = choose_events(fs, kib_per_cpu);
	if (err)
		tracefs_close(fs);
	return err;
}

int tracefs_start(const struct tracefs *fs)
{
	return write_file(fs, "tracing_on", "1");
}

int tracefs_stop(const struct tracefs *fs)
{
	return write_file(fs, "tracing_on", "0");
}

FILE *tracefs_events(const struct tracefs *fs)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/trace", fs->instance);
	return fopen(path, "re");
}

static unsigned long long lost_on(const struct tracefs *fs, const char *cpu)
{
	unsigned long long lost = 0;
	char path[512], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/per_cpu/%s/stats", fs->instance, cpu);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file) && sscanf(line, "overrun: %llu", &lost) != 1)
		;
	if (file)
		fclose(file);
	return lost;
}

unsigned long long tracefs_lost(const struct tracefs *fs)
{
	unsigned long long lost = 0;
	const struct dirent *entry;
	char path[256];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/per_cpu", fs->instance);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (!strncmp(entry->d_name, "cpu", 3))
			lost += lost_on(fs, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return lost;
}

void tracefs_close(struct tracefs *fs)
{
	if (fs->instance[0])
		rmdir(fs->instance);
	fs->instance[0] = '\0';
}
