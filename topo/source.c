/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opening hwloc on one of the four sources.
 *
 * hwloc obeys some fifty HWLOC_* environment variables, and a few of them replace the machine by a
 * file or by fiction. A scheduler must not be talked into that, so all of them are removed before
 * hwloc sees them; what we want to say to hwloc ourselves through the environment we set for the
 * time of the call. That makes loading unsafe while another thread uses the environment.
 */
#include "internal.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XML_MAX_BYTES (64L << 20) /* a machine of 4096 CPUs needs 5 MiB */

extern char **environ;

struct topo_source topo_source_of_input(const char *input)
{
	size_t length = strlen(input);
	bool named = strchr(input, '/') || (length > 4 && strcmp(input + length - 4, ".xml") == 0);
	enum topo_source_type type = named || access(input, F_OK) == 0 ? TOPO_XML : TOPO_SYNTHETIC;

	return (struct topo_source){ .type = type, .arg = input };
}

static void clear_hwloc_variables(void)
{
	for (char **variable = environ; variable && *variable;) {
		size_t length = strcspn(*variable, "=");
		char *name;

		if (strncmp(*variable, "HWLOC_", 6) != 0) {
			variable++;
			continue;
		}
		name = strndup(*variable, length);
		/* Removing an entry moves the others: the same place holds the next one then. */
		if (!name || unsetenv(name) != 0)
			variable++;
		free(name);
	}
}

/* hwloc reports oddities of the input on stderr; our own one line is to be all. */
static void silence_hwloc(void)
{
	setenv("HWLOC_HIDE_ERRORS", "2", 1);
	setenv("HWLOC_SHOW_ERRORS", "none", 1);
}

/* What the path names may be anything: only a file of a sensible size is read. */
static int check_file(int fd, const char *path, size_t *size, const struct topo_error *error)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return topo_fail(error, errno, "reading %s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return topo_fail(error, EISDIR,
				 "reading %s: it is a directory; name an hwloc XML file, or use "
				 "--sysfs-root for a snapshot of /sys",
				 path);
	if (!S_ISREG(st.st_mode))
		return topo_fail(error, EINVAL, "reading %s: not a regular file", path);
	if (st.st_size > XML_MAX_BYTES)
		return topo_fail(error, E2BIG,
				 "reading %s: %lld MiB is too large for a topology, the limit is "
				 "%ld MiB",
				 path, (long long)st.st_size >> 20, XML_MAX_BYTES >> 20);
	if (st.st_size == 0)
		return topo_fail(error, EINVAL, "reading %s: the file is empty", path);
	*size = st.st_size;
	return 0;
}

/* At most `size` bytes; a file may shrink while it is read. Returns how many, or -1. */
static ssize_t read_bytes(int fd, char *text, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(fd, text + used, size - used);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		used += n;
	}
	return used;
}

/* The whole file as a string that the caller frees; its size counts the NUL at the end. */
static int read_file(const char *path, char **textp, size_t *sizep, const struct topo_error *error)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), ret;
	char *text = NULL;
	size_t size = 0;
	ssize_t used = 0;

	if (fd < 0)
		return topo_fail(error, errno, "reading %s: %s", path, strerror(errno));
	ret = check_file(fd, path, &size, error);
	if (!ret) {
		text = malloc(size + 1);
		used = text ? read_bytes(fd, text, size) : 0;
		if (!text)
			ret = -ENOMEM;
		else if (used < 0)
			ret = topo_fail(error, errno, "reading %s: %s", path, strerror(errno));
		else
			text[used] = '\0';
	}
	close(fd);
	if (ret) {
		free(text);
		return ret;
	}
	*textp = text;
	*sizep = used + 1;
	return 0;
}

static int not_a_topology(const struct topo_error *error, const char *path, const char *text)
{
	if (HWLOC_API_VERSION < 0x30000 && strstr(text, "<topology version=\"3"))
		return topo_fail(error, EINVAL,
				 "reading %s: written by hwloc 3, this program has hwloc 2; export "
				 "it with lstopo --export-xml-flags v2",
				 path);
	return topo_fail(error, EINVAL,
			 "reading %s: no hwloc XML topology, or a damaged one; make one with "
			 "lstopo FILE.xml",
			 path);
}

/*
 * Disallowed CPUs are included: the scheduler gets tasks for them whatever cgroup it was started
 * in.
 */
static int configure(hwloc_topology_t topology)
{
	if (hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED |
						       HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING) < 0)
		return -1;
	return hwloc_topology_set_type_filter(topology, HWLOC_OBJ_MEMCACHE,
					      HWLOC_TYPE_FILTER_KEEP_ALL);
}

static int load_xml(hwloc_topology_t topology, const char *path, const struct topo_error *error)
{
	size_t size = 0;
	char *text = NULL;
	int ret = read_file(path, &text, &size, error);

	if (ret)
		return ret;
	/* A NUL inside would hide the rest of the file from the parser. */
	if (strlen(text) + 1 != size || !probe_xml(text, size, configure) ||
	    hwloc_topology_set_xmlbuffer(topology, text, size) < 0 ||
	    hwloc_topology_load(topology) < 0)
		ret = not_a_topology(error, path, text);
	free(text);
	return ret;
}

