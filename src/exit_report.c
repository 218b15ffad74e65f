/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>

#include "exit_report.h"
#include "message.h"

/* Stable since 6.12; from 1024 on it is an error, whatever it will be called. */
#define EXIT_KIND_ERROR	 1024
#define EXIT_KIND_STALL	 1026
#define EXIT_KIND_SYSRQ	 67
#define EXIT_ACT_RESTART (1ULL << 48)

bool exit_wants_restart(const struct exit_report *report)
{
	return report->kind && report->kind < EXIT_KIND_ERROR && report->code & EXIT_ACT_RESTART;
}

int exit_explain(const struct exit_report *report)
{
	const char *dot = report->msg[0] ? ": " : "";

	if (report->kind == EXIT_KIND_SYSRQ)
		return fail(EXIT_FAILED,
			    "ended by SysRq-S; the kernel's own scheduler has taken over");
	if (report->kind < EXIT_KIND_ERROR)
		return fail(EXIT_FAILED, "ended by the kernel: %s%s%s", report->reason, dot,
			    report->msg);
	if (report->dump[0])
		fprintf(stderr, "%s\n", report->dump);
	return fail(EXIT_FAILED, "%s: %s%s%s; the kernel's own scheduler has taken over%s",
		    report->kind == EXIT_KIND_STALL ? "thrown out by the watchdog"
						    : "thrown out by the kernel",
		    report->reason, dot, report->msg, report->dump[0] ? "; its dump is above" : "");
}
