/* SPDX-License-Identifier: GPL-2.0-only */
#include "internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int topo_fail(const struct topo_error *error, int errnum, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (error->size)
		vsnprintf(error->text, error->size, format, args);
	va_end(args);
	/* File names are part of the text; it stays one line all the same. */
	for (char *c = error->size ? error->text : ""; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = '?';
	return -errnum;
}

void *topo_array(size_t n, size_t size)
{
	return calloc(n ? n : 1, size);
}

static const char *source_name(enum topo_source_type type)
{
	static const char *const names[] = {
		[TOPO_LIVE] = "live",
		[TOPO_XML] = "xml",
		[TOPO_SYNTHETIC] = "synthetic",
		[TOPO_SYSFS] = "sysfs",
	};

	return names[type];
}

static int set_source(struct topo *topo, const struct topo_source *source)
{
	topo->source.type = source->type;
	topo->source.offline = source->offline;
	snprintf(topo->source_name, sizeof(topo->source_name), "%s", source_name(source->type));
	if (!source->arg)
		return 0;
	topo->source.arg = strdup(source->arg);
	return topo->source.arg ? 0 : -ENOMEM;
}

/* The powersave order is what ranks are made of. */
static int set_ranks(struct topo *topo)
{
	int *order = topo_array(topo->nr_cpus, sizeof(*order));

	if (!order)
		return -ENOMEM;
	topo_order(topo, TOPO_MODE_POWERSAVE, order);
	for (int i = 0; i < topo->nr_cpus; i++)
		topo->cpus[order[i]].rank = i;
	free(order);
	return 0;
}

static int build(struct builder *b)
{
	static int (*const steps[])(struct builder *) = {
		topo_build_structure,
		topo_build_nodes,
		topo_build_domains,
		topo_build_kinds,
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int ret = steps[i](b);

		if (ret)
			return ret;
	}
	return set_ranks(b->topo);
}

int topo_load(const struct topo_source *source, struct topo **topop, char *err, size_t err_size)
{
	struct builder b = { .error = { err, err_size } };
	int ret = -ENOMEM;

	*topop = NULL;
	if (err_size)
		err[0] = '\0';
	b.topo = calloc(1, sizeof(*b.topo));
	if (!b.topo)
		goto out;
	ret = set_source(b.topo, source);
	if (!ret)
		ret = topo_open(source, &b.topo->hwloc, &b.error);
	if (!ret)
		ret = build(&b);
out:
	free(b.pus);
	free(b.logical);
	if (ret == -ENOMEM)
		topo_fail(&b.error, ENOMEM, "reading the topology: out of memory");
	if (ret) {
		topo_free(b.topo);
	} else {
		b.topo->source.offline = NULL; /* the caller's */
		*topop = b.topo;
	}
	return ret;
}

void topo_free(struct topo *topo)
{
	if (!topo)
		return;
	for (int i = 0; topo->llcs && i < topo->nr_llcs; i++)
		hwloc_bitmap_free(topo->llcs[i].cpus);
	for (int i = 0; topo->domains && i < topo->nr_domains; i++)
		hwloc_bitmap_free(topo->domains[i].cpus);
	for (int i = 0; topo->nodes && i < topo->nr_nodes; i++)
		hwloc_bitmap_free(topo->nodes[i].cpus);
	for (int i = 0; topo->kinds && i < topo->nr_kinds; i++)
		hwloc_bitmap_free(topo->kinds[i].cpus);
	hwloc_bitmap_free(topo->online);
	hwloc_bitmap_free(topo->offline);
	if (topo->hwloc)
		hwloc_topology_destroy(topo->hwloc);
	free(topo->cpus);
	free(topo->llcs);
	free(topo->domains);
	free(topo->nodes);
	free(topo->kinds);
	free(topo->distances);
	free((char *)topo->source.arg);
	free(topo);
}

static int compare_cpu(const void *key, const void *member)
{
	return *(const int *)key - ((const struct topo_cpu *)member)->cpu;
}

const struct topo_cpu *topo_cpu(const struct topo *topo, int cpu)
{
	return bsearch(&cpu, topo->cpus, topo->nr_cpus, sizeof(*topo->cpus), compare_cpu);
}
