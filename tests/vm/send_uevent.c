/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sends what the kernel sends when a device of that subsystem changes, to all who listen: for
 * changes of things that are not there. Root may have the kernel pass it on.
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX 256

int main(int argc, char **argv)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
	char buffer[NLMSG_SPACE(MESSAGE_MAX)] = { 0 };
	struct nlmsghdr *header = (struct nlmsghdr *)buffer;
	char *text = NLMSG_DATA(header);
	int len;

	if (argc != 2) {
		fputs("usage: send_uevent SUBSYSTEM\n", stderr);
		return 2;
	}
	len = snprintf(text, MESSAGE_MAX,
		       "change@/devices/test%cACTION=change%cDEVPATH=/devices/test%cSUBSYSTEM=%s",
		       0, 0, 0, argv[1]) +
	      1;
	header->nlmsg_len = NLMSG_LENGTH(len);
	header->nlmsg_type = NLMSG_MIN_TYPE; /* below are control messages, which go nowhere */
	header->nlmsg_flags = NLM_F_REQUEST;
	if (fd < 0 || len > MESSAGE_MAX ||
	    sendto(fd, buffer, header->nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) <
		    0) {
		perror("send_uevent");
		return 1;
	}
	return 0;
}
