/* SPDX-License-Identifier: GPL-2.0-only */
/*
 *	ask SOCKET
 *
 * Says each line of its input to who listens at SOCKET, and prints the line that comes back before
 * it reads the next. Ends with 1 where nobody listens or an answer does not come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static int call(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	perror(path);
	exit(1);
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	FILE *from;
	int fd;

	if (argc != 2) {
		fputs("usage: ask SOCKET\n", stderr);
		return 2;
	}
	fd = call(argv[1]);
	from = fdopen(fd, "r");
	while ((len = getline(&line, &size, stdin)) > 0) {
		if (send(fd, line, len, 0) != len || (len = getline(&line, &size, from)) <= 0) {
			fputs("ask: no answer\n", stderr);
			return 1;
		}
		fwrite(line, 1, len, stdout);
		fflush(stdout);
	}
	return 0;
}
