/* SPDX-License-Identifier: GPL-2.0-only */
/* One policy: asked for, compiled, measured. Files of round N are OUT/N.*. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evolve.h"
#include "subprocess.h"

#define LINE_LEN	  1024
#define COMMAND_LEN	  4096
#define COMPILE_TIMEOUT_S 60
#define STALLED_STATUS	  3

static const char intro[] =
	"Write a CPU scheduling policy in C for the library libscxu. Answer with one complete C\n"
	"file and nothing else. It is compiled with -Wall -Wextra -Werror, started as a program\n"
	"and measured. schedule() must not sleep, print, allocate or loop for long.\n";

void evolve_path(const struct evolve_options *o, int round, const char *suffix, char *path)
{
	snprintf(path, EVOLVE_PATH_LEN, "%s/%d%s", o->out, round, suffix);
}

static bool reject(struct candidate *c, enum verdict verdict, const char *detail)
{
	c->verdict = verdict;
	snprintf(c->detail, sizeof(c->detail), "%.*s", (int)sizeof(c->detail) - 1, detail);
	c->detail[strcspn(c->detail, "\n|")] = '\0'; /* it goes into a table */
	return false;
}

static bool append_file(FILE *to, const char *path)
{
	char line[LINE_LEN];
	FILE *from = fopen(path, "re");

	if (!from)
		return false;
	while (fgets(line, sizeof(line), from))
		fputs(line, to);
	fclose(from);
	return true;
}

bool copy_file(const char *from, const char *to)
{
	FILE *file = fopen(to, "we");
	bool done = file && append_file(file, from);

	if (file && fclose(file))
		done = false;
	return done;
}

static bool write_prompt(const struct evolve_options *o, const char *path,
			 const struct candidate *all, int nr, int best)
{
	char other[EVOLVE_PATH_LEN];
	FILE *file = fopen(path, "we");
	int i;

	if (!file)
		return false;
	fprintf(file, "%s\nWanted: %s\n\nThe library's header:\n\n", intro, o->spec);
	snprintf(other, sizeof(other), "%s/src/user/scxu.h", o->tree);
	append_file(file, other);
	fprintf(file, "\nThe best policy so far, measured %g (%s is better):\n\n", all[best].mean,
		o->higher ? "higher" : "lower");
	evolve_path(o, all[best].round, ".c", other);
	append_file(file, other);
	for (i = 1; i < nr; i++)
		fprintf(file, "\nRound %d: %s. %s\n", i, verdict_text(all[i].verdict),
			all[i].detail);
	return !fclose(file);
}

/* Models like to wrap code in a fence; what is around it is talk. */
static bool strip_fence(const char *from, const char *to)
{
	char line[LINE_LEN];
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	bool fenced = false, any = false;

	while (in && out && fgets(line, sizeof(line), in)) {
		if (strncmp(line, "```", 3)) {
			any |= !!strspn(line, "#/"), fputs(line, out);
			continue;
		}
		if (fenced)
			break;
		fenced = true;
		if (freopen(to, "we", out) == NULL)
			break;
	}
	if (in)
		fclose(in);
	return out && !fclose(out) && any;
}

bool evolve_ask(const struct evolve_options *o, struct candidate *c, const struct candidate *all,
		int best)
{
	char prompt[EVOLVE_PATH_LEN], answer[EVOLVE_PATH_LEN], source[EVOLVE_PATH_LEN];
	char errors[EVOLVE_PATH_LEN], recorded[EVOLVE_PATH_LEN];
	struct subprocess model = {
		.command = o->model_cmd,
		.in = prompt,
		.out = answer,
		.err = errors,
		.timeout_s = o->timeout_s,
	};

	evolve_path(o, c->round, ".prompt", prompt);
	evolve_path(o, c->round, ".answer", answer);
	evolve_path(o, c->round, ".model.log", errors);
	evolve_path(o, c->round, ".c", source);
	if (!write_prompt(o, prompt, all, c->round, best))
		return reject(c, VERDICT_NO_ANSWER, "the prompt could not be written");
	if (o->replay) {
		snprintf(recorded, sizeof(recorded), "%s/%d.c", o->replay, c->round);
		if (!copy_file(recorded, answer))
			return reject(c, VERDICT_NO_ANSWER, "nothing was recorded");
	} else if (subprocess_run(&model)) {
		return reject(c, VERDICT_NO_ANSWER, "the model's command failed");
	}
	if (!strip_fence(answer, source))
		return reject(c, VERDICT_NO_ANSWER, "no C in the answer");
	return true;
}

/* The first line that says "error". */
static void first_error(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	snprintf(line, size, "the compiler failed");
	while (file && fgets(line, size, file)) {
		if (strstr(line, "error"))
			break;
	}
	if (file)
		fclose(file);
}

bool evolve_compile(const struct evolve_options *o, struct candidate *c)
{
	char command[COMMAND_LEN], log[EVOLVE_PATH_LEN], line[LINE_LEN];
	struct subprocess compiler = {
		.command = command,
		.err = log,
		.timeout_s = COMPILE_TIMEOUT_S,
	};

	evolve_path(o, c->round, ".compile.log", log);
	snprintf(command, sizeof(command),
		 "${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Werror -iquote '%s/src/user' "
		 "-I'%s/src/user' -o '%s/%d' '%s/%d.c' \"${O:-%s/build}\"/libscxu.a "
		 "$(sed -n 's/^Libs.private: //p' \"${O:-%s/build}\"/scxu.pc) -lm $LDFLAGS",
		 o->tree, o->tree, o->out, c->round, o->out, c->round, o->tree, o->tree);
	if (!subprocess_run(&compiler))
		return true;
	first_error(log, line, sizeof(line));
	return reject(c, VERDICT_NOT_COMPILED, line);
}

/* The last line that is a number, and nothing else. */
static bool last_number(const char *path, double *number)
{
	char line[LINE_LEN], *end;
	FILE *file = fopen(path, "re");
	bool found = false;

	while (file && fgets(line, sizeof(line), file)) {
		double value = strtod(line, &end);

		while (isspace((unsigned char)*end))
			end++;
		if (end != line && !*end) {
			*number = value;
			found = true;
		}
	}
	if (file)
		fclose(file);
	return found;
}

static bool measure_once(const struct evolve_options *o, struct candidate *c)
{
	char command[COMMAND_LEN], out[EVOLVE_PATH_LEN], err[EVOLVE_PATH_LEN];
	struct subprocess measure = {
		.command = command,
		.out = out,
		.err = err,
		.timeout_s = o->timeout_s,
	};
	int status;

	evolve_path(o, c->round, ".measure", out);
	evolve_path(o, c->round, ".measure.log", err);
	snprintf(command, sizeof(command), "%s '%s/%d' %d", o->measure, o->out, c->round,
		 c->nr_samples + 1);
	status = subprocess_run(&measure);
	if (status == SUBPROCESS_TIMEOUT)
		return reject(c, VERDICT_STALLED, "no end within the time limit");
	if (status == STALLED_STATUS)
		return reject(c, VERDICT_STALLED, "it did not return in time");
	if (status)
		return reject(c, VERDICT_FAILED, "the measurement failed; see its log");
	if (!last_number(out, &c->samples[c->nr_samples]))
		return reject(c, VERDICT_FAILED, "the measurement printed no number");
	c->nr_samples++;
	return true;
}

bool evolve_measure(const struct evolve_options *o, struct candidate *c)
{
	while (c->nr_samples < o->samples) {
		if (!measure_once(o, c)) {
			c->nr_samples = 0;
			return false;
		}
	}
	candidate_summarise(c);
	return true;
}
