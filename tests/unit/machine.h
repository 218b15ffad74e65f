/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Machines for tests, made from a few words. The words become an hwloc XML file:
 *
 *	P D G      package, die, cluster group         { what is in it }
 *	L2:512     a cache of 512 KiB, of level 2 to 5  { ... }
 *	K:512      an L3 that is a memory-side cache    { ... }
 *	N          a NUMA node with the CPUs of what it stands in; comes first there
 *	C C4       a core with one thread, with four
 *	U          a thread without a core
 *	@8         the next thread is CPU 8
 *
 * So "P { N L3:8192 { C2 C2 } L2:2048 { C C } }" is a package with one node, two cores below an L3
 * and two others below an L2.
 */
#ifndef SCX_TOPO_TESTS_MACHINE_H
#define SCX_TOPO_TESTS_MACHINE_H

#include "topo/topo.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define MACHINE_OBJECTS 8192

struct machine_object {
	char type;
	int number; /* size in KiB, level before it for caches; CPU or node number */
	int level;
	int parent;
	hwloc_bitmap_t cpus, nodes;
	hwloc_bitmap_t local; /* nodes attached to it or to what it is in */
};

struct made {
	struct machine_object objects[MACHINE_OBJECTS];
	int nr, next_cpu, next_node, next_id;
};

static inline int machine_add(struct made *m, int parent, char type, int level, int number)
{
	struct machine_object *object = &m->objects[m->nr];

	assert_true(m->nr < MACHINE_OBJECTS);
	*object = (struct machine_object){
		.type = type,
		.number = number,
		.level = level,
		.parent = parent,
		.cpus = hwloc_bitmap_alloc(),
		.nodes = hwloc_bitmap_alloc(),
		.local = hwloc_bitmap_alloc(),
	};
	return m->nr++;
}

static inline void machine_add_thread(struct made *m, int parent)
{
	int thread = machine_add(m, parent, 'U', 0, m->next_cpu);

	for (int i = thread; i >= 0; i = m->objects[i].parent)
		hwloc_bitmap_set(m->objects[i].cpus, m->next_cpu);
	m->next_cpu++;
}

static inline void machine_add_node(struct made *m, int parent)
{
	int node = machine_add(m, parent, 'N', 0, m->next_node);

	for (int i = node; i >= 0; i = m->objects[i].parent)
		hwloc_bitmap_set(m->objects[i].nodes, m->next_node);
	hwloc_bitmap_set(m->objects[parent].local, m->next_node);
	m->next_node++;
}

static inline const char *machine_parse(struct made *m, const char *words, int parent)
{
	while (*words && *words != '}') {
		char type = *words++, *end;
		int level = type == 'L' ? *words++ - '0' : 0;
		int number = strtol(words + (*words == ':'), &end, 10), object = m->nr;

		words = end + strspn(end, " ");
		switch (type) {
		case '@':
			m->next_cpu = number;
			break;
		case 'U':
			machine_add_thread(m, parent);
			break;
		case 'N':
			machine_add_node(m, parent);
			break;
		case 'C':
			machine_add(m, parent, 'C', 0, 0);
			for (int i = 0; i < (number ? number : 1); i++)
				machine_add_thread(m, object);
			break;
		default:
			assert_true(strchr("PDGLK", type) && *words == '{');
			machine_add(m, parent, type, level, number);
			words = machine_parse(m, words + 1 + strspn(words + 1, " "), object);
			words += 1 + strspn(words + 1, " ");
		}
	}
	return words;
}

static inline void machine_print_set(FILE *out, const char *name, hwloc_const_bitmap_t set)
{
	char *text;

	hwloc_bitmap_asprintf(&text, set);
	fprintf(out, " %s=\"%s\" complete_%s=\"%s\"", name, text, name, text);
	free(text);
}

