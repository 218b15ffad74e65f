/* SPDX-License-Identifier: GPL-2.0-only */
#include "epp.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

#define SAVING_WORD "power"

static const char folder[] = "sys/devices/system/cpu/cpufreq";
static const char file_name[] = "energy_performance_preference";
static const char heading[] = "scx_topo epp 1\n";

/* A word of the driver's, or a number. */
static bool is_value(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return len && len < 32 && !text[len];
}

static bool is_policy(const char *name)
{
	u64 number;

	return !strncmp(name, "policy", 6) && !parse_u64(name + 6, &number);
}

static int add(struct epp *epp, int dir, const char *policy, FILE *state)
{
	char path[FILE_NAME_LEN + sizeof(file_name) + 1], value[32];
	void *grown;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", policy, file_name);
	if (!is_policy(policy) || file_read_text(dir, path, value, sizeof(value)) ||
	    !is_value(value))
		return 0;
	fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	grown = reallocarray(epp->fds, epp->nr + 1, sizeof(*epp->fds));
	if (grown)
		epp->fds = grown;
	if (grown && (grown = reallocarray(epp->was, epp->nr + 1, sizeof(*epp->was))))
		epp->was = grown;
	if (!grown) {
		close(fd);
		return -ENOMEM;
	}
	epp->fds[epp->nr] = fd;
	strcpy(epp->was[epp->nr++], value);
	return fprintf(state, "%s %s\n", policy, value) < 0 ? -EIO : 0;
}

static int add_all(struct epp *epp, const char *root, FILE *state)
{
	int dir = file_open_dir(AT_FDCWD, root), err = 0;
	DIR *list = dir < 0 ? NULL : file_list(dir, folder);
	const char *name;

	fputs(heading, state);
	while (list && !err && (name = file_next(list, "policy")))
		err = add(epp, dirfd(list), name, state);
	if (list)
		closedir(list);
	if (dir >= 0)
		close(dir);
	return err ?: epp->nr ? err : -ENOENT;
}

int epp_open(struct epp *epp, const char *root, const char *state_file)
{
	char temporary[4096];
	FILE *state;
	int err;

	memset(epp, 0, sizeof(*epp));
	snprintf(temporary, sizeof(temporary), "%s.new", state_file);
	state = fopen(temporary, "we");
	if (!state)
		return -errno;
	err = add_all(epp, root, state);
	if (fclose(state) && !err)
		err = -errno;
	if (!err && rename(temporary, state_file))
		err = -errno;
	if (err) {
		unlink(temporary);
		epp_close(epp);
	}
	return err;
}

void epp_close(struct epp *epp)
{
	for (int i = 0; i < epp->nr; i++)
		close(epp->fds[i]);
	free(epp->fds);
	free(epp->was);
	memset(epp, 0, sizeof(*epp));
}

int epp_set_saving(struct epp *epp, bool saving)
{
	int err = 0;

	if (saving == epp->saving)
		return 0;
	epp->saving = saving;
	for (int i = 0; i < epp->nr; i++) {
		const char *value = saving ? SAVING_WORD : epp->was[i];

		if (pwrite(epp->fds[i], value, strlen(value), 0) < 0 && !err)
			err = -errno;
	}
	return err;
}

/* A line "policy3 balance_power" of the state file; false: it is none. */
static bool restore_line(int dir, char *line)
{
	char path[FILE_NAME_LEN + sizeof(file_name) + 1];
	char *value = strchr(line, ' ');

	line[strcspn(line, "\n")] = '\0';
	if (!value)
		return false;
	*value++ = '\0';
	if (!is_policy(line) || !is_value(value))
		return false;
	snprintf(path, sizeof(path), "%s/%s", line, file_name);
	file_write_text(dir, path, value); /* a CPU may be gone since */
	return true;
}

int epp_restore(const char *root, const char *state_file)
{
	char path[4096], line[128];
	int dir, nr = 0;
	FILE *state = fopen(state_file, "re");

	if (!state)
		return 0;
	if (!fgets(line, sizeof(line), state) || strcmp(line, heading)) {
		fclose(state);
		return -EINVAL;
	}
	snprintf(path, sizeof(path), "%s/%s", root, folder);
	dir = file_open_dir(AT_FDCWD, path);
	while (dir >= 0 && fgets(line, sizeof(line), state))
		nr += restore_line(dir, line);
	if (dir >= 0)
		close(dir);
	fclose(state);
	unlink(state_file);
	return nr;
}
