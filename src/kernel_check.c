/* SPDX-License-Identifier: GPL-2.0-only */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel_check.h"

/* In 6.16 and not before; what we call besides is at least as old. */
#define FLOOR_KFUNC "scx_bpf_select_cpu_and"
#define FLOOR	    "6.16"

static struct btf *kernel_btf(void)
{
	static struct btf *btf;

	if (!btf)
		btf = btf__load_vmlinux_btf();
	return btf;
}

static const struct btf_type *find_type(const char *name, __u32 kind)
{
	struct btf *btf = kernel_btf();
	__s32 id = btf ? btf__find_by_name_kind(btf, name, kind) : -1;

	return id > 0 ? btf__type_by_id(btf, id) : NULL;
}

bool kernel_has_member(const char *type, const char *member)
{
	const struct btf_type *t = find_type(type, BTF_KIND_STRUCT);
	const struct btf_member *m;
	__u16 i;

	if (!t)
		return false;
	m = btf_members(t);
	for (i = 0; i < btf_vlen(t); i++) {
		if (!strcmp(btf__name_by_offset(kernel_btf(), m[i].name_off), member))
			return true;
	}
	return false;
}

bool kernel_has_constant(const char *type, const char *constant)
{
	const struct btf_type *t = find_type(type, BTF_KIND_ENUM64);
	const struct btf_enum64 *e;
	__u16 i;

	if (!t)
		return false;
	e = btf_enum64(t);
	for (i = 0; i < btf_vlen(t); i++) {
		if (!strcmp(btf__name_by_offset(kernel_btf(), e[i].name_off), constant))
			return true;
	}
	return false;
}

/* The kernel's name of a kfunc: without our last ___suffix, as libbpf looks it up. */
static void kfunc_name(const char *ours, char *name, size_t size)
{
	const char *suffix = NULL, *at = ours;

	while ((at = strstr(at, "___")))
		suffix = at++;
	snprintf(name, size, "%.*s", suffix ? (int)(suffix - ours) : (int)strlen(ours), ours);
}

/*
 * From 7.1 many kfuncs get a hidden last argument, which BTF must not show to BPF programs. Builds
 * with a bad pahole lost the mark that hides it from a random part of them; no program that calls
 * one of those can be loaded.
 */
static bool shows_hidden_argument(const char *name)
{
	struct btf *btf = kernel_btf();
	const struct btf_type *t = find_type(name, BTF_KIND_FUNC);
	const struct btf_param *last;

	if (!t)
		return false;
	t = btf__type_by_id(btf, t->type);
	if (!t || !btf_vlen(t))
		return false;
	last = btf_params(t) + btf_vlen(t) - 1;
	for (t = btf__type_by_id(btf, last->type); t; t = btf__type_by_id(btf, t->type)) {
		if (btf_is_struct(t) || btf_is_fwd(t))
			return !strcmp(btf__name_by_offset(btf, t->name_off), "bpf_prog_aux");
		if (!btf_is_ptr(t) && !btf_is_mod(t))
			return false;
	}
	return false;
}

/*
 * The first kfunc the object calls whose hidden argument shows; NULL: none. Opening an object makes
 * its extern functions look like its own, so all are looked up; ours the kernel does not know.
 */
static const char *damaged_kfunc(const struct bpf_object *object, char *name, size_t size)
{
	const struct btf *btf = bpf_object__btf(object);
	__u32 i, nr = btf ? btf__type_cnt(btf) : 0;

	for (i = 1; i < nr; i++) {
		const struct btf_type *t = btf__type_by_id(btf, i);

		if (!btf_is_func(t))
			continue;
		kfunc_name(btf__name_by_offset(btf, t->name_off), name, size);
		if (shows_hidden_argument(name))
			return name;
	}
	return NULL;
}

bool sched_ext_read(const char *name, char *line, size_t size)
{
	char path[128];
	FILE *file;
	bool got;

	snprintf(path, sizeof(path), "%s/%s", SCHED_EXT_DIR, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	got = fgets(line, size, file);
	fclose(file);
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got;
}

bool kernel_can(const struct bpf_object *object, char *why, size_t size)
{
	char name[128];

	if (access(SCHED_EXT_DIR "/state", R_OK)) {
		snprintf(why, size,
			 "this kernel has no sched_ext: use Linux " FLOOR
			 " or newer with CONFIG_SCHED_CLASS_EXT");
		return false;
	}
	if (!kernel_btf()) {
		snprintf(why, size,
			 "this kernel has no BTF type information: use one with "
			 "CONFIG_DEBUG_INFO_BTF");
		return false;
	}
	if (!find_type(FLOOR_KFUNC, BTF_KIND_FUNC) ||
	    !find_type("sched_ext_ops", BTF_KIND_STRUCT)) {
		snprintf(why, size,
			 "this kernel's sched_ext is too old: use Linux " FLOOR " or newer");
		return false;
	}
	if (damaged_kfunc(object, name, sizeof(name))) {
		snprintf(
			why, size,
			"this kernel's BTF is damaged at %s (known for Debian's 7.1 and 7.2 builds "
			"+deb13): use 7.3.4 or newer, or 7.0 or older",
			name);
		return false;
	}
	return true;
}
