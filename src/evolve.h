/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Generate and try: policies of libscxu written by a command (a language model's, a script), each
 * compiled, measured, and kept only if it is better than the best so far by more than the noise.
 * What a policy does wrong is a result like any other: it runs in a virtual machine.
 */
#ifndef SCX_TOPO_EVOLVE_H
#define SCX_TOPO_EVOLVE_H

#include <stdbool.h>

#define EVOLVE_SAMPLES_MAX 100
#define EVOLVE_PATH_LEN	   512

struct evolve_options {
	const char *spec;      /* what is wanted, in words */
	const char *model_cmd; /* reads a prompt, prints C; NULL when replaying */
	const char *replay;    /* folder of recorded answers, 1.c, 2.c ... */
	const char *measure;   /* a command that prints a number */
	const char *tree;      /* folder of scx_topo's source, built */
	const char *start;     /* the policy to begin with */
	const char *out;       /* folder for what comes of it */
	long rounds, samples, timeout_s;
	const char *goal; /* lower or higher */
	bool higher;	  /* the larger number is the better one */
	bool help;
};

enum verdict {
	VERDICT_KEPT,
	VERDICT_NOT_BETTER,
	VERDICT_NO_ANSWER,
	VERDICT_NOT_COMPILED,
	VERDICT_STALLED,
	VERDICT_FAILED, /* it crashed, or its measurement did */
};

struct candidate {
	int round; /* 0: the policy to begin with */
	enum verdict verdict;
	char detail[200];
	int nr_samples;
	double samples[EVOLVE_SAMPLES_MAX];
	double mean, noise; /* noise: standard error of the mean */
};

/* evolve_statistics.c */
void candidate_summarise(struct candidate *c);
/* More than twice the standard error of the difference, and more than 1 %. */
bool candidate_better(const struct candidate *c, const struct candidate *best, bool higher);

/* evolve_try.c: each fills in verdict and detail if it fails, and then returns false. */
void evolve_path(const struct evolve_options *o, int round, const char *suffix, char *path);
bool evolve_ask(const struct evolve_options *o, struct candidate *c, const struct candidate *all,
		int best);
bool evolve_compile(const struct evolve_options *o, struct candidate *c);
bool evolve_measure(const struct evolve_options *o, struct candidate *c);
bool copy_file(const char *from, const char *to);

/* evolve_report.c */
const char *verdict_text(enum verdict verdict);
bool evolve_report(const struct evolve_options *o, const struct candidate *all, int nr, int best);

#endif
