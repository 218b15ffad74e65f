/* SPDX-License-Identifier: GPL-2.0-only */
/* Packages, nodes, domains and rows of cores, one paragraph each. */
#include "tree.h"

#include <stdlib.h>

#define LARGE_MACHINE 64 /* CPUs; above that alike parts are shown once */
#define CELLS_MAX     32 /* cores; a longer row is a list of CPUs */
#define LISTS_MAX     3	 /* of CPUs of alike parts: the first ones and the last */
#define LIST	      (TEXT_COLUMNS - 24)
#define LIST_SHORT    32
#define INDENT	      2

enum text_style tree_kind_style(const struct topo *topo, int kind)
{
	return topo->nr_kinds > 1 ? STYLE_KIND + (topo->nr_kinds - 1 - kind) : STYLE_PLAIN;
}

/* "L3 32 MiB" */
static void cache_words(struct text *text, int level, unsigned long long bytes)
{
	char size[24];

	text_size(size, sizeof(size), bytes);
	if (size[0])
		text_word(text, STYLE_PLAIN, "L%d %s", level, size);
	else
		text_word(text, STYLE_PLAIN, "L%d of unknown size", level);
}

static void rule_words(struct tree *tree, const struct part *domain)
{
	const struct topo_llc *llc = part_llc(tree->topo, domain);

	if (llc)
		cache_words(&tree->text, llc->level, (unsigned long long)llc->size_kib << 10);
	switch (tree->topo->domains[domain->id].rule) {
	case TOPO_RULE_LLC:
		break;
	case TOPO_RULE_CLIPPED:
		text_word(&tree->text, STYLE_PLAIN, "(its part in this node)");
		break;
	case TOPO_RULE_CLIMBED:
		text_word(&tree->text, STYLE_PLAIN, "caches of one core each, joined");
		break;
	case TOPO_RULE_NOCACHE:
		text_word(&tree->text, STYLE_PLAIN, "no cache known, cores joined");
		break;
	}
}

/* The CPUs of `alike` parts that stand side by side: of the first ones and of the last. */
static void lists(struct text *text, const struct part *parts, int alike)
{
	char list[LIST];

	text_word(text, STYLE_PLAIN, "CPUs");
	for (int i = 0; i < alike; i++) {
		if (alike > LISTS_MAX && i == LISTS_MAX - 1) {
			text_word(text, STYLE_PLAIN, "...");
			i = alike - 1;
		}
		text_cpulist(list, alike > 1 ? LIST_SHORT : sizeof(list), parts[i].cpus);
		text_word(text, STYLE_PLAIN, "%s%s", list, i < alike - 1 ? ";" : "");
	}
}

static const char *part_name(enum part_type type)
{
	static const char *const names[] = {
		[PART_PACKAGE] = "Package",
		[PART_NODE] = "Node",
		[PART_DOMAIN] = "Domain",
	};

	return names[type];
}

static void name_words(struct text *text, const struct part *parts, int alike)
{
	const char *name = part_name(parts->type);

	if (parts->id < 0)
		text_word(text, STYLE_BOLD, "No package");
	else if (alike > 1)
		text_word(text, STYLE_BOLD, "%ss %d-%d", name, parts->id, parts[alike - 1].id);
	else
		text_word(text, STYLE_BOLD, "%s %d", name, parts->id);
}

/* Where a node's CPUs look for work when there is none in it: the other nodes, nearest first. */
static void steal_words(struct tree *tree, int node)
{
	const struct topo *topo = tree->topo;
	hwloc_bitmap_t nodes = hwloc_bitmap_alloc();
	int distance = -1;
	char list[LIST_SHORT];

	for (;;) {
		int next = -1;

		for (int i = 0; i < topo->nr_nodes; i++) {
			int d = topo_distance(topo, node, i);

			if (i != node && d > distance && (next < 0 || d < next))
				next = d;
		}
		if (next < 0 || !nodes)
			break;
		text_word(&tree->text, STYLE_DIM, distance < 0 ? "steals from" : "then");
		distance = next;
		hwloc_bitmap_zero(nodes);
		for (int i = 0; i < topo->nr_nodes; i++)
			if (i != node && topo_distance(topo, node, i) == distance)
				hwloc_bitmap_set(nodes, i);
		text_cpulist(list, sizeof(list), nodes);
		text_word(&tree->text, STYLE_DIM, "%s (distance %d)", list, distance);
	}
	hwloc_bitmap_free(nodes);
}

/* Of parts that are alike these words would differ. */
static void node_words(struct tree *tree, const struct part *part, int alike)
{
	const struct topo_node *node = &tree->topo->nodes[part->id];

	if (alike > 1)
		return;
	text_gap(&tree->text);
	if (node->os_index >= 0 && node->os_index != part->id)
		text_word(&tree->text, STYLE_PLAIN, "P#%d", node->os_index);
	if (tree->topo->nr_nodes > 1)
		steal_words(tree, part->id);
}

static void domain_words(struct tree *tree, const struct part *part, int alike)
{
	unsigned long long dsq = DSQ_DOMAIN_BASE + part->id;

	rule_words(tree, part);
	text_gap(&tree->text);
	if (alike > 1)
		text_word(&tree->text, STYLE_PLAIN, "DSQ %#llx-%#llx", dsq, dsq + alike - 1);
	else
		text_word(&tree->text, STYLE_PLAIN, "DSQ %#llx", dsq);
}

