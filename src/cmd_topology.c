/* SPDX-License-Identifier: GPL-2.0-only */
/* scx_topo topology: shows a machine as the scheduler sees it. */
#include "check_running.h"
#include "commands.h"
#include "message.h"
#include "show_steering.h"
#include "topo/print.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum format { FORMAT_TREE, FORMAT_CPUS, FORMAT_JSON, FORMAT_XML };
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
	struct topo_source source;
	int format;
	int color;
	bool check;
	bool help;
};

static const char help_text[] =
	"Usage: scx_topo topology [-i FILE.xml|SYNTHETIC] [--format tree|cpus|json|xml]\n"
	"\n"
	"Shows a machine as the scheduler sees it: CPUs, cores, caches, NUMA nodes, kinds of\n"
	"core, and the domains that follow from them. This machine, if no other is named; then\n"
	"also, for root, what the running scx_topo knows of power and uses first.\n"
	"\n"
	"  -i, --input FILE.xml     a machine saved by lstopo FILE.xml, or by --format xml\n"
	"  -i, --input SYNTHETIC    a machine in hwloc's words\n"
	"      --sysfs-root DIR     a machine whose /sys and /proc are saved below DIR\n"
	"      --format tree        for people (the default)\n"
	"      --format cpus        a table with a line for each CPU\n"
	"      --format json        for programs\n"
	"      --format xml         for lstopo, coloured by domain and kind\n"
	"      --check              compare with the tables of the running scx_topo (root),\n"
	"                           and lists its domains, or what differs, and then fails\n"
	"      --color WHEN         the tree: auto (on a terminal), always or never\n"
	"      --help               this text\n"
	"\n"
	"Examples:\n"
	"  scx_topo topology\n"
	"  scx_topo topology -i \"package:2 l3:4 core:8 pu:2\" --format cpus\n"
	"  scx_topo topology --format xml >machine.xml && lstopo -i machine.xml machine.svg\n";

/* The place of a word in a list that ends with NULL, or -1. */
static int find_word(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static int set_source(struct options *options, struct topo_source source)
{
	if (options->source.type != TOPO_LIVE)
		return fail_usage("more than one topology named: use one -i or one --sysfs-root");
	if (!source.arg[0])
		return fail_usage("the name of the topology is empty");
	options->source = source;
	return 0;
}

static int set_word(int *value, const char *option, const char *const *words, const char *word)
{
	*value = find_word(words, word);
	if (*value < 0)
		return fail_usage("--%s %s: no such %s", option, word, option);
	return 0;
}

static int set_option(struct options *options, int option, char *const *argv)
{
	static const char *const formats[] = { "tree", "cpus", "json", "xml", NULL };
	static const char *const colors[] = { "auto", "always", "never", NULL };

	switch (option) {
	case 'i':
		return set_source(options, topo_source_of_input(optarg));
	case 'r':
		return set_source(options,
				  (struct topo_source){ .type = TOPO_SYSFS, .arg = optarg });
	case 'f':
		return set_word(&options->format, "format", formats, optarg);
	case 'c':
		return set_word(&options->color, "color", colors, optarg);
	case 'k':
		options->check = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case ':':
		return fail_usage("%s: a value is missing", argv[optind - 1]);
	default:
		return fail_usage("%s: no such option", argv[optind - 1]);
	}
}

/* Returns 0, or the exit code of a usage error that has been reported. */
static int parse(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "input", required_argument, NULL, 'i' },
		{ "sysfs-root", required_argument, NULL, 'r' },
		{ "format", required_argument, NULL, 'f' },
		{ "color", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option, ret = 0;

	opterr = 0;
	optind = 1;
	while (!ret && (option = getopt_long(argc, argv, "+:i:", long_options, NULL)) != -1)
		ret = set_option(options, option, argv);
	if (!ret && !options->help && optind < argc)
		ret = fail_usage("\"%s\": not an option; a topology is named by -i", argv[optind]);
	return ret;
}

static bool want_color(int color)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && no_color[0]) && term &&
	       strcmp(term, "dumb") != 0;
}

static int print(FILE *out, const struct topo *topo, const struct options *options)
{
	switch (options->format) {
	case FORMAT_CPUS:
		return topo_print_cpus(out, topo);
	case FORMAT_JSON:
		return topo_print_json(out, topo);
	case FORMAT_XML:
		return topo_print_xml(out, topo);
	default:
		return topo_print_tree(out, topo, want_color(options->color));
	}
}

/* All of the output or none: it is made in memory first. */
static int show(const struct topo *topo, const struct options *options)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int ret = out ? print(out, topo, options) : -errno;

	if (out && fclose(out) != 0 && !ret)
		ret = -errno;
	if (ret)
		ret = fail(EXIT_FAILED, "showing the topology: %s", strerror(-ret));
	else
		fwrite(text, 1, size, stdout); /* main() sees to it that it was written */
	free(text);
	return ret;
}

int cmd_topology(int argc, char **argv)
{
	struct options options = { 0 };
	struct topo *topo;
	char reason[512];
	int ret = parse(argc, argv, &options);

	if (ret)
		return ret;
	if (options.help) {
		fputs(help_text, stdout);
		return EXIT_DONE;
	}
	if (topo_load(&options.source, &topo, reason, sizeof(reason)) < 0)
		return fail(EXIT_FAILED, "%s", reason);
	ret = options.check ? check_running(topo) : show(topo, &options);
	if (!ret && !options.check && options.source.type == TOPO_LIVE &&
	    options.format == FORMAT_TREE)
		show_steering();
	topo_free(topo);
	return ret;
}
