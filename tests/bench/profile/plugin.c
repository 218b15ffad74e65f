// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU (TCG) that counts the instructions which a scheduler's BPF programs take, with
 * the kernel's functions that they call: those of the CPU that executes them, and no others.
 *
 * The kernel calls a program through a trampoline, bpf__sched_ext_ops_NAME. What is executed on a
 * CPU from a program's first instruction until control comes back to the trampoline is counted for
 * NAME, by function. Symbols have to be known in advance: with -icount, a machine that does the
 * same twice has everything in the same place, so they come from /proc/kallsyms of a run before.
 *
 *	-plugin plugin.so,symbols=FILE,out=FILE
 *
 * writes at the end lines "program NAME CALLS" and "function PROGRAM NAME ENTRIES INSTRUCTIONS".
 *
 * QEMU's header is in its source only, so what is used of it is declared here: version 2 of
 * the interface, since QEMU 9.0. With -icount one thread executes all CPUs, so nothing is locked.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb; /* a translation block: instructions that are executed one after the other */
struct qemu_plugin_register;

typedef struct {
	struct qemu_plugin_register *handle;
	const char *name, *feature;
} qemu_plugin_reg_descriptor;

/* GLib's, whose layout is public; QEMU has the library. */
typedef struct {
	uint8_t *data;
	unsigned int len;
} GByteArray;
typedef struct {
	char *data;
	unsigned int len;
} GArray;
GByteArray *g_byte_array_new(void);
GByteArray *g_byte_array_set_size(GByteArray *array, unsigned int length);

typedef uint64_t qemu_plugin_id_t;
enum { QEMU_PLUGIN_CB_R_REGS = 1 };
void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t id,
				       void (*cb)(qemu_plugin_id_t id, unsigned int vcpu));
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*cb)(qemu_plugin_id_t id,
						      struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  void (*cb)(unsigned int vcpu, void *data), int flags,
					  void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, void *),
				    void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
GArray *qemu_plugin_get_registers(void);
int qemu_plugin_read_register(struct qemu_plugin_register *handle, GByteArray *value);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 2;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv);

#define MAX_PROGRAMS 32
#define MAX_CPUS     64
#define MAX_DEPTH    8
#define TRAMPOLINE   "bpf__sched_ext_ops_"

struct symbol {
	uint64_t address;
	char *name;
	int program; /* that it is the trampoline of, or -1 */
	bool is_bpf;
	uint64_t entries[MAX_PROGRAMS], instructions[MAX_PROGRAMS];
};

struct block {
	struct symbol *symbol;
	uint32_t nr_instructions;
	bool is_first; /* of its function */
};

struct call {
	int program;
	bool runs; /* else its trampoline has not called it yet */
};

/* What a CPU is at. A program may lead to a call of another one, such as enqueue in dispatch. */
struct cpu {
	uint64_t base; /* of its per-CPU data, by which it is known */
	int depth;
	struct call stack[MAX_DEPTH];
};

static struct symbol *symbols;
static size_t nr_symbols;
static const char *programs[MAX_PROGRAMS];
static uint64_t calls[MAX_PROGRAMS];
static int nr_programs, nr_active; /* CPUs that are at a program */
static struct cpu cpus[MAX_CPUS];
static int nr_cpus;
static struct qemu_plugin_register *gs_base;
static GByteArray *value;
static char *out;

static int compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

static bool read_symbols(const char *path)
{
	FILE *file = fopen(path, "r");
	char type, name[512];
	uint64_t address;

	while (file && fscanf(file, "%" SCNx64 " %c %511s%*[^\n]", &address, &type, name) == 3) {
		struct symbol *s;

		if (!strchr("tTwW", type))
			continue;
		symbols = realloc(symbols, (nr_symbols + 1) * sizeof(*symbols));
		s = &symbols[nr_symbols++];
		*s = (struct symbol){ .address = address, .name = strdup(name), .program = -1 };
		s->is_bpf = !strncmp(name, "bpf_prog_", strlen("bpf_prog_"));
		if (!strncmp(name, TRAMPOLINE, strlen(TRAMPOLINE)) && nr_programs < MAX_PROGRAMS) {
			programs[nr_programs] = s->name + strlen(TRAMPOLINE);
			s->program = nr_programs++;
		}
	}
	if (file)
		fclose(file);
	qsort(symbols, nr_symbols, sizeof(*symbols), compare);
	return nr_programs;
}

