/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "scenario_value.h"

enum key {
	KEY_RUN,
	KEY_EVERY,
	KEY_SLEEP,
	KEY_NICE,
	KEY_CPUS,
	KEY_START,
	KEY_END,
	KEY_LENGTH,
	KEY_JOBS,
	KEY_SENDERS,
	KEY_RECEIVERS,
	KEY_REBIND,
	NR_KEYS,
};

static const char *const key_names[NR_KEYS] = {
	"run", "every",	 "sleep", "nice",    "cpus",	  "start",
	"end", "length", "jobs",  "senders", "receivers", "rebind",
};

#define K(key)	(1U << KEY_##key)
#define FOR_ALL (K(START) | K(END) | K(CPUS))
#define TASKS	(K(NICE) | K(REBIND))

struct kind_rule {
	const char *name;
	u32 needs, may; /* keys, beside those for all */
};

static const struct kind_rule rules[NR_WORKLOAD_KINDS] = {
	[WORK_LOOP] = { "loop", 0, TASKS },
	[WORK_PERIODIC] = { "periodic", K(RUN) | K(EVERY), TASKS },
	[WORK_BURST] = { "burst", K(RUN) | K(SLEEP), TASKS },
	[WORK_YIELD] = { "yield", K(RUN), TASKS },
	[WORK_PINGPONG] = { "pingpong", K(RUN), TASKS },
	[WORK_CHAIN] = { "chain", K(RUN) | K(EVERY), TASKS | K(LENGTH) },
	[WORK_MESSAGES] = { "messages", K(RUN), TASKS | K(SENDERS) | K(RECEIVERS) },
	[WORK_FORK] = { "fork", K(RUN) | K(EVERY), TASKS },
	[WORK_BUILD] = { "build", K(RUN) | K(SLEEP), TASKS | K(JOBS) },
	[WORK_KTHREAD] = { "kthread", K(RUN) | K(SLEEP), K(NICE) },
	[WORK_RT] = { "rt", K(RUN) | K(SLEEP), 0 },
	[WORK_HOTPLUG] = { "hotplug", K(CPUS) | K(START), 0 },
};

struct parser {
	const char *file;
	u32 line;
	char *err;
	size_t err_size;
};

const char *workload_kind_name(enum workload_kind kind)
{
	return rules[kind].name;
}

u32 workload_tasks(const struct workload *w)
{
	switch (w->kind) {
	case WORK_HOTPLUG:
		return 0;
	case WORK_PINGPONG:
		return 2;
	case WORK_CHAIN:
		return w->length;
	case WORK_MESSAGES:
		return w->senders + w->receivers;
	default:
		return 1;
	}
}

__attribute__((format(printf, 2, 3))) static int bad(const struct parser *parser,
						     const char *format, ...)
{
	va_list args;
	int n = snprintf(parser->err, parser->err_size, "%s:%u: ", parser->file, parser->line);

	va_start(args, format);
	if (n >= 0 && (size_t)n < parser->err_size)
		vsnprintf(parser->err + n, parser->err_size - n, format, args);
	va_end(args);
	return -EINVAL;
}

static int find(const char *const *names, int nr, const char *word)
{
	int i;

	for (i = 0; i < nr; i++) {
		if (!strcmp(names[i], word))
			return i;
	}
	return -1;
}

static int find_kind(const char *word)
{
	int i;

	for (i = 0; i < NR_WORKLOAD_KINDS; i++) {
		if (!strcmp(rules[i].name, word))
			return i;
	}
	return -1;
}

static int set_key(struct workload *w, enum key key, const char *value)
{
	switch (key) {
	case KEY_RUN:
		return value_span(value, &w->run);
	case KEY_EVERY:
		return value_span(value, &w->every);
	case KEY_SLEEP:
		return value_span(value, &w->sleep);
	case KEY_NICE:
		return value_int(value, -20, 19, &w->nice);
	case KEY_CPUS:
		w->has_cpus = true;
		w->each_cpu = !strcmp(value, "each");
		return w->each_cpu ? 0 : value_cpus(value, w->cpus);
	case KEY_START:
		return scenario_duration(value, &w->start_ns);
	case KEY_END:
		return scenario_duration(value, &w->end_ns);
	case KEY_LENGTH:
		return value_int(value, 2, 1000, (s32 *)&w->length);
	case KEY_JOBS:
		return value_int(value, 1, 100000, (s32 *)&w->jobs);
	case KEY_SENDERS:
		return value_int(value, 1, 1000, (s32 *)&w->senders);
	case KEY_RECEIVERS:
		return value_int(value, 1, 1000, (s32 *)&w->receivers);
	case KEY_REBIND:
		return value_span(value, &w->rebind);
	case NR_KEYS:
		break;
	}
	return -EINVAL;
}

static int parse_assignment(const struct parser *parser, struct workload *w, char *word, u32 *seen)
{
	char *value = strchr(word, '=');
	int key;

	if (!value)
		return bad(parser, "\"%s\" is neither KEY=VALUE nor xN", word);
	*value++ = '\0';
	key = find(key_names, NR_KEYS, word);
	if (key < 0)
		return bad(parser, "there is no key \"%s\"", word);
	if (*seen & (1U << key))
		return bad(parser, "%s= is given twice", word);
	if (!((rules[w->kind].needs | rules[w->kind].may | FOR_ALL) & (1U << key)))
		return bad(parser, "%s has no %s=", rules[w->kind].name, word);
	*seen |= 1U << key;
	if (set_key(w, key, value))
		return bad(parser, "%s=%s: %s", word, value, value_wanted(word));
	return 0;
}

