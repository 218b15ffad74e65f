/* SPDX-License-Identifier: GPL-2.0-only */
#include <stddef.h>
#include <string.h>

#include "library.h"

static const struct {
	const char *name, *text;
} library[] = {
#include "sim/scenarios.inc" /* made from the files */
};
#define NR_SCENARIOS (sizeof(library) / sizeof(library[0]))

const char *library_find(const char *name)
{
	size_t i;

	for (i = 0; i < NR_SCENARIOS; i++) {
		if (!strcmp(library[i].name, name))
			return library[i].text;
	}
	return NULL;
}

/* The first line of each is a comment that says it. */
void library_list(FILE *out)
{
	size_t i;

	for (i = 0; i < NR_SCENARIOS; i++) {
		const char *text = library[i].text + strspn(library[i].text, "# ");

		fprintf(out, "  %-10s %.*s\n", library[i].name, (int)strcspn(text, "\n"), text);
	}
}
