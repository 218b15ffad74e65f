/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hwloc's own format with what we know written into it: as infos of CPUs and caches, as registered
 * CPU kinds, and as colours for lstopo (cores by domain, threads by kind).
 */
#include "hwloc_compat.h"
#include "print.h"
#include "saved.h"

#include <errno.h>
#include <stdarg.h>

__attribute__((format(printf, 3, 4))) static int add_info(hwloc_obj_t object, const char *name,
							  const char *format, ...)
{
	char value[64];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	return hwloc_obj_add_info(object, name, value) < 0 ? -ENOMEM : 0;
}

/* Light colours, neighbours well apart; for domains one after the other. */
static const char *domain_color(int domain)
{
	static const char *const colors[] = { "#cfe2f3", "#d9ead3", "#fff2cc", "#ead1dc",
					      "#d0e0e3", "#fce5cd", "#d9d2e9", "#e6e6d0" };

	return colors[domain % (sizeof(colors) / sizeof(colors[0]))];
}

/* From warm to cold, the most powerful kind first. White if there is but one. */
static const char *kind_color(const struct topo *topo, int kind)
{
	static const char *const colors[TOPO_MAX_KINDS] = { "#e57368", "#7fbf6a", "#6fa8dc",
							    "#f6b26b", "#8e7cc3", "#76a5af",
							    "#c27ba0", "#b7b7b7" };

	return topo->nr_kinds > 1 ? colors[topo->nr_kinds - 1 - kind] : "#ffffff";
}

static int describe_cpu(hwloc_topology_t copy, const struct topo *topo, const struct topo_cpu *cpu)
{
	hwloc_obj_t pu = hwloc_get_pu_obj_by_os_index(copy, cpu->cpu);
	hwloc_obj_t core = pu ? hwloc_get_ancestor_obj_by_type(copy, HWLOC_OBJ_CORE, pu) : NULL;

	if (!pu || add_info(pu, SAVED_DOMAIN, "%d", cpu->domain) ||
	    add_info(pu, SAVED_DSQ, "%#llx", DSQ_CPU_BASE + cpu->cpu) ||
	    add_info(pu, SAVED_RANK, "%d", cpu->rank) ||
	    add_info(pu, SAVED_KIND, "%d", cpu->kind) ||
	    add_info(pu, SAVED_CAPACITY, "%d", cpu->capacity) ||
	    add_info(pu, SAVED_FAVOUR, "%d", cpu->favour) ||
	    add_info(pu, "lstopoStyle", "Background=%s", kind_color(topo, cpu->kind)))
		return -ENOMEM;
	if (core && cpu->smt == 0)
		return add_info(core, "lstopoStyle", "Background=%s", domain_color(cpu->domain));
	return 0;
}

/* The innermost cache, group or package that is just this domain, where there is one. */
static int describe_domain(hwloc_topology_t copy, const struct topo *topo, int domain)
{
	hwloc_const_bitmap_t cpus = topo->domains[domain].cpus;
	hwloc_obj_t object = hwloc_get_pu_obj_by_os_index(copy, hwloc_bitmap_first(cpus));

	while (object && !hwloc_bitmap_isequal(object->cpuset, cpus))
		object = object->parent;
	if (!object || object->type == HWLOC_OBJ_PU || object->type == HWLOC_OBJ_CORE)
		return 0;
	if (add_info(object, SAVED_DOMAIN, "%d", domain) ||
	    add_info(object, SAVED_DSQ, "%#llx", DSQ_DOMAIN_BASE + domain) ||
	    add_info(object, "lstopoStyle", "Background=%s", domain_color(domain)))
		return -ENOMEM;
	return 0;
}

static int register_kind(hwloc_topology_t copy, const struct topo_kind *kind, int efficiency)
{
	char capacity[16];
	struct hwloc_info_s infos[] = {
		{ .name = (char *)SAVED_KIND_NAME, .value = (char *)kind->name },
		{ .name = (char *)SAVED_KIND_SOURCE, .value = (char *)kind->source },
		{ .name = (char *)SAVED_CAPACITY, .value = capacity },
	};

	snprintf(capacity, sizeof(capacity), "%d", kind->capacity);
	return compat_cpukind_register(copy, kind->cpus, efficiency, infos, 3) < 0 ? -ENOMEM : 0;
}

static int describe(hwloc_topology_t copy, const struct topo *topo)
{
	int ret = 0;

	for (int i = 0; i < topo->nr_cpus && !ret; i++)
		ret = describe_cpu(copy, topo, &topo->cpus[i]);
	for (int i = 0; i < topo->nr_domains && !ret; i++)
		ret = describe_domain(copy, topo, i);
	for (int i = 0; i < topo->nr_kinds && !ret; i++)
		ret = register_kind(copy, &topo->kinds[i], i);
	return ret;
}

/* A copy without CPU kinds: a plain duplicate would keep hwloc's own beside ours. */
static int copy_topology(hwloc_topology_t original, hwloc_topology_t *copy)
{
	char *xml;
	int length, ret = -ENOMEM;

	if (hwloc_topology_export_xmlbuffer(original, &xml, &length, COMPAT_EXPORT_XML_V2) < 0)
		return -ENOMEM;
	if (hwloc_topology_init(copy) == 0) {
		if (hwloc_topology_set_flags(*copy, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED |
							    HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS) == 0 &&
		    hwloc_topology_set_all_types_filter(*copy, HWLOC_TYPE_FILTER_KEEP_ALL) == 0 &&
		    hwloc_topology_set_xmlbuffer(*copy, xml, length) == 0 &&
		    hwloc_topology_load(*copy) == 0)
			ret = 0;
		else
			hwloc_topology_destroy(*copy);
	}
	hwloc_free_xmlbuffer(original, xml);
	return ret;
}

int topo_print_xml(FILE *out, const struct topo *topo)
{
	hwloc_topology_t copy;
	int ret = copy_topology(topo->hwloc, &copy);
	char *xml;
	int length;

	if (ret)
		return ret;
	ret = describe(copy, topo);
	if (!ret && hwloc_topology_export_xmlbuffer(copy, &xml, &length, COMPAT_EXPORT_XML_V2) < 0)
		ret = -ENOMEM;
	if (!ret) {
		fwrite(xml, 1, length - 1, out); /* the length counts the NUL */
		hwloc_free_xmlbuffer(copy, xml);
	}
	hwloc_topology_destroy(copy);
	return ret;
}
