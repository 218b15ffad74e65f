/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "layout_diff.h"

/* A number in a struct, to be compared. */
struct field {
	const char *name;
	size_t offset, size;
};
#define FIELD(type, member)                                                                \
	{                                                                                  \
#member, offsetof(struct type, member), sizeof(((struct type *)0)->member) \
	}

static const struct field conf_fields[] = {
	FIELD(topo_conf, nr_cpu_ids), FIELD(topo_conf, nr_cpus),
	FIELD(topo_conf, nr_domains), FIELD(topo_conf, nr_tiles),
	FIELD(topo_conf, nr_words),   FIELD(topo_conf, nr_kinds),
	FIELD(topo_conf, smt_width),  { 0 },
};

static const struct field cpu_fields[] = {
	FIELD(cpu_ctx, online),	  FIELD(cpu_ctx, domain),
	FIELD(cpu_ctx, node),	  FIELD(cpu_ctx, kind),
	FIELD(cpu_ctx, capacity), FIELD(cpu_ctx, tile),
	FIELD(cpu_ctx, slot),	  FIELD(cpu_ctx, core_mask),
	FIELD(cpu_ctx, l2_mask),  { 0 },
};

static const struct field domain_fields[] = {
	FIELD(domain, id),	   FIELD(domain, node),
	FIELD(domain, first_tile), FIELD(domain, nr_tiles),
	FIELD(domain, nr_cpus),	   FIELD(domain, nr_rings),
	FIELD(domain, first_cpu),  { 0 },
};

static const struct field ring_fields[] = {
	FIELD(ring, domains), FIELD(ring, word), FIELD(ring, level), FIELD(ring, distance), { 0 },
};

static const struct field tile_fields[] = {
	FIELD(tile, slots), FIELD(tile, first), FIELD(tile, word), FIELD(tile, domain), { 0 },
};

static uint64_t value_of(const void *object, const struct field *field)
{
	const char *at = (const char *)object + field->offset;
	uint64_t u64_value;
	uint32_t u32_value;
	uint16_t u16_value;

	switch (field->size) {
	case sizeof(u64_value):
		memcpy(&u64_value, at, sizeof(u64_value));
		return u64_value;
	case sizeof(u32_value):
		memcpy(&u32_value, at, sizeof(u32_value));
		return u32_value;
	default:
		memcpy(&u16_value, at, sizeof(u16_value));
		return u16_value;
	}
}

/* `what` names the object, as in "CPU 3". */
static int diff(FILE *out, const char *what, const struct field *field, const void *wanted,
		const void *found)
{
	int nr = 0;

	for (; field->name; field++) {
		uint64_t a = value_of(wanted, field), b = value_of(found, field);

		if (a == b)
			continue;
		fprintf(out,
			field->size == sizeof(u64)
				? "%s: %s is 0x%" PRIx64 ", should be 0x%" PRIx64 "\n"
				: "%s: %s is %" PRIu64 ", should be %" PRIu64 "\n",
			what, field->name, b, a);
		nr++;
	}
	return nr;
}

static u32 smaller(u32 a, u32 b)
{
	return a < b ? a : b;
}

static int diff_cpus(FILE *out, const struct layout *wanted, const struct layout *found)
{
	u32 i, nr = smaller(wanted->conf.nr_cpu_ids, found->conf.nr_cpu_ids);
	char what[32];
	int differ = 0;

	for (i = 0; i < nr; i++) {
		snprintf(what, sizeof(what), "CPU %u", i);
		differ += diff(out, what, cpu_fields, &wanted->cpus[i], &found->cpus[i]);
	}
	return differ;
}

static int diff_rings(FILE *out, const struct domain *wanted, const struct domain *found)
{
	u32 i, nr = smaller(smaller(wanted->nr_rings, found->nr_rings), TOPO_MAX_RINGS);
	char what[64];
	int differ = 0;

	for (i = 0; i < nr; i++) {
		snprintf(what, sizeof(what), "domain %u, ring %u", wanted->id, i);
		differ += diff(out, what, ring_fields, &wanted->rings[i], &found->rings[i]);
	}
	return differ;
}

static int diff_domains(FILE *out, const struct layout *wanted, const struct layout *found)
{
	u32 i, nr = smaller(wanted->conf.nr_domains, found->conf.nr_domains);
	char what[32];
	int differ = 0;

	for (i = 0; i < nr; i++) {
		snprintf(what, sizeof(what), "domain %u", i);
		differ += diff(out, what, domain_fields, &wanted->domains[i], &found->domains[i]);
		differ += diff_rings(out, &wanted->domains[i], &found->domains[i]);
	}
	return differ;
}

static int diff_tile(FILE *out, u32 index, const struct tile *wanted, const struct tile *found)
{
	char what[32];
	int differ, i;

	snprintf(what, sizeof(what), "tile %u", index);
	differ = diff(out, what, tile_fields, wanted, found);
	for (i = 0; i < TOPO_MAX_KINDS; i++) {
		if (wanted->kind[i] == found->kind[i])
			continue;
		fprintf(out, "%s: slots of kind %d are 0x%" PRIx64 ", should be 0x%" PRIx64 "\n",
			what, i, (uint64_t)found->kind[i], (uint64_t)wanted->kind[i]);
		differ++;
	}
	for (i = 0; i < TILE_SLOTS; i++) {
		if (wanted->cpu[i] == found->cpu[i])
			continue;
		fprintf(out, "%s: slot %d is CPU %u, should be %u\n", what, i, found->cpu[i],
			wanted->cpu[i]);
		differ++;
	}
	return differ;
}

int layout_diff(FILE *out, const struct layout *wanted, const struct layout *found)
{
	u32 i, nr_tiles = smaller(wanted->conf.nr_tiles, found->conf.nr_tiles);
	int differ = diff(out, "machine", conf_fields, &wanted->conf, &found->conf);

	differ += diff_cpus(out, wanted, found);
	differ += diff_domains(out, wanted, found);
	for (i = 0; i < nr_tiles; i++)
		differ += diff_tile(out, i, &wanted->tiles[i], &found->tiles[i]);
	return differ;
}

/* CPU numbers of a domain as the kernel writes them: "0-3,8". */
static void list_cpus(FILE *out, const struct layout *layout, u32 domain)
{
	u32 i, start, nr = layout->conf.nr_cpu_ids;
	const char *separator = "";

	for (i = 0; i < nr; i++) {
		if (!layout->cpus[i].online || layout->cpus[i].domain != domain)
			continue;
		start = i;
		while (i + 1 < nr && layout->cpus[i + 1].online &&
		       layout->cpus[i + 1].domain == domain)
			i++;
		fprintf(out, i == start ? "%s%u" : "%s%u-%u", separator, start, i);
		separator = ",";
	}
}

void layout_list_domains(FILE *out, const struct layout *layout)
{
	u32 i;

	for (i = 0; i < layout->conf.nr_domains; i++) {
		fprintf(out, "domain %u node %u cpus ", i, layout->domains[i].node);
		list_cpus(out, layout, i);
		fprintf(out, "\n");
	}
}