static struct symbol *symbol_at(uint64_t address)
{
	size_t low = 0, high = nr_symbols;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (symbols[middle].address <= address)
			low = middle;
		else
			high = middle;
	}
	return &symbols[low];
}

/* The number that QEMU passes is that of the CPU which the block was translated for. */
static struct cpu *this_cpu(void)
{
	uint64_t base = 0;
	int i;

	g_byte_array_set_size(value, 0);
	qemu_plugin_read_register(gs_base, value);
	memcpy(&base, value->data, value->len < sizeof(base) ? value->len : sizeof(base));
	for (i = 0; i < nr_cpus; i++) {
		if (cpus[i].base == base)
			return &cpus[i];
	}
	if (nr_cpus < MAX_CPUS)
		cpus[nr_cpus++].base = base;
	return &cpus[nr_cpus - 1];
}

static void in_trampoline(struct cpu *c, const struct block *b)
{
	if (b->is_first) {
		if (c->depth == MAX_DEPTH)
			abort();
		nr_active += !c->depth;
		c->stack[c->depth++] = (struct call){ .program = b->symbol->program };
	} else if (c->depth && c->stack[c->depth - 1].runs) {
		c->depth--;
		nr_active -= !c->depth;
	}
}

static void executes(unsigned int vcpu, void *data)
{
	const struct block *b = data;
	struct call *call;
	struct cpu *c;

	(void)vcpu;
	if (!nr_active && (b->symbol->program < 0 || !b->is_first))
		return;
	c = this_cpu();
	if (b->symbol->program >= 0) {
		in_trampoline(c, b);
		return;
	}
	if (!c->depth)
		return;
	call = &c->stack[c->depth - 1];
	if (!call->runs && !b->symbol->is_bpf)
		return;
	calls[call->program] += !call->runs;
	call->runs = true;
	b->symbol->entries[call->program] += b->is_first;
	b->symbol->instructions[call->program] += b->nr_instructions;
}

static void is_translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct block *b = calloc(1, sizeof(*b));

	(void)id;
	if (!b)
		abort();
	b->symbol = symbol_at(qemu_plugin_tb_vaddr(tb));
	b->nr_instructions = qemu_plugin_tb_n_insns(tb);
	b->is_first = qemu_plugin_tb_vaddr(tb) == b->symbol->address;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executes, QEMU_PLUGIN_CB_R_REGS, b);
}

static void cpu_begins(qemu_plugin_id_t id, unsigned int vcpu)
{
	GArray *registers = qemu_plugin_get_registers();
	qemu_plugin_reg_descriptor *r = (void *)registers->data;
	unsigned int i;

	(void)id;
	(void)vcpu;
	for (i = 0; i < registers->len; i++) {
		if (!strcmp(r[i].name, "gs_base"))
			gs_base = r[i].handle;
	}
	value = g_byte_array_new();
}

static void ends(qemu_plugin_id_t id, void *data)
{
	FILE *file = fopen(out, "w");
	size_t s;
	int p;

	(void)id;
	(void)data;
	for (p = 0; file && p < nr_programs; p++)
		fprintf(file, "program %s %" PRIu64 "\n", programs[p], calls[p]);
	for (s = 0; file && s < nr_symbols; s++) {
		for (p = 0; p < nr_programs; p++) {
			if (symbols[s].instructions[p])
				fprintf(file, "function %s %s %" PRIu64 " %" PRIu64 "\n",
					programs[p], symbols[s].name, symbols[s].entries[p],
					symbols[s].instructions[p]);
		}
	}
	if (file)
		fclose(file);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	const char *path = NULL;
	int i;

	(void)info;
	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "symbols=", 8))
			path = argv[i] + 8;
		else if (!strncmp(argv[i], "out=", 4))
			out = strdup(argv[i] + 4);
	}
	if (!path || !out || !read_symbols(path)) {
		fputs("profile: symbols=FILE,out=FILE, and a sched_ext scheduler in FILE\n",
		      stderr);
		return -1;
	}
	qemu_plugin_register_vcpu_init_cb(id, cpu_begins);
	qemu_plugin_register_vcpu_tb_trans_cb(id, is_translated);
	qemu_plugin_register_atexit_cb(id, ends, NULL);
	return 0;
}
