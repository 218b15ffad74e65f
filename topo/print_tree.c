/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine as a tree for people: what the scheduler made of it, and why. */
#include "internal.h"
#include "print.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>

#define ORDER_LINES 2
#define LABEL	    11 /* columns of the words before a list */
#define LIST	    (TEXT_COLUMNS - 40)

static const char *plural(int n)
{
	return n == 1 ? "" : "s";
}

static void title(struct tree *tree)
{
	const struct topo *topo = tree->topo;
	hwloc_obj_t package = hwloc_get_obj_by_type(topo->hwloc, HWLOC_OBJ_PACKAGE, 0);
	hwloc_obj_t root = hwloc_get_root_obj(topo->hwloc);
	char name[72] = "";

	if (package)
		text_name(name, sizeof(name), hwloc_obj_get_info_by_name(package, "CPUModel"));
	if (!name[0])
		text_name(name, sizeof(name), hwloc_obj_get_info_by_name(root, "DMIProductName"));
	if (!name[0] && topo->source.type == TOPO_SYNTHETIC)
		text_name(name, sizeof(name), topo->source.arg);
	text_begin(&tree->text, 0, 0);
	text_word(&tree->text, STYLE_BOLD, "%s", name[0] ? name : "Machine");
	text_word(&tree->text, STYLE_DIM, "(%s)", topo->source_name);
	text_end(&tree->text);
}

static void counts(struct tree *tree)
{
	const struct topo *topo = tree->topo;
	struct text *text = &tree->text;

	text_begin(text, 0, 2);
	text_word(text, STYLE_PLAIN, "%d CPU%s,", topo->nr_cpus, plural(topo->nr_cpus));
	text_word(text, STYLE_PLAIN, "%d core%s,", topo->nr_cores, plural(topo->nr_cores));
	text_word(text, STYLE_PLAIN, "%d L2%s,", topo->nr_l2, plural(topo->nr_l2));
	text_word(text, STYLE_PLAIN, "%d LLC%s,", topo->nr_llcs, plural(topo->nr_llcs));
	text_word(text, STYLE_PLAIN, "%d domain%s,", topo->nr_domains, plural(topo->nr_domains));
	text_word(text, STYLE_PLAIN, "%d node%s,", topo->nr_nodes, plural(topo->nr_nodes));
	text_word(text, STYLE_PLAIN, "%d package%s,", topo->nr_packages, plural(topo->nr_packages));
	text_word(text, STYLE_PLAIN, "%d kind%s of core", topo->nr_kinds, plural(topo->nr_kinds));
	text_end(text);
}

static void list_line(struct tree *tree, const char *name, hwloc_const_bitmap_t cpus,
		      const char *note)
{
	char list[LIST];

	if (hwloc_bitmap_iszero(cpus))
		return;
	text_cpulist(list, sizeof(list), cpus);
	text_begin(&tree->text, 0, LABEL);
	text_word(&tree->text, STYLE_PLAIN, "%s", name);
	text_tab(&tree->text, LABEL);
	text_word(&tree->text, STYLE_PLAIN, "%s", list);
	text_word(&tree->text, STYLE_DIM, "%s", note);
	text_end(&tree->text);
}

static int absent_cpus(struct tree *tree)
{
	hwloc_bitmap_t disallowed = hwloc_bitmap_alloc();

	if (!disallowed)
		return -ENOMEM;
	for (int i = 0; i < tree->topo->nr_cpus; i++)
		if (tree->topo->cpus[i].disallowed)
			hwloc_bitmap_set(disallowed, tree->topo->cpus[i].cpu);
	tree->any_disallowed = !hwloc_bitmap_iszero(disallowed);
	list_line(tree, "offline", tree->topo->offline, "");
	list_line(tree, "disallowed", disallowed, "(not for this process, but scheduled)");
	hwloc_bitmap_free(disallowed);
	return 0;
}

static void kinds(struct tree *tree)
{
	const struct topo *topo = tree->topo;
	struct text *text = &tree->text;
	char list[LIST];

	if (topo->nr_kinds < 2)
		return;
	for (int i = topo->nr_kinds - 1; i >= 0; i--) {
		const struct topo_kind *kind = &topo->kinds[i];

		text_cpulist(list, sizeof(list), kind->cpus);
		text_begin(text, 0, LABEL);
		text_word(text, STYLE_PLAIN, "kind %d", i);
		text_tab(text, LABEL);
		text_word(text, tree_kind_style(topo, i), "%s", kind->name);
		text_tab(text, LABEL + 8);
		text_word(text, STYLE_PLAIN, "capacity %d", kind->capacity);
		text_tab(text, LABEL + 23);
		text_word(text, STYLE_PLAIN, "%s", list);
		text_word(text, STYLE_DIM, "(from %s)", kind->source);
		text_end(text);
	}
}

