/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "dsq.h"
#include "rng.h"

static bool vtime_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

static void replace_child(struct dsq *q, struct dsq_node *old, struct dsq_node *new)
{
	if (new)
		new->parent = old->parent;
	if (!old->parent)
		q->root = new;
	else if (old->parent->left == old)
		old->parent->left = new;
	else
		old->parent->right = new;
}

static void rotate_up(struct dsq *q, struct dsq_node *n)
{
	struct dsq_node *parent = n->parent, *moved;

	replace_child(q, parent, n);
	if (parent->left == n) {
		moved = n->right;
		parent->left = moved;
		n->right = parent;
	} else {
		moved = n->left;
		parent->right = moved;
		n->left = parent;
	}
	if (moved)
		moved->parent = parent;
	parent->parent = n;
}

static void link_list(struct dsq *q, struct dsq_node *n, struct dsq_node *prev)
{
	n->prev = prev;
	n->next = prev ? prev->next : q->first;
	if (n->next)
		n->next->prev = n;
	else
		q->last = n;
	if (prev)
		prev->next = n;
	else
		q->first = n;
}

void dsq_insert(struct dsq *q, struct dsq_node *n, u64 vtime_ns)
{
	struct rng rng = { .state = q->nr_inserted++ };
	struct dsq_node *at = q->root, *parent = NULL, *prev = NULL;
	bool left = false;

	while (at) {
		parent = at;
		left = vtime_before(vtime_ns, at->vtime_ns);
		if (!left)
			prev = at;
		at = left ? at->left : at->right;
	}
	n->left = n->right = NULL;
	n->parent = parent;
	n->dsq = q;
	n->vtime_ns = vtime_ns;
	n->weight = rng_next(&rng);
	if (!parent)
		q->root = n;
	else if (left)
		parent->left = n;
	else
		parent->right = n;
	link_list(q, n, prev);
	while (n->parent && n->parent->weight < n->weight)
		rotate_up(q, n);
	q->nr++;
}

void dsq_remove(struct dsq_node *n)
{
	struct dsq *q = n->dsq;

	while (n->left && n->right)
		rotate_up(q, n->left->weight > n->right->weight ? n->left : n->right);
	replace_child(q, n, n->left ? n->left : n->right);
	if (n->prev)
		n->prev->next = n->next;
	else
		q->first = n->next;
	if (n->next)
		n->next->prev = n->prev;
	else
		q->last = n->prev;
	n->dsq = NULL;
	q->nr--;
}

bool dsq_sound(const struct dsq *q)
{
	const struct dsq_node *n;
	u32 nr = 0;

	for (n = q->first; n; n = n->next) {
		if (n->dsq != q || (n->next && vtime_before(n->next->vtime_ns, n->vtime_ns)))
			return false;
		nr++;
	}
	return nr == q->nr;
}
