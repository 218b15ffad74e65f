/* SPDX-License-Identifier: GPL-2.0-only */
#include "supply.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "file.h"

#define UEVENT_GROUP 1 /* the kernel's own, not udev's */

/* What all supplies together say. */
struct tally {
	bool mains_online;
	bool has_mains;
	bool has_battery;
	bool discharging;
	double now_uj, full_uj; /* in any unit that is the same for both */
	int nr_percent, sum_percent;
	double power_uw;
};

static bool starts_with(const char *text, const char *start)
{
	return !strncasecmp(text, start, strlen(start));
}

static double read_or_0(int dir, const char *name)
{
	s64 value;

	return file_read_s64(dir, name, &value) ? 0 : value;
}

/* Charge in uAh counts as energy by the voltage, so that different batteries can be added up. */
static void tally_charge(struct tally *tally, int dir)
{
	double now = read_or_0(dir, "energy_now"), full = read_or_0(dir, "energy_full");
	u64 percent;

	if (full <= 0) {
		double voltage = read_or_0(dir, "voltage_now") / 1e6;

		now = read_or_0(dir, "charge_now") * voltage;
		full = read_or_0(dir, "charge_full") * voltage;
	}
	if (now >= 0 && full > 0) {
		tally->now_uj += now;
		tally->full_uj += full;
	} else if (!file_read_u64(dir, "capacity", &percent) && percent <= 100) {
		tally->nr_percent++;
		tally->sum_percent += percent;
	}
}

/* The sign of power and current differs between machines: the status tells the direction. */
static void tally_power(struct tally *tally, int dir)
{
	double power_uw = read_or_0(dir, "power_now");

	if (power_uw == 0)
		power_uw = read_or_0(dir, "current_now") * read_or_0(dir, "voltage_now") / 1e6;
	tally->power_uw += power_uw < 0 ? -power_uw : power_uw;
}

static void tally_battery(struct tally *tally, int dir)
{
	char status[32];

	tally->has_battery = true;
	tally_charge(tally, dir);
	if (file_read_text(dir, "status", status, sizeof(status)) || strcmp(status, "Discharging"))
		return;
	tally->discharging = true;
	tally_power(tally, dir);
}

static void tally_supply(struct tally *tally, int dir)
{
	char type[32], scope[32];
	u64 number;

	if (!file_read_text(dir, "scope", scope, sizeof(scope)) && !strcmp(scope, "Device"))
		return;
	if (file_read_text(dir, "type", type, sizeof(type)))
		return;
	if (!strcmp(type, "Battery")) {
		if (file_read_u64(dir, "present", &number) || number)
			tally_battery(tally, dir);
	} else if (starts_with(type, "Mains") || starts_with(type, "USB") ||
		   starts_with(type, "Wireless")) {
		tally->has_mains = true;
		if (!file_read_u64(dir, "online", &number) && number)
			tally->mains_online = true;
	}
}

static void tally_all(struct tally *tally, const char *root)
{
	int dir = file_open_dir(AT_FDCWD, root);
	DIR *list = dir < 0 ? NULL : file_list(dir, "sys/class/power_supply");
	const char *name;

	while (list && (name = file_next(list, ""))) {
		int child = file_open_dir(dirfd(list), name);

		if (child < 0)
			continue;
		tally_supply(tally, child);
		close(child);
	}
	if (list)
		closedir(list);
	if (dir >= 0)
		close(dir);
}

static int tally_percent(const struct tally *tally)
{
	int percent;

	if (tally->full_uj > 0)
		percent = tally->now_uj / tally->full_uj * 100 + 0.5;
	else
		percent = tally->nr_percent ? tally->sum_percent / tally->nr_percent : -1;
	return percent > 100 ? 100 : percent;
}

void supply_read(const char *root, struct supply *supply)
{
	struct tally tally = { 0 };

	tally_all(&tally, root);
	memset(supply, 0, sizeof(*supply));
	supply->percent = -1;
	supply->has_battery = tally.has_battery;
	if (!tally.has_battery)
		return;
	supply->percent = tally_percent(&tally);
	if (!tally.mains_online)
		supply->on_battery = tally.has_mains || tally.discharging;
	if (supply->on_battery)
		supply->power_uw = tally.power_uw;
}

int supply_watch_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = UEVENT_GROUP };
	int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

/* A message is a line of the form "change@/devices/..." and variables, each ended by a zero byte.
 */
static u32 news_in(const char *message, size_t len)
{
	const char *end = message + len;

	while (message < end) {
		if (!strcmp(message, "SUBSYSTEM=power_supply"))
			return NEWS_SUPPLY;
		if (!strcmp(message, "SUBSYSTEM=platform-profile"))
			return NEWS_PROFILE;
		message += strlen(message) + 1;
	}
	return 0;
}

u32 supply_watch_read(int fd)
{
	char message[4097];
	u32 news = 0;
	ssize_t len;

	for (;;) {
		len = recv(fd, message, sizeof(message) - 1, 0);
		if (len < 0 && errno == ENOBUFS) { /* some were lost */
			news = NEWS_SUPPLY | NEWS_PROFILE;
			continue;
		}
		if (len <= 0)
			return news;
		message[len] = '\0';
		news |= news_in(message, len);
	}
}