/*
 * hwloc would go and build "numa:9999 core:9999 pu:9999". Multiplies the level's counts, which
 * stand outside of the (attributes) and [memory children] of each level.
 */
static bool synthetic_too_large(const char *description)
{
	long cpus = 1;
	int nested = 0;

	for (const char *c = description; *c; c++) {
		if (strchr("([", *c))
			nested++;
		else if (strchr(")]", *c))
			nested--;
		else if (nested == 0 && *c >= '0' && *c <= '9' &&
			 (c == description || strchr(": ", c[-1]))) {
			char *end;
			long count = strtol(c, &end, 10);

			/* The digit of a type's own name, as in "group2:4", is no count. */
			c = end - 1;
			if (*end == ':')
				continue;
			if (count > TOPO_MAX_CPUS)
				return true;
			cpus *= count;
			if (cpus > TOPO_MAX_CPUS)
				return true;
		}
	}
	return false;
}

static int load_synthetic(hwloc_topology_t topology, const char *description,
			  const struct topo_error *error)
{
	if (synthetic_too_large(description))
		return topo_fail(error, E2BIG, "synthetic topology \"%s\": more than %d CPUs",
				 description, TOPO_MAX_CPUS);
	if (hwloc_topology_set_synthetic(topology, description) < 0 ||
	    hwloc_topology_load(topology) < 0)
		return topo_fail(error, EINVAL,
				 "\"%s\": neither a file nor a synthetic topology such as "
				 "\"package:2 l3:2 core:4 pu:2\"",
				 description);
	return 0;
}

static int load_sysfs(hwloc_topology_t topology, const char *dir, const struct topo_error *error)
{
	int root = sysfs_open(dir);
	bool usable;
	int ret;

	if (root < 0)
		return topo_fail(error, -root, "reading %s: %s", dir, strerror(-root));
	usable = sysfs_exists(root, "sys/devices/system/cpu");
	sysfs_close(root);
	if (!usable)
		return topo_fail(error, ENOENT,
				 "reading %s: no sys/devices/system/cpu in it; name the directory "
				 "that holds sys and proc",
				 dir);
	setenv("HWLOC_FSROOT", dir, 1);
	setenv("HWLOC_COMPONENTS", "linux,stop", 1);
	ret = hwloc_topology_load(topology);
	unsetenv("HWLOC_FSROOT");
	unsetenv("HWLOC_COMPONENTS");
	if (ret < 0)
		return topo_fail(error, EINVAL, "reading %s: hwloc finds no topology in it", dir);
	return 0;
}

static int load_live(hwloc_topology_t topology, const struct topo_error *error)
{
	/*
	 * The x86 backend moves the calling thread to every CPU in turn, which disturbs them all
	 * and in some versions of hwloc is not stopped by DONT_CHANGE_BINDING. The kernel's files
	 * say what is needed.
	 */
	if (hwloc_topology_set_components(topology, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST,
					  "x86") < 0 ||
	    hwloc_topology_load(topology) < 0)
		return topo_fail(error, EIO,
				 "reading this machine's topology: hwloc failed; is "
				 "/sys mounted?");
	return 0;
}

static int load(hwloc_topology_t topology, const struct topo_source *source,
		const struct topo_error *error)
{
	switch (source->type) {
	case TOPO_XML:
		return load_xml(topology, source->arg, error);
	case TOPO_SYNTHETIC:
		return load_synthetic(topology, source->arg, error);
	case TOPO_SYSFS:
		return load_sysfs(topology, source->arg, error);
	case TOPO_LIVE:
		return load_live(topology, error);
	}
	return topo_fail(error, EINVAL, "unknown source of topologies %d", source->type);
}

/* As the system would be described with these CPUs offline. */
static int take_offline(hwloc_topology_t topology, hwloc_const_bitmap_t offline,
			const struct topo_error *error)
{
	hwloc_bitmap_t online = hwloc_bitmap_dup(hwloc_topology_get_topology_cpuset(topology));
	int ret = 0;

	if (!online || hwloc_bitmap_andnot(online, online, offline) < 0)
		ret = -ENOMEM;
	else if (hwloc_topology_restrict(topology, online, 0) < 0)
		ret = topo_fail(error, EINVAL, "no CPU would be left");
	hwloc_bitmap_free(online);
	return ret;
}

int topo_open(const struct topo_source *source, hwloc_topology_t *topology,
	      const struct topo_error *error)
{
	int ret;

	clear_hwloc_variables();
	silence_hwloc();
	if (hwloc_topology_init(topology) < 0) {
		*topology = NULL;
		return -ENOMEM;
	}
	if (configure(*topology) < 0)
		ret = topo_fail(error, EIO, "hwloc refuses its configuration");
	else
		ret = load(*topology, source, error);
	if (!ret && source->offline)
		ret = take_offline(*topology, source->offline, error);
	if (ret) {
		hwloc_topology_destroy(*topology);
		*topology = NULL;
	}
	return ret;
}
