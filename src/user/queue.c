/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue by deadline: a pairing heap whose links are in the tasks. Pushing is one comparison;
 * popping merges the children of the first task in pairs, log2(n) comparisons on average.
 */
#include "internal.h"

static bool before(const struct scxu_task *a, const struct scxu_task *b)
{
	if (a->deadline_ns != b->deadline_ns)
		return (int64_t)(a->deadline_ns - b->deadline_ns) < 0;
	return (int64_t)(a->order - b->order) < 0;
}

/* Of two heaps the one whose first is later becomes a child of the other. Neither may be NULL. */
static struct scxu_task *merge(struct scxu_task *a, struct scxu_task *b)
{
	if (before(b, a)) {
		struct scxu_task *swap = a;

		a = b;
		b = swap;
	}
	b->next = a->child;
	a->child = b;
	return a;
}

/* Merges a list of heaps: neighbours from left to right, then the results from right to left. */
static struct scxu_task *merge_list(struct scxu_task *list)
{
	struct scxu_task *pairs = NULL, *all = NULL;

	while (list) {
		struct scxu_task *a = list, *b = a->next;

		list = b ? b->next : NULL;
		a = b ? merge(a, b) : a;
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct scxu_task *next = pairs->next;

		all = all ? merge(all, pairs) : pairs;
		pairs = next;
	}
	return all;
}

void scxu_queue_push(struct scxu_queue *q, struct scxu_task *t)
{
	t->child = NULL;
	t->next = NULL;
	t->order = q->order++;
	q->first = q->first ? merge(q->first, t) : t;
	q->nr++;
}

struct scxu_task *scxu_queue_pop(struct scxu_queue *q)
{
	struct scxu_task *t = q->first;

	if (!t)
		return NULL;
	q->first = merge_list(t->child);
	if (q->first)
		q->first->next = NULL;
	t->child = NULL;
	q->nr--;
	return t;
}
