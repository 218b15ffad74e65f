/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stdio.h>

#include "message.h"

static void print(const char *format, va_list args, const char *end)
{
	char line[1024];

	vsnprintf(line, sizeof(line), format, args);
	fprintf(stderr, "scx_topo: %s%s\n", line, end);
}

int fail(enum exit_status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, args, "");
	va_end(args);
	return status;
}

int fail_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, args, "; try scx_topo --help");
	va_end(args);
	return EXIT_USAGE;
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, args, "");
	va_end(args);
}
