/* SPDX-License-Identifier: GPL-2.0-only */
/* What came of it, as a page of Markdown. */
#include <stdio.h>

#include "evolve.h"

const char *verdict_text(enum verdict verdict)
{
	static const char *const texts[] = {
		[VERDICT_KEPT] = "kept",	   [VERDICT_NOT_BETTER] = "not better",
		[VERDICT_NO_ANSWER] = "no answer", [VERDICT_NOT_COMPILED] = "does not compile",
		[VERDICT_STALLED] = "stalls",	   [VERDICT_FAILED] = "fails",
	};

	return texts[verdict];
}

static void print_row(FILE *file, const struct candidate *c)
{
	int i;

	fprintf(file, "| %d | %s | ", c->round, c->round ? verdict_text(c->verdict) : "start");
	if (c->nr_samples)
		fprintf(file, "%.6g +- %.2g | ", c->mean, c->noise);
	else
		fprintf(file, "- | ");
	for (i = 0; i < c->nr_samples; i++)
		fprintf(file, "%s%.6g", i ? ", " : "", c->samples[i]);
	fprintf(file, " | %s |\n", c->detail);
}

bool evolve_report(const struct evolve_options *o, const struct candidate *all, int nr, int best)
{
	char path[EVOLVE_PATH_LEN];
	FILE *file;
	bool failed;
	int i;

	snprintf(path, sizeof(path), "%s/report.md", o->out);
	file = fopen(path, "we");
	if (!file)
		return false;
	fprintf(file, "# Evolved policy\n\n");
	fprintf(file, "Wanted: %s\n\n", o->spec);
	fprintf(file, "Answers: %s `%s`\n\n", o->replay ? "recorded in" : "from",
		o->replay ? o->replay : o->model_cmd);
	fprintf(file, "Metric: the number printed by `%s`, %s is better, %ld samples each.\n",
		o->measure, o->higher ? "higher" : "lower", o->samples);
	fprintf(file, "A policy is kept if it is better than the best so far by more than twice\n"
		      "the standard error of the difference, and by more than 1 %%.\n\n");
	fprintf(file, "| round | verdict | mean | samples | why |\n|---|---|---|---|---|\n");
	for (i = 0; i < nr; i++)
		print_row(file, &all[i]);
	fprintf(file, "\nBest: round %d, in best.c.\n", all[best].round);
	failed = ferror(file);
	return !fclose(file) && !failed;
}
