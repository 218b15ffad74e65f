/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What has been learned, kept from one run to the next: a file of words and numbers, read strictly
 * and replaced as a whole. It is of one machine: kinds of core that differ make it worthless.
 */
#ifndef SCX_TOPO_ENERGY_STORE_H
#define SCX_TOPO_ENERGY_STORE_H

#include "model.h"

#define STORE_FOLDER "/var/lib/scx_topo"
#define STORE_FILE   STORE_FOLDER "/cost"

struct model_store {
	u64 signature; /* of the machine; 0: nothing was learned */
	u32 nr_kinds;
	u32 nr_probes;
	u8 order[TOPO_MAX_KINDS];
	double matrix[MODEL_TERMS][MODEL_TERMS];
	double vector[MODEL_TERMS];
};

/* Returns 0, -ENOENT, -EINVAL for a file that is damaged, or another -errno. */
int store_read(const char *path, struct model_store *store);

/* Returns 0 or -errno; then the file is as it was. */
int store_write(const char *path, const struct model_store *store);

void store_keep(struct model_store *store, const struct cost_model *model, u64 signature);

/* Goes on from what was kept. False: it is of another machine, or makes no sense. */
bool store_recall(const struct model_store *store, struct cost_model *model, u64 signature);

#endif
