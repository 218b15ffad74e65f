/* SPDX-License-Identifier: GPL-2.0-only */
#include "store.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

static const char heading[] = "scx_topo cost 1";

/* The next word of the file; false: there is none, or it is too long. */
static bool next_word(FILE *file, char word[64])
{
	return fscanf(file, "%63s", word) == 1 && strlen(word) < 63;
}

static bool next_number(FILE *file, u64 max, u64 *number)
{
	char word[64];

	return next_word(file, word) && !parse_u64(word, number) && *number <= max;
}

static bool next_double(FILE *file, double *number)
{
	char word[64];

	return next_word(file, word) && !parse_double(word, number);
}

static bool read_order(FILE *file, struct model_store *store)
{
	u32 seen = 0;

	for (u32 i = 0; i < store->nr_kinds; i++) {
		u64 kind;

		if (!next_number(file, store->nr_kinds - 1, &kind))
			return false;
		store->order[i] = kind;
		seen |= 1U << kind;
	}
	return seen == (1U << store->nr_kinds) - 1;
}

static bool read_all(FILE *file, struct model_store *store)
{
	char line[64];
	u64 nr_kinds, nr_probes;

	if (!fgets(line, sizeof(line), file) || strcspn(line, "\n") != strlen(heading) ||
	    strncmp(line, heading, strlen(heading)))
		return false;
	if (!next_number(file, ~0ULL, &store->signature) ||
	    !next_number(file, TOPO_MAX_KINDS, &nr_kinds) || !nr_kinds ||
	    !next_number(file, 1000000, &nr_probes))
		return false;
	store->nr_kinds = nr_kinds;
	store->nr_probes = nr_probes;
	if (!read_order(file, store))
		return false;
	for (u32 i = 0; i <= nr_kinds; i++) {
		for (u32 j = 0; j <= nr_kinds; j++)
			if (!next_double(file, &store->matrix[i][j]))
				return false;
		if (!next_double(file, &store->vector[i]))
			return false;
	}
	return !next_word(file, line);
}

int store_read(const char *path, struct model_store *store)
{
	FILE *file = fopen(path, "re");
	bool good;

	memset(store, 0, sizeof(*store));
	if (!file)
		return -errno;
	good = read_all(file, store);
	fclose(file);
	if (!good)
		memset(store, 0, sizeof(*store));
	return good ? 0 : -EINVAL;
}

static void write_all(FILE *file, const struct model_store *store)
{
	fprintf(file, "%s\n%llu %u %u\n", heading, (unsigned long long)store->signature,
		store->nr_kinds, store->nr_probes);
	for (u32 i = 0; i < store->nr_kinds; i++)
		fprintf(file, "%u ", store->order[i]);
	for (u32 i = 0; i <= store->nr_kinds; i++) {
		putc('\n', file);
		for (u32 j = 0; j <= store->nr_kinds; j++)
			fprintf(file, "%.17g ", store->matrix[i][j]);
		fprintf(file, "%.17g", store->vector[i]);
	}
	putc('\n', file);
}

int store_write(const char *path, const struct model_store *store)
{
	char temporary[4096];
	FILE *file;
	int err = 0;

	if (!store->signature || store->nr_kinds > TOPO_MAX_KINDS)
		return 0;
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	file = fopen(temporary, "we");
	if (!file)
		return -errno;
	write_all(file, store);
	if (fflush(file) || fsync(fileno(file)))
		err = -errno;
	if (fclose(file) && !err)
		err = -errno;
	if (!err && rename(temporary, path))
		err = -errno;
	if (err)
		unlink(temporary);
	return err;
}

void store_keep(struct model_store *store, const struct cost_model *model, u64 signature)
{
	store->signature = signature;
	store->nr_kinds = model->nr_kinds;
	store->nr_probes = model->nr_probes;
	memcpy(store->order, model->order, sizeof(store->order));
	memcpy(store->matrix, model->matrix, sizeof(store->matrix));
	memcpy(store->vector, model->vector, sizeof(store->vector));
}

static bool makes_sense(const struct cost_model *model)
{
	for (u32 k = 0; k < model->nr_kinds; k++)
		if (!isfinite(model->watts[k]) || !(model->watts[k] > 0) ||
		    !(model->confidence[k] >= 0 && model->confidence[k] <= 1))
			return false;
	return true;
}

/* Sums of squares and products: anything else is damage, and could not be solved. */
static bool is_evidence(const struct model_store *store)
{
	for (u32 i = 0; i <= store->nr_kinds; i++) {
		for (u32 j = 0; j <= store->nr_kinds; j++) {
			double product = store->matrix[i][i] * store->matrix[j][j];
			double both = store->matrix[i][j] * store->matrix[j][i];

			if (store->matrix[i][i] < 0 || both > product * 1.001 + 1e-12)
				return false;
		}
	}
	return true;
}

bool store_recall(const struct model_store *store, struct cost_model *model, u64 signature)
{
	struct cost_model before = *model;

	if (!store->signature || store->signature != signature ||
	    store->nr_kinds != model->nr_kinds || !is_evidence(store))
		return false;
	model->nr_probes = store->nr_probes;
	memcpy(model->order, store->order, sizeof(model->order));
	memcpy(model->matrix, store->matrix, sizeof(model->matrix));
	memcpy(model->vector, store->vector, sizeof(model->vector));
	model_solve(model);
	if (makes_sense(model))
		return true;
	*model = before;
	return false;
}
