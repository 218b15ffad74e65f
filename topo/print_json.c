/* SPDX-License-Identifier: GPL-2.0-only */
/* The stable format for programs: fields may be added to it, none renamed or removed. */
#include "print.h"

#include <errno.h>
#include <stdlib.h>

/* A JSON string. What is not ASCII is passed on as it is: hwloc's own strings are UTF-8 or ASCII.
 */
static void string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ')
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static int cpulist(FILE *out, hwloc_const_bitmap_t cpus)
{
	char *list;

	if (hwloc_bitmap_list_asprintf(&list, cpus) < 0)
		return -ENOMEM;
	string(out, list);
	free(list);
	return 0;
}

static void counts(FILE *out, const struct topo *topo)
{
	fprintf(out,
		"\"counts\":{\"cpus\":%d,\"cores\":%d,\"l2\":%d,\"llcs\":%d,\"domains\":%d,"
		"\"nodes\":%d,\"packages\":%d,\"kinds\":%d,\"offline\":%d}",
		topo->nr_cpus, topo->nr_cores, topo->nr_l2, topo->nr_llcs, topo->nr_domains,
		topo->nr_nodes, topo->nr_packages, topo->nr_kinds, topo->nr_offline);
}

static void cpus(FILE *out, const struct topo *topo)
{
	fprintf(out, "\"cpus\":[");
	for (int i = 0; i < topo->nr_cpus; i++) {
		const struct topo_cpu *cpu = &topo->cpus[i];

		fprintf(out,
			"%s\n {\"cpu\":%d,\"core\":%d,\"smt\":%d,\"l2\":%d,\"llc\":%d,"
			"\"domain\":%d,\"node\":%d,\"package\":%d,\"kind\":%d,\"capacity\":%d,"
			"\"favour\":%d,\"rank\":%d,\"dsq\":%llu,\"disallowed\":%s}",
			i ? "," : "", cpu->cpu, cpu->core, cpu->smt, cpu->l2, cpu->llc, cpu->domain,
			cpu->node, cpu->package, cpu->kind, cpu->capacity, cpu->favour, cpu->rank,
			DSQ_CPU_BASE + cpu->cpu, cpu->disallowed ? "true" : "false");
	}
	fprintf(out, "]");
}

static int llcs(FILE *out, const struct topo *topo)
{
	int ret = 0;

	fprintf(out, "\"llcs\":[");
	for (int i = 0; i < topo->nr_llcs && !ret; i++) {
		const struct topo_llc *llc = &topo->llcs[i];

		fprintf(out, "%s\n {\"llc\":%d,\"node\":%d,\"level\":%d,\"size_kib\":%lu,\"cpus\":",
			i ? "," : "", i, llc->node, llc->level, llc->size_kib);
		ret = cpulist(out, llc->cpus);
		fprintf(out, "}");
	}
	fprintf(out, "]");
	return ret;
}

static const char *rule_name(enum topo_rule rule)
{
	static const char *const names[] = {
		[TOPO_RULE_LLC] = "llc",
		[TOPO_RULE_CLIPPED] = "clipped",
		[TOPO_RULE_CLIMBED] = "climbed",
		[TOPO_RULE_NOCACHE] = "nocache",
	};

	return names[rule];
}

static int domains(FILE *out, const struct topo *topo)
{
	int ret = 0;

	fprintf(out, "\"domains\":[");
	for (int i = 0; i < topo->nr_domains && !ret; i++) {
		const struct topo_domain *domain = &topo->domains[i];

		fprintf(out,
			"%s\n {\"domain\":%d,\"node\":%d,\"rule\":\"%s\",\"dsq\":%llu,\"cpus\":",
			i ? "," : "", i, domain->node, rule_name(domain->rule),
			DSQ_DOMAIN_BASE + i);
		ret = cpulist(out, domain->cpus);
		fprintf(out, "}");
	}
	fprintf(out, "]");
	return ret;
}

static int nodes(FILE *out, const struct topo *topo)
{
	int ret = 0;

	fprintf(out, "\"nodes\":[");
	for (int i = 0; i < topo->nr_nodes && !ret; i++) {
		fprintf(out, "%s\n {\"node\":%d,\"os_index\":%d,\"cpus\":", i ? "," : "", i,
			topo->nodes[i].os_index);
		ret = cpulist(out, topo->nodes[i].cpus);
		fprintf(out, "}");
	}
	fprintf(out, "]");
	return ret;
}

static int kinds(FILE *out, const struct topo *topo)
{
	int ret = 0;

	fprintf(out, "\"kinds\":[");
	for (int i = 0; i < topo->nr_kinds && !ret; i++) {
		const struct topo_kind *kind = &topo->kinds[i];

		fprintf(out, "%s\n {\"kind\":%d,\"name\":", i ? "," : "", i);
		string(out, kind->name);
		fprintf(out, ",\"capacity\":%d,\"source\":", kind->capacity);
		string(out, kind->source);
		fprintf(out, ",\"cpus\":");
		ret = cpulist(out, kind->cpus);
		fprintf(out, "}");
	}
	fprintf(out, "]");
	return ret;
}

static void distances(FILE *out, const struct topo *topo)
{
	fprintf(out, "\"distances\":[");
	for (int i = 0; i < topo->nr_nodes; i++) {
		fprintf(out, "%s[", i ? "," : "");
		for (int j = 0; j < topo->nr_nodes; j++)
			fprintf(out, "%s%d", j ? "," : "", topo_distance(topo, i, j));
		fprintf(out, "]");
	}
	fprintf(out, "]");
}

int topo_print_json(FILE *out, const struct topo *topo)
{
	static int (*const lists[])(FILE *, const struct topo *) = { llcs, domains, nodes, kinds };
	int ret = 0;

	fprintf(out, "{\"source\":\"%s\",\"this_system\":%s,\"nr_cpu_ids\":%d,\"smt_width\":%d,\n",
		topo->source_name, topo->this_system ? "true" : "false", topo->nr_cpu_ids,
		topo->smt_width);
	counts(out, topo);
	fprintf(out, ",\n\"offline\":");
	ret = cpulist(out, topo->offline);
	fprintf(out, ",\n");
	cpus(out, topo);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && !ret; i++) {
		fprintf(out, ",\n");
		ret = lists[i](out, topo);
	}
	fprintf(out, ",\n");
	distances(out, topo);
	fprintf(out, "}\n");
	return ret;
}
