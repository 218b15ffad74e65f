/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "help.h"
#include "message.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
	{ "run", cmd_run },	      { "monitor", cmd_monitor },   { "trace", cmd_trace },
	{ "topology", cmd_topology }, { "simulate", cmd_simulate }, { "new", cmd_new },
	{ "evolve", cmd_evolve },
};

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

/* Output that could not be written is a failure, even if all else went well. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout))
		return fail(EXIT_FAILED, "cannot write the output: is the disk full?");
	return status;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "run";
	const struct command *command;

	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		return finish(help_print());
	if (!strcmp(name, "--version")) {
		printf("scx_topo %s\n", SCX_TOPO_VERSION);
		return finish(EXIT_DONE);
	}
	if (argc > 1 && name[0] != '-') {
		command = find_command(name);
		if (!command)
			return fail_usage("there is no command '%s'", name);
		return finish(command->run(argc - 1, argv + 1));
	}
	/* Without a command, or with options only, it schedules. */
	return finish(cmd_run(argc, argv));
}
