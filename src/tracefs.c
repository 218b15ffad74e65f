/* SPDX-License-Identifier: GPL-2.0-only */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracefs.h"

static const char *const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

/* Events made at run time belong to all instances, so they are two folders further up. */
#define PROBE_FILE "../../dynamic_events"
#define PROBE	   "scx_topo/scx_topo_grant"

static int write_file(const struct tracefs *fs, const char *name, const char *text)
{
	char path[256];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/%s", fs->instance, name);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC); /* truncating removes other probes */
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int tracefs_enable(const struct tracefs *fs, const char *event)
{
	char name[128];

	snprintf(name, sizeof(name), "events/%s/enable", event);
	return write_file(fs, name, "1");
}

/* One that is left of a run that was killed is as good. */
int tracefs_probe_grants(struct tracefs *fs)
{
	int err = write_file(fs, PROBE_FILE,
			     "t:" PROBE " sched_switch pid=next->pid:s32 "
			     "slice=next->scx.slice:u64 deadline=next->scx.dsq_vtime:u64");

	if (err && err != -EEXIST)
		return err;
	fs->probing = true;
	return tracefs_enable(fs, PROBE);
}

int tracefs_mark(const struct tracefs *fs, const char *text)
{
	return write_file(fs, "trace_marker", text);
}

/* Frequencies are of use, but not every machine has them. */
static int choose_events(const struct tracefs *fs, unsigned int kib_per_cpu)
{
	char kib[16];
	int err;

	snprintf(kib, sizeof(kib), "%u", kib_per_cpu);
	tracefs_enable(fs, "power/cpu_frequency");
	err = write_file(fs, "tracing_on", "0");
	err = err ?: write_file(fs, "trace_clock", "mono");
	err = err ?: write_file(fs, "buffer_size_kb", kib);
	err = err ?: tracefs_enable(fs, "sched/sched_switch");
	return err ?: tracefs_enable(fs, "sched/sched_waking");
}

int tracefs_open(struct tracefs *fs, unsigned int kib_per_cpu)
{
	char events[64];
	int err = -ENOENT;
	size_t i;

	*fs = (struct tracefs){ 0 };
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
	if (fs->probing) {
		write_file(fs, "events/" PROBE "/enable", "0");
		write_file(fs, PROBE_FILE, "-:" PROBE);
	}
	if (fs->instance[0])
		rmdir(fs->instance);
	*fs = (struct tracefs){ 0 };
}