static inline void machine_print_object(FILE *out, struct made *m, int index)
{
	static const char *const types[] = {
		['P'] = "Package", ['D'] = "Die",      ['G'] = "Group",	  ['C'] = "Core",
		['U'] = "PU",	   ['N'] = "NUMANode", ['K'] = "L3Cache", ['M'] = "Machine"
	};
	const struct machine_object *object = &m->objects[index];
	char cache[] = "L?Cache";
	const char *type = object->type == 'L' ? cache : types[(int)object->type];
	bool os = strchr("UN", object->type);

	cache[1] = '0' + object->level;
	fprintf(out, "<object type=\"%s\" gp_index=\"%d\"", type, ++m->next_id);
	if (os || object->type == 'P' || object->type == 'C')
		fprintf(out, " os_index=\"%d\"", os ? object->number : m->next_id);
	if (strchr("LK", object->type))
		fprintf(out, " cache_size=\"%lld\" depth=\"%d\" cache_type=\"0\"",
			(long long)object->number << 10, object->type == 'K' ? 3 : object->level);
	if (strchr("GK", object->type))
		fprintf(out, " subtype=\"%s\"",
			object->type == 'G' ? "Cluster" : "MemorySideCache");
	if (object->type == 'G')
		fprintf(out, " kind=\"0\" subkind=\"0\"");
	machine_print_set(out, "cpuset", object->cpus);
	machine_print_set(out, "nodeset", object->nodes);
	fprintf(out, ">\n");
}

/* A node has the CPUs of what it is attached to, and everything inside of that has the node. */
static inline void machine_share_nodes(struct made *m)
{
	for (int i = 1; i < m->nr; i++) {
		struct machine_object *object = &m->objects[i],
				      *parent = &m->objects[object->parent];

		if (object->type == 'N') {
			hwloc_bitmap_copy(object->cpus, parent->cpus);
		} else {
			hwloc_bitmap_or(object->local, object->local, parent->local);
			hwloc_bitmap_or(object->nodes, object->nodes, object->local);
		}
	}
}

/* Objects stand in the order in which they are opened; each ends before the next one outside. */
static inline void machine_print_objects(FILE *out, struct made *m, const char *package_infos)
{
	for (int i = 0; i < m->nr; i++) {
		int next_parent = i + 1 < m->nr ? m->objects[i + 1].parent : -1;

		machine_print_object(out, m, i);
		if (m->objects[i].type == 'P')
			fputs(package_infos, out);
		for (int open = i; open != next_parent; open = m->objects[open].parent)
			fprintf(out, "</object>\n");
	}
}

/*
 * Writes the machine to `path`. `infos` is XML that goes into each package, `kinds` what follows
 * the objects.
 */
static inline void machine_write(const char *path, const char *words, const char *infos,
				 const char *kinds)
{
	struct made *m = calloc(1, sizeof(*m));
	FILE *out = fopen(path, "w");

	assert_non_null(m);
	assert_non_null(out);
	machine_add(m, -1, 'M', 0, 0);
	assert_int_equal(*machine_parse(m, words, 0), '\0');
	machine_share_nodes(m);
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n<topology version=\"2.0\">\n");
	machine_print_objects(out, m, infos);
	fprintf(out, "%s</topology>\n", kinds);
	assert_int_equal(fclose(out), 0);
	for (int i = 0; i < m->nr; i++) {
		hwloc_bitmap_free(m->objects[i].cpus);
		hwloc_bitmap_free(m->objects[i].nodes);
		hwloc_bitmap_free(m->objects[i].local);
	}
	free(m);
}

/* Loads what must load. */
static inline struct topo *load_ok(enum topo_source_type type, const char *arg)
{
	struct topo_source source = { .type = type, .arg = arg };
	struct topo *topo;
	char reason[512];

	if (topo_load(&source, &topo, reason, sizeof(reason)) < 0)
		fail_msg("%s: %s", arg ? arg : "this machine", reason);
	return topo;
}

static inline struct topo *machine_load(const char *words, const char *infos, const char *kinds)
{
	char path[] = "/tmp/scx_topo-test-XXXXXX.xml";
	int fd = mkstemps(path, 4);
	struct topo *topo;

	assert_true(fd >= 0);
	close(fd);
	machine_write(path, words, infos, kinds);
	topo = load_ok(TOPO_XML, path);
	unlink(path);
	return topo;
}

#endif