/* How many CPUs from place i on are of one kind and numbered in equal steps; 1 if less than 3. */
static int order_run(const struct topo *topo, const int *order, int i)
{
	const struct topo_cpu *first = &topo->cpus[order[i]];
	int n = 1, step;

	if (i + 1 == topo->nr_cpus)
		return 1;
	step = topo->cpus[order[i + 1]].cpu - first->cpu;
	while (i + n < topo->nr_cpus && topo->cpus[order[i + n]].kind == first->kind &&
	       topo->cpus[order[i + n]].cpu == first->cpu + n * step)
		n++;
	return step > 0 && n > 2 ? n : 1;
}

/* Another colour where another kind begins. */
static int order_line(struct tree *tree, const char *name, enum topo_mode mode)
{
	const struct topo *topo = tree->topo;
	struct text *text = &tree->text;
	int *order = topo_array(topo->nr_cpus, sizeof(*order)), n;

	if (!order)
		return -ENOMEM;
	topo_order(topo, mode, order);
	text_begin(text, 0, LABEL);
	text->max_lines = ORDER_LINES;
	text_word(text, STYLE_PLAIN, "%s", name);
	text_tab(text, LABEL);
	for (int i = 0; i < topo->nr_cpus; i += n) {
		const struct topo_cpu *first = &topo->cpus[order[i]];
		enum text_style style = tree_kind_style(topo, first->kind);
		int last, step;

		n = order_run(topo, order, i);
		last = topo->cpus[order[i + n - 1]].cpu;
		step = n > 1 ? (last - first->cpu) / (n - 1) : 0;
		if (n == 1)
			text_word(text, style, "%d", first->cpu);
		else if (step == 1)
			text_word(text, style, "%d-%d", first->cpu, last);
		else
			text_word(text, style, "%d-%d:%d", first->cpu, last, step);
	}
	text_end(text);
	free(order);
	return 0;
}

/* CPUs that the kernel says to prefer, where it makes a difference inside a kind. */
static int find_favoured(struct tree *tree)
{
	const struct topo *topo = tree->topo;
	int *worst = topo_array(topo->nr_kinds, sizeof(*worst));

	tree->best_favour = topo_array(topo->nr_kinds, sizeof(*tree->best_favour));
	for (int i = 0; worst && tree->best_favour && i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];

		if (cpu->favour > tree->best_favour[cpu->kind])
			tree->best_favour[cpu->kind] = cpu->favour;
		if (!worst[cpu->kind] || cpu->favour < worst[cpu->kind])
			worst[cpu->kind] = cpu->favour;
	}
	for (int i = 0; worst && tree->best_favour && i < topo->nr_kinds; i++)
		if (worst[i] == tree->best_favour[i])
			tree->best_favour[i] = 0;
	free(worst);
	return tree->best_favour ? 0 : -ENOMEM;
}

static void legend(struct tree *tree)
{
	struct text *text = &tree->text;

	text_begin(text, 0, 2);
	text_word(text, STYLE_DIM, "[%s] %s.", tree->topo->smt_width > 1 ? "0 1" : "0",
		  tree->topo->smt_width > 1 ? "threads of a core" : "a core");
	if (tree->any_favoured)
		text_word(text, STYLE_DIM, "* favoured.");
	if (tree->any_disallowed)
		text_word(text, STYLE_DIM, "! disallowed.");
	text_word(text, STYLE_DIM, "rank: place in the powersave order.");
	text_word(text, STYLE_DIM, "CPU n's own DSQ: %#llx + n.", DSQ_CPU_BASE);
	if (tree->topo->nr_domains > 1)
		text_word(text, STYLE_DIM, "Idle CPUs steal from domains of their node first.");
	text_end(text);
}

int topo_print_tree(FILE *out, const struct topo *topo, bool color)
{
	struct tree tree = { .text = { .out = out, .color = color }, .topo = topo };
	struct part *machine = parts_make(topo);
	int ret = machine ? find_favoured(&tree) : -ENOMEM;

	if (!ret) {
		title(&tree);
		counts(&tree);
		ret = absent_cpus(&tree);
	}
	if (!ret) {
		kinds(&tree);
		ret = order_line(&tree, "perf", TOPO_MODE_PERF);
	}
	if (!ret)
		ret = order_line(&tree, "powersave", TOPO_MODE_POWERSAVE);
	if (!ret) {
		fputc('\n', out);
		tree_children(&tree, machine, 0);
		fputc('\n', out);
		legend(&tree);
	}
	free(tree.best_favour);
	parts_free(machine);
	return ret;
}