/* "[0 1]", a mark behind each CPU that is favoured or disallowed. Returns how many threads. */
static int cell(struct tree *tree, const struct row *row, int first, char *buffer, size_t size)
{
	const struct topo_cpu *cpus = tree->topo->cpus;
	int n = 0, core = cpus[row->cpus[first]].core;
	size_t used = 0;

	for (; first + n < row->nr_cpus && cpus[row->cpus[first + n]].core == core; n++) {
		const struct topo_cpu *cpu = &cpus[row->cpus[first + n]];
		bool favoured = cpu->favour && cpu->favour == tree->best_favour[cpu->kind];

		if (used < size)
			used += snprintf(buffer + used, size - used, "%s%d%s%s", n ? " " : "[",
					 cpu->cpu, favoured ? "*" : "", cpu->disallowed ? "!" : "");
		tree->any_favoured |= favoured;
	}
	if (used < size)
		snprintf(buffer + used, size - used, "]");
	return n;
}

/* Each core's threads; cores of one L2 stand closer together than others. */
static void cells(struct tree *tree, const struct row *row)
{
	char core[TEXT_COLUMNS];
	int l2 = -1;

	for (int i = 0; i < row->nr_cpus;) {
		int own = tree->topo->cpus[row->cpus[i]].l2;
		int threads = cell(tree, row, i, core, sizeof(core));

		if (i && row->l2_cores > 1 && own != l2)
			text_word(&tree->text, STYLE_DIM, "|");
		text_word(&tree->text, tree_kind_style(tree->topo, row->kind), "%s", core);
		l2 = own;
		i += threads;
	}
}

/* "from-to" of a number that differs, or just the number. */
static void range_words(struct text *text, const char *what, int from, int to)
{
	if (from == to)
		text_word(text, STYLE_PLAIN, "%s %d", what, from);
	else
		text_word(text, STYLE_PLAIN, "%s %d-%d", what, from, to);
}

/* The i-th rows of parts that are alike have ranks from the first one's to the last one's. */
static void rank_words(struct tree *tree, const struct part *parts, int alike, int row)
{
	int from = tree->topo->nr_cpus, to = 0;

	for (int p = 0; p < alike; p++)
		for (int i = 0; i < parts[p].rows[row].nr_cpus; i++) {
			int rank = tree->topo->cpus[parts[p].rows[row].cpus[i]].rank;

			from = rank < from ? rank : from;
			to = rank > to ? rank : to;
		}
	text_gap(&tree->text);
	range_words(&tree->text, "rank", from, to);
}

static void row_words(struct tree *tree, const struct row *row, const struct topo_llc *llc)
{
	struct text *text = &tree->text;
	const char *kind = tree->topo->kinds[row->kind].name;

	if (kind[0])
		text_word(text, tree_kind_style(tree->topo, row->kind), "%-6s", kind);
	text_word(text, STYLE_PLAIN, "%d core%s", row->nr_cores, row->nr_cores == 1 ? "" : "s");
	if (row->threads > 1)
		text_word(text, STYLE_PLAIN, "x %d threads", row->threads);
	if (row->l2_cores && !(llc && llc->level == 2)) {
		text_gap(text);
		cache_words(text, 2, row->l2_bytes);
		if (row->l2_cores > 1)
			text_word(text, STYLE_PLAIN, "for %d cores", row->l2_cores);
	}
	text_gap(text);
	range_words(text, "capacity", row->capacity_min, row->capacity_max);
}

static void print_rows(struct tree *tree, const struct part *parts, int alike, int indent)
{
	for (int i = 0; i < parts->nr_rows; i++) {
		const struct row *row = &parts->rows[i];

		text_begin(&tree->text, indent, indent + INDENT);
		row_words(tree, row, part_llc(tree->topo, parts));
		rank_words(tree, parts, alike, i);
		text_end(&tree->text);
		if (alike > 1 || row->nr_cores > CELLS_MAX)
			continue;
		text_begin(&tree->text, indent + INDENT, indent + INDENT);
		cells(tree, row);
		text_end(&tree->text);
	}
}

/* How many parts from the first one on are shown as one. */
static int count_alike(const struct tree *tree, const struct part *parts, int nr)
{
	int alike = 1;

	if (tree->topo->nr_cpus <= LARGE_MACHINE)
		return 1;
	while (alike < nr && parts[alike].id == parts[0].id + alike &&
	       parts_alike(tree->topo, &parts[0], &parts[alike]))
		alike++;
	/* Two packages are not many, and it matters which domains each of them has. */
	return alike < 3 && parts->type != PART_DOMAIN ? 1 : alike;
}

static void alike_words(struct text *text, const struct part *parts, int alike)
{
	if (alike > 1 && parts->type == PART_DOMAIN)
		text_word(text, STYLE_DIM, "(%d alike)", alike);
	else if (alike > 1)
		text_word(text, STYLE_DIM, "(%d alike, %d is shown)", alike, parts->id);
}

void tree_children(struct tree *tree, const struct part *part, int depth)
{
	int indent = depth * INDENT, alike;

	for (int i = 0; i < part->nr_children; i += alike) {
		const struct part *parts = &part->children[i];

		alike = count_alike(tree, parts, part->nr_children - i);
		text_begin(&tree->text, indent, indent + 2 * INDENT);
		name_words(&tree->text, parts, alike);
		alike_words(&tree->text, parts, alike);
		text_gap(&tree->text);
		if (parts->type == PART_DOMAIN)
			domain_words(tree, parts, alike);
		text_gap(&tree->text);
		lists(&tree->text, parts, alike);
		if (parts->type == PART_NODE)
			node_words(tree, parts, alike);
		text_end(&tree->text);
		if (parts->type == PART_DOMAIN)
			print_rows(tree, parts, alike, indent + INDENT);
		tree_children(tree, parts, depth + 1);
	}
}
