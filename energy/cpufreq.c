/* SPDX-License-Identifier: GPL-2.0-only */
#include "cpufreq.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

static const char folder[] = "sys/devices/system/cpu/cpufreq";

static bool policy_is_schedutil(int dir, const char *policy)
{
	char path[FILE_NAME_LEN + sizeof("/scaling_governor")], governor[32];

	snprintf(path, sizeof(path), "%s/scaling_governor", policy);
	return !file_read_text(dir, path, governor, sizeof(governor)) &&
	       !strcmp(governor, "schedutil");
}

bool cpufreq_is_schedutil(const char *root)
{
	int dir = file_open_dir(AT_FDCWD, root);
	DIR *list = dir < 0 ? NULL : file_list(dir, folder);
	const char *policy;
	bool found = false;

	while (list && !found && (policy = file_next(list, "policy")))
		found = policy_is_schedutil(dirfd(list), policy);
	if (list)
		closedir(list);
	if (dir >= 0)
		close(dir);
	return found;
}