static int parse_copies(const struct parser *parser, struct workload *w, const char *word)
{
	if (w->copies)
		return bad(parser, "the number of copies is given twice");
	if (value_int(word + 1, 1, 100000, (s32 *)&w->copies))
		return bad(parser, "\"%s\": want x and a number from 1 to 100000", word);
	return 0;
}

static int check_line(const struct parser *parser, struct workload *w, u32 seen)
{
	u32 missing = rules[w->kind].needs & ~seen;
	int i;

	for (i = 0; i < NR_KEYS; i++) {
		if (missing & (1U << i))
			return bad(parser, "%s needs %s=", rules[w->kind].name, key_names[i]);
	}
	if (w->end_ns && w->end_ns <= w->start_ns)
		return bad(parser, "it ends before it starts");
	if (w->kind == WORK_HOTPLUG && (w->copies || w->each_cpu))
		return bad(parser, "hotplug: name the CPUs once, as in cpus=0-3");
	if (!w->copies)
		w->copies = 1;
	w->weight = scenario_weight(w->nice);
	return 0;
}

/* Name and kind; the words after them are left in *rest. */
static int parse_line(const struct parser *parser, struct workload *w, char *line)
{
	char *rest, *word = strtok_r(line, " \t\r", &rest);
	u32 seen = 0;
	int kind, err = 0;

	if (strlen(word) >= sizeof(w->name))
		return bad(parser, "the name is longer than %zu characters", sizeof(w->name) - 1);
	strcpy(w->name, word);
	if (strpbrk(w->name, "\"\\"))
		return bad(parser, "the name contains quotes or a backslash");
	word = strtok_r(NULL, " \t\r", &rest);
	if (!word)
		return bad(parser, "%s: what does it do?", w->name);
	kind = find_kind(word);
	if (kind < 0)
		return bad(parser, "there is no kind of task \"%s\"", word);
	w->kind = kind;
	w->line = parser->line;
	w->length = 4;
	w->jobs = w->senders = w->receivers = 4;
	while (!err && (word = strtok_r(NULL, " \t\r", &rest))) {
		if (word[0] == 'x' && !strchr(word, '='))
			err = parse_copies(parser, w, word);
		else
			err = parse_assignment(parser, w, word, &seen);
	}
	return err ? err : check_line(parser, w, seen);
}

static struct workload *add_workload(struct scenario *scenario)
{
	u32 nr = scenario->nr_workloads;
	struct workload *workloads = realloc(scenario->workloads, (nr + 1) * sizeof(*workloads));

	if (!workloads)
		return NULL;
	scenario->workloads = workloads;
	scenario->nr_workloads++;
	memset(&workloads[nr], 0, sizeof(*workloads));
	return &workloads[nr];
}

static int parse_lines(struct parser *parser, char *text, struct scenario *scenario)
{
	char *line = text, *next;
	struct workload *w;
	int err = 0;

	for (; line && !err; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		parser->line++;
		line[strcspn(line, "#")] = '\0';
		if (!line[strspn(line, " \t\r")])
			continue;
		w = add_workload(scenario);
		err = w ? parse_line(parser, w, line) : -ENOMEM;
	}
	if (!err && !scenario->nr_workloads)
		return bad(parser, "no task in it");
	return err;
}

int scenario_parse(const char *text, const char *file, struct scenario *scenario, char *err,
		   size_t err_size)
{
	struct parser parser = { .file = file, .err = err, .err_size = err_size };
	char *copy = strdup(text);
	int ret;

	memset(scenario, 0, sizeof(*scenario));
	snprintf(err, err_size, "%s: out of memory", file);
	if (!copy)
		return -ENOMEM;
	ret = parse_lines(&parser, copy, scenario);
	free(copy);
	if (ret)
		scenario_free(scenario);
	return ret;
}

void scenario_free(struct scenario *scenario)
{
	free(scenario->workloads);
	memset(scenario, 0, sizeof(*scenario));
}

static void write_line(const struct workload *w, FILE *out)
{
	u32 keys = rules[w->kind].needs | rules[w->kind].may;

	fprintf(out, "%s %s", w->name, rules[w->kind].name);
	value_write_span(out, "run", keys & K(RUN) ? &w->run : NULL);
	value_write_span(out, "every", keys & K(EVERY) ? &w->every : NULL);
	value_write_span(out, "sleep", keys & K(SLEEP) ? &w->sleep : NULL);
	value_write_span(out, "rebind", w->rebind.max_ns ? &w->rebind : NULL);
	if (keys & K(LENGTH))
		fprintf(out, " length=%u", w->length);
	if (keys & K(JOBS))
		fprintf(out, " jobs=%u", w->jobs);
	if (keys & K(SENDERS))
		fprintf(out, " senders=%u receivers=%u", w->senders, w->receivers);
	if (w->kind != WORK_HOTPLUG)
		fprintf(out, " x%u", w->copies);
	if (w->nice)
		fprintf(out, " nice=%d", w->nice);
	if (w->each_cpu)
		fprintf(out, " cpus=each");
	else if (w->has_cpus)
		value_write_cpus(out, w->cpus);
	if (w->start_ns || w->kind == WORK_HOTPLUG)
		fprintf(out, " start=%lluns", w->start_ns);
	if (w->end_ns)
		fprintf(out, " end=%lluns", w->end_ns);
	fputc('\n', out);
}

void scenario_write(const struct scenario *scenario, char *text, size_t size)
{
	FILE *out = fmemopen(text, size, "w");
	u32 i;

	text[0] = '\0';
	if (!out)
		return;
	for (i = 0; i < scenario->nr_workloads; i++)
		write_line(&scenario->workloads[i], out);
	fclose(out);
}
